/** Parses what `ansible-inventory --list` prints, and keeps numbers that JSON.parse would change. */
import { Float, isMap, Tagged, type Value, type ValueMap } from "../../core/value.ts";

/** A string, or a number that a JavaScript number would not keep: a float, a huge integer, Python's NaN and Infinity. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
const MARK = "\u0000number";

/** @throws SyntaxError when the text is not JSON, apart from Python's NaN and Infinity. */
export function parseListing(text: string): Value {
  const marked = text.replace(TOKENS, (token) => {
    if (token.startsWith('"') || Number.isSafeInteger(Number(token))) {
      return /^-?\d+$|^"/.test(token) ? token : mark(token);
    }
    return mark(token);
  });
  return unmarked(JSON.parse(marked) as unknown);
}

function mark(token: string): string {
  return JSON.stringify({ [MARK]: token });
}

function unmarked(value: unknown): Value {
  if (Array.isArray(value)) return value.map(unmarked);
  if (typeof value !== "object" || value === null) return value as Value;
  const entries = Object.entries(value as Record<string, unknown>);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined) {
    const [key, inner] = first;
    if (key === MARK) return number(inner as string);
    if (key === "__ansible_vault") return new Tagged("!vault", String(inner));
    if (key === "__ansible_unsafe") return new Tagged("!unsafe", String(inner));
  }
  // No prototype: a variable may be named constructor or toString.
  const map: Record<string, Value> = Object.create(null);
  for (const [key, inner] of entries) map[key] = unmarked(inner);
  return map;
}

function number(token: string): Value {
  if (/^-?\d+$/.test(token)) return BigInt(token);
  return new Float(token === "NaN" ? Number.NaN : Number(token));
}

/** A group of a listing. */
export interface ListedGroup {
  readonly hosts: readonly string[];
  readonly children: readonly string[];
  /** The group's own variables, from the inventory and from group_vars. */
  readonly variables: ValueMap;
}

/** One tool's inventory, as its Ansible reads it. */
export interface Listing {
  /** In the order in which the groups list them. */
  readonly hosts: readonly string[];
  readonly groups: ReadonlyMap<string, ListedGroup>;
  /** Host → its own variables, from the inventory and from host_vars. */
  readonly own: ReadonlyMap<string, ValueMap>;
  /** Host → all its variables, those of its groups included. */
  readonly effective: ReadonlyMap<string, ValueMap>;
}

/**
 * A listing from the two outputs of Ansible.
 * @param exported output of `--list --export`
 * @param merged output of `--list`
 */
export function listingOf(exported: Value, merged: Value): Listing {
  const groups = new Map<string, ListedGroup>();
  for (const [name, group] of Object.entries(asMap(exported))) {
    if (name === "_meta") continue;
    const { hosts, children, vars } = asMap(group);
    groups.set(name, { hosts: names(hosts), children: names(children), variables: asMap(vars) });
  }
  const own = hostVariables(exported);
  const effective = hostVariables(merged);
  // Ansible lists no variables for a host that has none.
  const hosts = [...new Set([...groups.values()].flatMap((group) => group.hosts))];
  return {
    hosts,
    groups,
    own: new Map(hosts.map((host) => [host, own.get(host) ?? {}])),
    effective: new Map(hosts.map((host) => [host, effective.get(host) ?? {}])),
  };
}

function hostVariables(listing: Value): ReadonlyMap<string, ValueMap> {
  const found = asMap(asMap(asMap(listing)._meta).hostvars);
  return new Map(Object.entries(found).map(([host, variables]) => [host, asMap(variables)]));
}

function asMap(value: Value | undefined): ValueMap {
  return isMap(value) ? value : {};
}

function names(value: Value | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Hosts of a group, at any depth. */
export function membersOf(listing: Listing, group: string, seen: Set<string> = new Set()): readonly string[] {
  const found = listing.groups.get(group);
  if (found === undefined || seen.has(group)) return [];
  seen.add(group);
  return [
    ...new Set([...found.hosts, ...found.children.flatMap((child) => membersOf(listing, child, seen))]),
  ];
}
