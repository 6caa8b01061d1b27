/** One hash for a folder's content. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const IGNORED: ReadonlySet<string> = new Set(["__pycache__", ".ansible", "node_modules"]);

/** sha256 over names and contents of all files below `folder`, in a fixed order; caches of Python and Ansible do not count. */
export function hashTree(folder: string): string {
  const hash = createHash("sha256");
  for (const path of filesBelow(folder)) {
    const content = readFileSync(path);
    hash.update(`${relative(folder, path)}\0${content.length}\0`);
    hash.update(content);
  }
  return hash.digest("hex");
}

function filesBelow(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (IGNORED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
  });
}
