/** One process that renders and writes a cluster for all four tools; prints its times and peak memory as JSON. */
import { join } from "node:path";
import { TOOLS } from "../tasks/core/model.ts";
import { toolFiles } from "../tasks/deploy/tool-files.ts";
import { writeFileSet } from "../tasks/io/file-set.ts";
import { PRIVATE_FOLDERS } from "../tasks/render/renderers.ts";
import { bigCluster } from "./big-cluster.ts";

const [count = "5000", folder = ""] = process.argv.slice(2);
// openshift-ansible is only rendered for an OpenShift cluster: the four tools take two clusters of the same hosts.
const kubernetes = bigCluster(Number(count));
const openshift = bigCluster(Number(count), "openshift");
const start = process.hrtime.bigint();
let rendering = 0n;
for (const tool of TOOLS) {
  const before = process.hrtime.bigint();
  const files = toolFiles(tool === "openshift-ansible" ? openshift : kubernetes, tool);
  rendering += process.hrtime.bigint() - before;
  writeFileSet(join(folder, tool), files, PRIVATE_FOLDERS[tool]);
}
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
const megabytes = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ seconds, rendering: Number(rendering) / 1e9, megabytes }));
