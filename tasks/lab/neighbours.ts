/** The lab's hosts in each host's /etc/hosts, in place of a site's DNS. */
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

/** /etc/hosts of a new host. Nobody's own name is on the loopback: etcd and kubelet would listen there. */
export function hostsFile(topology: Pick<Topology, "domain" | "hosts">): string {
  return `${STANDARD}\n${block(topology)}`;
}

/** The same file after the lab's hosts changed; what else is in it stays. */
export function updateHostsFile(text: string, topology: Pick<Topology, "domain" | "hosts">): string {
  const begin = text.indexOf(`${BEGIN}\n`);
  const end = text.indexOf(`${END}\n`);
  if (begin < 0 || end < begin) return `${text.replace(/\n*$/, "\n")}${block(topology)}`;
  return `${text.slice(0, begin)}${block(topology)}${text.slice(end + END.length + 1)}`;
}

/** Tells whether a host knows the present neighbours. */
export function neighbourHash(topology: Pick<Topology, "domain" | "hosts">): string {
  return createHash("sha256").update(block(topology)).digest("hex").slice(0, 16);
}

/** For a host that does not run. */
export function updateStoppedHost(places: LabPlaces, topology: Topology, host: LabHost): void {
  const file = join(hostPlaces(places, host.name).upper, "etc/hosts");
  writeFileSync(
    file,
    existsSync(file) ? updateHostsFile(readFileSync(file, "utf8"), topology) : hostsFile(topology),
  );
}

/** For a host that runs. */
export async function updateRunningHost(places: LabPlaces, topology: Topology, host: LabHost): Promise<void> {
  const remote = [...sshCommand(places, host.ip), "--"] as [string, ...string[]];
  const { code, stdout, stderr } = await capture([...remote, "cat /etc/hosts"]);
  const written =
    code === 0
      ? await capture([...remote, "cat > /etc/hosts"], { input: updateHostsFile(stdout, topology) })
      : { code, stderr };
  if (written.code === 0) return;
  throw new PhaseError(`cannot tell ${host.name} the lab's other hosts`, { output: written.stderr });
}

function block({ domain, hosts }: Pick<Topology, "domain" | "hosts">): string {
  const lines = hosts.map(({ name, ip }) => `${ip}\t${name}.${domain} ${name}\n`);
  return `${BEGIN}\n${lines.join("")}${END}\n`;
}
