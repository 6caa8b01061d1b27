import { describe, expect, test } from "vitest";
import type { ProgramData } from "../../../../tasks/lab/kubernetes/data.ts";
import { fill, placeholders } from "../../../../tasks/lab/kubernetes/placeholders.ts";
import { type Item, planItems, programsOf } from "../../../../tasks/lab/kubernetes/plan.ts";
import { labProgramData, planOf, smallData } from "../../../helpers/lab-programs.ts";

const keys = (items: readonly Item[]) =>
  new Map(items.map(({ name, version, key }) => [`${name} ${version}`, key]));

/** Items whose key differs between two lists of programs. */
function changed(before: ProgramData, after: ProgramData): readonly string[] {
  const old = keys(planOf(before));
  return [...keys(planOf(after))].filter(([name, key]) => old.get(name) !== key).map(([name]) => name);
}

describe("the plan of a lab's programs", () => {
  test("has an item for each version of its module, and programs of their own versions", () => {
    const items = planOf(labProgramData());
    expect(items.filter(({ name }) => name === "kubelet").map(({ version }) => version)).toEqual([
      "v1.34.3",
      "v1.34.4",
      "v1.35.4",
    ]);
    const etcd = items.find(({ name }) => name === "etcd");
    expect(
      Object.entries(etcd?.contents ?? {}).map(([path, { build }]) => `${path} of ${build.name}`),
    ).toEqual([
      "etcd-v3.6.13-linux-amd64/etcd of etcd v3.6.13",
      "etcd-v3.6.13-linux-amd64/etcdctl of etcdctl v3.6.14",
      "etcd-v3.6.13-linux-amd64/etcdutl of etcdutl v3.6.14",
    ]);
  });

  test("leaves no placeholder unfilled", () => {
    expect(JSON.stringify(planOf(labProgramData()))).not.toMatch(/\{\w+\}/);
  });

  test("lays archives out as kubespray unpacks them", () => {
    const paths = (name: string) =>
      Object.keys(planOf(labProgramData(), "1.34.4").find((item) => item.name === name)?.contents ?? {});
    expect(paths("containerd")).toEqual(["bin/containerd", "bin/containerd-shim-runc-v2", "bin/ctr"]);
    expect(paths("crictl")).toEqual(["crictl"]);
    expect(paths("cni")).toHaveLength(18);
    expect(paths("cni").join(" ")).not.toContain("/");
  });

  test("takes one version of Kubernetes alone, with what that one needs", () => {
    const items = planOf(labProgramData(), "1.35.4");
    expect(items.filter(({ name }) => name.startsWith("kube")).map(({ version }) => version)).toEqual(
      Array(7).fill("v1.35.4"),
    );
    expect(items.filter(({ name }) => name === "coredns").map(({ version }) => version)).toEqual(["v1.12.4"]);
    expect(() => planOf(labProgramData(), "1.33.9")).toThrow("1.33.9");
  });

  test("changes only the keys of what another version changes", () => {
    const before = labProgramData();
    const after = structuredClone(before);
    const runc = after.modules.runc;
    if (runc?.versions["v1.4.2"] === undefined) throw new Error("no runc");
    runc.versions = { "v1.4.3": runc.versions["v1.4.2"] };
    expect(changed(before, after)).toEqual(["runc v1.4.3"]);
    after.modules.flannel = { ...after.modules.flannel, tags: ["netgo"] } as never;
    expect(changed(before, after)).toEqual(["runc v1.4.3", "flannel v0.27.4"]);
    after.base.packages = [...after.base.packages, "ipset"];
    expect(changed(before, after).toSorted()).toEqual(
      ["flannel v0.27.4", "flannel-cni-plugin v0.9.1", "runc v1.4.3"]
        .concat(["v1.34.3", "v1.34.4", "v1.35.4"].map((version) => `kube-proxy ${version}`))
        .toSorted(),
    );
  });

  test("changes no key for other minutes or another order", () => {
    const before = labProgramData();
    const after = structuredClone(before);
    for (const module of Object.values(after.modules))
      for (const version of Object.values(module.versions)) version.minutes += 1;
    after.images = Object.fromEntries(Object.entries(after.images).reverse());
    expect(changed(before, after)).toEqual([]);
  });

  test("changes the key of a program of our own with its source, and with the architecture", () => {
    const key = (arch: string, source: string) =>
      planItems({ data: smallData("v3.10.1"), arch, kubernetes: [], sourceHash: () => source })[0]?.key;
    expect(new Set([key("amd64", "a"), key("amd64", "b"), key("arm64", "a")]).size).toBe(3);
  });

  test("builds a program that two items hold once", () => {
    const [pause, ...more] = programsOf(planOf(smallData("v3.10.1")));
    expect([pause?.name, more]).toEqual(["pause", []]);
  });
});

test("placeholders are the parts of a version; an unknown one stays", () => {
  const values = placeholders("v1.34.4", "amd64");
  expect(fill("{version} {number} {major}.{minor}.{patch} {arch} {other}", values)).toBe(
    "v1.34.4 1.34.4 1.34.4 amd64 {other}",
  );
});
