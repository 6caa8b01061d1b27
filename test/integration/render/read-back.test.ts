/** The proof of the renderers: what Ansible itself reads back is what the model says, for every tool. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ClusterModel, type Orchestrator, TOOLS, type ToolName } from "../../../tasks/core/model.ts";
import { isMap, type Value, type ValueMap } from "../../../tasks/core/value.ts";
import { toolFiles } from "../../../tasks/deploy/tool-files.ts";
import { writeFileSet } from "../../../tasks/io/file-set.ts";
import { AnsibleReader, ansibleInventory, findAnsible, type ReadInventory } from "../../helpers/ansible.ts";
import { clusters } from "../../helpers/arbitrary-cluster.ts";
import { canonical } from "../../helpers/canonical.ts";
import {
  expectedGroups,
  expectedVariables,
  groupsOfHost,
  hostsSeenBy,
} from "../../helpers/expected-inventory.ts";
import { HOSTILE_STRINGS } from "../../helpers/hostile.ts";
import { aCluster } from "../../helpers/model.ts";

/** Mostly clusters that use the tool. */
const ORCHESTRATORS: Readonly<Record<ToolName, readonly Orchestrator[]>> = {
  kubespray: ["kubernetes", "kubernetes", "kubernetes", "none"],
  "openshift-ansible": ["openshift", "openshift", "openshift", "none"],
  "ceph-ansible": [],
  custom: [],
};

const ansible = await findAnsible();

describe("what Ansible reads back from a rendered inventory", () => {
  let folder: string;
  let reader: AnsibleReader;
  let number = 0;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kube-magic-read-back-"));
    reader = new AnsibleReader(ansible!);
  });
  afterAll(() => {
    reader.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function readBack(model: ClusterModel, tool: ToolName): Promise<ReadInventory | undefined> {
    const files = toolFiles(model, tool);
    // A folder of its own each time: Ansible caches by path.
    const place = join(folder, String(number++), tool);
    writeFileSet(place, files);
    return files.size === 0 ? undefined : reader.inventory(join(place, "hosts.yml"));
  }

  it.each(TOOLS)("equals the model for any valid cluster: %s", async (tool) => {
    await fc.assert(
      fc.asyncProperty(clusters(...ORCHESTRATORS[tool]), async (model) => {
        const read = await readBack(model, tool);
        const seen = hostsSeenBy(model, tool);
        if (seen === undefined) {
          expect(read).toBeUndefined();
          return;
        }
        expect([...(read?.hosts.keys() ?? [])]).toEqual(seen.map(({ name }) => name));
        expect(membersOf(read!)).toEqual(expectedGroups(model, tool));
        for (const host of seen) {
          const variables = read!.hosts.get(host.name) as ValueMap;
          const expected = expectedVariables(model, tool, host);
          expect(canonical(pick(variables, Object.keys(expected)))).toEqual(canonical(expected));
          // Nothing that we do not know of, apart from the group variables that are checked below.
          const site = Object.keys(variables).filter((name) => name.startsWith("site_"));
          expect(site.sort()).toEqual(
            Object.keys(expected)
              .filter((name) => name.startsWith("site_"))
              .sort(),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each(TOOLS)("keeps every hostile string, as a variable of a group and of a host: %s", async (tool) => {
    const orchestrator = tool === "openshift-ansible" ? "openshift" : "kubernetes";
    const host = tool === "ceph-ansible" ? "ceph1" : "master1";
    const group = {
      kubespray: "k8s_cluster",
      "ceph-ansible": "mons",
      "openshift-ansible": "OSEv3",
      custom: "etcd",
    }[tool === "custom" ? "custom" : tool];
    const named = (prefix: string): ValueMap =>
      Object.fromEntries(HOSTILE_STRINGS.map((text, index) => [`site_${prefix}${index}`, text]));
    const model = aCluster({
      orchestrator,
      tools: { [tool]: { groups: { [group]: named("g") }, hosts: { [host]: named("h") } } },
    });
    expect(groupsOfHost(model, tool, host)).toContain(group);
    const read = await readBack(model, tool);
    const expected = { ...named("g"), ...named("h") };
    expect(canonical(pick(read?.hosts.get(host) as ValueMap, Object.keys(expected)))).toEqual(
      canonical(expected),
    );
  });

  it("a true ansible-inventory says the same, without a warning", async () => {
    const [model] = fc.sample(clusters(), { numRuns: 1, seed: 42 });
    const files = toolFiles(model!, "custom");
    const place = join(folder, "cli", "custom");
    writeFileSet(place, files);
    const listed = JSON.parse(ansibleInventory(ansible!, "-i", join(place, "hosts.yml"), "--list")) as {
      readonly _meta: { readonly hostvars: Record<string, Record<string, unknown>> };
    };
    expect(Object.keys(listed._meta.hostvars).sort()).toEqual(model!.hosts.map(({ name }) => name).sort());
    for (const host of model!.hosts) {
      expect(listed._meta.hostvars[host.name]).toMatchObject({ ip: host.ip, kube_magic_roles: host.roles });
    }
  });

  it.each(TOOLS)("a true ansible-inventory accepts the example topology without a warning: %s", (tool) => {
    const model = aCluster({ orchestrator: tool === "openshift-ansible" ? "openshift" : "kubernetes" });
    const place = join(folder, "example", tool);
    writeFileSet(place, toolFiles(model, tool));
    expect(ansibleInventory(ansible!, "-i", join(place, "hosts.yml"), "--graph")).toContain("@all:");
  });
});

/** Group → hosts at any depth, sorted; Ansible's own two groups left out. */
function membersOf({ groups }: ReadInventory): Record<string, string[]> {
  const collect = (name: string): string[] => [
    ...(groups[name]?.hosts ?? []),
    ...(groups[name]?.children ?? []).flatMap(collect),
  ];
  return Object.fromEntries(
    Object.keys(groups)
      .filter((name) => name !== "all" && name !== "ungrouped")
      .map((name) => [name, [...new Set(collect(name))].sort()]),
  );
}

function pick(variables: ValueMap, names: readonly string[]): Value {
  expect(isMap(variables)).toBe(true);
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(variables, name)).map((name) => [name, variables[name]!]),
  );
}
