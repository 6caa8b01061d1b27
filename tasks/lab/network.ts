/** The lab's wire: a bridge, and translated addresses towards the package mirror. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { GateError } from "../core/errors.ts";
import { capture } from "../io/command/capture.ts";
import { parseSubnet, subnetOf, subnetsOverlap } from "./addresses.ts";
import { withTurn } from "./lock.ts";
import { ensureMachineSettings, restoreMachineSettings } from "./machine-settings.ts";
import type { LabPlaces } from "./places.ts";
import { succeed } from "./run-command.ts";
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
      // A fixed MAC address, or the hosts' gateway changes its own whenever a cable is plugged in. Without snooping
      // VRRP's multicast reaches everybody, as on a switch that floods it.
      await succeed([
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
    await succeed(["ip", "address", "flush", "dev", places.bridge]);
    await succeed([
      ...(["ip", "address", "add", `${topology.gateway}/${topology.prefix}`, "dev", places.bridge] as const),
    ]);
    await succeed(["ip", "link", "set", places.bridge, "up"]);
  }
  await succeed(["nft", "-f", "-"], { input: translation(places, topology) });
  ensureMachineSettings();
  await passFirewall(places, "-I");
}

/** Removes the network; fine when there is none. */
export function removeNetwork(places: LabPlaces): Promise<void> {
  return turn(() => unmakeNetwork(places));
}

async function unmakeNetwork(places: LabPlaces): Promise<void> {
  await capture(["nft", "delete", "table", "ip", places.table]);
  if (existsSync(`/sys/class/net/${places.bridge}`)) await succeed(["ip", "link", "delete", places.bridge]);
  await passFirewall(places, "-D");
  restoreMachineSettings();
}

/**
 * Whether the bridge already has the gateway's address.
 * @throws GateError when another link's network overlaps the lab's.
 */
export async function requireFreeNetwork(places: LabPlaces, topology: Topology): Promise<boolean> {
  const subnet = parseSubnet(topology.network);
  const links = JSON.parse(await succeed(["ip", "-json", "-4", "address", "show"])) as {
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
          remedy: "Give the lab another network in its topology file (and pass it with --topology FILE).",
        });
      }
    }
  }
  return own;
}

/** Replaces the table as a whole, in one transaction. What stays on the bridge must keep its address. */
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

/** A firewall that drops forwarded packets by default (Docker's does) is told to let the bridge's pass. */
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
      await succeed(["iptables", "-w", action, "FORWARD", ...rule, "ACCEPT"]);
    }
  }
}
