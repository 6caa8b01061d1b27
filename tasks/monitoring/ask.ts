/** Asks the Nagios hosts for the state that Nagios keeps; reads only. */
import { type ClusterModel, type Host, hostsWith } from "../core/model.ts";
import { readOutput } from "../core/program-output.ts";
import { lastLine } from "../hosts/answer.ts";
import { askHost } from "../hosts/ask.ts";
import { type MonitoringState, monitoringState } from "./state.ts";

export type MonitoringAnswer =
  | { readonly kind: "state"; readonly host: string; readonly state: MonitoringState }
  /** Every Nagios host was reached, and on none has Nagios been deployed. */
  | { readonly kind: "absent" }
  | { readonly kind: "silent"; readonly reasons: readonly string[] };

/** Debian's folder, then RHEL's. */
const SCRIPT = `
for place in /etc/nagios4 /etc/nagios; do
  config=$place/kube-magic/nagios.cfg
  [ -e $config ] && exec /usr/local/lib/kube-magic/plugins/nagios_state $ALL --config $config
done
section absent echo yes
`;
const SECONDS = 30;

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
    const answer = await askOne(model, host, all, env);
    if (typeof answer === "object") return { kind: "state", host: host.name, state: answer };
    if (answer === "absent") absent++;
    else reasons.push(`${host.name}: ${answer}`);
  }
  return absent === hosts.length ? { kind: "absent" } : { kind: "silent", reasons };
}

/** The state; or `absent`; or in words why there is none. */
async function askOne(
  model: ClusterModel,
  host: Host,
  all: boolean,
  env: NodeJS.ProcessEnv,
): Promise<MonitoringState | string> {
  const answer = await askHost(model, host, SCRIPT, {
    env,
    seconds: SECONDS,
    variables: { ALL: all ? "--all" : "" },
  });
  if (answer.kind === "no-answer") return answer.reason;
  if (answer.sections.has("absent")) return "absent";
  if (answer.code !== 0) return lastLine(answer.stderr) || `nagios_state ended with exit code ${answer.code}`;
  const { data, problem } = readOutput(monitoringState, answer.text);
  return data ?? `nagios_state ${problem}`;
}
