/** What `init` installed, as text. */
import type { EnvironmentResult } from "../toolchain/environments/all-environments.ts";
import type { InstalledSource } from "../toolchain/fetch/install-source.ts";
import type { InitResult } from "../toolchain/init-tools.ts";
import type { ChosenVersion } from "../toolchain/pins/choose-versions.ts";
import { table } from "./text.ts";

/** Results for standard output, notes for standard error. */
export function describeInit({ trees, chosen, environments }: InitResult): { out: string; err: string } {
  return {
    out: trees.map(treeLine).join("") + environmentTable(environments),
    err: [
      ...trees.flatMap(retiredNotes),
      ...chosen.flatMap(newerNote),
      ...environments.flatMap(({ problem }) =>
        problem?.remedy === undefined ? [] : [`  → ${problem.remedy}\n`],
      ),
    ].join(""),
  };
}

const DONE: Readonly<Record<InstalledSource["done"], string>> = {
  nothing: "unchanged",
  fetched: "fetched",
  moved: "moved to this commit",
  patched: "patched again",
};

function treeLine({ pin, done, entry }: InstalledSource): string {
  const patches = entry.patches.length === 0 ? "no patches" : `${entry.patches.length} patch(es)`;
  return `${pin.source}: ${pin.version} (${short(pin.commit)}), ${patches}, ${DONE[done]}\n`;
}

function retiredNotes({ pin, reports = [] }: InstalledSource): readonly string[] {
  return reports
    .filter(({ status }) => status.kind === "retired")
    .map(({ patch }) => `note: upstream contains ${patch.name} of ${pin.source} now: delete the patch\n`);
}

function newerNote({ pin, newer }: ChosenVersion): readonly string[] {
  if (newer === undefined) return [];
  return [
    `note: vendor.yml pins ${newer.source} ${newer.version} (${short(newer.commit)}), this tree has ${pin.version} (${short(pin.commit)}) → npm run init -- --update --only ${pin.source}\n`,
  ];
}

function environmentTable(results: readonly EnvironmentResult[]): string {
  if (results.length === 0) return "";
  const rows = results.map(({ source, environment, problem }) => {
    if (environment === undefined) return [source, "none", problem?.message ?? ""];
    const origin =
      environment.origin === "built"
        ? `own, Python ${environment.python ?? "?"}`
        : `installed in ${environment.bin}: ${environment.why ?? ""}`;
    return [source, `ansible-core ${environment.ansibleCore}`, origin];
  });
  return `\n${table([["tool", "ansible", "why"], ...rows])}\n`;
}

function short(commit: string): string {
  return commit.slice(0, 9);
}
