/** What a vendored tool is, in one line: for the fingerprint of a phase, without reading thousands of files each time. */
import { join } from "node:path";
import { readLock } from "../pins/lock-file.ts";
import { readManifest } from "../pins/pins.ts";
import { contentsOf } from "./content-hash.ts";

/**
 * Hashes of what the tool and the sources that it needs hold now, changes by hand included; undefined for a tool that
 * init did not bring.
 */
export function treeIdentity(vendorFolder: string, tool: string): string | undefined {
  if (tool === "custom" || !readLock(vendorFolder).has(tool)) return undefined;
  const sources = [...readManifest(vendorFolder).sources.values()].filter((source) => source.tool === tool);
  return sources
    .map(({ name, versions }) => {
      const [pin] = versions.values();
      const memory = join(vendorFolder, ".cache", `contents-${name}.json`);
      const contents = pin === undefined ? undefined : contentsOf(join(vendorFolder, pin.folder), memory);
      return `${name} ${contents ?? "absent"}`;
    })
    .join("\n");
}

/** Versions of the sources that are brought. */
export function broughtVersions(vendorFolder: string): ReadonlyMap<string, string> {
  return new Map([...readLock(vendorFolder)].map(([name, { version }]) => [name, version]));
}
