import { describe, expect, test } from "vitest";
import {
  kubernetesObstacles,
  kubesprayLimits,
  type MachineFacts,
} from "../../../tasks/lab/machine-limits.ts";

const ABLE: MachineFacts = {
  modules: true,
  controlGroupsV1: false,
  raisesLimits: true,
  openFiles: 1_048_576,
};
const names = (facts: MachineFacts): readonly string[] => kubesprayLimits(facts).map(({ name }) => name);
const always = ["kube_proxy_mode", "kube_proxy_conntrack_max_per_core", "kube_proxy_conntrack_min"];

describe("settings of kubespray for a lab's machine", () => {
  test("are few where the machine can do everything", () => {
    expect(names(ABLE)).toEqual(always);
    expect(kubernetesObstacles(ABLE)).toEqual([]);
  });

  test.each([
    [{ modules: false }, ["enable_nodelocaldns"]],
    [{ controlGroupsV1: true }, ["kubelet_cgroup_driver", "containerd_use_systemd_cgroup"]],
    [{ raisesLimits: false }, ["containerd_extra_runtime_args"]],
    [{ openFiles: 20_000 }, ["containerd_base_runtime_spec_rlimit_nofile"]],
  ])("with %j add %j", (lack, added) => {
    expect(names({ ...ABLE, ...lack })).toEqual([...added, ...always]);
  });

  test("take the machine's own limit of open files, and give each a reason", () => {
    const settings = kubesprayLimits({ ...ABLE, openFiles: 20_000 });
    expect(settings.find(({ name }) => name.endsWith("nofile"))?.value).toBe(20_000);
    expect(settings.filter(({ reason }) => reason === "")).toEqual([]);
  });

  test("name what no setting helps against", () => {
    expect(kubernetesObstacles({ ...ABLE, controlGroupsV1: true })[0]).toContain("1.34.x");
  });
});
