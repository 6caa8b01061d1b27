/** One tool's inventory, with the machine's name in the central inventory and with simple templates resolved. */
import type { ToolName } from "../../core/model.ts";
import type { Value, ValueMap } from "../../core/value.ts";
import { isSame } from "../prove/same-value.ts";
import { type Listing, membersOf } from "./listing.ts";
import { withoutTemplates } from "./templates.ts";

/** What the mapping reads of a tool's inventory. */
export interface ToolView {
  readonly tool: ToolName;
  readonly listing: Listing;
  /** Name of the machine in the central inventory. */
  nameOf(host: string): string;
  /** Value of a host's variable; undefined when it has none, or when a template is not simple. */
  value(host: string, variable: string): Value | undefined;
  /** The value that most hosts have. */
  common(variable: string): Value | undefined;
  readonly groupsOf: ReadonlyMap<string, readonly string[]>;
}

/** @param names host of the tool → name in the central inventory, where they differ */
export function toolView(tool: ToolName, listing: Listing, names: ReadonlyMap<string, string>): ToolView {
  const groupsOf = new Map<string, string[]>(listing.hosts.map((host) => [host, []]));
  for (const group of listing.groups.keys()) {
    for (const host of membersOf(listing, group)) groupsOf.get(host)?.push(group);
  }
  const value = (host: string, variable: string): Value | undefined => {
    const variables: ValueMap = { ...listing.effective.get(host), inventory_hostname: host };
    return Object.hasOwn(variables, variable) ? withoutTemplates(variables[variable], variables) : undefined;
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

/** The value in a group without hosts: no host reads it, but it shows what was meant. */
function inEmptyGroup({ groups }: Listing, variable: string): Value | undefined {
  const found = [...groups.values()].find(({ variables }) => Object.hasOwn(variables, variable));
  return found === undefined ? undefined : withoutTemplates(found.variables[variable], found.variables);
}

/** A text or a number as trimmed text; undefined for anything else, and for blanks. */
export function textOf(value: Value | undefined): string | undefined {
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim();
  return typeof value === "number" || typeof value === "bigint" ? String(value) : undefined;
}

/** The items of a list, or of a text with commas. */
export function listOf(value: Value | undefined): readonly string[] | undefined {
  if (Array.isArray(value)) return value.flatMap((item) => textOf(item as Value) ?? []);
  const text = textOf(value);
  return text?.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));
}

/** A whole number of at most 15 digits, as a number or as text. */
export function numberOf(value: Value | undefined): number | undefined {
  const text = textOf(value);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** True for true, and for the words that Ansible takes for it. */
export function isTrue(value: Value | undefined): boolean {
  return value === true || (typeof value === "string" && /^(?:true|yes|on|1)$/i.test(value));
}
