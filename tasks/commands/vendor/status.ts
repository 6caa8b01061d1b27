/** npm run vendor:status */
import type { Task } from "../../cli/task.ts";
import { EXIT } from "../../core/errors.ts";
import { table } from "../../report/text.ts";
import { type EnvironmentStatus, type SourceStatus, vendorStatus } from "../../toolchain/status.ts";
import { rangeText } from "../../toolchain/version-range.ts";

export const task: Task = {
  description: `Shows what is in vendor/: the pinned version of each tool, its patches, local changes, and the Ansible that runs it.
Compares times and pointers only; npm run vendor:verify reads every file. Changes nothing.`,
  options: {},
  async run({ paths, env, out }) {
    const { sources, environments } = await vendorStatus({ vendorFolder: paths.vendor, env, deep: false });
    out(`${table([["source", "version", "commit", "patches", "state"], ...sources.map(sourceRow)])}\n\n`);
    out(`${table([["tool", "ansible", "python", "state"], ...environments.map(environmentRow)])}\n`);
    const differences = [...sources.map(differencesOf), ...environments.map(differencesOf)].flat();
    if (differences.length > 0) out(`\n${differences.join("\n")}\n  → npm run init\n`);
    return EXIT.done;
  },
};

function sourceRow({ pin, locked, tree, differences }: SourceStatus): string[] {
  const state = tree.kind === "absent" ? "not fetched" : differences.length === 0 ? "as pinned" : "differs";
  const patches = locked === undefined ? "" : String(locked.patches.length);
  const selected = locked?.selected === true ? `${pin.version} (selected)` : pin.version;
  return [pin.source, selected, pin.commit.slice(0, 9), patches, state];
}

function environmentRow({ source, spec, environment, differences }: EnvironmentStatus): string[] {
  if (environment === undefined)
    return [source, `(core ${rangeText(spec.ansibleCore)})`, `(${rangeText(spec.python)})`, "not built"];
  const origin = environment.origin === "built" ? "own" : `installed in ${environment.bin}`;
  return [
    source,
    `core ${environment.ansibleCore}`,
    environment.python ?? "",
    differences.length === 0 ? origin : "differs",
  ];
}

function differencesOf(status: SourceStatus | EnvironmentStatus): string[] {
  const name = "pin" in status ? status.pin.source : status.source;
  return status.differences.map((difference) => `${name}: ${difference}`);
}
