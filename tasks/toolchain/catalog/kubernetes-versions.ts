/** The Kubernetes versions that the installed kubespray can install: those with checksums. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const CHECKSUMS = "kubespray/roles/kubespray_defaults/vars/main/checksums.yml";

/** In the order of the file, newest first; empty when kubespray is not installed. */
export function installableVersions(vendorFolder: string): readonly string[] {
  const file = join(vendorFolder, CHECKSUMS);
  return existsSync(file) ? versionsIn(readFileSync(file, "utf8")) : [];
}

/** The keys of `kubelet_checksums.amd64`. The file is large and flat, so its lines are read without a YAML parser. */
export function versionsIn(text: string): readonly string[] {
  const kubelet = /^kubelet_checksums:\n((?:[ #].*\n?|\n)*)/m.exec(text)?.[1] ?? "";
  const amd64 = /^ {2}amd64:\n((?: {4}.*\n?)*)/m.exec(kubelet)?.[1] ?? "";
  return [...amd64.matchAll(/^ {4}v?(\d+\.\d+\.\d+):/gm)].map(([, version]) => version ?? "");
}
