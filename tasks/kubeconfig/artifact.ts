/** The administrator's kubeconfig that kubespray leaves on the controller, written to build/<cluster>/kubeconfig. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterModel } from "../core/model.ts";
import { accessOf, entriesFor } from "./access.ts";
import { readKubeconfig } from "./document.ts";
import { isResolved } from "./server.ts";
import { kubeconfigOf, writeAlone } from "./store.ts";

export type Fetched = "written" | "kept" | "absent" | "damaged";

/**
 * kubespray/artifacts/admin.conf → build/<cluster>/kubeconfig, 0600. The API's name replaces the address that
 * kubespray wrote, when the controller resolves the name.
 */
export async function takeArtifact(
  build: string,
  model: Pick<ClusterModel, "name" | "api">,
): Promise<Fetched> {
  const source = join(build, "kubespray", "artifacts", "admin.conf");
  if (!existsSync(source)) return "absent";
  // An interrupted run leaves an incomplete file, for which kubectl only says "invalid configuration".
  const { config } = readKubeconfig(readFileSync(source, "utf8"));
  const access = config === undefined ? undefined : accessOf(config).access;
  if (access === undefined) return "damaged";
  const { domain, port } = model.api;
  const server = (await isResolved(domain)) ? `https://${domain}:${port}` : access.server;
  return writeAlone(kubeconfigOf(build), entriesFor(access, model.name, server)) ? "written" : "kept";
}
