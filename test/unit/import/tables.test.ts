/** The pure parts of the importer, by table. */
import { describe, expect, it } from "vitest";
import type { ToolName } from "../../../tasks/core/model.ts";
import { Float, Tagged, type Value } from "../../../tasks/core/value.ts";
import { draftInventory } from "../../../tasks/import/draft-inventory.ts";
import { inventoryText } from "../../../tasks/import/inventory-text.ts";
import { domainFrom, machineNetworks } from "../../../tasks/import/map/guesses.ts";
import { isSame, meansSame } from "../../../tasks/import/prove/same-value.ts";
import { listingOf, parseListing } from "../../../tasks/import/read/listing.ts";
import { withoutTemplates } from "../../../tasks/import/read/templates.ts";

describe("what Ansible prints", () => {
  it.each<[string, Value]>([
    ["1", 1],
    ["1.0", new Float(1)],
    ["-1.5e3", new Float(-1500)],
    ["123456789012345678901", 123456789012345678901n],
    ["NaN", new Float(Number.NaN)],
    ["-Infinity", new Float(Number.NEGATIVE_INFINITY)],
    ['"1.0 NaN \\" 2.5"', '1.0 NaN " 2.5'],
    ['{"__ansible_vault": "$ANSIBLE_VAULT;1.1"}', new Tagged("!vault", "$ANSIBLE_VAULT;1.1")],
    ['{"__ansible_unsafe": "{{ x }}"}', new Tagged("!unsafe", "{{ x }}")],
  ])("%s is read whole", (text, value) => {
    expect(parseListing(`[${text}]`)).toEqual([value]);
  });
});

describe("simple templates", () => {
  const variables = {
    ip: "10.0.0.1",
    port: 22,
    alias: "{{ ip }}",
    round: "{{ round }}",
    secret: new Tagged("!vault", "x"),
  };
  it.each<[Value, Value | undefined]>([
    ["{{ alias }}", "10.0.0.1"],
    ["http://{{ ip }}:{{ port }}/", "http://10.0.0.1:22/"],
    ["{{ port }}", 22],
    ["{{ ip | upper }}", undefined],
    ["{{ missing }}", undefined],
    ["{{ round }}", undefined],
    ["{{ secret }}", undefined],
    [
      ["{{ ip }}", 1],
      ["10.0.0.1", 1],
    ],
    ["plain", "plain"],
  ])("%j", (value, expected) => {
    expect(withoutTemplates(value, variables)).toEqual(expected);
  });
});

describe("values", () => {
  it.each<[Value, Value, boolean, boolean]>([
    [1, 1, true, true],
    [1, new Float(1), false, true],
    ["6443", 6443, false, true],
    ["v1.33.1", "1.33.1", false, true],
    ["10.0.0.0/24, fd00::/64", ["10.0.0.0/24", "fd00::/64"], false, true],
    [true, "yes", false, true],
    [["ntp1 iburst"], ["ntp1"], false, true],
    [new Tagged("!vault", "a"), new Tagged("!vault", "a"), true, true],
    [new Tagged("!vault", "a"), "a", false, false],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true, true],
    ["a", "b", false, false],
  ])("%j and %j", (one, other, same, means) => {
    expect([isSame(one, other), meansSame(one, other)]).toEqual([same, means]);
  });
});

describe("guesses", () => {
  it.each([
    [["10.0.0.1", "10.0.0.9"], [], ["10.0.0.0/24"]],
    [["10.0.0.1", "10.0.1.9"], [], ["10.0.0.0/23"]],
    [["10.0.0.1", "fd00::1"], [], ["10.0.0.0/24", "fd00::/64"]],
    [["10.0.0.1"], ["10.0.0.0/16"], ["10.0.0.0/16"]],
    [["10.0.0.1"], ["10.9.0.0/16"], ["10.0.0.0/24"]],
  ])("machines at %j, known %j: %j", (addresses, known, networks) => {
    expect(machineNetworks(addresses, known)).toEqual(networks);
  });

  it.each([
    [["a.corp.com", "b.corp.com"], [], "corp.com"],
    [["a"], ["cluster.local", "api.corp.com"], "corp.com"],
    [["a"], [undefined, "corp.com"], "corp.com"],
    [["a"], ["lb-apiserver.kubernetes.local"], undefined],
  ])("hosts %j, names %j: %j", (hosts, names, domain) => {
    expect(domainFrom(hosts, names)).toBe(domain);
  });
});

/** A tool's inventory of one host, `h`, in a group, with variables. */
function one(tool: ToolName, group: string, variables: Record<string, Value>) {
  const meta = (vars: Record<string, Value>) => ({
    _meta: { hostvars: { h: vars } },
    [group]: { hosts: ["h"] },
  });
  const all = { ansible_host: "10.0.0.1", ...variables };
  const options = { name: "prod", domain: "example.com", addresses: new Map<string, string>() };
  return draftInventory(new Map([[tool, listingOf(meta(all), meta(all))]]), options).tree();
}

describe("sections", () => {
  it.each<[ToolName, string, Record<string, Value>, object]>([
    [
      "kubespray",
      "kube-master",
      {},
      { orchestrator: "kubernetes", hosts: { h: { roles: ["control-plane"] } } },
    ],
    [
      "kubespray",
      "kube_node",
      { node_labels: { "node-role.kubernetes.io/infra": "", "topology.kubernetes.io/zone": "a", gpu: true } },
      { hosts: { h: { roles: ["infra"], zone: "a", labels: { gpu: "true" } } } },
    ],
    [
      "kubespray",
      "kube_node",
      { node_taints: ["a=b:NoSchedule"] },
      { hosts: { h: { taints: ["a=b:NoSchedule"] } } },
    ],
    [
      "kubespray",
      "etcd",
      { etcd_quota_backend_bytes: "2147483648", kube_apiserver_port: "8443" },
      { etcd: { quota: "2Gi" }, api: { backendPort: 8443 } },
    ],
    [
      "kubespray",
      "etcd",
      { loadbalancer_apiserver: { address: "k8s.example.com", port: 443 } },
      { api: { domain: "k8s.example.com", port: 443 } },
    ],
    [
      "kubespray",
      "etcd",
      { loadbalancer_apiserver: { address: "10.0.0.9", port: 443 } },
      { api: { domain: "lb-apiserver.kubernetes.local" } },
    ],
    [
      "kubespray",
      "etcd",
      { http_proxy: "http://p:1", additional_no_proxy: "a,b" },
      { network: { proxy: { http: "http://p:1", no: ["a", "b"] } } },
    ],
    ["kubespray", "etcd", { ip: "10.1.0.1" }, { hosts: { h: { ip: "10.1.0.1", address: "10.0.0.1" } } }],
    [
      "kubespray",
      "etcd",
      { enable_dual_stack_networks: true, ip6: "fd00::1" },
      {
        network: { pods: ["10.233.64.0/18", "fd85:ee78:d8a6:8607::1:0/112"] },
        hosts: { h: { ip6: "fd00::1" } },
      },
    ],
    [
      "ceph-ansible",
      "mons",
      { public_network: "10.0.0.0/24,fd00::/64" },
      {
        orchestrator: "none",
        storage: { ceph: { publicNetworks: ["10.0.0.0/24", "fd00::/64"], pools: [] } },
      },
    ],
    [
      "ceph-ansible",
      "osds",
      { devices: ["/dev/sdb"] },
      { hosts: { h: { roles: ["ceph-osd"], devices: ["/dev/sdb"] } } },
    ],
    [
      "openshift-ansible",
      "masters",
      { openshift_release: "v3.11" },
      { orchestrator: "openshift", network: { pods: "10.128.0.0/14", services: "172.30.0.0/16" } },
    ],
    [
      "openshift-ansible",
      "nodes",
      { openshift_node_group_name: "node-config-infra" },
      { hosts: { h: { roles: ["infra"] } } },
    ],
    [
      "openshift-ansible",
      "nodes",
      {
        openshift_node_group_name: "x",
        openshift_node_groups: [{ name: "x", labels: ["node-role.kubernetes.io/compute=true", "disk=ssd"] }],
      },
      { hosts: { h: { roles: ["worker"], labels: { disk: "ssd" } } } },
    ],
    [
      "custom",
      "haproxy",
      { ansible_user: "deploy", ansible_ssh_port: 2222 },
      { ssh: { user: "deploy", port: 2222 }, hosts: { h: { roles: ["load-balancer"] } } },
    ],
  ])("%s, group %s, %j", (tool, group, variables, expected) => {
    expect(one(tool, group, variables)).toMatchObject(expected);
  });
});

describe("the written files", () => {
  const tree = {
    name: "prod",
    hosts: {
      no: { ip: "10.0.0.1", roles: ["worker"] },
      v6: { ip: "fd00::1", roles: [], labels: { a: "yes", "b/c": "" } },
    },
    tools: { kubespray: { all: { admin_password: "x" } } },
  };
  const files = inventoryText(tree, ["Imported from here"]);
  it("say where they come from, and hold one host a line", () => {
    expect(files.get("hosts.yml")?.content).toMatchInlineSnapshot(`
      "# yaml-language-server: $schema=../cluster.schema.json
      #
      # Imported from here
      #
      # Every machine has one name, in every tool. The first control plane is set up first.

      hosts:
        "no": { ip: 10.0.0.1, roles: [worker] }
        v6: { ip: "fd00::1", roles: [], labels: { a: "yes", b/c: "" } }
      "
    `);
  });
  it("are private where they hold a secret", () => {
    expect(files.get("kubespray.yml")?.mode).toBe(0o600);
    expect(files.get("cluster.yml")?.mode).toBeUndefined();
  });
});
