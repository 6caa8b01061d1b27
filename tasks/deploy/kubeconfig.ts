/** What kubespray leaves for people: the administrator's kubeconfig, brought to one place that nobody else may read. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isMap } from "../core/value.ts";
import { writeIfChanged } from "../io/files.ts";
import { readYaml, SourceText, toValue } from "../io/yaml.ts";

/** Where a cluster's kubeconfig is kept. */
export function kubeconfigOf(build: string): string {
  return join(build, "kubeconfig");
}

export type Fetched = "written" | "kept" | "absent" | "damaged";

/** Copies kubespray/artifacts/admin.conf to build/<cluster>/kubeconfig, 0600. */
export function fetchKubeconfig(build: string): Fetched {
  const source = join(build, "kubespray", "artifacts", "admin.conf");
  if (!existsSync(source)) return "absent";
  const text = readFileSync(source, "utf8");
  if (!isKubeconfig(text)) return "damaged";
  return writeIfChanged(kubeconfigOf(build), text, 0o600) ? "written" : "kept";
}

/** A run that was cut off leaves half a file; kubectl would only say "invalid configuration". */
function isKubeconfig(text: string): boolean {
  const { root, problems } = readYaml(new SourceText("admin.conf", text));
  if (root === undefined || problems.length > 0) return false;
  const value = toValue(root);
  return (
    isMap(value) && value.kind === "Config" && Array.isArray(value.clusters) && value.clusters.length > 0
  );
}
