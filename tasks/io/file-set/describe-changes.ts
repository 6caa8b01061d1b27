/** Changes → text for people: one line a file, or a unified diff with the secrets hidden. */
import { diffLines } from "../../core/line-diff.ts";
import { maskLines } from "../../core/mask-lines.ts";
import type { Change } from "./compare.ts";

/** `changed  build/prod/custom/hosts.yml`, with what is special about it. */
export function changeLine(folder: string, change: Change): string {
  const notes = [
    ...(change.modeOnly ? ["permissions only"] : []),
    ...(change.edited ? ["edited by hand since it was rendered"] : []),
  ];
  return `${change.kind.padEnd(9)} ${folder}/${change.path}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
}

/** Unified diff of a change, as `diff -u` would print it; empty when the text is the same. */
export function unifiedDiff(folder: string, { path, before, after }: Change): string {
  const [oldLines, newLines] = [linesOf(before), linesOf(after)];
  const hunks = diffLines(oldLines, newLines);
  if (hunks.length === 0) return "";
  const [oldMasked, newMasked] = [maskLines(oldLines), maskLines(newLines)];
  const text = [
    before === undefined ? "--- /dev/null" : `--- a/${folder}/${path}`,
    after === undefined ? "+++ /dev/null" : `+++ b/${folder}/${path}`,
  ];
  for (const { oldStart, newStart, lines } of hunks) {
    const oldCount = lines.filter(({ kind }) => kind !== "added").length;
    const newCount = lines.filter(({ kind }) => kind !== "removed").length;
    text.push(`@@ -${range(oldStart, oldCount)} +${range(newStart, newCount)} @@`);
    for (const { kind, index } of lines) {
      if (kind === "added") text.push(`+${newMasked[index] ?? ""}`);
      else text.push(`${kind === "removed" ? "-" : " "}${oldMasked[index] ?? ""}`);
    }
  }
  return `${text.join("\n")}\n`;
}

function range(start: number, count: number): string {
  return `${count === 0 ? start : start + 1},${count}`;
}

function linesOf(text: string | undefined): string[] {
  if (text === undefined || text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  else lines[lines.length - 1] += "\n\\ No newline at end of file";
  return lines;
}
