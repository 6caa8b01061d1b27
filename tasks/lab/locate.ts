/** Where a key of a small YAML file is written, for the `file:line:col` of a problem. */
import type { Origin } from "../core/problem.ts";

/** Follows the path key by key through the text; stops at the deepest key that it finds. */
export function locate(
  path: readonly string[],
  text: string,
  file: string,
): { origin: Origin; line: string } | Record<string, never> {
  const lines = text.split("\n");
  let row = 0;
  let column = 0;
  let found: { origin: Origin; line: string } | undefined;
  for (const key of path) {
    const pattern = new RegExp(`(?<![\\w-])["']?${key.replace(/[^\w-]/g, "\\$&")}["']?\\s*:(?=\\s|$)`);
    for (let at = row; at < lines.length; at += 1) {
      const line = lines[at] ?? "";
      const from = at === row ? column : 0;
      const match = pattern.exec(line.slice(from).replace(/(^|\s)#.*$/, ""));
      if (match === null) continue;
      row = at;
      column = from + match.index + match[0].length;
      found = {
        origin: { file, line: at + 1, column: from + match.index + 1, length: key.length },
        line,
      };
      break;
    }
  }
  return found ?? {};
}
