/** Where packages come from: the mirrors of Debian and Ubuntu, the proxy and the name servers of this machine. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { capture } from "../io/command/capture.ts";

export interface PackageSource {
  /** Debian's archive, and its security updates. */
  readonly mirror: string;
  readonly security: string;
  /** Ubuntu's archive, which has its security updates, too. */
  readonly ubuntuMirror: string;
  /** URL of an HTTP proxy for packages. */
  readonly proxy: string | undefined;
  /** At most two: libc reads three and Kubernetes adds one. */
  readonly nameServers: readonly string[];
  /** The machine's own certificate authorities, for sites that intercept TLS: folder and its files' content. */
  readonly authorities: readonly string[];
}

const AUTHORITIES = "/usr/local/share/ca-certificates";
const DEFAULT_MIRROR = "http://deb.debian.org/debian";
const DEFAULT_UBUNTU_MIRROR = "http://archive.ubuntu.com/ubuntu";

export async function readPackageSource(etcApt = "/etc/apt"): Promise<PackageSource> {
  const uris = sourceUris(etcApt);
  const mirror = uris.find((uri) => /\/debian$/.test(uri)) ?? DEFAULT_MIRROR;
  return {
    mirror,
    security: uris.find((uri) => /\/debian-security$/.test(uri)) ?? `${mirror}-security`,
    ubuntuMirror: uris.find((uri) => /\/ubuntu$/.test(uri)) ?? DEFAULT_UBUNTU_MIRROR,
    proxy: await aptProxy(),
    nameServers: nameServers(),
    authorities: existsSync(AUTHORITIES)
      ? readdirSync(AUTHORITIES)
          .filter((name) => name.endsWith(".crt"))
          .sort()
          .map((name) => readFileSync(join(AUTHORITIES, name), "utf8"))
      : [],
  };
}

/** URL of every configured repository of apt, in both of its formats, without a slash at the end. */
export function sourceUris(etcApt: string): readonly string[] {
  const parts = join(etcApt, "sources.list.d");
  const files = [
    join(etcApt, "sources.list"),
    ...(existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : []),
  ];
  return files
    .filter((file) => /\.(list|sources)$/.test(file) && existsSync(file))
    .flatMap((file) => readFileSync(file, "utf8").split("\n"))
    .flatMap((line) => {
      const oneLine = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)/.exec(line)?.[1];
      const deb822 = /^URIs:\s*(.*)$/i.exec(line)?.[1]?.split(/\s+/) ?? [];
      return oneLine === undefined ? deb822 : [oneLine];
    })
    .flatMap((uri) => mirrorList(uri))
    .filter((uri) => /^https?:\/\//.test(uri))
    .map((uri) => uri.replace(/\/+$/, ""));
}

/** Cloud images name a local file with mirrors: `mirror+file:/etc/apt/mirrors/debian.list`. */
function mirrorList(uri: string): readonly string[] {
  const file = /^mirror\+file:(\/.*)$/.exec(uri)?.[1];
  if (file === undefined) return [uri];
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/)[0] ?? "");
}

async function aptProxy(): Promise<string | undefined> {
  const { stdout } = await capture(["apt-config", "dump", "Acquire::http::Proxy"]);
  const url = /^Acquire::http::Proxy "([^"]+)";/m.exec(stdout)?.[1];
  return url === undefined || url === "DIRECT" ? undefined : url;
}

/** A resolver on the loopback is of no use inside a host: then the servers of systemd-resolved are read. */
function nameServers(): readonly string[] {
  for (const file of ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"]) {
    if (!existsSync(file)) continue;
    const servers = readFileSync(file, "utf8")
      .split("\n")
      .flatMap((line) => /^nameserver\s+(\d+\.\d+\.\d+\.\d+)\s*$/.exec(line)?.[1] ?? [])
      .filter((server) => !server.startsWith("127."));
    if (servers.length > 0) return servers.slice(0, 2);
  }
  return [];
}
