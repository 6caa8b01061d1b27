import { describe, expect, test } from "vitest";
import type { ClusterModel } from "../../../tasks/core/model.ts";
import { CATALOG } from "../../../tasks/phases/catalog.ts";
import { type PlanFacts, planPhases } from "../../../tasks/phases/plan.ts";
import { selectPhases } from "../../../tasks/phases/select.ts";
import { stepsOf } from "../../../tasks/phases/steps.ts";
import { aCluster } from "../../helpers/model.ts";

const model = (orchestrator: ClusterModel["orchestrator"], roles: readonly string[]): ClusterModel =>
  ({ orchestrator, hosts: [{ name: "a", roles }] }) as unknown as ClusterModel;

const facts: PlanFacts = {
  hostCount: { kubespray: 1, "ceph-ansible": 1, "openshift-ansible": 1, custom: 1 },
  missing: () => undefined,
  named: new Set(),
  commands: () => [],
  fingerprint: (spec) => `print of ${spec.name}`,
};

const decisions = (cluster: ClusterModel, over: Partial<PlanFacts> = {}): Record<string, string> =>
  Object.fromEntries(
    planPhases(cluster, CATALOG, { ...facts, ...over }).map(({ spec, decision }) => [
      spec.name,
      decision.kind === "run" ? "run" : `${decision.kind}: ${decision.reason}`,
    ]),
  );

describe("the plan", () => {
  test("runs Ceph, then Kubernetes, and says why OpenShift is skipped", () => {
    expect(decisions(model("kubernetes", ["ceph-mon", "control-plane"]))).toMatchObject({
      ceph: "run",
      kube: "run",
      openshift: "skip: orchestrator is kubernetes",
    });
  });

  test("skips Ceph without Ceph hosts, and addons without an orchestrator", () => {
    expect(decisions(model("none", ["load-balancer"]))).toMatchObject({
      ceph: "skip: no host has a ceph role",
      "prep-hosts": "run",
      tekton: "skip: orchestrator is none",
    });
  });

  test("is blocked by a missing tree only where the phase would run", () => {
    const missing = () => ({ reason: "gone", remedy: "fetch it" });
    expect(decisions(model("kubernetes", []), { missing })).toMatchObject({
      kube: "blocked: gone",
      openshift: "skip: orchestrator is kubernetes",
    });
  });

  test("skips what a resumed run has done with the same fingerprint", () => {
    const doneIn = (spec: { name: string }, print: string) =>
      spec.name === "kube" && print === "print of kube" ? "run-7" : undefined;
    expect(decisions(model("kubernetes", []), { doneIn }).kube).toBe(
      "skip: done in run run-7 with the same inputs",
    );
  });

  test("skips a tool that has no host", () => {
    const hostCount = { ...facts.hostCount, kubespray: 0 };
    expect(decisions(model("kubernetes", []), { hostCount }).kube).toBe("skip: no host for kubespray");
  });
});

describe("the catalog", () => {
  test("lists a phase after all that it needs", () => {
    for (const [index, phase] of CATALOG.entries()) {
      const before = CATALOG.slice(0, index).map(({ name }) => name);
      expect(before).toEqual(expect.arrayContaining([...phase.needs]));
    }
  });
});

describe("the steps of Ceph", () => {
  const ceph = CATALOG.find(({ name }) => name === "ceph")!;
  const cluster = (osdBackend: "disks" | "lab-file") =>
    aCluster({ ceph: { ...aCluster().ceph!, osdBackend } });
  const steps = (osdBackend: "disks" | "lab-file") =>
    stepsOf(ceph, cluster(osdBackend)).map(({ tool, playbook }) => `${tool} ${playbook}`);

  test("on machines with disks leave the OSDs to ceph-ansible", () => {
    expect(steps("disks")).toEqual([
      "custom playbooks/ceph-prepare.yml",
      "ceph-ansible site.yml",
      "custom playbooks/ceph-verify.yml",
    ]);
    expect(stepsOf(ceph, cluster("disks"))[1]?.extraVars).toEqual({
      yes_i_know: true,
      ceph_mgr_packages: ["ceph-mgr"],
    });
    expect(ceph.notes?.(cluster("disks"))[0]).toContain("made by ceph-ansible");
  });

  test("on a lab make OSDs before the pools, which wait for them", () => {
    expect(steps("lab-file")).toEqual([
      "custom playbooks/ceph-prepare.yml",
      "ceph-ansible site.yml",
      "custom playbooks/ceph-lab-osds.yml",
      "ceph-ansible site.yml",
      "custom playbooks/ceph-verify.yml",
    ]);
    const [, first, , second] = stepsOf(ceph, cluster("lab-file"));
    expect(first?.extraVars).toMatchObject({ user_config: false });
    expect(second?.extraVars).not.toHaveProperty("user_config");
    expect(second?.tags).toBe("ceph_client");
  });
});

describe("the selection", () => {
  const names = (...args: Parameters<typeof selectPhases>) => selectPhases(...args).map(({ name }) => name);

  test("is everything by default, in catalog order whatever the order of naming", () => {
    expect(names({ only: [] })).toEqual(CATALOG.map(({ name }) => name));
    expect(names({ only: ["post", "kube"] })).toEqual(["kube", "post"]);
  });

  test("--from takes that phase and all after it", () => {
    expect(names({ only: [], from: "post" })).toEqual(["post", "logging", "prometheus", "tekton"]);
  });

  test("refuses what is no phase, naming the nearest", () => {
    expect(() => selectPhases({ only: ["prep-host"] })).toThrow(
      'unknown phase "prep-host", did you mean "prep-hosts"?',
    );
  });
});

describe("files that vendor.yml leaves out", () => {
  const templates = ["roles/openshift_examples/files/examples/x86_64/xpaas-templates"];
  test.each([
    ["origin", {}, []],
    ["openshift-enterprise", {}, templates],
    ["openshift-enterprise", { openshift_examples_load_xpaas: false }, []],
    ["origin", { openshift_examples_load_xpaas: true }, templates],
    ["origin", { openshift_examples_load_xpaas: "{{ wanted }}" }, templates],
  ] as const)("are read by the openshift phase of %s with %j: %j", (deploymentType, OSEv3, reads) => {
    const model = aCluster({
      orchestrator: "openshift",
      openshift: { deploymentType, subdomain: "apps.example.com" },
      tools: { "openshift-ansible": { groups: { OSEv3 } } },
    });
    expect(CATALOG.find(({ name }) => name === "openshift")?.reads?.(model)).toEqual(reads);
  });
});
