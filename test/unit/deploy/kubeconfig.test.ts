import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fetchKubeconfig, kubeconfigOf } from "../../../tasks/deploy/kubeconfig.ts";
import { ROOT } from "../../helpers/environment.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const FIXTURE = join(ROOT, "test/fixtures/kubespray/admin.conf");

function buildFolder(): { readonly build: string; readonly artifact: string } {
  const build = temporaryFolder();
  const artifacts = join(build, "kubespray", "artifacts");
  mkdirSync(artifacts, { recursive: true });
  return { build, artifact: join(artifacts, "admin.conf") };
}

test("the kubeconfig that kubespray left is brought to its place, for its owner only", () => {
  const { build, artifact } = buildFolder();
  copyFileSync(FIXTURE, artifact);
  expect(fetchKubeconfig(build)).toBe("written");
  expect(readFileSync(kubeconfigOf(build), "utf8")).toBe(readFileSync(FIXTURE, "utf8"));
  expect(statSync(kubeconfigOf(build)).mode & 0o777).toBe(0o600);
  expect(fetchKubeconfig(build)).toBe("kept");
});

test("one that others could read is closed again", () => {
  const { build, artifact } = buildFolder();
  copyFileSync(FIXTURE, artifact);
  fetchKubeconfig(build);
  chmodSync(kubeconfigOf(build), 0o644);
  expect(fetchKubeconfig(build)).toBe("written");
  expect(statSync(kubeconfigOf(build)).mode & 0o777).toBe(0o600);
});

test("a damaged or missing one never replaces what is there", () => {
  const { build, artifact } = buildFolder();
  expect(fetchKubeconfig(build)).toBe("absent");
  copyFileSync(FIXTURE, artifact);
  fetchKubeconfig(build);
  for (const text of ["", "apiVersion: v1\nkind: Conf", "{{", "kind: Config\nclusters: []\n"]) {
    writeFileSync(artifact, text);
    expect(fetchKubeconfig(build)).toBe("damaged");
  }
  expect(readFileSync(kubeconfigOf(build), "utf8")).toBe(readFileSync(FIXTURE, "utf8"));
});
