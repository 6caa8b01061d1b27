/** What a vendored tool is, in one line: for the fingerprint of a phase, without reading thousands of files. */
import { readLock } from "./lock-file.ts";
import { readManifest } from "./manifest.ts";

/** Content hashes of the tool and of the sources that it needs; undefined for a tool that init did not bring. */
export function treeIdentity(vendorFolder: string, tool: string): string | undefined {
  if (tool === "custom") return undefined;
  const lock = readLock(vendorFolder);
  if (!lock.has(tool)) return undefined;
  const sources = [...readManifest(vendorFolder).sources.values()].filter((source) => source.tool === tool);
  return sources.map(({ name }) => `${name} ${lock.get(name)?.tree ?? "absent"}`).join("\n");
}

/** Versions of the sources that are brought. */
export function broughtVersions(vendorFolder: string): ReadonlyMap<string, string> {
  return new Map([...readLock(vendorFolder)].map(([name, { version }]) => [name, version]));
}
