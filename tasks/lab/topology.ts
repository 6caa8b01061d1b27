/** A lab's topology file: its hosts, their roles and addresses. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { closest } from "../core/closest.ts";
import { InputError } from "../core/errors.ts";
import { ROLES, type Role } from "../core/model.ts";
import type { Problem } from "../core/problem.ts";
import { originOf, readYaml, SourceText, toValue, type YamlNode } from "../io/yaml.ts";
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

const address = z.ipv4("an IPv4 address such as 198.18.0.11");
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const domainName = z
  .string()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, "a domain name in lower case, such as lab.test");

const hostSchema = z.strictObject({
  ip: address.optional(),
  roles: z.array(z.enum(ROLES)).default([]),
});

const topologySchema = z.strictObject({
  // Twelve characters: the bridge is named km-<name>, and Linux allows fifteen.
  name: z.string().regex(/^[a-z][a-z0-9-]{0,11}$/, "1 to 12 of a-z, 0-9 and -, a letter first"),
  suite: z.enum(SUITES).default("trixie"),
  network: z.string().refine((text) => {
    const subnet = parseSubnet(text);
    return subnet !== undefined && subnet.prefix >= 16 && subnet.prefix <= 28;
  }, "an IPv4 network of /16 to /28 such as 198.18.0.0/24"),
  domain: domainName.optional(),
  api: z.strictObject({
    vip: address,
    port: z.int().min(1).max(65535).default(6443),
    domain: domainName.optional(),
    vrid: z.int().min(1).max(255).default(101),
  }),
  hosts: z
    .record(z.string().regex(label, "a host name in lower case, such as worker1"), hostSchema)
    .refine((hosts) => Object.keys(hosts).length > 0, "at least one host"),
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

/** @throws InputError as {@link readTopology}. */
export function parseTopology(text: string, file: string): Topology {
  const root = parseYaml(text, file);
  const parsed = topologySchema.safeParse(root === undefined ? undefined : toValue(root));
  if (!parsed.success) {
    throw invalid(
      file,
      parsed.error.issues.flatMap((issue) => schemaProblems(issue, root)),
    );
  }
  const raw = parsed.data;
  const problems: Problem[] = [];
  const problem = (path: readonly string[], message: string, remedy: string): void => {
    problems.push({ ...base(path, root), message, remedy });
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
  if (problems.length > 0) throw invalid(file, problems);
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

function parseYaml(text: string, file: string): YamlNode | undefined {
  const { root, problems } = readYaml(new SourceText(file, text));
  if (problems.length > 0) throw invalid(file, problems);
  return root;
}

function invalid(file: string, problems: readonly Problem[]): InputError {
  return new InputError(`${file} is not a valid lab topology`, {
    problems,
    remedy: "lab/topology.yml shows every key.",
  });
}

function schemaProblems(issue: z.core.$ZodIssue, root: YamlNode | undefined): Problem[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const near = closest(key, knownKeys(path));
      return {
        ...base([...path, key], root),
        message: `unknown key "${key}"`,
        remedy: near === undefined ? `Known here: ${knownKeys(path).join(", ")}.` : `Did you mean "${near}"?`,
      };
    });
  }
  const what = path.join(".") || "the file";
  const wanted = describeWanted(issue);
  const [message, remedy] =
    wanted === undefined
      ? [`${what} is missing`, "Add it; lab/topology.yml shows how."]
      : [`${what} must be ${wanted}`, "Correct the value."];
  return [{ ...base(path, root), message, remedy }];
}

/** What the value must be; undefined: it is missing. */
function describeWanted(issue: z.core.$ZodIssue): string | undefined {
  switch (issue.code) {
    case "invalid_value":
      return `one of ${issue.values.join(", ")}`;
    case "invalid_key":
      return issue.issues[0]?.message;
    case "invalid_type":
      if (issue.message.endsWith("received undefined")) return undefined;
      return issue.expected === "object" || issue.expected === "record"
        ? "a map"
        : `of type ${issue.expected}`;
    case "too_small":
      return `at least ${issue.minimum}`;
    case "too_big":
      return `at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

function knownKeys(path: readonly string[]): readonly string[] {
  if (path[0] === "hosts") return Object.keys(hostSchema.shape);
  if (path[0] === "api") return Object.keys(topologySchema.shape.api.shape);
  return Object.keys(topologySchema.shape);
}

function base(path: readonly string[], root: YamlNode | undefined) {
  return {
    code: "KM090",
    severity: "error" as const,
    path: path.join("."),
    ...placeOf(path, root),
  };
}

/** The deepest key on the path that the file has, with its line. */
function placeOf(path: readonly string[], root: YamlNode | undefined): Pick<Problem, "origin" | "line"> {
  let node = root;
  let found: Pick<Problem, "origin" | "line"> = {};
  for (const key of path) {
    const entry = node?.kind === "map" ? node.entries.get(key) : undefined;
    if (entry === undefined) break;
    found = { origin: originOf(entry.key), line: entry.key.source.lineAt(entry.key.start) };
    node = entry.value;
  }
  return found;
}
