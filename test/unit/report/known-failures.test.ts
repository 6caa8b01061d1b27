import { describe, expect, test } from "vitest";
import { explainFailure, KNOWN_FAILURES } from "../../../tasks/report/known-failures.ts";
import type { Failure, PhaseView } from "../../../tasks/report/progress-state.ts";

const view = (...failures: readonly Partial<Failure>[]): PhaseView => ({
  phase: "kube",
  title: "Deploy Kubernetes",
  started: 0,
  play: "",
  tasks: 1,
  unmatched: [],
  failures: failures.map((one) => ({ task: "", host: "a", kind: "failed", message: "", ...one })),
});
const RUNC = "https://github.com/opencontainers/runc/releases/download/v1.4.2/runc.amd64";

describe("a known failure", () => {
  test("of a download names the file, its address, the reason and the settings that replace it", () => {
    const task = `container-engine/runc : Download_file | Download ${RUNC}`;
    const message = "Request failed: <urlopen error [Errno -2] Name or service not known>";
    const found = explainFailure(view({ task, message }, { task, message, host: "b" }));
    expect(found?.what).toBe(
      `cannot download runc.amd64 (1.4.2) on a, b\n  from  ${RUNC}\n  why   ${message}`,
    );
    for (const setting of ["files_repo", "registry_host", "github_url", "network.proxy"])
      expect(found?.remedy).toContain(setting);
  });

  test.each<[string, Partial<Failure>, string]>([
    [
      "download",
      { task: "x : Download_file | Download https://h/a.tgz", message: "The checksum for a did not match" },
      "checksum is not",
    ],
    [
      "image-pull",
      {
        task: "download : Download_container | Download image if required",
        message:
          'failed to do request: Head "https://registry.k8s.io/v2/pause": registry.k8s.io/pause:3.10 i/o timeout',
      },
      "registry.k8s.io/pause:3.10",
    ],
    [
      "etcd-first",
      { task: "etcd : Configure | Wait for etcd cluster to be healthy", message: "non-zero return code" },
      "etcd did not become healthy",
    ],
    [
      "etcd-behind-calico",
      { task: "network_plugin/calico : Wait", message: "dial tcp 10.0.0.1:2379: refused" },
      "check etcd first",
    ],
    ["etcd-space", { message: "etcdserver: mvcc: database space exceeded" }, "etcd is full"],
    ["kernel-modules", { message: "[Errno 2] No such file or directory: '/proc/modules'" }, "kernel of a"],
    [
      "package-missing",
      { message: "item install: No package matching 'apparmor' is available" },
      "package apparmor",
    ],
    ["package-mirror", { message: "Failed to update apt cache: unknown reason" }, "package mirror"],
    [
      "package-lock",
      { message: "E: Could not get lock /var/lib/dpkg/lock-frontend" },
      "another package manager",
    ],
    ["sudo-password", { message: "Missing sudo password" }, "password for sudo"],
  ])("%s is told from %o", (id, failure, what) => {
    expect(explainFailure(view(failure))).toMatchObject({ id, what: expect.stringContaining(what) });
  });

  test("is the first of the table, whatever failed first: etcd before Calico", () => {
    const calico = { task: "network_plugin/calico : Start", message: "cannot reach etcd" };
    const etcd = { task: "etcd : Wait for etcd cluster", message: "context deadline exceeded" };
    expect(explainFailure(view(calico, etcd))?.id).toBe("etcd-first");
  });

  test("is not seen in others, nor in hosts that could not be reached", () => {
    expect(explainFailure(view({ task: "some : Task", message: "no such user" }))).toBeUndefined();
    expect(explainFailure(view({ kind: "unreachable", message: "Missing sudo password" }))).toBeUndefined();
  });

  test("has its own name", () => {
    const ids = KNOWN_FAILURES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
