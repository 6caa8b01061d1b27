/** What we render, read by Kubernetes' own schemas: strict, so that a field too many is found as well. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { ClusterModel } from "../../../tasks/core/model.ts";
import { manifestFiles } from "../../../tasks/manifests/files.ts";
import { aLdap, CEPH_ACCESS } from "../../helpers/manifests.ts";
import { aCluster } from "../../helpers/model.ts";
import { pythonTools } from "../../helpers/python-tools.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

let bin: string;
beforeAll(() => {
  bin = pythonTools("kubernetes-validate");
}, 120_000);

/** What the validator says about a text; throws when it refuses. */
function validate(text: string, version: string): void {
  const file = join(temporaryFolder(), "manifest.yml");
  writeFileSync(file, text);
  const args = ["-m", "kubernetes_validate", "--strict", "--no-warn", "-k", version, file];
  execFileSync(join(bin, "python3"), args, { stdio: "pipe", env: { ...process.env, LC_ALL: "C.UTF-8" } });
}

const CLUSTERS: Readonly<Record<string, ClusterModel>> = {
  "Kubernetes with Ceph": aCluster(),
  "OpenShift 3.11 with Ceph and a directory": aCluster({ orchestrator: "openshift", ldap: aLdap() }),
  "OpenShift 4 with Active Directory": aCluster({
    orchestrator: "openshift",
    ldap: aLdap({ schema: "augmentedActiveDirectory", confirm: true }),
    versions: { openshift: "4.18" },
  }),
};

describe.each(Object.entries(CLUSTERS))("manifests of %s", (_, model) => {
  const material = { ceph: CEPH_ACCESS, ldap: { password: "s3cret", authority: "CA\n" } };
  test.each(["1.27.0", "1.37.0"])("fit the schemas of Kubernetes %s", (version) => {
    const texts = [...manifestFiles(model, material).values()].map(({ content }) => content);
    // The schemas begin with 1.25; CronJob's fields that we use were the same in v1beta1.
    validate(texts.join("").replaceAll("batch/v1beta1", "batch/v1"), version);
  });
});

test("the schemas do find a mistake", () => {
  const [content = ""] = [...manifestFiles(aCluster(), { ceph: CEPH_ACCESS }).values()].map(
    (file) => file.content,
  );
  expect(() => validate(content.replace("reclaimPolicy", "reclaimpolicy"), "1.35.0")).toThrow(
    /Command failed/,
  );
});
