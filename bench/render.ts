/** Rendering thousands of hosts, against the time that Ansible needs to read one of the results. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ansibleEnvironment, findAnsible } from "../test/helpers/ansible.ts";
import type { Bench } from "./bench.ts";
import { measure } from "./measure.ts";

const RUNS = 5;
const CHILD = fileURLToPath(new URL("./render-child.ts", import.meta.url));

const ansible = await findAnsible();

export const bench: Bench = {
  name: "render",
  title: "all four tools, render and write",
  needs: () => undefined,
  async run(report) {
    const folder = mkdtempSync(join(tmpdir(), "kube-magic-bench-"));
    try {
      // In turn, so that a disturbance of the machine hits all of them alike.
      const rounds = Array.from({ length: RUNS }, (_, round) => ({
        five: renderOnce(5000, join(folder, `5000-${round}`)),
        reading: measure(readOne(join(folder, `5000-${round}`, "custom")), ansibleEnvironment()),
        ten: renderOnce(10_000, join(folder, `10000-${round}`)),
      }));
      const five = best(rounds.map((round) => round.five));
      const reading = best(rounds.map((round) => round.reading));
      const ten = best(rounds.map((round) => round.ten));
      report({ what: "5,000 hosts: render and write", value: five.seconds, unit: "s", limit: 1 });
      report({ what: "5,000 hosts: of which rendering", value: five.rendering, unit: "s" });
      report({ what: "ansible-inventory --list of one of them (custom)", value: reading.seconds, unit: "s" });
      report({
        what: "render and write / ansible-inventory",
        value: five.seconds / reading.seconds,
        unit: "x",
        limit: 0.2,
      });
      report({ what: "10,000 hosts: render and write", value: ten.seconds, unit: "s" });
      report({
        what: "10,000 hosts / 5,000 hosts",
        value: ten.seconds / five.seconds,
        unit: "x",
        limit: 2.5,
      });
      report({
        what: "peak memory of the whole process, 10,000 hosts",
        value: ten.megabytes,
        unit: "MB",
        limit: 400,
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function readOne(folder: string): string[] {
  return [join(ansible.bin, "ansible-inventory"), "-i", join(folder, "hosts.yml"), "--list"];
}

interface Rendered {
  readonly seconds: number;
  readonly rendering: number;
  readonly megabytes: number;
}

/** A fresh process and a fresh folder each time: nothing is warm, nothing is unchanged. */
function renderOnce(count: number, folder: string): Rendered {
  const run = spawnSync(process.execPath, ["--import", "tsx", CHILD, String(count), folder], {
    encoding: "utf8",
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as Rendered;
}

/** The fastest: the others had disturbances. */
function best<Run extends { readonly seconds: number }>(runs: readonly Run[]): Run {
  return runs.reduce((a, b) => (b.seconds < a.seconds ? b : a));
}
