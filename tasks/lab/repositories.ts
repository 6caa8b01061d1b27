/** The package repositories of a base image, and the key that signs them. */
import { join } from "node:path";
import { repositoryRoot } from "../core/paths.ts";
import type { PackageSource } from "./package-source.ts";
import type { Suite } from "./topology.ts";

/** Signing key of Ubuntu's archive, 2018: F6EC B376 2474 EDA9 D21B 7022 8719 20D1 991B C93C. Debian has no package of it. */
const UBUNTU_KEY = "lab/keys/ubuntu-archive-2018.gpg";
const DEBIAN_COMPONENTS = "main";
/** restic, haproxy and others of our roles are in universe. */
const UBUNTU_COMPONENTS = "main universe";

/** Archive of a suite. */
export interface Archive {
  readonly mirror: string;
  readonly security: string;
  readonly components: string;
  /** Packages of every server that are not part of a minimal installation of this distribution. */
  readonly packages: readonly string[];
  /** A file with the key, where mmdebstrap's own keys do not have it. */
  readonly keyring: string | undefined;
}

export function archiveOf(suite: Suite, source: PackageSource): Archive {
  if (suite !== "noble") {
    const { mirror, security } = source;
    return { mirror, security, components: DEBIAN_COMPONENTS, packages: [], keyring: undefined };
  }
  const { ubuntuMirror } = source;
  return {
    mirror: ubuntuMirror,
    security: ubuntuMirror,
    components: UBUNTU_COMPONENTS,
    packages: ["apt", "ubuntu-keyring"],
    keyring: join(repositoryRoot(), UBUNTU_KEY),
  };
}

/** Lines for sources.list. A mirror without security updates is used as it is. */
export async function repositoriesOf(
  suite: Suite,
  archive: Archive,
  hasProxy: boolean,
): Promise<readonly string[]> {
  const { mirror, security, components } = archive;
  const lines = [`deb ${mirror} ${suite} ${components}`, `deb ${mirror} ${suite}-updates ${components}`];
  if (hasProxy || (await isReachable(`${security}/dists/${suite}-security/InRelease`))) {
    lines.push(`deb ${security} ${suite}-security ${components}`);
  }
  return lines;
}

async function isReachable(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    return false;
  }
}
