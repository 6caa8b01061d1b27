/** The flags of every command that reads an inventory. */
import type { ClusterChoice } from "../core/session.ts";
import { type OptionSpec, optionValue, type ParsedArguments } from "./task.ts";

export const INVENTORY_OPTIONS = {
  cluster: {
    type: "string",
    short: "c",
    value: "NAME",
    help: "folder in inventories/; default: KUBE_MAGIC_CLUSTER, or the only cluster that is no example",
  },
  set: {
    type: "string",
    multiple: true,
    value: "PATH=VALUE",
    help: "override one value, such as api.port=8443; the value is read as YAML; repeatable",
  },
} as const satisfies Record<string, OptionSpec>;

/** What these flags say; nothing for a command without them. */
export function choiceOf(args: ParsedArguments): ClusterChoice {
  const name = optionValue(args, "cluster");
  return { ...(name === undefined ? {} : { name }), sets: args.values.get("set") ?? [] };
}
