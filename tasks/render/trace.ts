/**
 * Which rendered variables carry a value of the central inventory: change the value, see what becomes different. General
 * and exact by construction, because it asks the renderers themselves.
 */
import { ipVersion, parseCidr } from "../core/ip.ts";
import { toJsonText } from "../core/json-text.ts";
import { type ClusterModel, ROLES, TOOLS, type ToolName } from "../core/model.ts";
import type { Value } from "../core/value.ts";
import { connectionsOf } from "./connection.ts";
import { INVENTORIES } from "./renderers.ts";

/** A place in a rendered inventory. */
export interface Carrier {
  readonly tool: ToolName;
  /** Relative to build/<cluster>/<tool>/. */
  readonly file: string;
  /** `etcd_data_dir` in a variables file; `hosts.master1.ip`, `vars.ansible_user` or `children.etcd` in hosts.yml. */
  readonly variable: string;
}

/**
 * @param value the value in question, as it is in the central inventory.
 * @param rebuild makes the model again with another value in its place, or without it (undefined); undefined when
 *   that is no valid cluster. Called with one stand-in after another until one is valid.
 * @returns undefined when no stand-in is valid; an empty list when nothing that is rendered depends on the value.
 */
export function whichFilesCarry(
  model: ClusterModel,
  value: Value,
  rebuild: (standIn: Value | undefined) => ClusterModel | undefined,
): readonly Carrier[] | undefined {
  let isValid = false;
  for (const standIn of [...standInsFor(value), undefined]) {
    const other = rebuild(standIn);
    if (other === undefined) continue;
    isValid = true;
    const carriers = differences(model, other);
    if (carriers.length > 0) return carriers;
  }
  return isValid ? [] : undefined;
}

/** Every place where the inventories of two models differ, in the order of tools and files. */
export function differences(one: ClusterModel, other: ClusterModel): Carrier[] {
  return TOOLS.flatMap((tool) => {
    const [left, right] = [places(one, tool), places(other, tool)];
    const carriers = [...new Map([...left, ...right]).values()];
    return carriers
      .filter(({ carrier }) => left.get(keyOf(carrier))?.text !== right.get(keyOf(carrier))?.text)
      .map(({ carrier }) => carrier);
  });
}

interface Place {
  readonly carrier: Carrier;
  readonly text: string;
}

function places(model: ClusterModel, tool: ToolName): Map<string, Place> {
  const found = new Map<string, Place>();
  const inventory = INVENTORIES[tool](model);
  if (inventory === undefined) return found;
  const add = (file: string, variable: string, value: Value) => {
    const carrier = { tool, file, variable };
    found.set(keyOf(carrier), { carrier, text: toJsonText(value) });
  };
  const connections = connectionsOf(model, inventory.hosts);
  const site = model.tools[tool];
  for (const [name, value] of Object.entries(connections.shared)) add("hosts.yml", `vars.${name}`, value);
  for (const host of inventory.hosts) {
    const variables = { ...connections.of(host), ...inventory.hostVariables(host), ...site.hosts[host.name] };
    for (const [name, value] of Object.entries(variables))
      add("hosts.yml", `hosts.${host.name}.${name}`, value);
  }
  for (const [name, { hosts = [], children = [] }] of Object.entries(inventory.groups)) {
    add("hosts.yml", `children.${name}`, [hosts, children]);
  }
  for (const [origin, groups] of [
    ["kube-magic", inventory.variables],
    ["site", site.groups],
  ] as const) {
    for (const [group, variables] of Object.entries(groups)) {
      for (const [name, value] of Object.entries(variables))
        add(`group_vars/${group}/${origin}.yml`, name, value);
    }
  }
  return found;
}

function keyOf({ tool, file, variable }: Carrier): string {
  return `${tool}\0${file}\0${variable}`;
}

/** Other values of the same kind, likeliest to be valid first. Lists and maps have none: they are left out as a whole. */
export function standInsFor(value: Value): readonly Value[] {
  if (typeof value === "boolean") return [!value];
  if (typeof value === "number") return [value + 1, value - 1, value * 2];
  if (typeof value !== "string") return [];
  if (ipVersion(value) === 4) return [1, 7, 77, 177].map((step) => otherIpv4(value, step));
  if (ipVersion(value) === 6) return [value.endsWith("f7") ? "fd99::f8" : "fd99::f7"];
  const cidr = parseCidr(value);
  if (cidr !== undefined) {
    const networks = cidr.version === 4 ? ["198.18.0.0", "100.64.0.0"] : ["fd99::", "fd98::"];
    return networks.map((network) => `${network}/${cidr.prefix}`);
  }
  const counted = value.replace(/\d+(?=\D*$)/, (digits) => String(Number(digits) + 1));
  return [...new Set([`${value}x`, `x${value}`, counted, ...CHOICES])].filter((text) => text !== value);
}

function otherIpv4(address: string, step: number): string {
  const last = address.lastIndexOf(".") + 1;
  return `${address.slice(0, last)}${((Number(address.slice(last)) + step - 1) % 254) + 1}`;
}

/** Words of the central inventory that only another of the same list can replace. */
const CHOICES = [
  ...["kubernetes", "openshift", "none", "accept-new", "strict", "host", "kubeadm", "distro", "repository"],
  ...["origin", "openshift-enterprise", "rbd", "cephfs", "rgw", "reef", "squid", "NoSchedule", "NoExecute"],
  ...ROLES,
];
