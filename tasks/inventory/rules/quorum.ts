/** Rules about members that vote: etcd members and Ceph monitors. */
import { type ClusterModel, type Host, hostsWith, type Role } from "../../core/model.ts";
import type { Finding, Rule } from "./rule-type.ts";

interface Voters {
  readonly name: string;
  readonly role: Role;
  readonly hosts: readonly Host[];
}

function votersOf(model: ClusterModel): Voters[] {
  const monitors = { name: "Ceph monitors", role: "ceph-mon" as const, hosts: hostsWith(model, "ceph-mon") };
  // kubeadm's own etcd runs on every control plane, whatever the roles say.
  const role = model.etcd.deployment === "kubeadm" ? "control-plane" : "etcd";
  return [{ name: "etcd members", role, hosts: hostsWith(model, role) }, monitors];
}

/** A finding at the last host with the role. */
function atLast({ hosts }: Voters, message: string, remedy: string): Finding {
  const last = hosts.at(-1)?.name ?? "";
  return { path: ["hosts", last, "roles"], message, remedy };
}

export const twoVoters: Rule = {
  code: "KM120",
  severity: "error",
  title: "Two etcd members or Ceph monitors",
  rationale:
    "Both must agree, so the loss of either one stops the cluster: two are worse than one. Three survive the loss of one.",
  *check(model) {
    for (const voters of votersOf(model)) {
      if (voters.hosts.length !== 2) continue;
      const message = `two ${voters.name}: the loss of either one stops the cluster`;
      yield atLast(voters, message, `give the role ${voters.role} to three hosts, or to only one`);
    }
  },
};

export const evenVoters: Rule = {
  code: "KM121",
  severity: "error",
  title: "An even number of etcd members or Ceph monitors",
  rationale:
    "Four members survive the loss of one, as three do, but one more can fail. kubespray refuses an even number.",
  *check(model) {
    for (const voters of votersOf(model)) {
      const count = voters.hosts.length;
      if (count === 0 || count === 2 || count % 2 === 1) continue;
      const message = `${count} ${voters.name}: an even number survives no more losses than ${count - 1}`;
      yield atLast(voters, message, `give the role ${voters.role} to ${count - 1} or ${count + 1} hosts`);
    }
  },
};

export const manyVoters: Rule = {
  code: "KM122",
  severity: "warning",
  title: "More than five etcd members or Ceph monitors",
  rationale:
    "Every write waits for a majority, so more members make the cluster slower. Five survive the loss of two.",
  *check(model) {
    for (const voters of votersOf(model)) {
      const count = voters.hosts.length;
      if (count <= 5) continue;
      yield atLast(
        voters,
        `${count} ${voters.name}: every write waits for more of them`,
        `give the role ${voters.role} to three or five hosts`,
      );
    }
  },
};
