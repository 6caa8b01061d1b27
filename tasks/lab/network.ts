/** The lab's network: a bridge, and address translation towards the package mirror. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { withTurn } from "../controller/machine-lock.ts";
import { GateError } from "../core/errors.ts";
import { capture } from "../io/command/capture.ts";
import { parseSubnet, subnetOf, subnetsOverlap } from "./addresses.ts";
import { ensureMachineSettings, restoreMachineSettings } from "./machine-settings.ts";
import { mustRun } from "./must-run.ts";
import type { LabPlaces } from "./places.ts";
import type { Topology } from "./topology.ts";

/** Makes what is missing of the lab's network. @throws GateError when something else owns the addresses. */
export function ensureNetwork(places: LabPlaces, topology: Topology): Promise<void> {
  return turn(() => makeNetwork(places, topology));
}

async function makeNetwork(places: LabPlaces, topology: Topology): Promise<void> {
  const own = await requireFreeNetwork(places, topology);
  if (!own) {
    const mac = createHash("sha256").update(places.bridge).digest("hex").match(/../g)?.slice(0, 5) ?? [];
    if (!existsSync(`/sys/class/net/${places.bridge}`)) {
      // A fixed MAC address, because a bridge changes its own whenever a cable is added. Without snooping, VRRP's
      // multicast reaches every host.
      await mustRun([
        ...(["ip", "link", "add", places.bridge] as const),
        ...[
          "address",
          ["02", ...mac].join(":"),
          "type",
          "bridge",
          "mcast_snooping",
          "0",
          "forward_delay",
          "0",
        ],
      ]);
    }
    await mustRun(["ip", "address", "flush", "dev", places.bridge]);
    await mustRun([
      ...(["ip", "address", "add", `${topology.gateway}/${topology.prefix}`, "dev", places.bridge] as const),
    ]);
    await mustRun(["ip", "link", "set", places.bridge, "up"]);
  }
  await mustRun(["nft", "-f", "-"], { input: translation(places, topology) });
  ensureMachineSettings();
  await passFirewall(places, "-I");
}

/** Removes the network, if it exists. */
export function removeNetwork(places: LabPlaces): Promise<void> {
  return turn(() => unmakeNetwork(places));
}

async function unmakeNetwork(places: LabPlaces): Promise<void> {
  await capture(["nft", "delete", "table", "ip", places.table]);
  if (existsSync(`/sys/class/net/${places.bridge}`)) await mustRun(["ip", "link", "delete", places.bridge]);
  await passFirewall(places, "-D");
  restoreMachineSettings();
}

/**
 * Whether the bridge already has the gateway's address.
 * @throws GateError when another link's network overlaps the lab's.
 */
export async function requireFreeNetwork(places: LabPlaces, topology: Topology): Promise<boolean> {
  const subnet = parseSubnet(topology.network);
  const links = JSON.parse(await mustRun(["ip", "-json", "-4", "address", "show"])) as {
    ifname: string;
    addr_info: { local: string; prefixlen: number }[];
  }[];
  let own = false;
  for (const { ifname, addr_info } of links) {
    for (const { local, prefixlen } of addr_info) {
      if (ifname === places.bridge) {
        own ||= local === topology.gateway && prefixlen === topology.prefix;
        continue;
      }
      if (subnet !== undefined && subnetsOverlap(subnet, subnetOf(local, prefixlen))) {
        throw new GateError(`${topology.network} overlaps ${local}/${prefixlen} on ${ifname}`, {
          remedy: "Set another network in the topology file, and pass the file with --topology FILE",
        });
      }
    }
  }
  return own;
}

/** Replaces the whole table in one transaction. Packets between hosts of the bridge keep their addresses. */
function translation(places: LabPlaces, { network }: Topology): string {
  return `table ip ${places.table}
delete table ip ${places.table}
table ip ${places.table} {
  comment "kube-magic lab ${places.name}"
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${network} ip daddr != { ${network}, 224.0.0.0/4 } oifname != "${places.bridge}" masquerade
  }
}
`;
}

/** Labs share the machine's settings, so only one of them changes these at a time. */
const turn = <T>(work: () => Promise<T>) => withTurn("the lab's machine settings", "lab", () => {}, work);

/** Where a firewall drops forwarded packets by default, as Docker's does, rules let those of the bridge pass. */
async function passFirewall(places: LabPlaces, action: "-I" | "-D"): Promise<void> {
  const { code, stdout } = await capture(["iptables", "-w", "-S", "FORWARD"]);
  if (code !== 0) return;
  for (const direction of ["-i", "-o"]) {
    const rule = [
      direction,
      places.bridge,
      "-m",
      "comment",
      "--comment",
      `kube-magic lab ${places.name}`,
      "-j",
    ];
    const present = stdout.includes(`${direction} ${places.bridge} -m comment`);
    const wanted = action === "-I" && stdout.includes("-P FORWARD DROP");
    if (action === "-I" ? wanted && !present : present) {
      await mustRun(["iptables", "-w", action, "FORWARD", ...rule, "ACCEPT"]);
    }
  }
}
