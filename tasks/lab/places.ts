/** Names and folders of a lab, all derived from its name, so that labs run side by side. */
import { join } from "node:path";
import { InputError } from "../core/errors.ts";

/** Begins the name of every lab's bridge. */
export const BRIDGE_PREFIX = "km-";

export interface LabPlaces {
  readonly name: string;
  /** Everything of this lab: removed by lab:down. */
  readonly state: string;
  /** Shared by all labs: base images. Survives lab:down. */
  readonly cache: string;
  /** Where all labs are. */
  readonly labs: string;
  readonly stateFile: string;
  readonly privateKey: string;
  readonly knownHosts: string;
  readonly bridge: string;
  /** nftables table with the lab's address translation. */
  readonly table: string;
  /** Control group below each hierarchy, for a machine without systemd. */
  readonly controlGroup: string;
}

export interface HostPlaces {
  readonly folder: string;
  /** What the host wrote, over the base: its disk. */
  readonly upper: string;
  readonly work: string;
  readonly root: string;
  readonly console: string;
  readonly record: string;
  /** Name towards this machine: of the container, and of its end of the cable (`vb-…`). */
  readonly machine: string;
}

/** @throws InputError when a folder's path cannot be given to overlayfs. */
export function labPlaces(name: string, env: NodeJS.ProcessEnv = process.env): LabPlaces {
  const labs = env.KUBE_MAGIC_LAB_DIR || "/var/lib/kube-magic/lab";
  const cache = env.KUBE_MAGIC_CACHE_DIR || "/var/cache/kube-magic";
  for (const [variable, path] of [
    ["KUBE_MAGIC_LAB_DIR", labs],
    ["KUBE_MAGIC_CACHE_DIR", cache],
  ] as const) {
    if (!/^\/[^,:\\\s"]+$/.test(path)) {
      throw new InputError(`${variable}=${path} cannot be used as a folder`, {
        remedy: "Set an absolute path without commas, colons, quotes and spaces.",
      });
    }
  }
  const state = join(labs, name);
  return {
    name,
    state,
    cache,
    labs,
    stateFile: join(state, "state.json"),
    privateKey: join(state, "id_ed25519"),
    knownHosts: join(state, "known_hosts"),
    bridge: `${BRIDGE_PREFIX}${name}`,
    table: `kube_magic_${name.replaceAll("-", "_")}`,
    controlGroup: join("kube-magic", name),
  };
}

/** Where a folder of the host lies that is no part of its overlay. */
export function diskOf({ folder }: HostPlaces, path: string): string {
  return join(folder, "disks", path.replaceAll("/", "-").slice(1));
}

export function hostPlaces(lab: LabPlaces, host: string): HostPlaces {
  const folder = join(lab.state, "hosts", host);
  return {
    folder,
    upper: join(folder, "upper"),
    work: join(folder, "work"),
    root: join(folder, "root"),
    console: join(folder, "console.log"),
    record: join(folder, "host.json"),
    machine: `${lab.name}-${host}`,
  };
}
