/** What we render and import again is the same cluster, and nothing of it counts as lost. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasDecoderKeys } from "../../../tasks/core/json-text.ts";
import { type ClusterModel, type Host, hostsWith, ROLES, type ToolName } from "../../../tasks/core/model.ts";
import type { Value, ValueMap } from "../../../tasks/core/value.ts";
import { toolFiles, toolInventory } from "../../../tasks/deploy/tool-files.ts";
import { type Imported, importInventory } from "../../../tasks/import/import-inventory.ts";
import { writeFileSet } from "../../../tasks/io/file-set.ts";
import { findAnsible } from "../../helpers/ansible.ts";
import { clusters } from "../../helpers/arbitrary-cluster.ts";
import { canonical } from "../../helpers/canonical.ts";
import { ROOT } from "../../helpers/environment.ts";
import { expectedGroups } from "../../helpers/expected-inventory.ts";

const ansible = await findAnsible();
let folder: string;
let number = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kube-magic-round-trip-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function roundTrip(model: ClusterModel, tools: readonly ToolName[]): Promise<Imported> {
  const place = join(folder, String(number++));
  const used = tools.filter((tool) => toolFiles(model, tool).size > 0);
  for (const tool of used) writeFileSet(join(place, tool), toolFiles(model, tool));
  return await importInventory({
    sources: used.map((tool) => ({ tool, inventories: [join(place, tool, "hosts.yml")] })),
    fallbackName: model.name,
    domain: model.domain,
    addresses: new Map(),
    inventoryOf: toolInventory,
    bin: async () => ansible.bin,
    env: process.env,
    inventories: join(ROOT, "inventories"),
    scratch: mkdtempSync(join(folder, "scratch-")),
    moreRules: [],
    origin: ["Imported"],
  });
}

const lostIn = ({ differences }: Imported) =>
  [...differences.values()].flat().filter(({ verdict }) => verdict === "lost");

/** A value in the notation of Ansible's JSON decoder looks like an encrypted one when Ansible prints it. */
const isPrintable = ({ tools }: ClusterModel): boolean =>
  !Object.values(tools).some(({ groups, hosts }) => hasDecoderKeys(groups) || hasDecoderKeys(hosts));

const isNode = (host: Host): boolean =>
  host.roles.some((role) => ["control-plane", "worker", "infra", "etcd", "bastion"].includes(role));

/** The hosts by name, with what the chosen tools know of them. */
function hostsOf(
  model: ClusterModel,
  choose: (host: Host) => boolean,
  view: (host: Host) => object,
): unknown {
  const hosts = model.hosts.filter(choose).map((host) => [host.name, view(host)] as const);
  return Object.fromEntries(hosts.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Pass-through of one tool as it is rendered: groups with variables, and its hosts. */
function passThrough(model: ClusterModel, tool: ToolName): unknown {
  const { groups, hosts } = model.tools[tool];
  const seen = new Set(Object.values(expectedGroups(model, tool)).flat());
  const present = (maps: Readonly<Record<string, ValueMap>>) =>
    Object.fromEntries(Object.entries(maps).filter(([, variables]) => Object.keys(variables).length > 0));
  const own = Object.entries(hosts).filter(([name]) => seen.has(name));
  return canonical({ groups: present(groups), hosts: present(Object.fromEntries(own)) } as Value);
}

/** With kubeadm's etcd, a host that only has the role etcd is in kubespray's inventory, but in no group. */
const hasIdleMember = ({ hosts, etcd }: ClusterModel): boolean =>
  etcd.deployment === "kubeadm" &&
  hosts.some(
    ({ roles }) =>
      roles.includes("etcd") &&
      !roles.some((role) => ["control-plane", "worker", "infra", "bastion"].includes(role)),
  );

const order = (model: ClusterModel) => hostsWith(model, "control-plane").map(({ name }) => name);
/** Another seed tries other clusters; each run reads three inventories with Ansible, so there are few. */
const runs = { numRuns: 2, endOnFailure: true, seed: Number(process.env.KUBE_MAGIC_TEST_SEED ?? 1) };

describe("render → import", () => {
  it("is the same cluster from all four inventories", async () => {
    await fc.assert(
      fc.asyncProperty(
        clusters("kubernetes").filter((model) => isPrintable(model) && model.hosts.some(isNode)),
        async (model) => {
          const imported = await roundTrip(model, ["custom", "kubespray", "ceph-ansible"]);
          expect(lostIn(imported)).toEqual([]);
          expect(order(imported.model)).toEqual(order(model));
          const view = (host: Host) => ({
            ...host,
            roles: ROLES.filter((role) => host.roles.includes(role)),
            // Only kubespray's inventory has labels and taints.
            ...(isNode(host) ? {} : { labels: {}, taints: [] }),
          });
          expect(hostsOf(imported.model, () => true, view)).toEqual(hostsOf(model, () => true, view));
          const { name, domain, orchestrator, api, loadBalancer, ceph, network } = imported.model;
          const { proxy, ...rest } = model.network;
          expect({ name, domain, orchestrator, api, loadBalancer, ceph }).toEqual({
            name: model.name,
            domain: model.domain,
            orchestrator: model.orchestrator,
            api: model.api,
            loadBalancer: model.loadBalancer,
            ceph: model.ceph,
          });
          expect(network).toEqual({ ...rest, ...((proxy?.http ?? proxy?.https) ? { proxy } : {}) });
          // Where we keep snapshots is no business of kubespray's.
          const { snapshotFolder } = imported.model.etcd;
          expect(imported.model.etcd).toEqual({ ...model.etcd, snapshotFolder });
          expect(imported.model.versions.kubernetes).toBe(model.versions.kubernetes);
          for (const tool of ["custom", "kubespray", "ceph-ansible"] as const) {
            if (tool === "ceph-ansible" && model.ceph === undefined) continue;
            expect(passThrough(imported.model, tool)).toEqual(passThrough(model, tool));
          }
        },
      ),
      runs,
    );
  });

  it("is the same Kubernetes from kubespray's inventory alone", async () => {
    await fc.assert(
      fc.asyncProperty(
        clusters("kubernetes").filter(
          (model) => isPrintable(model) && model.hosts.some(isNode) && !hasIdleMember(model),
        ),
        async (model) => {
          const imported = await roundTrip(model, ["kubespray"]);
          const hasVip = model.api.vip !== undefined;
          // Nobody in kubespray's inventory could hold the virtual address.
          const lost = new Set(
            lostIn(imported)
              .map(({ variable }) => variable)
              // With kubeadm's etcd, a host that only had the role etcd is in no group.
              .filter((variable) => variable !== "(host)" || model.etcd.deployment !== "kubeadm"),
          );
          expect([...lost]).toEqual(hasVip ? ["loadbalancer_apiserver"] : []);
          expect(order(imported.model)).toEqual(order(model));
          const { deployment } = model.etcd;
          const view = ({ name, ip, ip6, address, ssh, zone, labels, taints, roles }: Host) => ({
            ...{ name, ip, ip6, address, ssh, zone, labels, taints },
            roles: (["control-plane", "etcd", "worker", "infra", "bastion"] as const).filter(
              (role) =>
                roles.includes(role) &&
                !(role === "worker" && roles.includes("infra")) &&
                !(role === "etcd" && deployment === "kubeadm"),
            ),
          });
          const bare =
            deployment === "kubeadm"
              ? (host: Host) => host.roles.some((role) => role !== "etcd")
              : () => true;
          expect(hostsOf(imported.model, bare, view)).toEqual(
            hostsOf(model, (host) => isNode(host) && bare(host), view),
          );
          // Where we keep snapshots is no business of kubespray's.
          const { snapshotFolder } = imported.model.etcd;
          expect(imported.model.etcd).toEqual({ ...model.etcd, snapshotFolder });
          expect(imported.model.network.pods).toEqual(model.network.pods);
          expect(imported.model.network.services).toEqual(model.network.services);
          expect(passThrough(imported.model, "kubespray")).toMatchObject(
            hasVip ? {} : (passThrough(model, "kubespray") as object),
          );
        },
      ),
      runs,
    );
  });

  it("is the same Ceph from ceph-ansible's inventory alone", async () => {
    // Only how to reach a host is in there: its other address would be unknown, and so would a bastion.
    const known = clusters("none")
      .map((model) => ({
        ...model,
        hosts: model.hosts.map(({ address: _, ...host }) => ({
          ...host,
          roles: host.roles.filter((role) => role !== "bastion"),
        })),
      }))
      .filter((model) => isPrintable(model) && model.ceph !== undefined);
    await fc.assert(
      fc.asyncProperty(known, async (model) => {
        const imported = await roundTrip(model, ["ceph-ansible"]);
        expect(lostIn(imported)).toEqual([]);
        expect(imported.model.ceph).toEqual(model.ceph);
        const isCeph = ({ roles }: Host) => roles.some((role) => role.startsWith("ceph-"));
        const view = ({ ip, ssh, devices, roles }: Host) => ({
          ip,
          ssh,
          // Only OSDs have any there.
          devices: roles.includes("ceph-osd") ? devices : [],
          roles: ROLES.filter((role) => role.startsWith("ceph-") && roles.includes(role)),
        });
        expect(hostsOf(imported.model, () => true, view)).toEqual(hostsOf(model, isCeph, view));
        expect(passThrough(imported.model, "ceph-ansible")).toEqual(passThrough(model, "ceph-ansible"));
      }),
      runs,
    );
  });

  it("loses nothing of an OpenShift", async () => {
    const known = clusters("openshift").filter((model) => isPrintable(model) && model.hosts.some(isNode));
    await fc.assert(
      fc.asyncProperty(known, async (model) => {
        const imported = await roundTrip(model, ["custom", "openshift-ansible"]);
        expect(lostIn(imported)).toEqual([]);
        expect(imported.model.openshift).toEqual(model.openshift);
        expect(order(imported.model)).toEqual(order(model));
      }),
      runs,
    );
  });
});
