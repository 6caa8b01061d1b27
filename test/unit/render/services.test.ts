/** What the sections of the services become: variables of our own roles, and of kubespray. */
import { describe, expect, it } from "vitest";
import type { ToolName } from "../../../tasks/core/model.ts";
import type { ValueMap } from "../../../tasks/core/value.ts";
import { toolFiles } from "../../../tasks/deploy/tool-files.ts";
import { requireModel } from "../../../tasks/inventory/load.ts";
import { loadFiles } from "../../helpers/inventory-folder.ts";
import { bodyOf, variablesOf } from "../../helpers/rendered.ts";

const BASE = `
domain: example.com
network: { machines: 10.0.0.0/24, dns: { servers: [10.0.0.2, 10.0.0.3], search: [corp.example.com] } }
api: { vip: 10.0.0.9 }
hosts:
  master1: { ip: 10.0.0.10, roles: [control-plane, etcd] }
  worker1: { ip: 10.0.0.20, roles: [worker, registry] }
  worker2: { ip: 10.0.0.21, roles: [worker] }
  ns1: { ip: 10.0.0.3, roles: [dns] }
  ns2: { ip: 10.0.0.4, roles: [dns] }
  lb1: { ip: 10.0.0.30, roles: [load-balancer] }
`;

const modelOf = async (section: string) => requireModel(await loadFiles({ "a.yml": BASE, "z.yml": section }));
const variables = async (section: string, tool: ToolName = "custom"): Promise<ValueMap> =>
  variablesOf(await modelOf(section), tool);

describe("services that are not declared", () => {
  it("are empty for our own playbooks, and kubespray knows nothing of them", async () => {
    expect(await variables("{}")).toMatchObject({
      kube_magic_dns: {},
      kube_magic_resolver: {},
      kube_magic_registry: {},
      kube_magic_routes: {},
      kube_magic_edge: {},
    });
    const kubespray = await variables("{}", "kubespray");
    expect(kubespray).not.toHaveProperty("containerd_registries_mirrors");
    expect(kubespray).not.toHaveProperty("resolvconf_mode");
    expect(kubespray).toMatchObject({ nameservers: ["10.0.0.2", "10.0.0.3"] });
  });
});

describe("name servers", () => {
  it("pass questions on to those of the site, never to one of their own", async () => {
    const { kube_magic_dns: dns } = await variables("dns: {}");
    expect(dns).toMatchObject({
      forwarders: ["10.0.0.2"],
      clients: ["10.0.0.0/24", "10.233.64.0/18"],
      contact: "hostmaster.example.com",
      servers: [
        { name: "ns1", domain: "ns1.example.com" },
        { name: "ns2", domain: "ns2.example.com" },
      ],
    });
  });

  it("send the applications to the edge, else to infra hosts, else to workers", async () => {
    const records = async (section: string): Promise<string> =>
      JSON.stringify((await variables(section)).kube_magic_dns);
    expect(await records("dns: {}")).toContain("*.apps.example.com. A 10.0.0.21");
    const infra = await records("dns: {}\nhosts: { worker2: { roles: [infra] } }");
    expect(infra).toContain("*.apps.example.com. A 10.0.0.21");
    expect(infra).not.toContain("*.apps.example.com. A 10.0.0.20");
    expect(await records("dns: {}\nloadBalancer: { edgeVips: [10.0.0.99] }")).toContain(
      "*.apps.example.com. A 10.0.0.99",
    );
    expect(await records("dns: { ingress: { domain: apps.example.org, addresses: [192.0.2.1] } }")).toContain(
      '"name":"apps.example.org"',
    );
  });
});

describe("the resolver", () => {
  it("asks our own servers when there are any, and kubespray keeps its hands off", async () => {
    const section = "dns: {}\nresolver: {}";
    expect((await variables(section)).kube_magic_resolver).toEqual({
      servers: ["10.0.0.3", "10.0.0.4"],
      search: ["example.com", "corp.example.com"],
      probe: "example.com",
    });
    const kubespray = await variables(section, "kubespray");
    expect(kubespray).toMatchObject({ resolvconf_mode: "none" });
    for (const name of ["nameservers", "searchdomains", "upstream_dns_servers"])
      expect(kubespray).not.toHaveProperty(name);
  });

  it("asks those of the site otherwise", async () => {
    expect((await variables("resolver: {}")).kube_magic_resolver).toMatchObject({
      servers: ["10.0.0.2", "10.0.0.3"],
      probe: "",
    });
  });
});

describe("the registry", () => {
  it("has a certificate for its name, its host's names and addresses", async () => {
    expect((await variables("registry: {}")).kube_magic_registry).toMatchObject({
      domain: "registry.example.com",
      names: ["registry.example.com", "worker1.example.com", "worker1"],
      addresses: ["10.0.0.20"],
      user: "kube-magic",
    });
  });

  it("is where containerd looks first for images of mirrored registries, and then at home", async () => {
    const { containerd_registries_mirrors: mirrors } = await variables(
      "registry: { mirrors: [docker.io, quay.io] }",
      "kubespray",
    );
    const ours = {
      host: "https://registry.example.com:5000",
      capabilities: ["pull", "resolve"],
      skip_verify: false,
      ca: ["/etc/containerd/certs.d/registry.example.com:5000/ca.crt"],
    };
    expect(mirrors).toMatchObject([
      { prefix: "registry.example.com:5000", mirrors: [ours] },
      { prefix: "docker.io", mirrors: [ours, { host: "https://registry-1.docker.io" }] },
      { prefix: "quay.io", mirrors: [ours, { host: "https://quay.io" }] },
    ]);
  });

  it("leaves its password out of every rendered file", async () => {
    const files = toolFiles(await modelOf("registry: {}"), "kubespray");
    expect(bodyOf(files, "group_vars/all/kube-magic.yml")).toContain("lookup('ansible.builtin.password'");
  });
});

describe("routes", () => {
  it("name every node with its addresses and what is known of its pods", async () => {
    expect(
      (await variables("routes: { podNetworks: { worker1: 10.233.65.0/24 } }")).kube_magic_routes,
    ).toEqual({
      from_api: true,
      nodes: [
        { name: "master1", gateways: ["10.0.0.10"], networks: [] },
        { name: "worker1", gateways: ["10.0.0.20"], networks: ["10.233.65.0/24"] },
        { name: "worker2", gateways: ["10.0.0.21"], networks: [] },
      ],
    });
  });
});

describe("the edge", () => {
  it("carries the virtual addresses that are not of the machines' network", async () => {
    const all = await variables(`
edge: { interface: eth1, networks: 203.0.113.0/24, gateways: 203.0.113.1 }
loadBalancer: { edgeVips: [203.0.113.100, 192.0.2.5, 10.0.0.99] }`);
    expect(all.kube_magic_vips).toMatchObject([
      { name: "api", address: "10.0.0.9", prefix: 24 },
      { address: "203.0.113.100", prefix: 24, interface: "eth1" },
      { address: "192.0.2.5", prefix: 32, interface: "eth1" },
      { address: "10.0.0.99", prefix: 24 },
    ]);
    expect(all.kube_magic_edge).toEqual({
      interface: "eth1",
      table: 200,
      networks: ["203.0.113.0/24"],
      gateways: [{ to: "0.0.0.0/0", via: "203.0.113.1" }],
      sources: ["203.0.113.0/24", "192.0.2.5/32"],
    });
    expect((all.kube_magic_vips as ValueMap[])[0]).not.toHaveProperty("interface");
  });
});
