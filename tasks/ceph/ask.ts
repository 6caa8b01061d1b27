/** Asks the monitors how Ceph is; reads only. */
import { type ClusterModel, type Host, hostsWith } from "../core/model.ts";
import { readOutput } from "../core/program-output.ts";
import { lastLine } from "../hosts/answer.ts";
import { askHost } from "../hosts/ask.ts";
import { type CephStatus, cephStatus } from "./health.ts";

export type CephAnswer =
  | { readonly kind: "status"; readonly monitor: string; readonly status: CephStatus }
  /** Every monitor was reached, and none has an admin key: Ceph has not been deployed. */
  | { readonly kind: "absent" }
  | { readonly kind: "silent"; readonly reasons: readonly string[] };

/** `ceph` stops trying after 10 s without a quorum. */
const SCRIPT = `
[ -e /etc/ceph/ceph.client.admin.keyring ] || { section absent echo yes; exit 0; }
exec ceph --connect-timeout 10 status --format json
`;
const SECONDS = 30;

/** The first monitor that answers speaks for all: one outside the quorum would not answer. */
export async function askCeph(model: ClusterModel, env: NodeJS.ProcessEnv): Promise<CephAnswer> {
  const monitors = hostsWith(model, "ceph-mon");
  const reasons: string[] = [];
  let absent = 0;
  for (const monitor of monitors) {
    const answer = await askMonitor(model, monitor, env);
    if (typeof answer === "object") return { kind: "status", monitor: monitor.name, status: answer };
    if (answer === "absent") absent++;
    else reasons.push(`${monitor.name}: ${answer}`);
  }
  return absent === monitors.length ? { kind: "absent" } : { kind: "silent", reasons };
}

/** The status; or `absent`; or in words why there is none. */
async function askMonitor(
  model: ClusterModel,
  host: Host,
  env: NodeJS.ProcessEnv,
): Promise<CephStatus | string> {
  const answer = await askHost(model, host, SCRIPT, { env, seconds: SECONDS });
  if (answer.kind === "no-answer") return answer.reason;
  if (answer.sections.has("absent")) return "absent";
  if (answer.code !== 0) return lastLine(answer.stderr) || `ceph status ended with exit code ${answer.code}`;
  const { data, problem } = readOutput(cephStatus, answer.text);
  return data ?? `ceph status ${problem}`;
}
