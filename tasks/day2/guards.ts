/** What may stop a day-2 action before anything runs. Each guard is a pure function of the request. */
import { closest } from "../core/closest.ts";
import { type ClusterModel, etcdHosts, type Host, hostsWith, type Role } from "../core/model.ts";
import type { Guard, Refusal, Request } from "./action.ts";

const KUBERNETES: readonly Role[] = ["control-plane", "etcd", "worker", "infra"];
const CEPH: readonly Role[] = ["ceph-mon", "ceph-mgr", "ceph-osd", "ceph-mds", "ceph-rgw"];

const input = (message: string, remedy: string): Refusal => ({ kind: "input", message, remedy });
const gate = (message: string, remedy: string): Refusal => ({ kind: "gate", message, remedy });

export const isKubernetes: Guard = ({ model }) =>
  model.orchestrator === "kubernetes"
    ? undefined
    : input(
        `${model.name} is no Kubernetes cluster (orchestrator ${model.orchestrator})`,
        "--cluster names another",
      );

export const hasCeph: Guard = ({ model }) =>
  hostsWith(model, ...CEPH).length > 0
    ? undefined
    : input(`${model.name} has no Ceph: no host has a ceph role`, "--cluster names another");

export const someNames =
  (what: string): Guard =>
  ({ names }) =>
    names.length > 0
      ? undefined
      : input(`which ${what}?`, `name one or more ${what}s after --, or with commas`);

/** Every name is a host with one of the roles. */
export const hostsHaveRole =
  (...roles: readonly Role[]): Guard =>
  ({ model, names }) => {
    for (const name of names) {
      const host = model.hosts.find((one) => one.name === name);
      if (host === undefined) {
        const near = closest(
          name,
          model.hosts.map((one) => one.name),
        );
        return input(
          `no host "${name}" in ${model.name}${near === undefined ? "" : `, did you mean "${near}"?`}`,
          "the host has to be in the inventory: npm run validate lists what is there",
        );
      }
      if (!host.roles.some((role) => roles.includes(role)))
        return input(
          `${name} has none of the roles ${roles.join(", ")} (it has ${host.roles.join(", ")})`,
          "name another host, or give it the role first",
        );
    }
    return undefined;
  };

export const areKubernetesHosts = hostsHaveRole(...KUBERNETES);

/** kubespray runs the cluster from the first members of its groups: they cannot go. */
export const isNotFirst: Guard = ({ model, names }) => {
  for (const role of ["control-plane", "etcd"] as const) {
    const [first, second] = members(model, role);
    if (first === undefined || !names.includes(first.name)) continue;
    const other = second?.name ?? "another host";
    return gate(
      `${first.name} is the first ${role === "etcd" ? "etcd member" : "control plane"}: kubespray does everything central there and cannot remove it`,
      `put ${other} before ${first.name} in the inventory's hosts, npm run deploy:kube, then the same command again`,
    );
  }
  return undefined;
};

/** Members that stay must be a majority of those that are now, or etcd stops taking writes half way. */
export const keepsQuorum: Guard = ({ model, names }) => {
  const etcd = members(model, "etcd");
  const leaving = etcd.filter(({ name }) => names.includes(name));
  if (leaving.length === 0) return undefined;
  const quorum = Math.floor(etcd.length / 2) + 1;
  const left = etcd.length - leaving.length;
  return left >= quorum
    ? undefined
    : gate(
        `etcd would fall below its quorum: ${left} of ${etcd.length} members stay, ${quorum} are needed`,
        etcd.length === 1
          ? "a cluster needs at least one"
          : `remove at most ${etcd.length - quorum} of them at a time, and bring the replacement with node:add`,
      );
};

export const keepsControlPlane: Guard = ({ model, names }) =>
  members(model, "control-plane").some(({ name }) => !names.includes(name))
    ? undefined
    : gate("no control plane would be left", "kube:reset removes a whole cluster");

/** New control planes and etcd members come last: the first ones are where kubespray works from. */
export const comesLast: Guard = ({ model, names }) => {
  for (const role of ["control-plane", "etcd"] as const) {
    const group = members(model, role);
    const firstNew = group.findIndex(({ name }) => names.includes(name));
    const old = group.slice(firstNew).find(({ name }) => !names.includes(name));
    if (firstNew < 0) continue;
    if (old !== undefined || firstNew === 0)
      return gate(
        `${group[firstNew]?.name} stands before ${old?.name ?? "every other"} among the ${role} hosts: a new one has to come last`,
        "move it behind the others in the inventory's hosts",
      );
  }
  return undefined;
};

/** Of the broken ones something has to be left to start from. */
export const someSurvive: Guard = ({ model, names }) => {
  for (const role of ["control-plane", "etcd"] as const)
    if (members(model, role).every(({ name }) => names.includes(name)))
      return gate(
        `no ${role} host would be left to recover from`,
        role === "etcd"
          ? "restore a snapshot on one member first, and leave that one out"
          : "leave out one that still has its certificates",
      );
  return undefined;
};

/** ceph-ansible knows nothing of a lab's OSDs on files. */
export const isOnDisks: Guard = ({ model }) =>
  model.ceph?.osdBackend === "lab-file"
    ? gate(
        `${model.name} keeps its OSDs in files (storage.ceph.osdBackend: lab-file), which ceph-ansible knows nothing of`,
        "give a host the role ceph-osd, then npm run deploy:ceph makes its OSD; a lab is quickly made anew: npm run lab:down",
      )
    : undefined;

export const areNumbers: Guard = ({ names }) => {
  const wrong = names.find((name) => !/^\d+$/.test(name));
  return wrong === undefined
    ? undefined
    : input(`"${wrong}" is no OSD`, "OSDs are numbers: ceph osd tree lists them");
};

export const haveDevices: Guard = ({ model, names }) => {
  const own = model.tools["ceph-ansible"];
  const given = ["devices", "lvm_volumes", "osd_auto_discovery"];
  const inGroup = given.some(
    (key) => own.groups.osds?.[key] !== undefined || own.groups.all?.[key] !== undefined,
  );
  const bare = model.hosts.find(
    (host) =>
      names.includes(host.name) &&
      host.devices.length === 0 &&
      !inGroup &&
      !given.some((key) => own.hosts[host.name]?.[key] !== undefined),
  );
  return bare === undefined
    ? undefined
    : input(`${bare.name} has no devices for OSDs`, `hosts.${bare.name}.devices: [/dev/DISK]`);
};

/** ceph-ansible 9 installs reef where a distribution packages it, but its upgrade is written for squid. */
export const canUpgradeCeph: Guard = ({ model, toolVersion = "" }) => {
  if (model.ceph?.release !== "reef" || !/9\.\d/.test(toolVersion)) return undefined;
  return gate(
    `ceph-ansible ${toolVersion} upgrades to squid only, and versions.ceph is reef`,
    "versions.ceph: squid with packages for it (storage.ceph.origin: repository), or ceph-ansible stable-8.0: npm run init -- --ref ceph-ansible=stable-8.0",
  );
};

export function members(model: ClusterModel, role: "control-plane" | "etcd"): readonly Host[] {
  return role === "etcd" ? etcdHosts(model) : hostsWith(model, role);
}

/** First guard that refuses. */
export function refusalOf(guards: readonly Guard[], request: Request): Refusal | undefined {
  for (const guard of guards) {
    const refusal = guard(request);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
