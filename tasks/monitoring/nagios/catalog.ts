/** What is watched, as data: Nagios' services and NRPE's commands are both made of this one list. */

import { commandName, type Monitoring, type OwnCheck, type Threshold } from "../../core/model/monitoring.ts";
import { type ClusterModel, hostsWith, type Role } from "../../core/model.ts";

/** A service on every host of some roles. */
export interface Check {
  /** Nagios' service description. */
  readonly name: string;
  /** Empty: every host. */
  readonly roles: readonly Role[];
  readonly probe: Probe;
  /** Another service of the same host that this one depends on; every check depends on `nrpe` anyway. */
  readonly after?: string;
}

export type Probe =
  /** Run on the host itself. A program without a slash is a plugin: ours, or the distribution's. */
  | { readonly kind: "nrpe"; readonly argv: readonly string[]; readonly sudo: boolean }
  /** Run on the Nagios host: name of a command with its arguments. */
  | { readonly kind: "remote"; readonly command: string; readonly args: readonly string[] };

/** Every check of the cluster; the checks of the inventory come last. */
export function checksOf(model: ClusterModel, monitoring: Monitoring): readonly Check[] {
  const site = monitoring.checks.map(
    ({ name, roles, command, sudo }): Check => ({
      name,
      roles,
      probe: { kind: "nrpe", argv: command, sudo },
    }),
  );
  return [
    ...systemChecks(model, monitoring),
    ...loadBalancerChecks(model),
    ...etcdChecks(model, monitoring),
    ...controlPlaneChecks(model),
    ...backupChecks(model),
    ...site,
  ].filter(({ roles }) => roles.length === 0 || hostsWith(model, ...roles).length > 0);
}

/** Where each check runs whose plugin asks for more than anybody may read. */
const ROOT = { sudo: true };

function systemChecks(model: ClusterModel, { thresholds }: Monitoring): Check[] {
  const { load } = thresholds;
  // check_load takes one value for each of its three averages; a peak of a minute is no reason to call anybody.
  const averages = (limit: number) => [limit * 2, limit, limit].join(",");
  const ntp = model.network.ntp.flatMap((server) => ["--server", server]);
  return [
    remote("nrpe", "kube_magic_nrpe"),
    remote("ssh", "kube_magic_ssh"),
    local("load", ["check_load", "-r", "-w", averages(load.warning), "-c", averages(load.critical)]),
    local("memory", ["check_memory", ...limits(thresholds.memory)]),
    local("disk space", ["check_file_systems", "space", ...limits(thresholds.disk)]),
    local("read-only file systems", ["check_file_systems", "read-only"]),
    local("oom kills", ["check_oom"]),
    local("time", ["check_time", ...limits(thresholds.time), ...ntp]),
    local("systemd units", ["check_units"]),
    local(
      "certificates",
      ["check_certificates", ...limits(thresholds.certificates), ...CERTIFICATE_PLACES],
      ROOT,
    ),
  ];
}

/** Files and folders; those that a host does not have are skipped. NRPE's own is everywhere. */
const CERTIFICATE_PLACES = [
  "/etc/kube-magic/monitoring",
  "/etc/kubernetes/ssl",
  "/etc/kubernetes/pki",
  "/etc/kubernetes/admin.conf",
  "/etc/kubernetes/controller-manager.conf",
  "/etc/kubernetes/scheduler.conf",
  "/var/lib/kubelet/pki/kubelet-client-current.pem",
  "/var/lib/kubelet/pki/kubelet.crt",
  "/etc/ssl/etcd/ssl",
  "/etc/origin/master",
  "/etc/origin/node",
];

function loadBalancerChecks(model: ClusterModel): Check[] {
  const own = ["--address", "{{ ip }}", "--port", String(model.loadBalancer.statsPort)];
  return [
    local("haproxy", ["check_haproxy", ...own], { roles: ["load-balancer"] }),
    local(
      "vrrp",
      ["check_vrrp", ...virtualAddresses(model).map(({ name, address }) => `${name}=${address}`)],
      { roles: ["load-balancer"] },
    ),
  ].slice(0, virtualAddresses(model).length > 0 ? 2 : 1);
}

export interface VirtualAddress {
  /** `api`, `edge1`, … */
  readonly name: string;
  readonly address: string;
}

export function virtualAddresses({ api, loadBalancer }: ClusterModel): VirtualAddress[] {
  return [
    ...(api.vip === undefined ? [] : [{ name: "api", address: api.vip }]),
    ...loadBalancer.edgeVips.map(({ address }, index) => ({ name: `edge${index + 1}`, address })),
  ];
}

function etcdChecks(model: ClusterModel, { thresholds }: Monitoring): Check[] {
  if (model.orchestrator !== "kubernetes") return [];
  const inPods = model.etcd.deployment === "kubeadm";
  const where = inPods
    ? ["--certificates", "/etc/kubernetes/ssl/etcd", "--endpoint", "https://127.0.0.1:2379"]
    : ["--settings", "/etc/etcd.env"];
  const roles: readonly Role[] = [inPods ? "control-plane" : "etcd"];
  return [
    local("etcd", ["check_etcd", "health", ...where], { roles, ...ROOT }),
    local("etcd database", ["check_etcd", "database", ...limits(thresholds.etcdDatabase), ...where], {
      roles,
      ...ROOT,
      after: "etcd",
    }),
  ];
}

function controlPlaneChecks({ api, orchestrator }: ClusterModel): Check[] {
  if (orchestrator === "none") return [];
  const args = [String(api.backendPort), orchestrator === "openshift" ? "/healthz" : "/readyz"];
  return [remote("kube-apiserver", "kube_magic_https", args, ["control-plane"])];
}

/** The role `backup` installs this plugin; its settings say how old a backup may be. */
function backupChecks({ backup }: ClusterModel): Check[] {
  return backup !== undefined ? [local("backup", ["/usr/local/lib/kube-magic/check_kube_magic_backup"])] : [];
}

export function limits({ warning, critical }: Threshold): string[] {
  return ["--warning", String(warning), "--critical", String(critical)];
}

interface LocalOptions {
  readonly roles?: readonly Role[];
  readonly sudo?: boolean;
  readonly after?: OwnCheck;
}

function local(name: OwnCheck, argv: readonly string[], options: LocalOptions = {}): Check {
  const { roles = [], sudo = false, ...rest } = options;
  return { name, roles, probe: { kind: "nrpe", argv, sudo }, ...rest };
}

function remote(
  name: OwnCheck,
  command: string,
  args: readonly string[] = [],
  roles: readonly Role[] = [],
): Check {
  return { name, roles, probe: { kind: "remote", command, args } };
}

/** A command that NRPE offers, as the role `nrpe` takes it. */
export interface NrpeCommand {
  readonly name: string;
  /** Empty: every host. */
  readonly roles: readonly Role[];
  readonly argv: readonly string[];
  readonly sudo: boolean;
}

/** What NRPE offers: every check that runs on the host, and Ceph's, which any monitor answers for all. */
export function nrpeCommands(model: ClusterModel, monitoring: Monitoring): readonly NrpeCommand[] {
  const own = checksOf(model, monitoring).flatMap(({ name, roles, probe }) =>
    probe.kind === "nrpe" ? [{ name: commandName(name), roles, argv: probe.argv, sudo: probe.sudo }] : [],
  );
  const ceph = cephParts(monitoring).map(({ part, argv }) => ({
    name: commandName(`ceph ${part}`),
    roles: ["ceph-mon"] as const,
    argv: ["check_ceph", part, ...argv],
    sudo: false,
  }));
  return model.ceph === undefined ? own : [...own, ...ceph];
}

/** Checks of the whole of Ceph, which any monitor can run. */
export function cephParts({ thresholds }: Monitoring): { part: string; argv: string[] }[] {
  return [
    { part: "health", argv: [] },
    { part: "monitors", argv: [] },
    { part: "osds", argv: [] },
    { part: "capacity", argv: limits(thresholds.cephCapacity) },
  ];
}
