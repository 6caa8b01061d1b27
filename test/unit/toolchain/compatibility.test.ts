import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ClusterModel } from "../../../tasks/core/model.ts";
import { repositoryRoot } from "../../../tasks/core/paths.ts";
import {
  ansibleProblems,
  compatibilityProblems,
  hostProblems,
} from "../../../tasks/toolchain/compatibility/check.ts";
import {
  ANSIBLE,
  CEPH_RELEASES,
  PRODUCTS,
  SYSTEMS,
} from "../../../tasks/toolchain/compatibility/constraints.ts";
import { readPins } from "../../../tasks/toolchain/pins/pins.ts";
import { aCluster } from "../../helpers/model.ts";

const TOOLS = new Map([
  ["kubespray", "v2.31.0"],
  ["ceph-ansible", "stable-9.0"],
  ["openshift-ansible", "release-3.11"],
]);
const codes = (problems: readonly { code: string }[]): string[] => problems.map(({ code }) => code);

describe("an inventory and the tools that are brought", () => {
  test.each<
    readonly [
      name: string,
      model: Partial<ClusterModel>,
      tools: Record<string, string>,
      expected: readonly string[],
    ]
  >([
    ["Kubernetes in range", { versions: { kubernetes: "1.35.4" } }, {}, []],
    ["its lowest", { versions: { kubernetes: "1.33.0" } }, {}, []],
    ["a minor version alone", { versions: { kubernetes: "1.33" } }, {}, []],
    ["Kubernetes too old", { versions: { kubernetes: "1.32.9" } }, {}, ["KM450"]],
    ["Kubernetes too new", { versions: { kubernetes: "1.35.5" } }, {}, ["KM450"]],
    ["no version at all", { versions: {} }, {}, []],
    [
      "a version for a tool that is not used",
      { orchestrator: "none", versions: { kubernetes: "1.2.3" } },
      {},
      [],
    ],
    ["OpenShift 3.11", { orchestrator: "openshift", versions: { openshift: "3.11" } }, {}, []],
    [
      "OpenShift 4 with the playbooks of 3.11",
      { orchestrator: "openshift", versions: { openshift: "4.18" } },
      {},
      ["KM450"],
    ],
    [
      "OpenShift 4.18 with its own",
      { orchestrator: "openshift", versions: { openshift: "4.18" } },
      { "openshift-ansible": "release-4.18" },
      [],
    ],
    [
      "OpenShift 4.19",
      { orchestrator: "openshift", versions: { openshift: "4.19" } },
      { "openshift-ansible": "release-4.18" },
      ["KM450"],
    ],
    ["reef with stable-9.0", {}, {}, []],
    [
      "squid with stable-8.0",
      { ceph: { ...aCluster().ceph!, release: "squid" } },
      { "ceph-ansible": "stable-8.0" },
      ["KM451"],
    ],
    ["Ceph without Ceph hosts", { hosts: [], ceph: { ...aCluster().ceph!, release: "nautilus" } }, {}, []],
  ])("%s", (_, model, tools, expected) => {
    const problems = compatibilityProblems(aCluster(model), new Map([...TOOLS, ...Object.entries(tools)]));
    expect(codes(problems)).toEqual(expected);
    for (const { message, remedy } of problems) {
      expect(message).toMatch(/\(.*(?:kubespray|ansible).*\)/);
      expect(remedy).not.toBe("");
    }
  });

  test("tools that are not brought have no say", () => {
    expect(compatibilityProblems(aCluster({ versions: { kubernetes: "1.2.3" } }), new Map())).toEqual([]);
  });
});

describe("a host and the tool that will run on it", () => {
  const host = (system: string, systemVersion: string, python: string) => ({
    name: "node1",
    system,
    systemVersion,
    python,
  });
  test.each([
    ["Debian 13 for kubespray", host("Debian", "13", "3.13.5"), "kubespray", "v2.31.0", "2.18.19", []],
    ["Debian 10 for kubespray", host("Debian", "10", "3.8.1"), "kubespray", "v2.31.0", "2.18.19", ["KM452"]],
    [
      "Python 3.6 under core 2.18",
      host("AlmaLinux", "9.4", "3.6.8"),
      "kubespray",
      "v2.31.0",
      "2.18.19",
      ["KM453"],
    ],
    [
      "Debian 13's Python under core 2.16",
      host("Debian", "13", "3.13.5"),
      "ceph-ansible",
      "stable-8.0",
      "2.16.19",
      ["KM453"],
    ],
    [
      "Debian for OpenShift 3.11",
      host("Debian", "12", "3.8.1"),
      "openshift-ansible",
      "release-3.11",
      "2.9.27",
      ["KM452"],
    ],
    [
      "CentOS 7 for OpenShift 3.11",
      host("CentOS", "7.9", "3.6.8"),
      "openshift-ansible",
      "release-3.11",
      "2.9.27",
      [],
    ],
    [
      "CentOS 7's own Python under core 2.9",
      host("CentOS", "7.9", "2.7.5"),
      "openshift-ansible",
      "release-3.11",
      "2.9.27",
      [],
    ],
    [
      "Python 2 under core 2.18",
      host("Ubuntu", "24.04", "2.7.18"),
      "ceph-ansible",
      "stable-9.0",
      "2.18.19",
      ["KM453"],
    ],
    [
      "no Python at all",
      { name: "node1", system: "Debian", systemVersion: "13" },
      "ceph-ansible",
      "stable-9.0",
      "2.18.19",
      ["KM453"],
    ],
    [
      "an Ansible that is not built yet",
      host("Debian", "10", "2.7.18"),
      "kubespray",
      "v2.31.0",
      undefined,
      ["KM452"],
    ],
    ["a tool without rules", host("Plan9", "4", "3.12.0"), "custom", "", "2.18.19", []],
  ] as const)("%s", (_, facts, tool, version, core, expected) => {
    const problems = hostProblems(facts, tool, version, core);
    expect(codes(problems)).toEqual(expected);
    for (const { message } of problems) expect(message).toMatch(/\(.*(?:kubespray|ansible).*\)/);
  });
});

describe("an Ansible and the tool that it runs", () => {
  const range = { min: "2.18", below: "2.19" };
  test.each([
    [{ core: "2.18.19", python: "3.13.1" }, []],
    [{ core: "2.19.0", python: "3.13.1" }, ["KM454"]],
    [{ core: "2.18.19", python: "3.10.1" }, ["KM455"]],
    [{ core: "2.18.19", python: "3.14.0" }, ["KM455"]],
    [{ core: "2.18.19" }, []],
  ])("%j", (ansible, expected) => {
    expect(codes(ansibleProblems("kubespray", "v2.31.0", range, ansible))).toEqual(expected);
  });
});

describe("the constraints", () => {
  test("all say where they come from", () => {
    for (const { source } of [...PRODUCTS, ...CEPH_RELEASES, ...SYSTEMS, ...ANSIBLE])
      expect(source.length).toBeGreaterThan(10);
  });

  test("agree with vendor.yml: every range of Pythons there is one that its Ansible runs on", () => {
    for (const { versions } of readPins(join(repositoryRoot(), "vendor")).sources.values()) {
      for (const { source, version, ansible } of versions.values()) {
        if (ansible === undefined) continue;
        const cores = ANSIBLE.filter(
          ({ core }) => core.min.localeCompare(ansible.core.below, "en", { numeric: true }) < 0,
        );
        expect(cores.length, `${source} ${version}`).toBeGreaterThan(0);
      }
    }
  });
});
