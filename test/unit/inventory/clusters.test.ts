import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../tasks/core/errors.ts";
import { chooseCluster, listClusters } from "../../../tasks/inventory/clusters.ts";
import { makeRoot } from "../../helpers/inventory-folder.ts";

const dir = (...clusters: string[]) =>
  join(makeRoot(Object.fromEntries(clusters.map((name) => [`${name}/a.yml`, ""]))), "inventories");

const choose = (inventoriesDir: string, flag?: string, env: NodeJS.ProcessEnv = {}) =>
  chooseCluster({ inventoriesDir, flag, env });

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InputError);
  return `${(error as InputError).message} → ${(error as InputError).remedy}`;
}

describe("choosing a cluster", () => {
  it("takes the flag before the environment before the only own cluster", async () => {
    const folder = dir("example", "prod", "test");
    expect(await choose(folder, "test", { KUBE_MAGIC_CLUSTER: "prod" })).toBe("test");
    expect(await choose(folder, undefined, { KUBE_MAGIC_CLUSTER: "prod" })).toBe("prod");
    expect(await choose(dir("example", "example-openshift", "prod", "_defaults"))).toBe("prod");
  });

  it("takes an example when it is asked for", async () => {
    expect(await choose(dir("example"), "example")).toBe("example");
  });

  it("lists the choices when there are several, or none", async () => {
    expect(await refusal(choose(dir("prod", "test")))).toContain("choose from: prod, test");
    expect(await refusal(choose(dir("example")))).toContain("cp -r inventories/example inventories/NAME");
    expect(await refusal(choose(dir()))).toContain("there are none yet");
  });

  it("suggests the nearest name, and says where a wrong one came from", async () => {
    expect(await refusal(choose(dir("prod", "test"), "prd"))).toContain('did you mean "prod"?');
    expect(await refusal(choose(dir("prod"), undefined, { KUBE_MAGIC_CLUSTER: "x" }))).toContain(
      "KUBE_MAGIC_CLUSTER",
    );
    expect(await refusal(choose(dir("prod"), "../prod"))).toContain("no cluster");
  });

  it("says so when there is no inventories folder", async () => {
    expect(await refusal(listClusters("/nonexistent/inventories"))).toContain("no folder");
  });

  it("lists folders only, without _defaults and hidden ones", async () => {
    const root = makeRoot({
      "b/a.yml": "",
      "a/a.yml": "",
      "_defaults/a.yml": "",
      ".git/x": "",
      "file.json": "",
    });
    expect(await listClusters(join(root, "inventories"))).toEqual(["a", "b"]);
  });
});
