/** The identity of a tool's trees, for the fingerprint of a phase. */
import { join } from "node:path";
import { readLock } from "../pins/lock-file.ts";
import { readPins } from "../pins/pins.ts";
import { treeContentHash } from "./content-hash.ts";

/**
 * One line for the tool and for each source that it needs: its name and the hash of its files, local changes included.
 * Undefined for a tool that is not installed.
 */
export function treeIdentity(vendorFolder: string, tool: string): string | undefined {
  if (tool === "custom" || !readLock(vendorFolder).has(tool)) return undefined;
  const sources = [...readPins(vendorFolder).sources.values()].filter((source) => source.tool === tool);
  return sources
    .map(({ name, versions }) => {
      const [pin] = versions.values();
      const cacheFile = join(vendorFolder, ".cache", `contents-${name}.json`);
      const contents =
        pin === undefined ? undefined : treeContentHash(join(vendorFolder, pin.folder), cacheFile);
      return `${name} ${contents ?? "absent"}`;
    })
    .join("\n");
}

/** Source → installed version, from the lock file. */
export function installedVersions(vendorFolder: string): ReadonlyMap<string, string> {
  return new Map([...readLock(vendorFolder)].map(([name, { version }]) => [name, version]));
}
