import { describe, expect, test } from "vitest";
import type { Request } from "../../../tasks/day2/action.ts";
import { actionNamed } from "../../../tasks/day2/actions.ts";
import { refusalOf } from "../../../tasks/day2/guards.ts";
import { phasesOf } from "../../../tasks/day2/steps.ts";
import { aCluster, aHost } from "../../helpers/model.ts";
import { aRequest } from "./request.ts";

const renew = actionNamed("certs:renew");
const tagsOf = (request: Request) =>
  phasesOf(renew, request).map(({ tool, playbooks }) => [tool, ...playbooks]);

describe("certs:renew", () => {
  test("without names renews all kinds that the cluster has, etcd's first", () => {
    expect(tagsOf(aRequest())).toEqual([
      ["kubespray", { playbook: "cluster.yml", tags: "etcd" }],
      ["custom", "playbooks/certs-renew.yml"],
    ]);
  });

  test("renews a registry's where there is one", () => {
    const model = aCluster({
      hosts: [aHost("m1", 1, ["control-plane", "etcd"]), aHost("r1", 2, ["registry"])],
    });
    expect(tagsOf(aRequest({ model, names: ["registry"] }))).toEqual([
      ["custom", { playbook: "playbooks/post.yml", tags: "registry" }],
    ]);
  });

  test("leaves kubeadm's etcd to kubeadm", () => {
    const { etcd } = aCluster();
    const model = aCluster({ etcd: { ...etcd, deployment: "kubeadm" } });
    expect(tagsOf(aRequest({ model }))).toEqual([["custom", "playbooks/certs-renew.yml"]]);
    expect(refusalOf(renew.guards, aRequest({ model, names: ["etcd"] }))?.message).toContain(
      "renewed with kubernetes",
    );
  });

  test("refuses kinds that there are not", () => {
    const refusal = (names: readonly string[]) => refusalOf(renew.guards, aRequest({ names }))?.message;
    expect(refusal(["kubernetes"])).toBeUndefined();
    expect(refusal(["nothing"])).toContain("is none of");
    expect(refusal(["openshift"])).toContain("orchestrator is kubernetes");
  });
});
