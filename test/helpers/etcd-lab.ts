/** Three real hosts with an etcd in kubespray's layout, and our commands run against them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./environment.ts";
import { type PrepHostsLab, prepHostsLab } from "./prep-hosts-lab.ts";
import { type CommandRun, runCommand } from "./run-command.ts";
import { type Started, startCommand } from "./start-command.ts";

export const ETCD_HOSTS = ["etcd1", "etcd2", "etcd3"] as const;

export interface EtcdLab extends PrepHostsLab {
  /** One of our commands, in this process. */
  run(command: string, ...argv: string[]): Promise<CommandRun>;
  /** The same as a process of its own. */
  start(command: string, ...argv: string[]): Started;
  /** etcdctl on a host, as an administrator there would run it. */
  etcdctl(host: string, line: string): Promise<string>;
  /** Brings a fresh etcd; quotas in bytes by host. */
  install(quotas?: Readonly<Record<string, number>>): Promise<void>;
  /** Overwrites one key until the cluster refuses. */
  fill(host: string): Promise<void>;
}

export async function etcdLab(name: string, net: string, suite: string): Promise<EtcdLab> {
  const lab = await prepHostsLab(
    name,
    `name: ${name}
suite: ${suite}
network: ${net}.0/24
api: { vip: ${net}.100, vrid: 90 }
hosts:
  etcd1: { ip: ${net}.11, roles: [control-plane, etcd, worker] }
  etcd2: { ip: ${net}.12, roles: [control-plane, etcd, worker] }
  etcd3: { ip: ${net}.13, roles: [etcd, load-balancer] }
`,
  );
  const etcdctl = (host: string, line: string): Promise<string> =>
    lab.on(host, `set -a; . /etc/etcd.env; etcdctl ${line}`);
  return {
    ...lab,
    etcdctl,
    run: (command, ...argv) => runCommand(lab.root, command, "--cluster", name, ...argv),
    start: (command, ...argv) =>
      startCommand([command, "--cluster", name, ...argv], { KUBE_MAGIC_ROOT: lab.root }),
    async install(quotas = {}) {
      const end = await lab.play(join(ROOT, "test/fixtures/etcd/playbook.yml"), {
        extraVars: [JSON.stringify({ etcd_fixture_quotas: quotas })],
      });
      if (end.verdict.kind !== "done") throw new Error(end.log);
    },
    async fill(host) {
      await lab.on(host, "head -c 700000 /dev/urandom | base64 -w0 >/tmp/large");
      await lab.on(
        host,
        "set -a; . /etc/etcd.env; for i in $(seq 60); do etcdctl put /registry/large </tmp/large >/dev/null 2>&1 || exit 0; done; exit 1",
      );
    },
  };
}

/** Puts a stand-in for the kubelet on hosts, which runs the manifests in /etc/kubernetes/manifests. */
export async function runManifests(lab: Pick<PrepHostsLab, "on">, hosts: readonly string[]): Promise<void> {
  const script = readFileSync(join(ROOT, "test/fixtures/kubelet-stand-in/kubelet_stand_in.py"), "utf8");
  for (const host of hosts) {
    await lab.on(
      host,
      `mkdir -p /etc/kubernetes/manifests; cat >/usr/local/bin/kubelet-stand-in <<'END'\n${script}END\nchmod 755 /usr/local/bin/kubelet-stand-in; systemd-run --quiet --unit=kubelet-stand-in --service-type=exec /usr/local/bin/kubelet-stand-in`,
    );
  }
}

/** A manifest as kubeadm writes it, as far as anything here reads it. */
export function manifest(name: string, command: readonly string[]): string {
  const words = command.map((word) => `    - ${word}`).join("\n");
  return `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: kube-system
spec:
  containers:
  - name: ${name}
    command:
${words}
    image: registry.k8s.io/${name}
  hostNetwork: true
`;
}
