// npm test: every check there is, through turbo, then one line that counts them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tsImport } from "tsx/esm/api";

const root = fileURLToPath(new URL("..", import.meta.url));
const results = join(root, "build", "test-results");
const checks = ["lint", "typecheck", "lint:ansible", "lint:python"];
const suites = ["unit", "python", "integration", "lab", "upstream"];

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

turbo([...checks, "test:unit", "test:python", "test:integration"]);
turbo(["test:lab"]);
turbo(["test:upstream"]);

/** Counts of a suite: Vitest writes JSON, pytest writes JUnit's XML. Undefined without a result. */
function countsOf(suite) {
  const json = join(results, `${suite}.json`);
  if (existsSync(json)) {
    const report = JSON.parse(readFileSync(json, "utf8"));
    const brokenFiles = report.testResults.filter(
      ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
    );
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + brokenFiles.length,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  }
  const xml = join(results, `${suite}.xml`);
  if (!existsSync(xml)) return undefined;
  const head = readFileSync(xml, "utf8").match(/<testsuite [^>]*>/)?.[0];
  if (head === undefined) return undefined;
  const count = (name) => Number(head.match(new RegExp(` ${name}="(\\d+)"`))?.[1] ?? 0);
  const failed = count("failures") + count("errors");
  return { passed: count("tests") - failed - count("skipped"), failed, skipped: count("skipped") };
}

const total = { passed: 0, failed: 0, skipped: 0 };
for (const suite of suites) {
  const counts = countsOf(suite);
  if (counts === undefined) {
    console.error(`${suite}: no result`);
    total.failed++;
    continue;
  }
  for (const key of Object.keys(total)) total[key] += counts[key];
  console.log(`${suite}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
}
if (failed.length > 0 && total.failed === 0) total.failed = failed.length;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || failed.length > 0 ? 1 : 0;
