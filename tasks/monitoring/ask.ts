/** Asks the Nagios hosts over SSH what Nagios knows; reads only. */
import { type ClusterModel, type Host, hostsWith } from "../core/model.ts";
import { capture } from "../io/shell.ts";
import { sshCommandTo } from "../render/connection.ts";
import { type MonitoringState, monitoringState } from "./state.ts";

export type MonitoringAnswer =
  | { readonly kind: "state"; readonly host: string; readonly state: MonitoringState }
  /** Every Nagios host was reached, and on none has Nagios been deployed. */
  | { readonly kind: "absent" }
  | { readonly kind: "silent"; readonly reasons: readonly string[] };

const ABSENT = "kube-magic: no nagios here";
/** Debian's folder, then RHEL's. */
const question = (all: boolean): string =>
  `for place in /etc/nagios4 /etc/nagios; do config=$place/kube-magic/nagios.cfg; test -e $config && exec /usr/local/lib/kube-magic/plugins/nagios_state${all ? " --all" : ""} --config $config; done; echo "${ABSENT}"`;
const TIMEOUT_MS = 30_000;

/** The first Nagios host that answers: each of them watches everything. */
export async function askNagios(
  model: ClusterModel,
  env: NodeJS.ProcessEnv,
  { all }: { readonly all: boolean },
): Promise<MonitoringAnswer> {
  const hosts = hostsWith(model, "nagios");
  const reasons: string[] = [];
  let absent = 0;
  for (const host of hosts) {
    const answer = await askHost(model, host, all, env);
    if (typeof answer !== "string") return { kind: "state", host: host.name, state: answer };
    if (answer === ABSENT) absent++;
    else reasons.push(`${host.name}: ${answer}`);
  }
  return absent === hosts.length ? { kind: "absent" } : { kind: "silent", reasons };
}

/** Why there is no state, in words, or the state. */
async function askHost(
  model: ClusterModel,
  host: Host,
  all: boolean,
  env: NodeJS.ProcessEnv,
): Promise<MonitoringState | string> {
  const shell = host.ssh.user === "root" ? "sh" : "sudo -n sh";
  const argv: [string, ...string[]] = [...sshCommandTo(model, host), `${shell} -c '${question(all)}'`];
  const { code, stdout, stderr } = await capture(argv, { env, timeoutMs: TIMEOUT_MS });
  if (stdout.includes(ABSENT)) return ABSENT;
  if (code !== 0) {
    const said = stderr.trim().split("\n").at(-1);
    return said === undefined || said === "" ? `no answer within ${TIMEOUT_MS / 1000} s` : said;
  }
  try {
    return monitoringState.parse(JSON.parse(stdout));
  } catch (error) {
    return `answers what we do not understand: ${(error as Error).message.split("\n")[0]}`;
  }
}
