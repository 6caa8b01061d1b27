/** One tool's inventory with one name for each machine, and its values without simple templates. */
import type { ToolName } from "../../core/model.ts";
import type { Value, ValueMap } from "../../core/value.ts";
import { isSame } from "../prove/same-value.ts";
import { type Listing, membersOf } from "./listing.ts";
import { resolved } from "./templates.ts";

export interface View {
  readonly tool: ToolName;
  readonly listing: Listing;
  /** The machine's one name in the central inventory. */
  nameOf(host: string): string;
  /** What a host has in a variable, templates filled in where they are simple. */
  value(host: string, variable: string): Value | undefined;
  /** What most hosts have. */
  common(variable: string): Value | undefined;
  readonly groupsOf: ReadonlyMap<string, readonly string[]>;
}

export function viewOf(tool: ToolName, listing: Listing, names: ReadonlyMap<string, string>): View {
  const groupsOf = new Map<string, string[]>(listing.hosts.map((host) => [host, []]));
  for (const group of listing.groups.keys()) {
    for (const host of membersOf(listing, group)) groupsOf.get(host)?.push(group);
  }
  const value = (host: string, variable: string): Value | undefined => {
    const variables: ValueMap = { ...listing.effective.get(host), inventory_hostname: host };
    return Object.hasOwn(variables, variable) ? resolved(variables[variable], variables) : undefined;
  };
  return {
    tool,
    listing,
    groupsOf,
    nameOf: (host) => names.get(host) ?? host,
    value,
    common(variable) {
      const counted: { value: Value; count: number }[] = [];
      for (const host of listing.hosts) {
        const found = value(host, variable);
        if (found === undefined || found === null) continue;
        const known = counted.find((one) => isSame(one.value, found));
        if (known === undefined) counted.push({ value: found, count: 1 });
        else known.count += 1;
      }
      const best = counted.sort((a, b) => b.count - a.count)[0]?.value;
      return best ?? inEmptyGroup(listing, variable);
    },
  };
}

/** What a group says that has no hosts: nobody reads it, but it was meant. */
function inEmptyGroup({ groups }: Listing, variable: string): Value | undefined {
  const found = [...groups.values()].find(({ variables }) => Object.hasOwn(variables, variable));
  return found === undefined ? undefined : resolved(found.variables[variable], found.variables);
}

export function textOf(value: Value | undefined): string | undefined {
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim();
  return typeof value === "number" || typeof value === "bigint" ? String(value) : undefined;
}

/** A list, or a text with commas. */
export function listOf(value: Value | undefined): readonly string[] | undefined {
  if (Array.isArray(value)) return value.flatMap((item) => textOf(item as Value) ?? []);
  const text = textOf(value);
  return text?.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));
}

export function numberOf(value: Value | undefined): number | undefined {
  const text = textOf(value);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export function isTrue(value: Value | undefined): boolean {
  return value === true || (typeof value === "string" && /^(?:true|yes|on|1)$/i.test(value));
}
