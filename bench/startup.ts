/** How long a command takes before it does anything. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../test/helpers/environment.ts";
import type { Bench } from "./bench.ts";
import { measureInTurn } from "./measure.ts";

const RUNS = 5;

export const bench: Bench = {
  name: "startup",
  title: `commands that only tell, best of ${RUNS}`,
  needs: () => undefined,
  async run(report) {
    const folder = mkdtempSync(join(tmpdir(), "kube-magic-bench-"));
    try {
      mkdirSync(join(folder, "build"));
      const bundled = ["node", join(ROOT, "bin", "kube-magic.mjs")];
      const sources = [join(ROOT, "node_modules", ".bin", "tsx"), join(ROOT, "tasks", "cli", "main.ts")];
      const commands = [
        [...bundled, "--help"],
        [...bundled, "status"],
        [...sources, "--help"],
      ];
      const [help = 0, status = 0, unbundled = 0] = measureInTurn(RUNS, commands).map(
        ({ seconds }) => seconds,
      );
      report({ what: "--help", value: help, unit: "s", limit: 0.3 });
      report({ what: "status", value: status, unit: "s", limit: 0.3 });
      report({ what: "--help / --help from the sources through tsx", value: help / unbundled, unit: "x" });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
