/** The comparison as text: first what is lost, then what moved, then what is new. What is the same is only counted. */

import { toJsonText } from "../../core/json-text.ts";
import { formatPath } from "../../core/path.ts";
import { holdsSecret } from "../../core/secret.ts";
import type { Value } from "../../core/value.ts";
import type { Conflict } from "../map/section-values.ts";
import type { Difference, Verdict } from "./compare.ts";

const TITLES: Readonly<Record<Verdict, string>> = {
  same: "the same",
  moved: "moved to a section, or written in another form",
  added: "added by kube-magic",
  lost: "LOST",
};

/** The comparison of one tool. @param hostCount hosts of the tool's old inventory */
export function proofText(title: string, differences: readonly Difference[], hostCount: number): string {
  const of = (verdict: Verdict) => differences.filter((one) => one.verdict === verdict);
  const counts = (["same", "moved", "added", "lost"] as const).map(
    (verdict) => `${variables(of(verdict))} ${verdict}`,
  );
  const lines = [
    `${title}: ${hostCount} ${hostCount === 1 ? "host" : "hosts"}; variables: ${counts.join(", ")}`,
  ];
  for (const verdict of ["lost", "moved", "added"] as const) {
    const rows = of(verdict);
    if (rows.length > 0) lines.push(`  ${TITLES[verdict]}`);
    for (const row of verdict === "lost" ? rows : groupByVariable(rows))
      lines.push(...rowLines(row, hostCount));
  }
  return `${lines.join("\n")}\n`;
}

function variables(rows: readonly Difference[]): number {
  return new Set(rows.map(({ variable }) => variable)).size;
}

/** One row for a variable that has a different value on each host. */
function groupByVariable(rows: readonly Difference[]): readonly (Difference & { readonly varies?: true })[] {
  const found = new Map<string, Difference & { varies?: true }>();
  for (const row of rows) {
    const key = `${row.variable}\n${row.why}`;
    const known = found.get(key);
    const hosts = [...new Set([...(known?.hosts ?? []), ...row.hosts])];
    found.set(key, known === undefined ? row : { ...known, hosts, varies: true });
  }
  return [...found.values()];
}

function rowLines(row: Difference & { readonly varies?: true }, hostCount: number): readonly string[] {
  const { variable, why, hosts, varies } = row;
  const on = hosts.length === hostCount || hosts.length === 0 ? "" : `  (${listed(hosts)})`;
  const values = varies ? `${change(row)} and so on` : change(row);
  return [`    ${variable}${values}${on}`, ...(why === "" ? [] : [`        ${why}`])];
}

function change({ variable, before, after }: Difference): string {
  const texts = [before, after].flatMap((value) => (value === undefined ? [] : [shown(variable, value)]));
  return texts.length === 0 ? "" : ` = ${[...new Set(texts)].join(" → ")}`;
}

const MOST = 5;

function listed(hosts: readonly string[]): string {
  return hosts.length <= MOST
    ? hosts.join(", ")
    : `${hosts.slice(0, MOST).join(", ")} and ${hosts.length - MOST} more`;
}

function shown(name: string, value: Value): string {
  if (holdsSecret(value, name)) return "(secret)";
  const text = toJsonText(value);
  return text.length <= 90 ? text : `${text.slice(0, 89)}…`;
}

/** The contradictions between the sources; empty when there are none. */
export function conflictText(conflicts: readonly Conflict[]): string {
  if (conflicts.length === 0) return "";
  const seen = new Set(
    conflicts.map(({ kept, other }) => {
      const name = kept.path.at(-1) ?? "";
      const of = (sectionValue: typeof kept) =>
        `${shown(name, sectionValue.value)} (${sectionValue.from.tool} ${sectionValue.from.variable})`;
      return `  ${formatPath(kept.path)}: kept ${of(kept)}, not ${of(other)}`;
    }),
  );
  return `The sources contradict each other:\n${[...seen].join("\n")}\n`;
}
