/** Phases for tests of the runner: real processes that write events as Ansible's callback plugin does, or work. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlannedPhase } from "../../tasks/phases/plan.ts";
import type { PhaseSpec, Work } from "../../tasks/phases/spec.ts";

export function aSpec(name: string, more: Partial<PhaseSpec> = {}): PhaseSpec {
  return {
    name,
    title: `Deploy ${name}`,
    needs: [],
    tool: "custom",
    playbooks: [],
    extraVars: () => ({}),
    when: () => true,
    ...more,
  };
}

const RUN = { decision: { kind: "run" }, fingerprint: "print" } as const;

export function workPhase(name: string, run: Work["run"], more: Partial<PhaseSpec> = {}): PlannedPhase {
  return { ...RUN, spec: aSpec(name, { ...more, work: { lines: [], run } }), commands: [] };
}

/** @param scripts one a command, for a POSIX shell; `event JSON` writes an event */
export function scriptPhase(
  folder: string,
  name: string,
  scripts: readonly string[],
  more: Partial<PhaseSpec> = {},
): PlannedPhase {
  const commands = scripts.map((script, index) => {
    const path = join(folder, `${name}-${index}.sh`);
    writeFileSync(path, `#!/bin/sh\n${EVENT}\n${script}\n`);
    chmodSync(path, 0o755);
    return { tool: "custom", argv: [path], cwd: folder, env: {}, inventory: "" } as const;
  });
  return { ...RUN, spec: aSpec(name, more), commands };
}

const EVENT = `event() { printf '{"phase":"%s","time":1,%s}\\n' "$KUBE_MAGIC_PHASE" "$1" >>"$KUBE_MAGIC_EVENTS"; }`;

const NUMBERS = '"ok":1,"changed":0,"failures":0,"unreachable":0,"skipped":0,"rescued":0,"ignored":0';

/** Lines of a script that ends well, as Ansible does: a task, then the statistics. */
export const TASK = `event '"kind":"task-start","task":"t","name":"ping","action":"ping","handler":false'`;
export const STATS = `event '"kind":"stats","hosts":{"a":{${NUMBERS}}},"custom":{}'`;
export const WELL = `${TASK}\necho PLAY RECAP\n${STATS}`;
