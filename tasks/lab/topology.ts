/** A lab's topology file: its hosts, their roles and addresses. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { InputError } from "../core/errors.ts";
import { ROLES, type Role } from "../core/model.ts";
import type { InventoryPath } from "../core/path.ts";
import type { Problem } from "../core/problem.ts";
import { type CheckedFile, invalidFile, parseChecked } from "../io/yaml/checked-file.ts";
import { allocate, gatewayOf, isHostAddress, parseSubnet } from "./addresses.ts";

export const SUITES = ["trixie", "bookworm", "noble"] as const;
export type Suite = (typeof SUITES)[number];

export interface LabHost {
  readonly name: string;
  readonly ip: string;
  readonly roles: readonly Role[];
}

export interface Topology {
  /** Also the cluster's name: `inventories/<name>/`. */
  readonly name: string;
  readonly suite: Suite;
  /** CIDR of the bridge. */
  readonly network: string;
  readonly prefix: number;
  readonly gateway: string;
  readonly domain: string;
  readonly api: {
    readonly vip: string;
    readonly port: number;
    readonly domain: string;
    readonly vrid: number;
  };
  readonly hosts: readonly LabHost[];
}

const address = z.ipv4("must be an IPv4 address such as 198.18.0.11");
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const domainName = z
  .string()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, "must be a domain name in lower case, such as lab.test");

const hostSchema = z.strictObject({
  ip: address.optional(),
  roles: z.array(z.enum(ROLES)).default([]),
});

const topologySchema = z.strictObject({
  // Twelve characters: the bridge is named km-<name>, and Linux allows fifteen.
  name: z.string().regex(/^[a-z][a-z0-9-]{0,11}$/, "must be 1 to 12 of a-z, 0-9 and -, a letter first"),
  suite: z.enum(SUITES).default("trixie"),
  network: z.string().refine((text) => {
    const subnet = parseSubnet(text);
    return subnet !== undefined && subnet.prefix >= 16 && subnet.prefix <= 28;
  }, "must be an IPv4 network of /16 to /28 such as 198.18.0.0/24"),
  domain: domainName.optional(),
  api: z.strictObject({
    vip: address,
    port: z.int().min(1).max(65535).default(6443),
    domain: domainName.optional(),
    vrid: z.int().min(1).max(255).default(101),
  }),
  hosts: z
    .record(z.string().regex(label, "must be a host name in lower case, such as worker1"), hostSchema)
    .refine((hosts) => Object.keys(hosts).length > 0, "must name at least one host"),
});

/** @throws InputError when the file cannot be read or is no valid topology, with every problem in it. */
export function readTopology(file: string): Topology {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new InputError(`cannot read the lab's topology ${file}: ${(cause as Error).message}`, {
      cause,
      remedy: "Pass an existing file with --topology FILE; lab/topology.yml is the default one.",
    });
  }
  return parseTopology(text, file);
}

const CODES = { unknownKey: "KM090", type: "KM090", missing: "KM090", value: "KM090" };

const fileNamed = (shownAs: string): CheckedFile => ({
  shownAs,
  purpose: "the topology of a lab; lab/topology.yml shows every key",
  reading: { codes: CODES, document: "the file", guide: "lab/topology.yml", knownKeys },
  whenMissing: "name an existing file with --topology FILE",
});

/** @throws InputError as {@link readTopology}. */
export function parseTopology(text: string, shownAs: string): Topology {
  const file = fileNamed(shownAs);
  const { data: raw, problemAt } = parseChecked(text, file, topologySchema);
  const problems: Problem[] = [];
  const problem = (path: readonly string[], message: string, remedy: string): void => {
    problems.push(problemAt({ path, at: "key", code: CODES.value, message, remedy }));
  };
  const subnet = parseSubnet(raw.network);
  if (subnet === undefined) throw new Error(`${raw.network} passed the schema`);
  const gateway = gatewayOf(subnet);
  const wishes = Object.entries(raw.hosts).map(([name, host]) => ({ name, ip: host.ip, roles: host.roles }));
  const owners = new Map([
    [gateway, "this machine (the gateway)"],
    [raw.api.vip, "api.vip"],
  ]);
  const inside = `Choose a free one inside ${raw.network}.`;
  if (!isHostAddress(subnet, raw.api.vip))
    problem(["api", "vip"], `${raw.api.vip} is outside ${raw.network}`, inside);
  if (raw.api.vip === gateway) problem(["api", "vip"], `${gateway} is this machine's own address`, inside);
  for (const { name, ip } of wishes) {
    if (ip === undefined) continue;
    const owner = owners.get(ip);
    if (!isHostAddress(subnet, ip)) problem(["hosts", name, "ip"], `${ip} is outside ${raw.network}`, inside);
    else if (owner !== undefined) problem(["hosts", name, "ip"], `${ip} already belongs to ${owner}`, inside);
    owners.set(ip, `host ${name}`);
  }
  const given = allocate(subnet, wishes, [gateway, raw.api.vip]);
  const hosts = wishes.flatMap(({ name, roles }) => {
    const ip = given.get(name);
    if (ip !== undefined) return [{ name, ip, roles }];
    problem(["hosts", name], `no address is left for ${name} in ${raw.network}`, "Use a larger network.");
    return [];
  });
  if (problems.length > 0) throw invalidFile(file, problems);
  const domain = raw.domain ?? `${raw.name}.test`;
  return {
    name: raw.name,
    suite: raw.suite,
    network: raw.network,
    prefix: subnet.prefix,
    gateway,
    domain,
    api: {
      vip: raw.api.vip,
      port: raw.api.port,
      domain: raw.api.domain ?? `api.${domain}`,
      vrid: raw.api.vrid,
    },
    hosts,
  };
}

function knownKeys(path: InventoryPath): readonly string[] {
  if (path[0] === "hosts") return Object.keys(hostSchema.shape);
  if (path[0] === "api") return Object.keys(topologySchema.shape.api.shape);
  return Object.keys(topologySchema.shape);
}
