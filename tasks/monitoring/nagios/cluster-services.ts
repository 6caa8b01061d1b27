/** Services that belong to no single machine: virtual addresses, Ceph, Kubernetes. */

import { commandName, type Monitoring } from "../../core/model/monitoring.ts";
import { type ClusterModel, type Host, hostsWith } from "../../core/model.ts";
import { cephParts, limits, virtualAddresses } from "./catalog.ts";
import { CEPH, KUBERNETES, kubernetesHost, vipHost } from "./hosts.ts";
import { argument, type NagiosObject } from "./objects.ts";
import { service, serviceDependency } from "./services.ts";

/** Exactly one load balancer holds each address, and the API answers on its own. */
export function vipServices(model: ClusterModel): NagiosObject[] {
  const balancers = members(hostsWith(model, "load-balancer"));
  return virtualAddresses(model).flatMap(({ name }) => {
    const host_name = vipHost(name);
    const owner = service("owner", { host_name }, `kube_magic_vip_owner!${name}!${balancers}`);
    if (name !== "api" || model.orchestrator === "none") return [owner];
    const path = model.orchestrator === "openshift" ? "/healthz" : "/readyz";
    const answers = service("api", { host_name }, `kube_magic_https!${model.api.port}!${path}`);
    return [owner, answers, serviceDependency({ host_name }, "owner", ["api"], "c")];
  });
}

/** The first monitor that answers speaks for all of them: one warning of Ceph is one message, not one a monitor. */
export function cephServices(model: ClusterModel, monitoring: Monitoring): NagiosObject[] {
  if (model.ceph === undefined) return [];
  const monitors = members(hostsWith(model, "ceph-mon"));
  const parts = cephParts(monitoring).map(({ part }) => part);
  return [
    ...parts.map((part) =>
      service(part, { host_name: CEPH }, `kube_magic_ask_any!${commandName(`ceph ${part}`)}!${monitors}`),
    ),
    serviceDependency({ host_name: CEPH }, "health", parts.slice(1), "u"),
  ];
}

/** Through the API, with a token that may only read. */
export function kubernetes(model: ClusterModel, { thresholds }: Monitoring): NagiosObject[] {
  if (model.orchestrator === "none") return [];
  const parts: Readonly<Record<string, readonly string[]>> = {
    ready: [],
    nodes: [],
    pods: [],
    volumes: [],
    quotas: limits(thresholds.quotas),
    certificates: limits(thresholds.certificates),
  };
  const names = Object.keys(parts);
  return [
    kubernetesHost(model),
    ...Object.entries(parts).map(([part, args]) =>
      service(part, { host_name: KUBERNETES }, `kube_magic_kube!${part}!${args.join(" ")}`),
    ),
    serviceDependency({ host_name: KUBERNETES }, "ready", names.slice(1), "u,c"),
  ];
}

/** `lb1=10.0.0.1 lb2=10.0.0.2` */
function members(hosts: readonly Host[]): string {
  return hosts.map(({ name, ip }) => argument(`${name}=${ip}`)).join(" ");
}
