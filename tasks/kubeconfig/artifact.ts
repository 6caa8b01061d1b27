/** What kubespray leaves on the controller: the administrator's kubeconfig, brought to its place under the cluster's name. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterModel } from "../core/model.ts";
import { accessOf, entriesFor } from "./access.ts";
import { readKubeconfig } from "./document.ts";
import { isKnownHere } from "./server.ts";
import { kubeconfigOf, writeAlone } from "./store.ts";

export type Fetched = "written" | "kept" | "absent" | "damaged";

/**
 * kubespray/artifacts/admin.conf → build/<cluster>/kubeconfig, 0600. The API's name takes the place of the address that
 * kubespray wrote, where this machine knows the name.
 */
export async function takeArtifact(
  build: string,
  model: Pick<ClusterModel, "name" | "api">,
): Promise<Fetched> {
  const source = join(build, "kubespray", "artifacts", "admin.conf");
  if (!existsSync(source)) return "absent";
  // A run that was cut off leaves half a file; kubectl would only say "invalid configuration".
  const { config } = readKubeconfig(readFileSync(source, "utf8"));
  const access = config === undefined ? undefined : accessOf(config).access;
  if (access === undefined) return "damaged";
  const { domain, port } = model.api;
  const server = (await isKnownHere(domain)) ? `https://${domain}:${port}` : access.server;
  return writeAlone(kubeconfigOf(build), entriesFor(access, model.name, server)) ? "written" : "kept";
}
