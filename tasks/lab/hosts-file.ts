/** /etc/hosts of each host: it names all hosts of the lab, in place of a site's DNS. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PhaseError } from "../core/errors.ts";
import { capture } from "../io/command/capture.ts";
import { hostPlaces, type LabPlaces } from "./places.ts";
import { sshCommand } from "./ssh.ts";
import type { LabHost, Topology } from "./topology.ts";

const BEGIN = "# the hosts of this lab";
const END = "# end of the hosts of this lab";
const STANDARD = `127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
ff02::1\tip6-allnodes
ff02::2\tip6-allrouters
`;

/** /etc/hosts of a new host. Its own name is not on the loopback, because etcd and kubelet would listen there. */
export function hostsFile(topology: Pick<Topology, "domain" | "hosts">): string {
  return `${STANDARD}\n${block(topology)}`;
}

/** The same file after the lab's hosts changed. Every other line stays. */
export function updateHostsFile(text: string, topology: Pick<Topology, "domain" | "hosts">): string {
  const begin = text.indexOf(`${BEGIN}\n`);
  const end = text.indexOf(`${END}\n`);
  if (begin < 0 || end < begin) return `${text.replace(/\n*$/, "\n")}${block(topology)}`;
  return `${text.slice(0, begin)}${block(topology)}${text.slice(end + END.length + 1)}`;
}

/** Changes with the hosts of the lab: tells whether a host has the present list. */
export function hostsFileHash(topology: Pick<Topology, "domain" | "hosts">): string {
  return createHash("sha256").update(block(topology)).digest("hex").slice(0, 16);
}

/** Writes the file of a host that does not run. */
export function updateHostsFileOnDisk(places: LabPlaces, topology: Topology, host: LabHost): void {
  const file = join(hostPlaces(places, host.name).upper, "etc/hosts");
  writeFileSync(
    file,
    existsSync(file) ? updateHostsFile(readFileSync(file, "utf8"), topology) : hostsFile(topology),
  );
}

/** Writes the file of a host that runs. */
export async function updateHostsFileBySsh(
  places: LabPlaces,
  topology: Topology,
  host: LabHost,
): Promise<void> {
  const remote = [...sshCommand(places, host.ip), "--"] as [string, ...string[]];
  const { code, stdout, stderr } = await capture([...remote, "cat /etc/hosts"]);
  const written =
    code === 0
      ? await capture([...remote, "cat > /etc/hosts"], { input: updateHostsFile(stdout, topology) })
      : { code, stderr };
  if (written.code === 0) return;
  throw new PhaseError(`cannot write /etc/hosts on ${host.name}`, {
    output: written.stderr,
    remedy: "npm run lab:status, then repeat this command",
  });
}

function block({ domain, hosts }: Pick<Topology, "domain" | "hosts">): string {
  const lines = hosts.map(({ name, ip }) => `${ip}\t${name}.${domain} ${name}\n`);
  return `${BEGIN}\n${lines.join("")}${END}\n`;
}
