/** The project's own list of lab programs, and a small one whose only program is built in seconds. */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type ProgramData, parseProgramData, readProgramData } from "../../tasks/lab/kubernetes/data.ts";
import { type Item, planItems } from "../../tasks/lab/kubernetes/plan.ts";

export const LAB_SOURCES = resolve(import.meta.dirname, "../../lab/kubernetes");

export const labProgramData = (): ProgramData => readProgramData(join(LAB_SOURCES, "programs.yml"));

export function planOf(data: ProgramData, ...kubernetes: readonly string[]): readonly Item[] {
  return planItems({ data, arch: "amd64", kubernetes, sourceHash: (folder) => `hash of ${folder}` });
}

const SMALL = (versions: readonly string[]): string => `version: 1
modules:
  kubernetes:
    module: k8s.io/kubernetes
    versions: { v1.34.4: { minutes: 7, sum: "h1:Yy6R4QB8C9kJPp25GFqEvX5XQwY5qzKeqD0Xx6oAcmk=" } }
    programs: { kubelet: { package: cmd/kubelet, ask: [--version] } }
  pause:
    source: pause
    versions: { ${versions.map((version) => `${version}: { minutes: 0.1 }`).join(", ")} }
    stamp: { main.version: "{version}" }
    programs: { pause: { package: ".", ask: [-v] } }
files:
  pause:
    of: pause
    url: https://pause.test/{version}/pause-{version}-linux-{arch}.tar.gz
    archive: { bin/pause: pause }
images:
  pause:
    of: pause
    reference: registry.k8s.io/pause:{number}
    files: { pause: pause }
    entrypoint: [/pause]
base: { suite: bookworm, minutes: 0.5, packages: [iptables] }
`;

export const smallData = (...versions: readonly string[]): ProgramData =>
  parseProgramData(SMALL(versions), "programs.yml");

/** A copy of our own pause with the small list beside it. Returns the folder. */
export function smallSources(folder: string, ...versions: readonly string[]): string {
  mkdirSync(folder, { recursive: true });
  cpSync(join(LAB_SOURCES, "pause"), join(folder, "pause"), { recursive: true });
  writeFileSync(join(folder, "programs.yml"), SMALL(versions));
  return folder;
}
