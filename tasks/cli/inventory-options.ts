/** The flags of every command that reads an inventory. */
import type { ClusterChoice } from "../core/session.ts";
import { type OptionSpec, optionValue, type ParsedArguments } from "./task.ts";

export const INVENTORY_OPTIONS = {
  cluster: {
    type: "string",
    short: "c",
    value: "NAME",
    help: "use this cluster",
    default: "KUBE_MAGIC_CLUSTER, else the only one",
    complete: "cluster",
  },
  set: {
    type: "string",
    multiple: true,
    value: "PATH=VALUE",
    help: "override a value of the inventory (repeatable)",
    default: "none",
  },
} as const satisfies Record<string, OptionSpec>;

/** The cluster that these flags choose; nothing for a command without them. */
export function choiceOf(args: ParsedArguments): ClusterChoice {
  const name = optionValue(args, "cluster");
  return { ...(name === undefined ? {} : { name }), sets: args.values.get("set") ?? [] };
}
