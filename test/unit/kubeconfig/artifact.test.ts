import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { takeArtifact } from "../../../tasks/kubeconfig/artifact.ts";
import { kubeconfigOf } from "../../../tasks/kubeconfig/store.ts";
import { makeKubeadmFiles } from "../../helpers/kubeadm.ts";
import { aCluster } from "../../helpers/model.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const MODEL = aCluster({ api: { ...aCluster().api, domain: "api.prod.invalid" } });

function buildFolder(): { readonly build: string; readonly artifact: string; readonly text: string } {
  const build = temporaryFolder();
  const artifacts = join(build, "kubespray", "artifacts");
  mkdirSync(artifacts, { recursive: true });
  const { adminConf } = makeKubeadmFiles(temporaryFolder(), ["DNS:api"], "https://192.0.2.7:6443");
  return { build, artifact: join(artifacts, "admin.conf"), text: adminConf };
}

test("the kubeconfig that kubespray left is brought to its place under the cluster's name, for its owner only", async () => {
  const { build, artifact, text } = buildFolder();
  writeFileSync(artifact, text);
  expect(await takeArtifact(build, MODEL)).toBe("written");
  const written = readFileSync(kubeconfigOf(build), "utf8");
  expect(written).toMatch(/^current-context: prod$/m);
  // The API's name does not resolve on this machine, so kubespray's own address stays.
  expect(written).toContain("server: https://192.0.2.7:6443");
  expect(statSync(kubeconfigOf(build)).mode & 0o777).toBe(0o600);
  expect(await takeArtifact(build, MODEL)).toBe("kept");
});

test("the API's name is written where this machine knows it", async () => {
  const { build, artifact, text } = buildFolder();
  writeFileSync(artifact, text);
  await takeArtifact(build, { ...MODEL, api: { ...MODEL.api, domain: "localhost" } });
  expect(readFileSync(kubeconfigOf(build), "utf8")).toContain("server: https://localhost:6443");
});

test("one that others could read is closed again", async () => {
  const { build, artifact, text } = buildFolder();
  writeFileSync(artifact, text);
  await takeArtifact(build, MODEL);
  chmodSync(kubeconfigOf(build), 0o644);
  expect(await takeArtifact(build, MODEL)).toBe("written");
  expect(statSync(kubeconfigOf(build)).mode & 0o777).toBe(0o600);
});

test("a damaged or missing one never replaces what is there", async () => {
  const { build, artifact, text } = buildFolder();
  expect(await takeArtifact(build, MODEL)).toBe("absent");
  writeFileSync(artifact, text);
  await takeArtifact(build, MODEL);
  const good = readFileSync(kubeconfigOf(build), "utf8");
  for (const bad of [
    "",
    "apiVersion: v1\nkind: Conf",
    "{{",
    "kind: Config\nclusters: []\n",
    text.slice(0, 900),
  ]) {
    writeFileSync(artifact, bad);
    expect(await takeArtifact(build, MODEL)).toBe("damaged");
  }
  expect(readFileSync(kubeconfigOf(build), "utf8")).toBe(good);
});
