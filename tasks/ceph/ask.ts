/** Asks the monitors over SSH how the cluster is; reads only. */
import { type ClusterModel, type Host, hostsWith } from "../core/model.ts";
import { capture } from "../io/shell.ts";
import { sshCommandTo } from "../render/connection.ts";
import { type CephStatus, cephStatus } from "./health.ts";

export type CephAnswer =
  | { readonly kind: "status"; readonly monitor: string; readonly status: CephStatus }
  /** Every monitor was reached, and none has an admin key: Ceph has not been deployed. */
  | { readonly kind: "absent" }
  | { readonly kind: "silent"; readonly reasons: readonly string[] };

const ABSENT = "kube-magic: no ceph here";
/** `ceph` gives up after 10 s without a quorum. */
const QUESTION = `test -e /etc/ceph/ceph.client.admin.keyring || { echo "${ABSENT}"; exit 0; }; exec ceph --connect-timeout 10 status --format json`;
const TIMEOUT_MS = 30_000;

/** The first monitor that answers speaks for all: one outside the quorum would not answer. */
export async function askCeph(model: ClusterModel, env: NodeJS.ProcessEnv): Promise<CephAnswer> {
  const monitors = hostsWith(model, "ceph-mon");
  const reasons: string[] = [];
  let absent = 0;
  for (const monitor of monitors) {
    const answer = await askMonitor(model, monitor, env);
    if (typeof answer !== "string") return { kind: "status", monitor: monitor.name, status: answer };
    if (answer === ABSENT) absent++;
    else reasons.push(`${monitor.name}: ${answer}`);
  }
  return absent === monitors.length ? { kind: "absent" } : { kind: "silent", reasons };
}

/** Why there is no status, in words, or the status. */
async function askMonitor(
  model: ClusterModel,
  host: Host,
  env: NodeJS.ProcessEnv,
): Promise<CephStatus | string> {
  const shell = host.ssh.user === "root" ? "sh" : "sudo -n sh";
  const argv: [string, ...string[]] = [...sshCommandTo(model, host), `${shell} -c '${QUESTION}'`];
  const { code, stdout, stderr } = await capture(argv, { env, timeoutMs: TIMEOUT_MS });
  if (stdout.includes(ABSENT)) return ABSENT;
  if (code !== 0) {
    const said = stderr.trim().split("\n").at(-1);
    return said === undefined || said === "" ? `no answer within ${TIMEOUT_MS / 1000} s` : said;
  }
  try {
    return cephStatus.parse(JSON.parse(stdout));
  } catch (error) {
    return `answers what we do not understand: ${(error as Error).message.split("\n")[0]}`;
  }
}
