import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { InputError } from "../../../../tasks/core/errors.ts";
import { parseProgramData } from "../../../../tasks/lab/kubernetes/data.ts";
import { LAB_SOURCES, labProgramData, planOf } from "../../../helpers/lab-programs.ts";

const TEXT = readFileSync(join(LAB_SOURCES, "programs.yml"), "utf8");

/** Names and addresses of kubespray v2.31.0, roles/kubespray_defaults/defaults/main/download.yml. */
const DL = "https://dl.k8s.io/release/v1.34.4/bin/linux/amd64";
const GITHUB = "https://github.com";
const KUBESPRAY_FILES: Readonly<Record<string, readonly [version: string, checksum: string, url: string]>> = {
  kubelet: ["kube_version", "kubelet_binary_checksum", `${DL}/kubelet`],
  kubeadm: ["kube_version", "kubeadm_binary_checksum", `${DL}/kubeadm`],
  kubectl: ["kube_version", "kubectl_binary_checksum", `${DL}/kubectl`],
  etcd: [
    "etcd_version",
    "etcd_binary_checksum",
    `${GITHUB}/etcd-io/etcd/releases/download/v3.6.13/etcd-v3.6.13-linux-amd64.tar.gz`,
  ],
  containerd: [
    "containerd_version",
    "containerd_archive_checksum",
    `${GITHUB}/containerd/containerd/releases/download/v2.2.9/containerd-2.2.9-linux-amd64.tar.gz`,
  ],
  runc: [
    "runc_version",
    "runc_binary_checksum",
    `${GITHUB}/opencontainers/runc/releases/download/v1.4.2/runc.amd64`,
  ],
  crictl: [
    "crictl_version",
    "crictl_binary_checksum",
    `${GITHUB}/kubernetes-sigs/cri-tools/releases/download/v1.34.0/crictl-v1.34.0-linux-amd64.tar.gz`,
  ],
  nerdctl: [
    "nerdctl_version",
    "nerdctl_archive_checksum",
    `${GITHUB}/containerd/nerdctl/releases/download/v2.1.2/nerdctl-2.1.2-linux-amd64.tar.gz`,
  ],
  cni: [
    "cni_version",
    "cni_binary_checksum",
    `${GITHUB}/containernetworking/plugins/releases/download/v1.9.1/cni-plugins-linux-amd64-v1.9.1.tgz`,
  ],
};

describe("lab/kubernetes/programs.yml", () => {
  test("pins every program of a published module exactly: version, checksum and minutes", () => {
    for (const [name, { module, source, versions }] of Object.entries(labProgramData().modules)) {
      for (const [version, { sum, minutes }] of Object.entries(versions)) {
        expect(version, name).toMatch(/^v\d+\.\d+\.\d+$/);
        expect(minutes, name).toBeGreaterThan(0);
        if (source === undefined) expect(sum, `${module} ${version}`).toMatch(/^h1:[A-Za-z0-9+/]{43}=$/);
      }
    }
  });

  test("has two patch versions of one minor, so that an upgrade is real, and one of the next minor", () => {
    expect(Object.keys(labProgramData().modules.kubernetes?.versions ?? {})).toEqual([
      "v1.34.3",
      "v1.34.4",
      "v1.35.4",
    ]);
  });

  test("names each file's address and variables as kubespray does", () => {
    const files = planOf(labProgramData(), "1.34.4").flatMap((item) => (item.kind === "file" ? [item] : []));
    expect(
      Object.fromEntries(
        files.map(({ name, url, variables }) => [name, [variables.version, variables.checksum, url]]),
      ),
    ).toEqual(KUBESPRAY_FILES);
    for (const { name, variables } of files) expect(variables.url).toBe(`${name}_download_url`);
  });

  test.each([
    ["1.34.3", "v1.12.1"],
    ["1.34.4", "v1.12.1"],
    ["1.35.4", "v1.12.4"],
  ])("names the images of Kubernetes %s as kubeadm and kubespray do", (kubernetes, coredns) => {
    const images = planOf(labProgramData(), kubernetes).flatMap((item) =>
      item.kind === "image" ? [item.reference] : [],
    );
    expect(images).toEqual([
      ...["apiserver", "controller-manager", "scheduler", "proxy"].map(
        (name) => `registry.k8s.io/kube-${name}:v${kubernetes}`,
      ),
      "registry.k8s.io/pause:3.10.1",
      `registry.k8s.io/coredns/coredns:${coredns}`,
      "docker.io/flannel/flannel:v0.27.4",
      "docker.io/flannel/flannel-cni-plugin:v0.9.1",
    ]);
  });

  test.each([
    ["a range for a version", TEXT.replace("v1.34.3: {", "v1.34: {"), "an exact version such as v1.34.4"],
    [
      "a module without its checksum",
      TEXT.replace(/, sum: "h1:0Tfl[^"]+"/, ""),
      "needs a sum for each version",
    ],
    [
      "a program that nothing builds",
      TEXT.replace("bin/ctr: ctr", "bin/ctr: ctrr"),
      "no module has a program ctrr",
    ],
    [
      "two programs of one name",
      TEXT.replace("etcdutl: { package", "etcdctl: { package"),
      "has a program etcdctl, too",
    ],
    ["an unknown module", TEXT.replace("of: runc", "of: crun"), "there is no module crun"],
    ["a path out of the archive", TEXT.replace("bin/ctr: ctr", "../ctr: ctr"), "without .."],
    ["an unknown key", TEXT.replace("cgo: true", "cg0: true"), "cg0"],
    ["no YAML", "a: [", "never closed"],
  ])("refuses %s", (_what, text, expected) => {
    expect(text).not.toBe(TEXT);
    try {
      parseProgramData(text, "programs.yml");
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      expect(error.problems.map(({ message }) => message).join("\n")).toContain(expected);
      return;
    }
    expect.unreachable();
  });
});
