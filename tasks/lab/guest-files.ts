/** The files that differ between hosts. They are written into a host's own layer, over the shared base, before it boots. */
import { randomUUID } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { mustRun } from "./must-run.ts";
import { type PackageSource, readPackageSource } from "./package-source.ts";
import { hostPlaces, type LabPlaces } from "./places.ts";
import type { HostSeed } from "./state.ts";
import { giveToSudoUser } from "./sudo-user.ts";
import type { LabHost, Topology } from "./topology.ts";

interface GuestFile {
  readonly content: string;
  readonly mode?: number;
}

/** The lab's own key pair, made once. */
export async function ensureKey(places: LabPlaces): Promise<void> {
  if (existsSync(places.privateKey) && existsSync(`${places.privateKey}.pub`)) return;
  await newKey(places.privateKey, `kube-magic lab ${places.name}`);
  giveToSudoUser(places.privateKey);
}

/** Writes the host's files into its layer. The host must not be running. */
export async function seedHost(
  places: LabPlaces,
  topology: Topology,
  host: LabHost,
  seed: HostSeed,
): Promise<void> {
  const at = hostPlaces(places, host.name);
  for (const folder of [at.upper, at.work, at.root]) mkdirSync(folder, { recursive: true, mode: 0o755 });
  const key = join(at.folder, "ssh_host_ed25519_key");
  if (!existsSync(key) || !existsSync(`${key}.pub`)) await newKey(key, host.name);
  const put = (path: string, { content, mode = 0o644 }: GuestFile): void => {
    const target = join(at.upper, path);
    makeFolders(at.upper, dirname(path));
    writeFileSync(target, content, { mode });
    chmodSync(target, mode);
  };
  const files = guestFiles(
    topology,
    host,
    seed,
    await readPackageSource(),
    readFileSync(`${places.privateKey}.pub`, "utf8"),
  );
  for (const [path, file] of Object.entries(files)) put(path, file);
  if (!existsSync(join(at.upper, "etc/machine-id"))) {
    put("etc/machine-id", { content: `${randomUUID().replaceAll("-", "")}\n`, mode: 0o444 });
  }
  makeFolders(at.upper, "etc/ssh");
  copyFileSync(key, join(at.upper, "etc/ssh/ssh_host_ed25519_key"));
  chmodSync(join(at.upper, "etc/ssh/ssh_host_ed25519_key"), 0o600);
  copyFileSync(`${key}.pub`, join(at.upper, "etc/ssh/ssh_host_ed25519_key.pub"));
}

/** One line per host, for the lab's known_hosts: no key is trusted on first use. */
export function knownHosts(places: LabPlaces, hosts: readonly LabHost[]): string {
  return hosts
    .map(({ name, ip }) => {
      const file = join(hostPlaces(places, name).folder, "ssh_host_ed25519_key.pub");
      const [type, key] = readFileSync(file, "utf8").split(" ");
      return `${ip},${name} ${type} ${key}\n`;
    })
    .join("");
}

export function guestFiles(
  topology: Topology,
  host: LabHost,
  seed: HostSeed,
  source: Pick<PackageSource, "nameServers" | "proxy">,
  publicKey: string,
): Readonly<Record<string, GuestFile>> {
  const servers = source.nameServers.map((server) => `nameserver ${server}\n`).join("");
  return {
    "etc/hostname": { content: `${host.name}\n` },
    "etc/resolv.conf": { content: `search ${topology.domain}\n${servers}` },
    "etc/systemd/network/10-lab.network": {
      content: `[Match]\nName=host0\n\n[Network]\nAddress=${seed.ip}/${seed.prefix}\nGateway=${seed.gateway}\nIPv6AcceptRA=no\n`,
    },
    "root/.ssh/authorized_keys": { content: publicKey, mode: 0o600 },
    ...(source.proxy === undefined
      ? {}
      : {
          "etc/apt/apt.conf.d/99lab-proxy": {
            // A proxy on this machine's loopback is, seen from a host, at the gateway.
            content: `Acquire::http::Proxy "${source.proxy.replace(/\/\/(localhost|127\.[\d.]+)/, `//${seed.gateway}`)}";\n`,
          },
        }),
  };
}

/** A folder in the layer carries its mode over the base's, so it must be the same one. */
function makeFolders(upper: string, path: string): void {
  let at = upper;
  for (const part of path.split("/")) {
    at = join(at, part);
    if (existsSync(at)) continue;
    mkdirSync(at);
    chmodSync(at, part === "root" || part === ".ssh" ? 0o700 : 0o755);
  }
}

async function newKey(file: string, comment: string): Promise<void> {
  await mustRun(["rm", "-f", file, `${file}.pub`]);
  await mustRun(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file]);
}
