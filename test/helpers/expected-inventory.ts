/**
 * What each tool's inventory has to say about a model, written down independently of the renderers: from the tools'
 * own terms (which roles make which group, who sees whom) and Ansible's rules of precedence.
 */
import type { ClusterModel, Host, Role, ToolName } from "../../tasks/core/model.ts";
import type { Value, ValueMap } from "../../tasks/core/value.ts";

type Membership = (host: Host, model: ClusterModel) => boolean;

const has =
  (...roles: readonly Role[]): Membership =>
  (host) =>
    roles.some((role) => host.roles.includes(role));
const nobody: Membership = () => false;
const firstMonitor: Membership = (host, model) =>
  model.hosts.find(has("ceph-mon") as (host: Host) => boolean) === host;
const etcd: Membership = (host, model) =>
  has(model.etcd.deployment === "kubeadm" ? "control-plane" : "etcd")(host, model);

const GROUPS: Readonly<Record<ToolName, Readonly<Record<string, Membership>>>> = {
  kubespray: {
    kube_control_plane: has("control-plane"),
    kube_node: has("worker", "infra"),
    etcd,
    k8s_cluster: has("control-plane", "worker", "infra"),
    calico_rr: nobody,
    bastion: has("bastion"),
    broken_etcd: nobody,
    broken_kube_control_plane: nobody,
  },
  "ceph-ansible": {
    mons: has("ceph-mon"),
    mgrs: has("ceph-mgr"),
    osds: has("ceph-osd"),
    mdss: has("ceph-mds"),
    rgws: has("ceph-rgw"),
    clients: firstMonitor,
    nfss: nobody,
    rbdmirrors: nobody,
    rgwloadbalancers: nobody,
    monitoring: nobody,
  },
  "openshift-ansible": {
    OSEv3: has("control-plane", "worker", "infra", "etcd"),
    masters: has("control-plane"),
    nodes: has("control-plane", "worker", "infra"),
    etcd: has("etcd"),
    lb: nobody,
    nfs: nobody,
    glusterfs: nobody,
    new_masters: nobody,
    new_nodes: nobody,
    new_etcd: nobody,
  },
  custom: {
    kube_control_plane: has("control-plane"),
    kube_node: has("worker", "infra"),
    etcd: has("etcd"),
    k8s_cluster: has("control-plane", "worker", "infra"),
    mons: has("ceph-mon"),
    mgrs: has("ceph-mgr"),
    osds: has("ceph-osd"),
    mdss: has("ceph-mds"),
    rgws: has("ceph-rgw"),
    clients: firstMonitor,
    ceph: has("ceph-mon", "ceph-mgr", "ceph-osd", "ceph-mds", "ceph-rgw"),
    infra: has("infra"),
    load_balancers: has("load-balancer"),
    nagios: has("nagios"),
    backup: has("backup"),
    dns: has("dns"),
    registry: has("registry"),
    registry_clients: (_host, model) => model.registry !== undefined,
    resolver_clients: (_host, model) => model.resolver !== undefined,
    backup_clients: (_host, model) => model.backup !== undefined,
    backup_stores: ({ name }, { backup }) =>
      backup?.repository.kind === "sftp" && backup.repository.host === name,
    monitored: (_host, model) => model.monitoring !== undefined,
    bastion: has("bastion"),
  },
};

/** The hosts in a tool's inventory, in order; undefined when the cluster does not use the tool. */
export function hostsSeenBy(model: ClusterModel, tool: ToolName): readonly Host[] | undefined {
  const isCeph = has("ceph-mon", "ceph-mgr", "ceph-osd", "ceph-mds", "ceph-rgw");
  const see = (membership: Membership) => model.hosts.filter((host) => membership(host, model));
  switch (tool) {
    case "custom":
      return model.hosts;
    case "kubespray":
      return model.orchestrator === "kubernetes"
        ? see(has("control-plane", "etcd", "worker", "infra", "bastion"))
        : undefined;
    case "openshift-ansible":
      return model.orchestrator === "openshift"
        ? see(has("control-plane", "etcd", "worker", "infra"))
        : undefined;
    case "ceph-ansible":
      return see(isCeph).length === 0 ? undefined : see(isCeph);
  }
}

/** Group → its hosts at any depth, sorted. */
export function expectedGroups(model: ClusterModel, tool: ToolName): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const [group, membership] of Object.entries(GROUPS[tool])) {
    const hosts = model.hosts.filter((host) => membership(host, model)).map(({ name }) => name);
    if (tool === "kubespray" && group === "bastion" && hosts.length === 0) continue;
    groups[group] = hosts.sort();
  }
  return groups;
}

export function groupsOfHost(model: ClusterModel, tool: ToolName, name: string): string[] {
  return Object.entries(expectedGroups(model, tool)).flatMap(([group, hosts]) =>
    hosts.includes(name) ? [group] : [],
  );
}

/** What a host must end up with: how to reach it, its own facts, and the pass-through variables by precedence. */
export function expectedVariables(model: ClusterModel, tool: ToolName, host: Host): ValueMap {
  return { ...connection(host), ...ownVariables(model, tool, host), ...siteVariables(model, tool, host) };
}

function connection({ address, ip, ssh }: Host): ValueMap {
  return {
    ansible_host: address ?? ip,
    ansible_user: ssh.user,
    ansible_port: ssh.port,
    ...(ssh.privateKeyFile === undefined ? {} : { ansible_ssh_private_key_file: ssh.privateKeyFile }),
  };
}

function ownVariables(model: ClusterModel, tool: ToolName, host: Host): ValueMap {
  switch (tool) {
    case "custom":
      return {
        ip: host.ip,
        ...optional("ip6", host.ip6),
        kube_magic_roles: host.roles,
        ...optional("kube_magic_zone", host.zone),
        ...optional("kube_magic_interface", host.interface),
        kube_magic_cluster: model.name,
        kube_magic_credentials_dir: "{{ inventory_dir }}/credentials",
      };
    case "kubespray":
      return {
        ...(host.ip.includes(":") ? {} : { ip: host.ip, access_ip: host.ip }),
        ...optional("ip6", host.ip.includes(":") ? host.ip : host.ip6),
        ipv4_stack: !host.ip.includes(":"),
        ipv6_stack: host.ip.includes(":") || host.ip6 !== undefined,
        ...optional("etcd_member_name", etcd(host, model) ? host.name : undefined),
        etcd_quota_backend_bytes: String(model.etcd.quotaBytes),
        cluster_name: model.name,
        ...optional("kube_version", model.versions.kubernetes),
      };
    case "ceph-ansible":
      // Only a host that holds OSDs is told of its disks.
      return {
        ...(host.roles.includes("ceph-osd") && host.devices.length > 0 ? { devices: host.devices } : {}),
        ceph_origin: "distro",
      };
    case "openshift-ansible":
      return { openshift_release: "3.11", openshift_deployment_type: "origin" };
  }
}

function optional(key: string, value: Value | undefined): ValueMap {
  return value === undefined ? {} : { [key]: value };
}

/** Ansible: `all`, then parents before children, then by name, then the host's own. */
function siteVariables(model: ClusterModel, tool: ToolName, host: Host): ValueMap {
  const { groups, hosts } = model.tools[tool];
  const parents = new Set(["k8s_cluster", "ceph", "OSEv3"]);
  const own = groupsOfHost(model, tool, host.name).sort(
    (a, b) => Number(parents.has(b)) - Number(parents.has(a)) || (a < b ? -1 : 1),
  );
  return Object.assign(
    {},
    ...["all", ...own].map((group) => groups[group] ?? {}),
    hosts[host.name] ?? {},
  ) as ValueMap;
}
