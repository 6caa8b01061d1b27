/** Nagios' configuration for 1,000 hosts: rendered, written, verified by Nagios itself. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nagiosProgram } from "../test/helpers/monitoring.ts";
import type { Bench } from "./bench.ts";
import { measure } from "./measure.ts";

const ROUNDS = 5;
const CHILD = fileURLToPath(new URL("./nagios-child.ts", import.meta.url));

export const bench: Bench = {
  name: "nagios",
  title: "definitions from the central inventory, verified by nagios4 -v",
  needs: () => (nagiosProgram() === undefined ? "Debian's package nagios4-core cannot be had" : undefined),
  async run(report) {
    const folder = mkdtempSync(join(tmpdir(), "kube-magic-bench-"));
    try {
      for (const [hosts, limit] of [
        [1000, 10],
        [5000, undefined],
      ] as const) {
        const rounds = Array.from({ length: ROUNDS }, (_, round) =>
          once(hosts, join(folder, `${hosts}-${round}`)),
        );
        const best = (key: keyof Once) => Math.min(...rounds.map((round) => round[key]));
        const what = `${hosts.toLocaleString("en")} hosts`;
        report({ what: `${what}: definitions rendered`, value: best("rendering"), unit: "s" });
        report({ what: `${what}: verified`, value: best("verifying"), unit: "s" });
        report({
          what: `${what}: rendered, written and verified, a new process each`,
          value: best("all"),
          unit: "s",
          ...(limit === undefined ? {} : { limit }),
        });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

interface Once {
  readonly rendering: number;
  readonly verifying: number;
  readonly all: number;
}

/** A fresh process and a fresh folder: nothing is warm. */
function once(hosts: number, folder: string): Once {
  mkdirSync(folder);
  const started = process.hrtime.bigint();
  const child = spawnSync(process.execPath, ["--import", "tsx", CHILD, String(hosts), folder], {
    encoding: "utf8",
  });
  if (child.status !== 0) throw new Error(child.stderr);
  const { seconds: verifying } = measure([nagiosProgram() ?? "", "-v", join(folder, "nagios.cfg")]);
  const { rendering } = JSON.parse(child.stdout) as { rendering: number };
  return { rendering, verifying, all: Number(process.hrtime.bigint() - started) / 1e9 };
}
