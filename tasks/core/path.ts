/** Paths in the central inventory as text: `hosts.master1.labels["a.b/c"]`, `network.ntp[0]`. */

/** Keys of maps and indexes of lists, from the top. */
export type InventoryPath = readonly (string | number)[];

// A name may hold a range: hosts.compute[1:4].ip
const PLAIN_NAME = /^[A-Za-z0-9_/-]+(?:\[\d+:\d+\])?[A-Za-z0-9_/-]*$/;

/** The path as text. */
export function formatPath(path: InventoryPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (!PLAIN_NAME.test(part)) text += `[${JSON.stringify(part)}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text;
}

const STEP = /(?:^|\.)([^.[\]"]+(?:\[\d+:\d+\][^.[\]"]*)?)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;

/** Parses a path; undefined when the text is not one. */
export function parsePath(text: string): InventoryPath | undefined {
  const path: (string | number)[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const found = STEP.exec(text);
    if (found === null) return undefined;
    const [, name, index, quoted] = found;
    if (name !== undefined) path.push(name);
    else if (index !== undefined) path.push(Number(index));
    else if (quoted !== undefined) path.push(JSON.parse(quoted) as string);
  }
  return path.length === 0 ? undefined : path;
}
