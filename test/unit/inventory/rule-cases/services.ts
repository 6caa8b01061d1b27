import { type Case, host, hosts } from "./case.ts";

const NS1 = hosts("ns1: { ip: 10.0.6.1, roles: [dns] }");
const DNS = (...records: string[]) =>
  `dns:\n  records:\n${records.map((record) => `    - ${record}\n`).join("")}${NS1}`.replace(
    "  records:\nhosts",
    "  ttl: 300\nhosts",
  );
const EDGE = "edge: { interface: eth1, networks: 203.0.113.0/24, gateways: 203.0.113.1 }";

export const SERVICE_CASES: Readonly<Record<string, readonly Case[]>> = {
  KM520: [{ breaks: "dns: {}", at: "1:1", fine: `dns: {}\n${NS1}` }],
  KM521: [{ breaks: NS1, fine: `dns: {}\n${NS1}` }],
  KM522: [
    {
      breaks: DNS("{ name: www.example.org., type: A, value: 10.0.0.9 }"),
      at: "3:15",
      fine: DNS("{ name: www.example.com., type: A, value: 10.0.0.9 }"),
    },
  ],
  KM523: [
    {
      breaks: DNS("{ name: worker1, type: CNAME, value: www }"),
      fine: DNS("{ name: worker, type: CNAME, value: worker1 }"),
    },
    {
      breaks: DNS('{ name: "@", type: CNAME, value: www }'),
      fine: DNS('{ name: "@", type: TXT, value: www }'),
    },
    {
      breaks: DNS("{ name: a, type: TXT, value: x }", "{ name: a, type: CNAME, value: www }"),
      fine: DNS("{ name: a, type: TXT, value: x }", "{ name: a, type: A, value: 10.0.0.9 }"),
    },
  ],
  KM524: [
    {
      breaks: `api: { domain: worker1.example.com }\n${DNS()}`,
      fine: `api: { domain: api.example.com }\n${DNS()}`,
    },
    {
      breaks: `registry: { domain: lb1.example.com }\n${DNS()}\n  lb2: { roles: [registry] }`,
      fine: `registry: { domain: lb2.example.com }\n${DNS()}\n  lb2: { roles: [registry] }`,
    },
  ],
  KM525: [
    {
      breaks: `dns: { forwarders: [10.0.6.1] }\n${NS1}`,
      at: "1:21",
      fine: `dns: {}\nnetwork: { dns: { servers: [10.0.6.1] } }\n${NS1}`,
    },
  ],
  KM526: [
    { breaks: "resolver: {}", fine: "resolver: { servers: [10.0.0.8] }" },
    {
      breaks: "resolver: { servers: [10.0.0.7, 10.0.0.8, 10.0.0.9] }",
      fine: `resolver: {}\ndns: {}\n${NS1}`,
    },
  ],
  KM530: [
    { breaks: "registry: {}", at: "1:1", fine: `registry: {}\n${host("ceph1", "roles: [registry]")}` },
    {
      breaks: `registry: {}\n${hosts("lb1: { roles: [registry] }", "lb2: { roles: [registry] }")}`,
      fine: "",
    },
  ],
  KM531: [
    {
      breaks: host("ceph1", "roles: [registry]"),
      fine: `registry: {}\n${host("ceph1", "roles: [registry]")}`,
    },
  ],
  KM532: [
    {
      breaks: "registry: { mirrors: [quay.io, 'registry.example.com:5000'] }",
      fine: "registry: { mirrors: [docker.io] }",
    },
  ],
  KM540: [
    {
      breaks: "routes: { podNetworks: { lb1: 10.233.64.0/24 } }",
      fine: "routes: { podNetworks: { worker1: 10.233.64.0/24 } }",
    },
  ],
  KM541: [
    {
      breaks: "routes: { podNetworks: { worker1: 10.9.0.0/24 } }",
      fine: "routes: { podNetworks: { worker1: 10.233.65.0/24 } }",
    },
    { breaks: "routes: { podNetworks: { worker1: 10.233.0.0/16 } }", fine: "routes: {}" },
  ],
  KM542: [
    {
      breaks: "routes: { podNetworks: { worker1: 10.233.64.0/23, master1: 10.233.65.0/24 } }",
      fine: "routes: { podNetworks: { worker1: 10.233.64.0/24, master1: 10.233.65.0/24 } }",
    },
  ],
  KM543: [
    {
      breaks: "routes: {}",
      fine: "routes: {}\ntools: { kubespray: { k8s_cluster: { kube_network_plugin: cni } } }",
    },
    { breaks: "routes: {}\ntools: { kubespray: { all: { kube_network_plugin: cilium } } }", fine: "" },
  ],
  KM544: [
    { breaks: `${EDGE}\n${hosts("lb1: { roles: [worker] }", "lb2: { roles: [worker] }")}`, fine: EDGE },
  ],
  KM545: [
    { breaks: EDGE.replace("203.0.113.1", "203.0.114.1"), fine: EDGE },
    {
      breaks: EDGE.replace("203.0.113.0/24", "[203.0.113.0/24, 'fd00:9::/64']"),
      fine: EDGE.replace("203.0.113.0/24", "[203.0.113.0/24, 'fd00:9::/64']").replace(
        "203.0.113.1 ",
        "[203.0.113.1, 'fd00:9::1'] ",
      ),
    },
  ],
  KM546: [{ breaks: EDGE.replace("203.0.113.0/24", "10.0.0.0/8"), fine: EDGE }],
};
