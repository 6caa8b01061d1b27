/** One process that renders a cluster's definitions and stages them; prints how long the rendering took. */
import { nagiosFiles } from "../tasks/monitoring/nagios/definitions.ts";
import { aMonitoring, stageDefinitions } from "../test/helpers/monitoring.ts";
import { bigCluster } from "./big-cluster.ts";

const [count = "1000", folder = ""] = process.argv.slice(2);
const model = { ...bigCluster(Number(count)), monitoring: aMonitoring() };
const before = process.hrtime.bigint();
nagiosFiles(model);
const rendering = Number(process.hrtime.bigint() - before) / 1e9;
stageDefinitions(folder, model);
console.log(JSON.stringify({ rendering }));
