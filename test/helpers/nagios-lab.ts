/** A Nagios host that watches two load balancers and a control plane with etcd, as the inventory has it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type MonitoringEntry, type MonitoringState, monitoringState } from "../../tasks/monitoring/state.ts";
import { ROOT } from "./environment.ts";
import { type PlaybookEnd, type PrepHostsLab, prepHostsLab } from "./prep-hosts-lab.ts";
import { type CommandRun, runCommand } from "./run-command.ts";

export const PLAYBOOK = "playbooks/post/monitoring.yml";
const FIXTURES = ["apiserver-stand-in", "etcd", "monitoring"];

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
}

export interface NagiosLab extends PrepHostsLab {
  /** Load balancers, a stand-in for the API, etcd, a time server, a mail server. */
  prepare(): Promise<void>;
  deploy(flags?: Parameters<PrepHostsLab["play"]>[1]): Promise<PlaybookEnd>;
  /** One of our commands, in this process. */
  run(command: string, ...argv: string[]): Promise<CommandRun>;
  state(): Promise<MonitoringState>;
  /** `host` or `host/service` → state, of all that Nagios is sure of and that is not OK. */
  wrong(): Promise<Record<string, string>>;
  mails(): Promise<readonly Mail[]>;
  /** Takes a host out of the central inventory. */
  forget(host: string): void;
}

export async function nagiosLab(name: string, net: string, suite: string): Promise<NagiosLab> {
  const lab = await prepHostsLab(
    name,
    `name: ${name}
suite: ${suite}
network: ${net}.0/24
api: { vip: ${net}.100, vrid: 141 }
hosts:
  nagios1: { ip: ${net}.50, roles: [nagios] }
  lb1: { ip: ${net}.41, roles: [load-balancer] }
  lb2: { ip: ${net}.42, roles: [load-balancer] }
  master1: { ip: ${net}.11, roles: [control-plane, etcd] }
`,
  );
  const done = async (playbook: string): Promise<void> => {
    const end = await lab.play(playbook);
    if (end.verdict.kind !== "done") throw new Error(end.log);
  };
  const state = async (): Promise<MonitoringState> => {
    const plugin = "/usr/local/lib/kube-magic/plugins/nagios_state";
    const line = `${plugin} --all --config /etc/nagios4/kube-magic/nagios.cfg`;
    return monitoringState.parse(JSON.parse(await lab.on("nagios1", line)));
  };
  return {
    ...lab,
    async prepare() {
      await done("playbooks/prep-hosts.yml");
      for (const fixture of FIXTURES) await done(join(ROOT, "test/fixtures", fixture, "playbook.yml"));
    },
    deploy: (flags) => lab.play(PLAYBOOK, flags),
    run: (command, ...argv) => runCommand(lab.root, command, "--cluster", name, ...argv),
    state,
    async wrong() {
      const { entries } = await state();
      return Object.fromEntries(
        entries.filter((one) => one.hard && one.state !== "OK").map((one) => [nameOf(one), one.state]),
      );
    },
    async mails() {
      const text = await lab.on("nagios1", "cat /run/monitoring-stand-in/mails 2>/dev/null || true");
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Mail);
    },
    forget(host) {
      const file = join(lab.root, "inventories", name, "cluster.yml");
      const lines = readFileSync(file, "utf8").split("\n");
      writeFileSync(file, lines.filter((line) => !line.startsWith(`  ${host}:`)).join("\n"));
    },
  };
}

export function nameOf({ host, service }: MonitoringEntry): string {
  return service === undefined ? host : `${host}/${service}`;
}
