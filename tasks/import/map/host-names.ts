/** Names of the machines in the central inventory. */
import type { ToolName } from "../../core/model.ts";
import type { Listing } from "../read/listing.ts";
import { toolView } from "../read/tool-view.ts";
import { addressOf } from "./shared.ts";

/** One name for each machine, in lower case. Two hosts of different tools with one address are one machine. */
export function namesOf(listings: ReadonlyMap<ToolName, Listing>): Map<ToolName, Map<string, string>> {
  const result = new Map<ToolName, Map<string, string>>();
  const byAddress = new Map<string, string>();
  const known = new Set<string>();
  for (const tool of ["kubespray", "openshift-ansible", "ceph-ansible", "custom"] as const) {
    const listing = listings.get(tool);
    if (listing === undefined) continue;
    const view = toolView(tool, listing, new Map());
    const names = new Map<string, string>();
    for (const host of listing.hosts) {
      const lower = host.toLowerCase();
      const address = addressOf(view, host);
      const same = address === undefined || known.has(lower) ? undefined : byAddress.get(address);
      const name = same !== undefined && ![...names.values()].includes(same) ? same : lower;
      names.set(host, name);
      known.add(name);
      if (address !== undefined && !byAddress.has(address)) byAddress.set(address, name);
    }
    result.set(tool, names);
  }
  return result;
}
