import { describe, expect, it } from "vitest";
import { INVENTORY_RULES } from "../../../tasks/inventory/rules/inventory-rules.ts";
import { loadFiles } from "../../helpers/inventory-folder.ts";
import { BACKUP_CASES } from "./rule-cases/backup.ts";
import { type Case, host, hosts } from "./rule-cases/case.ts";
import { INSIDE_CASES } from "./rule-cases/inside.ts";
import { MONITORING_CASES } from "./rule-cases/monitoring.ts";
import { SERVICE_CASES } from "./rule-cases/services.ts";

const BASE = `
domain: example.com
network: { machines: 10.0.0.0/16 }
api: { vip: 10.0.9.9 }
hosts:
  master1: { ip: 10.0.0.1, roles: [control-plane, etcd] }
  master2: { ip: 10.0.0.2, roles: [control-plane, etcd] }
  master3: { ip: 10.0.0.3, roles: [control-plane, etcd] }
  worker1: { ip: 10.0.1.1, roles: [worker] }
  lb1: { ip: 10.0.2.1, roles: [load-balancer] }
  lb2: { ip: 10.0.2.2, roles: [load-balancer] }
  ceph1: { ip: 10.0.3.1, roles: [ceph-mon, ceph-osd], devices: [/dev/vdb] }
`;

const CASES: Readonly<Record<string, readonly Case[]>> = {
  KM120: [
    { breaks: host("master3", "roles: [control-plane]"), fine: "domain: example.com" },
    {
      breaks: hosts("ceph2: { ip: 10.0.3.2, roles: [ceph-mon] }"),
      at: "2:26",
      fine: hosts("ceph2: { ip: 10.0.3.2, roles: [ceph-mon] }", "ceph3: { ip: 10.0.3.3, roles: [ceph-mon] }"),
    },
    // kubeadm's etcd runs on the control planes, whatever the roles say.
    {
      breaks: `etcd: { deployment: kubeadm }\n${hosts("master3: { roles: [worker] }")}`,
      fine: "etcd: { deployment: kubeadm }",
    },
  ],
  KM121: [
    {
      breaks: hosts("worker1: { roles: [worker, etcd] }"),
      at: "2:14",
      fine: hosts("worker1: { roles: [worker, etcd] }", "lb1: { roles: [load-balancer, etcd] }"),
    },
  ],
  KM122: [
    {
      breaks: "hosts:\n  e[1:4]:\n    ip: 10.0.5.[1:4]\n    roles: [etcd]\n",
      fine: "hosts:\n  e[1:2]:\n    ip: 10.0.5.[1:2]\n    roles: [etcd]\n",
    },
  ],
  KM124: [{ breaks: "!replace hosts: {}", fine: "" }],
  KM125: [
    {
      breaks: hosts(...[1, 2, 3].map((n) => `master${n}: { roles: [etcd] }`)),
      fine: `orchestrator: none\n${hosts(...[1, 2, 3].map((n) => `master${n}: { roles: [nagios] }`))}`,
    },
  ],
  KM126: [
    {
      breaks: hosts(...[1, 2, 3].map((n) => `master${n}: { roles: [control-plane] }`)),
      fine: `etcd: { deployment: kubeadm }\n${hosts(...[1, 2, 3].map((n) => `master${n}: { roles: [control-plane] }`))}`,
    },
  ],
  KM127: [
    {
      breaks: `etcd: { deployment: kubeadm }\n${host("worker1", "roles: [worker, etcd]")}`,
      fine: "etcd: { deployment: kubeadm }",
    },
  ],
  KM128: [{ breaks: "orchestrator: none", at: "1:15", fine: "orchestrator: kubernetes" }],
  KM129: [{ breaks: host("worker1", "roles: [nagios]"), fine: host("worker1", "roles: [infra]") }],
  KM130: [
    {
      breaks: "orchestrator: openshift",
      fine: `orchestrator: openshift\n${host("worker1", "roles: [infra]")}`,
    },
  ],
  KM131: [
    {
      breaks: hosts("idle1: { ip: 10.0.7.1 }"),
      at: "2:3",
      fine: hosts("idle1: { ip: 10.0.7.1, roles: [dns] }"),
    },
  ],
  KM132: [
    {
      breaks: hosts("jump1: { ip: 10.0.7.1, roles: [bastion] }"),
      at: "2:3",
      fine: hosts("bastion: { ip: 10.0.7.1, roles: [bastion] }"),
    },
  ],
  KM134: [
    {
      breaks: hosts("lb1: { roles: [dns] }", "lb2: { roles: [dns] }"),
      fine: `api: { vip: null }\n`,
    },
  ],
  KM135: [{ breaks: "!replace api: {}", fine: "api: { vip: 10.0.9.8 }" }],
  KM136: [{ breaks: host("lb2", "roles: [dns]"), fine: "" }],
  KM137: [
    {
      breaks: host("master1", "roles: [control-plane, etcd, load-balancer]"),
      at: "1:21",
      fine: `api: { port: 8443 }\n${host("master1", "roles: [control-plane, etcd, load-balancer]")}`,
    },
    { breaks: "loadBalancer: { statsPort: 6443 }", at: "1:28", fine: "loadBalancer: { statsPort: 9000 }" },
    {
      breaks: `loadBalancer: { statsPort: 6443 }\napi: { port: 8443 }\n${host("master1", "roles: [control-plane, etcd, load-balancer]")}`,
      fine: "loadBalancer: { statsPort: 6443 }\napi: { port: 8443 }",
    },
  ],
  KM138: [{ breaks: "api: { vip: 10.9.0.1 }", at: "1:13", fine: "api: { vip: 10.0.255.1 }" }],
  KM139: [
    { breaks: "api: { vip: 10.0.1.1 }", at: "1:13", fine: "api: { vip: 10.0.1.2 }" },
    {
      breaks: "loadBalancer: { edgeVips: [10.0.2.1] }",
      at: "1:28",
      fine: "loadBalancer: { edgeVips: [192.0.2.1] }",
    },
  ],
  KM140: [
    {
      breaks: "loadBalancer: { edgeVips: [10.0.9.9] }",
      at: "1:28",
      fine: "loadBalancer: { edgeVips: [10.0.9.8] }",
    },
  ],
  KM141: [
    {
      breaks: "loadBalancer: { edgeVips: [{ address: 10.0.9.8, vrid: 101 }] }",
      at: "1:55",
      fine: "loadBalancer: { edgeVips: [10.0.9.8, 10.0.9.7] }",
    },
  ],
  KM144: [
    {
      breaks: hosts("far1: { ip: 10.1.0.1, roles: [dns] }"),
      at: "2:15",
      fine: hosts("far1: { ip: 10.0.200.1, roles: [dns] }"),
    },
  ],
  KM145: [
    {
      breaks: "network: { machines: [10.0.0.0/16, 'fd00::/64'] }",
      fine: `network: { machines: [10.0.0.0/16, 'fd00::/64'] }\n${hosts(
        ...["master1", "master2", "master3", "worker1", "lb1", "lb2", "ceph1"].map(
          (n, i) => `${n}: { ip6: 'fd00::${i + 1}' }`,
        ),
      )}`,
    },
    { breaks: host("worker1", "ip6: 10.0.1.77"), at: "1:26", fine: "" },
    { breaks: host("worker1", "ip: 'fd00::1'"), at: "1:25", fine: "" },
  ],
  KM146: [
    {
      breaks: hosts("twin: { ip: 10.0.1.1, roles: [dns] }"),
      at: "2:15",
      fine: hosts("twin: { ip: 10.0.1.2, roles: [dns] }"),
    },
    {
      breaks: hosts("lb1: { address: nat.example.com }", "lb2: { address: nat.example.com }"),
      fine: hosts(
        "lb1: { address: nat.example.com, ssh: { port: 2201 } }",
        "lb2: { address: nat.example.com }",
      ),
    },
  ],
  KM147: [
    { breaks: host("worker1", "ip: 10.0.0.0"), at: "1:25", fine: host("worker1", "ip: 10.0.1.255") },
    { breaks: host("worker1", "ip: 10.0.255.255"), fine: host("worker1", "ip: 10.0.1.0") },
  ],
  KM150: [
    { breaks: "network: { pods: 10.0.0.0/8 }", at: "1:18", fine: "network: { pods: 10.1.0.0/16 }" },
    {
      breaks: "network: { services: 10.233.64.0/24 }",
      at: "1:22",
      fine: "network: { services: 10.233.128.0/24 }",
    },
    {
      breaks: "storage: { ceph: { clusterNetworks: 10.233.0.0/24 } }",
      fine: "storage: { ceph: { clusterNetworks: 10.0.3.0/24 } }",
    },
  ],
  KM151: [
    {
      breaks: "network: { machines: [10.0.0.0/16, 10.1.0.0/16] }",
      fine: "network: { machines: 10.0.0.0/15 }",
    },
  ],
  KM152: [
    { breaks: "network: { pods: 'fd01::/48' }", fine: "network: { pods: 10.5.0.0/16 }" },
    {
      breaks: "network: { services: ['10.6.0.0/16', 'fd02::/108'] }",
      fine: "network: { services: 10.6.0.0/16 }",
    },
  ],
  KM153: [
    { breaks: "network: { pods: 10.5.0.0/23 }", at: "1:18", fine: "network: { pods: 10.5.0.0/22 }" },
    {
      breaks: "network: { pods: 10.5.0.0/24 }",
      fine: "network: { pods: 10.5.0.0/24 }\ntools: { kubespray: { k8s_cluster: { kube_network_node_prefix: 26 } } }",
    },
  ],
  KM154: [
    {
      breaks: "network: { dns: { servers: [10.0.0.51, 10.0.0.52, 10.0.0.53] } }",
      fine: "network: { dns: { servers: [10.0.0.51, 10.0.0.52] } }",
    },
  ],
  KM156: [{ breaks: host("ceph1", "roles: [ceph-osd]"), fine: "" }],
  KM157: [{ breaks: host("ceph1", "roles: [ceph-mon]"), fine: "" }],
  KM158: [
    { breaks: host("ceph1", "devices: []"), fine: "" },
    {
      breaks: host("ceph1", "devices: []"),
      fine: `${host("ceph1", "devices: []")}\ntools: { ceph-ansible: { osds: { osd_auto_discovery: true } } }`,
    },
    {
      breaks: host("ceph1", "devices: []"),
      fine: `${host("ceph1", "devices: []")}\ntools: { ceph-ansible: { hosts: { ceph1: { lvm_volumes: [] } } } }`,
    },
  ],
  KM159: [{ breaks: host("worker1", "devices: [/dev/vdb]"), at: "1:21", fine: "" }],
  KM160: [
    {
      breaks: host("ceph1", "devices: [/dev/vdb, /dev/vdb]"),
      at: "1:39",
      fine: host("ceph1", "devices: [/dev/vdb, /dev/vdc]"),
    },
    {
      breaks: "storage: { ceph: { pools: [{ name: a }, { name: a }] } }",
      fine: "storage: { ceph: { pools: [{ name: a }, { name: b }] } }",
    },
  ],
  KM164: [
    { breaks: "etcd: { quota: 20Mi }", at: "1:16", fine: "etcd: { quota: 2Gi }" },
    { breaks: "etcd: { quota: 2147483647 }", fine: "etcd: { quota: 2147483648 }" },
  ],
  KM165: [{ breaks: "etcd: { quota: 9Gi }", fine: "etcd: { quota: 8Gi }" }],
  KM166: [
    {
      breaks: "tools: { kubespray: { k8s_cluster: { kube_apiserver_node_port_range: 30000-40000 } } }",
      at: "1:70",
      fine: "tools: { kubespray: { k8s_cluster: { kube_apiserver_node_port_range: 20000-32767 } } }",
    },
    {
      breaks:
        "tools: { kubespray: { all: { additional_sysctl: [{ name: net.ipv4.ip_local_port_range, value: 1024 65000 }] } } }",
      fine: "tools: { kubespray: { all: { additional_sysctl: [{ name: net.ipv4.ip_local_port_range, value: 40000 65000 }] } } }",
    },
  ],
  KM168: [
    { breaks: "versions: { kubernetes: '1.32.9' }", at: "1:25", fine: "versions: { kubernetes: v1.33.0 }" },
    { breaks: "versions: { kubernetes: '1.36.0' }", fine: "versions: { kubernetes: '1.35.4' }" },
    { breaks: "versions: { ceph: pacific }", fine: "versions: { ceph: squid }" },
    {
      breaks: "orchestrator: openshift\nversions: { openshift: '4.18' }",
      fine: "orchestrator: openshift\nversions: { openshift: '3.11.5' }",
    },
  ],
  KM170: [
    {
      breaks: hosts("Big_One: { ip: 10.0.7.1, roles: [dns] }"),
      at: "2:3",
      fine: hosts("big-one: { ip: 10.0.7.1, roles: [dns] }"),
    },
    {
      breaks: hosts("'7': { ip: 10.0.7.1, roles: [dns] }"),
      fine: hosts("7up: { ip: 10.0.7.1, roles: [dns] }"),
    },
  ],
  KM171: [
    {
      breaks: hosts("nagios: { ip: 10.0.7.1, roles: [nagios] }"),
      at: "2:3",
      fine: hosts("nagios1: { ip: 10.0.7.1, roles: [nagios] }"),
    },
  ],
  KM172: [
    {
      breaks: host("worker1", "labels: { 'a b': x }"),
      at: "1:31",
      fine: host("worker1", "labels: { example.com/a_b.c: x-1 }"),
    },
    {
      breaks: host("worker1", "labels: { a: 'x y' }"),
      at: "1:34",
      fine: host("worker1", "labels: { a: '' }"),
    },
    {
      breaks: host("worker1", "taints: ['a b=c:NoSchedule']"),
      at: "1:30",
      fine: host("worker1", "taints: ['a=c:NoSchedule', 'b:NoExecute']"),
    },
    { breaks: host("worker1", "taints: [{ key: a, value: '-', effect: NoSchedule }]"), fine: "" },
  ],
  KM175: [
    {
      breaks: "tools: { custom: { hosts: { worker9: { a: 1 } } } }",
      at: "1:29",
      fine: "tools: { custom: { hosts: { worker1: { a: 1 } } } }",
    },
  ],
  KM176: [
    {
      breaks: "tools: { custom: { all: { a-b: 1 } } }",
      at: "1:27",
      fine: "tools: { custom: { all: { a_b: 1 } } }",
    },
    {
      breaks: "tools: { custom: { kube-node: { a: 1 } } }",
      at: "1:20",
      fine: "tools: { custom: { kube_node: { a: 1 } } }",
    },
  ],
  KM177: [
    {
      breaks: "tools: { kubespray: { all: { kube_pods_subnet: 10.5.0.0/16 } } }",
      at: "1:30",
      fine: "tools: { custom: { all: { kube_pods_subnet: 10.5.0.0/16 } } }",
    },
    {
      breaks: "tools: { custom: { hosts: { worker1: { ansible_host: x } } } }",
      fine: "tools: { custom: { all: { ansible_python_interpreter: /usr/bin/python3 } } }",
    },
  ],
  KM178: [
    {
      breaks: "tools: { openshift-ansible: { OSEv3: { a: 1 } } }",
      at: "1:10",
      fine: "tools: { ceph-ansible: { all: { a: 1 } } }",
    },
  ],
  KM179: [
    {
      breaks: "tools: { custom: { all: { db_password: hunter2 } } }",
      at: "1:40",
      fine: "tools: { custom: { all: { db_password: '{{ lookup(''env'', ''DB'') }}' } } }",
    },
    {
      breaks: "tools: { custom: { all: { users: [{ name: a, token: abc }] } } }",
      fine: "tools: { custom: { all: { db_password: !vault '$ANSIBLE_VAULT;1.1;AES256 61' } } }",
    },
    {
      breaks: "tools: { custom: { all: { tls: '-----BEGIN RSA PRIVATE KEY-----' } } }",
      fine: "tools: { custom: { all: { tls_private_key: /etc/ssl/key.pem } } }",
    },
  ],
  ...BACKUP_CASES,
  ...INSIDE_CASES,
  ...MONITORING_CASES,
  ...SERVICE_CASES,
};

async function findings(
  text: string,
): Promise<{ code: string; at: string; severity: string; remedy: string }[]> {
  const isReplacing = text.startsWith("!replace ");
  const override = text.replace("!replace ", "");
  // A whole section can only be taken away before it is merged.
  const base = isReplacing ? withoutSection(BASE, override.split(":")[0] ?? "") : BASE;
  const { problems } = await loadFiles({ "a.yml": base, "z.yml": override });
  const schema = problems.filter(({ code }) => code < "KM120");
  expect(schema, `the case is no valid inventory: ${JSON.stringify(schema, null, 1)}`).toEqual([]);
  return problems.map(({ code, origin, severity, remedy }) => ({
    code,
    at: `${origin?.line}:${origin?.column}`,
    severity,
    remedy,
  }));
}

function withoutSection(text: string, name: string): string {
  return text.replace(new RegExp(`^${name}:.*\\n(?: .*\\n)*`, "m"), "");
}

describe("every rule", () => {
  it("has a case here, and a code of its own", () => {
    expect(INVENTORY_RULES.map(({ code }) => code)).toEqual(Object.keys(CASES).sort());
    expect(new Set(INVENTORY_RULES.map(({ code }) => code)).size).toBe(INVENTORY_RULES.length);
  });

  it("has nothing to say about a good cluster", async () => {
    expect(await findings("")).toEqual([]);
  });
});

describe.each(INVENTORY_RULES.map((rule) => [rule.code, rule.title, rule] as const))(
  "%s: %s",
  (code, _title, rule) => {
    it.each((CASES[code] ?? []).map((one) => [one.breaks.replaceAll("\n", " ⏎ "), one] as const))(
      "%s",
      async (_text, one) => {
        const broken = (await findings(one.breaks)).filter((finding) => finding.code === code);
        expect(broken.length).toBeGreaterThan(0);
        expect(broken[0]?.severity).toBe(rule.severity);
        expect(broken[0]?.remedy).not.toBe("");
        if (one.at !== undefined) expect(broken.map(({ at }) => at)).toContain(one.at);
        const fine = (await findings(one.fine)).filter((finding) => finding.code === code);
        expect(fine).toEqual([]);
      },
    );
  },
);
