// npm test: every check there is, through turbo, then one line that counts them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tsImport } from "tsx/esm/api";

const root = fileURLToPath(new URL("..", import.meta.url));
const results = join(root, "build", "test-results");
const checks = ["lint", "typecheck", "lint:ansible"];
const suites = ["unit", "integration", "lab", "upstream"];

await installPackages();
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const failed = [];

/** The packages that the tests need: installed, or named for somebody who may. Lab hosts need root on Linux. */
async function installPackages() {
  const { ensurePrograms } = await tsImport("../tasks/controller/install.ts", import.meta.url);
  const { describeError } = await tsImport("../tasks/cli/describe.ts", import.meta.url);
  const hasLab = process.platform === "linux" && process.getuid() === 0;
  try {
    await ensurePrograms(["tests", "sources", "ansible", ...(hasLab ? ["lab"] : [])], {
      env: process.env,
      note: (text) => console.error(text),
    });
  } catch (error) {
    if (error.exitCode === undefined) throw error;
    process.stderr.write(describeError(error));
    process.exit(error.exitCode);
  }
}

/** Runs turbo tasks; the lab comes by itself, so that nothing else takes its time. */
function turbo(names) {
  const argv = [
    "turbo",
    "run",
    ...names,
    "--continue",
    "--output-logs=new-only",
    "--no-update-notifier",
    "--ui=stream",
  ];
  const { status } = spawnSync("npx", ["--no-install", ...argv], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
  });
  if (status !== 0) failed.push(names.join(", "));
}

turbo([...checks, "test:unit", "test:integration"]);
turbo(["test:lab"]);
turbo(["test:upstream"]);

const total = { passed: 0, failed: 0, skipped: 0 };
for (const suite of suites) {
  const file = join(results, `${suite}.json`);
  if (!existsSync(file)) {
    console.error(`${suite}: no result`);
    total.failed++;
    continue;
  }
  const report = JSON.parse(readFileSync(file, "utf8"));
  total.passed += report.numPassedTests;
  total.failed +=
    report.numFailedTests +
    report.testResults.filter((each) => each.status === "failed" && each.assertionResults.length === 0)
      .length;
  total.skipped += report.numPendingTests + report.numTodoTests;
  console.log(
    `${suite}: ${report.numPassedTests} passed, ${report.numFailedTests} failed, ${report.numPendingTests} skipped`,
  );
}
if (failed.length > 0 && total.failed === 0) total.failed = failed.length;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || failed.length > 0 ? 1 : 0;
