/** Programs that we rebuilt are for labs: no other cluster gets them. */
import { InputError } from "../../core/errors.ts";
import type { LabPlaces } from "../places.ts";
import { readState } from "../state.ts";
import { PURPOSE } from "./manifest.ts";

/** What has to be a lab's: the cluster's name, and each host with its address. */
export interface ClusterHosts {
  readonly name: string;
  /** Host → address. */
  readonly hosts: Readonly<Record<string, string>>;
}

/** Call it before any of these programs leaves the store. @throws InputError for every cluster that is no lab of this machine. */
export function requireLabCluster(lab: LabPlaces, cluster: ClusterHosts): void {
  const known = new Map(readState(lab)?.topology.hosts.map(({ name, ip }) => [name, ip]));
  const foreign = Object.entries(cluster.hosts).filter(([host, ip]) => known.get(host) !== ip);
  if (lab.name === cluster.name && known.size > 0 && foreign.length === 0) return;
  const why =
    known.size === 0 || lab.name !== cluster.name
      ? `${cluster.name} is no lab of this machine`
      : `${foreign.map(([host, ip]) => `${host} (${ip})`).join(", ")}: no host of the lab ${lab.name}`;
  throw new InputError(`these programs are ${PURPOSE} and run on labs only: ${why}`, {
    remedy: "use upstream's own programs for this cluster: leave out offline.programs, or name a bundle",
  });
}
