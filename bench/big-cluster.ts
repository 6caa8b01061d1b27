/** A cluster of any size with every kind of host that production has. */
import type { ClusterModel, Host, Orchestrator, Role } from "../tasks/core/model.ts";
import { aCluster, aHost } from "../test/helpers/model.ts";

/** 3 control planes, 2 load balancers, 1 % infra, 4 % Ceph, the rest workers with zones, labels and some taints. */
export function bigCluster(count: number, orchestrator: Orchestrator = "kubernetes"): ClusterModel {
  const hosts: Host[] = [];
  const add = (
    name: string,
    howMany: number,
    roles: readonly Role[],
    more: (index: number) => Partial<Host> = () => ({}),
  ) => {
    for (let index = 1; index <= howMany; index++) {
      hosts.push(
        aHost(`${name}${index}`, hosts.length + 10, roles, { zone: "abc"[index % 3] ?? "a", ...more(index) }),
      );
    }
  };
  add("master", 3, ["control-plane", "etcd"]);
  add("lb", 2, ["load-balancer"]);
  add("ceph", Math.floor(count / 25), ["ceph-osd"], () => ({ devices: ["/dev/vdb", "/dev/vdc"] }));
  add("cephmon", 3, ["ceph-mon", "ceph-mgr"]);
  add("infra", Math.floor(count / 100), ["infra"]);
  add("worker", count - hosts.length, ["worker"], (index) => ({
    labels: { "example.com/rack": `r${index % 40}` },
    ...(index % 50 === 0 ? { taints: [{ key: "gpu", value: "yes", effect: "NoSchedule" as const }] } : {}),
  }));
  return aCluster({
    orchestrator,
    network: {
      machines: ["10.0.0.0/8"],
      pods: ["172.16.0.0/12"],
      services: ["192.168.0.0/16"],
      dns: { servers: ["10.42.0.1"], search: ["intra.example.com"] },
      ntp: ["ntp.intra.example.com"],
    },
    hosts,
  });
}
