import { describe, expect, test } from "vitest";
import type { Request } from "../../../tasks/day2/action.ts";
import { actionNamed } from "../../../tasks/day2/actions.ts";
import { refusalOf } from "../../../tasks/day2/guards.ts";
import { aCluster, aHost, SMALL_HOSTS } from "../../helpers/model.ts";
import { aRequest } from "./request.ts";

const verdict = (action: string, request: Partial<Request>): string => {
  const refusal = refusalOf(
    actionNamed(action).guards,
    aRequest({ ...request, flags: [...(request.flags ?? [])] }),
  );
  return refusal === undefined ? "go" : `${refusal.kind}: ${refusal.message}`;
};
const openshift = aCluster({ orchestrator: "openshift" });
const { ceph } = aCluster();
const lab = aCluster({ ceph: { ...ceph!, osdBackend: "lab-file" } });
const withoutCeph = aCluster({ hosts: SMALL_HOSTS.filter(({ name }) => name !== "ceph1") });
const single = aCluster({ hosts: [aHost("a", 1, ["control-plane", "etcd"]), aHost("b", 2, ["worker"])] });
const newMaster = aCluster({
  hosts: [...SMALL_HOSTS, aHost("master4", 14, ["control-plane"]), aHost("bare", 31, ["ceph-osd"])],
});
const newFirst = aCluster({ hosts: [aHost("master0", 9, ["control-plane"]), ...SMALL_HOSTS] });
const fiveEtcd = aCluster({
  hosts: [...SMALL_HOSTS, aHost("etcd4", 15, ["etcd"]), aHost("etcd5", 16, ["etcd"])],
});

describe("guards", () => {
  test.each<[string, Partial<Request>, string]>([
    ["node:remove", { names: ["worker1"] }, "go"],
    ["node:remove", { names: ["master2"] }, "go"],
    ["node:remove", { names: [] }, "input: which host"],
    ["node:remove", { names: ["workr1"] }, 'input: no host "workr1" in prod, did you mean "worker1"?'],
    ["node:remove", { names: ["lb1"] }, "input: lb1 has none of the roles"],
    ["node:remove", { names: ["master1"] }, "gate: master1 is the first control plane"],
    [
      "node:remove",
      { names: ["master2", "master3"] },
      "gate: etcd would fall below its quorum: 1 of 3 members stay, 2",
    ],
    ["node:remove", { names: ["etcd4", "etcd5"], model: fiveEtcd }, "go"],
    ["node:remove", { names: ["master3", "etcd4", "etcd5"], model: fiveEtcd }, "gate: etcd would fall below"],
    ["node:remove", { names: ["a"], model: single }, "gate: no control plane would be left"],
    ["node:remove", { names: ["worker1"], model: openshift }, "input: prod is no Kubernetes cluster"],
    ["node:add", { names: ["worker2"] }, "go"],
    ["node:add", { names: ["master4"], model: newMaster }, "go"],
    ["node:add", { names: ["master0"], model: newFirst }, "gate: master0 stands before master1"],
    ["kube:scale", {}, "go"],
    ["kube:scale", { names: ["master1"] }, "input: master1 has none of the roles worker, infra"],
    ["kube:recover", { names: ["master2", "master3"] }, "go"],
    [
      "kube:recover",
      { names: ["master1", "master2", "master3"] },
      "gate: no control-plane host would be left",
    ],
    ["kube:recover", { names: ["worker1"] }, "input: worker1 has none of the roles control-plane, etcd"],
    ["kube:reset", {}, "go"],
    ["kube:reset", { model: openshift }, "input: prod is no Kubernetes cluster"],
    ["kube:upgrade", { installed: { master1: "1.34.7" } }, "go"],
    ["kube:upgrade", { options: { from: "v1.33.2", to: "v1.35.4" } }, "go"],
    [
      "kube:upgrade",
      { installed: { master1: "1.31.7" } },
      "gate: from 1.31.7 the way to 1.35.4 leads over 1.32",
    ],
    ["kube:upgrade", {}, "gate: no host runs Kubernetes"],
    ["ceph:upgrade", { toolVersion: "stable-9.0" }, "gate: ceph-ansible stable-9.0 upgrades to squid only"],
    ["ceph:upgrade", { toolVersion: "stable-8.0" }, "go"],
    ["ceph:upgrade", { model: withoutCeph }, "input: prod has no Ceph"],
    ["ceph:add-osd", { names: ["ceph1"] }, "go"],
    ["ceph:add-osd", { names: ["bare"], model: newMaster }, "input: bare has no devices"],
    ["ceph:add-osd", { names: ["worker1"] }, "input: worker1 has none of the roles ceph-osd"],
    ["ceph:remove-osd", { names: ["0", "12"] }, "go"],
    ["ceph:remove-osd", { names: ["0"], model: lab }, "gate: prod keeps its OSDs in files"],
    ["ceph:add-osd", { names: ["ceph1"], model: lab }, "gate: prod keeps its OSDs in files"],
    ["ceph:remove-osd", { names: ["osd.0"] }, 'input: "osd.0" is no OSD'],
    ["ceph:remove-osd", {}, "input: which number"],
    ["ceph:purge", { model: withoutCeph }, "input: prod has no Ceph"],
  ])("%s with %o: %s", (action, request, expected) => {
    expect(verdict(action, request)).toContain(expected);
  });
});
