/** Inventories as sites have them, of every tool: imported, compared, valid. Read by a real Ansible. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadInventory, requireModel } from "../../../tasks/inventory/load.ts";
import { anImportSite, type ImportSite } from "../../helpers/import-site.ts";
import { runCommand } from "../../helpers/run-command.ts";

const VAULT = "!vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3061626364\n";

const KUBESPRAY_INI = {
  "prod/inventory.ini": `[all]
node[1:3] ansible_user=debian
node4 ansible_host=10.3.0.4 ansible_user=debian node_labels='{"disk": "ssd"}'
[all:vars]
ansible_become=true
[kube-master]
node[1:3]
[etcd]
node[1:3]
[kube_node]
node4
[gpu]
node4
[gpu:vars]
nvidia_enabled=yes
[k8s_cluster:children]
kube-master
kube_node
`,
  "prod/group_vars/all/all.yml": `http_proxy: "{{ proxy_url }}"
proxy_url: http://proxy.corp:3128
loadbalancer_apiserver: { address: api.corp.example.com, port: 8443 }
etcd_quota_backend_bytes: "4294967296"
registry_password: ${VAULT}`,
  "prod/group_vars/k8s_cluster/k8s.yml": `kube_version: v1.33.1
kube_pods_subnet: 10.240.0.0/16
kube_service_addresses: 10.250.0.0/18
cluster_name: cluster.local
some_float: 1.0
not_templated: !unsafe "{{ this }}"
`,
  "prod/group_vars/etcd.yml": "etcd_compaction_retention: 8\n",
  ...Object.fromEntries(
    [1, 2, 3].map((n) => [
      `prod/host_vars/node${n}.yml`,
      `ansible_host: 10.3.0.${n}\nip: "{{ ansible_host }}"\netcd_member_name: etcd${n}\n`,
    ]),
  ),
};

async function modelOf(site: ImportSite, cluster: string) {
  return requireModel(
    await loadInventory({ inventoriesDir: join(site.root, "inventories"), cluster, sets: [] }),
  );
}

describe("kubespray's inventory, INI with older group names", () => {
  it("becomes sections and pass-through variables, nothing lost, and is valid", async () => {
    const site = await anImportSite(KUBESPRAY_INI);
    const { code, out, err } = await site.run("--from", "kubespray", join(site.source, "prod"));
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("kubespray: 4 hosts; variables:");
    expect(out).toContain("0 lost");
    expect(out).not.toContain("3061626364");
    const model = await modelOf(site, "prod");
    expect(model).toMatchObject({
      orchestrator: "kubernetes",
      versions: { kubernetes: "1.33.1" },
      api: { domain: "api.corp.example.com", port: 8443 },
      network: { pods: ["10.240.0.0/16"], proxy: { http: "http://proxy.corp:3128" } },
      etcd: { quotaBytes: 2 ** 32 },
    });
    expect(model.hosts.map(({ name, ip, roles, ssh }) => [name, ip, roles.join(), ssh.user])).toEqual([
      ["node1", "10.3.0.1", "control-plane,etcd", "debian"],
      ["node2", "10.3.0.2", "control-plane,etcd", "debian"],
      ["node3", "10.3.0.3", "control-plane,etcd", "debian"],
      ["node4", "10.3.0.4", "worker", "debian"],
    ]);
    expect((await runCommand(site.root, "validate", "--cluster", "prod")).code).toBe(0);
  });

  it("is written to be read: one host a line, variables where they stood, encrypted values as they were", async () => {
    const site = await anImportSite(KUBESPRAY_INI);
    await site.run("--from", "kubespray", join(site.source, "prod"));
    expect(site.text("prod/hosts.yml")).toContain(
      "  node1: { ip: 10.3.0.1, roles: [control-plane, etcd] }\n",
    );
    const tools = site.text("prod/kubespray.yml");
    expect(
      tools.startsWith("# yaml-language-server: $schema=../cluster.schema.json\n#\n# Imported from "),
    ).toBe(true);
    expect(tools).toContain("!vault |\n        $ANSIBLE_VAULT;1.1;AES256\n        3061626364\n");
    expect(tools).toContain("    etcd:\n      etcd_compaction_retention: 8\n");
    expect(tools).toContain("some_float: 1.0");
    expect(tools).toContain("node1:\n        etcd_member_name: etcd1\n");
    expect(tools).toMatch(/node4:\n\s+nvidia_enabled: /);
    expect(tools).toContain("not_templated: !unsafe");
  });

  it("leaves an existing cluster alone", async () => {
    const site = await anImportSite(KUBESPRAY_INI);
    const first = await site.run("--from", "kubespray", join(site.source, "prod"), "--name", "one");
    expect(first.code).toBe(0);
    const again = await site.run("--from", "kubespray", join(site.source, "prod"), "--name", "one");
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining("inventories/one exists already") });
  });
});

describe("an API without a load balancer", () => {
  it.each([
    ["the port of the API server", "", "6443"],
    ["another one", "loadbalancer_apiserver_port: 8443\n", "8443"],
  ])("stays one: each node's own proxy, on %s", async (_, more, port) => {
    const site = await anImportSite({
      "hosts.yml": `all:
  hosts: { node1: { ansible_host: 10.3.0.1 }, node2: { ansible_host: 10.3.0.2 }, node3: { ansible_host: 10.3.0.3 } }
  children:
    kube_control_plane: { hosts: { node1: , node2: , node3: } }
    etcd: { hosts: { node1: , node2: , node3: } }
    kube_node: { hosts: { node3: } }
`,
      "group_vars/all/all.yml": `kube_version: 1.33.1\n${more}`,
    });
    const { code, out } = await site.run("--from", "kubespray", site.source, "--name", "prod");
    expect(out).not.toContain("LOST");
    expect(code).toBe(0);
    const { model } = await loadInventory({
      inventoriesDir: join(site.root, "inventories"),
      cluster: "prod",
      sets: [],
    });
    expect(model?.api).toMatchObject({ local: true, port: Number(port), backendPort: 6443 });
  });
});

describe("what would be lost", () => {
  const files = {
    "hosts.yml": `all:
  hosts:
    node1: { ansible_host: 10.3.0.1, ip: 10.3.0.1, access_ip: 192.0.2.1 }
  children:
    kube_control_plane: { hosts: { node1: } }
    etcd: { hosts: { node1: } }
    kube_node: { hosts: { node1: } }
    calico_rr: { hosts: { node1: } }
`,
    "group_vars/all/secret.yml": "$ANSIBLE_VAULT;1.1;AES256\n3061\n",
    "group_vars/all/plain.yml":
      "etcd_deployment_type: docker\nloadbalancer_apiserver: { address: 10.3.0.9, port: 6443 }\nkube_version: \"{{ lookup('env', 'V') }}\"\n",
  };

  it("is listed with the reason; exit 2 and nothing written", async () => {
    const site = await anImportSite(files);
    const { code, out } = await site.run("--from", "kubespray", site.source, "--name", "prod");
    expect(code).toBe(2);
    expect(site.clusters()).toEqual([]);
    const lost = out.slice(out.indexOf("LOST"), out.indexOf("  moved into"));
    for (const [variable, why] of [
      ["access_ip", "one address for all tools"],
      ["etcd_deployment_type", "etcd.deployment cannot hold it"],
      ["loadbalancer_apiserver", "it must resolve to 10.3.0.9"],
      ["kube_version", "neither encrypted values nor templates"],
      ["(group) calico_rr", "no role"],
      ["group_vars/all/secret.yml", "encrypted as a whole"],
    ] as const)
      expect(lost).toMatch(new RegExp(`${variable.replace(/[()]/g, "\\$&")}[^\\n]*\\n[^\\n]*${why}`));
  });

  it("is accepted on request", async () => {
    const site = await anImportSite(files);
    const { code } = await site.run(
      "--from",
      "kubespray",
      site.source,
      "--name",
      "prod",
      "--accept-differences",
    );
    expect(code).toBe(0);
    expect((await modelOf(site, "prod")).hosts).toHaveLength(1);
  });
});

describe("ceph-ansible's inventory", () => {
  const files = {
    "ceph/hosts": `[mons]
ceph[1:3]
[mgrs]
ceph[1:3]
[osds]
ceph[1:3]
[clients]
ceph1
`,
    "ceph/group_vars/all.yml": `ceph_origin: repository
ceph_repository: community
ceph_stable_release: squid
public_network: 10.5.0.0/24
cluster_network: 10.6.0.0/24
dashboard_enabled: false
ceph_conf_overrides: { global: { osd_pool_default_size: 2 } }
`,
    "ceph/group_vars/osds.yml": "devices: [/dev/sdb, /dev/sdc]\nosd_memory_target: 4294967296\n",
    "ceph/group_vars/clients.yml":
      "user_config: true\npools: [{ name: vms, application: rbd, size: 2 }]\nkeys: []\n",
  };

  it("needs the addresses that it leaves to DNS", async () => {
    const site = await anImportSite(files);
    const { code, err } = await site.run("--from", "ceph-ansible", join(site.source, "ceph"));
    expect(code).toBe(2);
    expect(err).toContain("add --address ceph1=IP --address ceph2=IP --address ceph3=IP");
  });

  it("becomes sections; a pool with more than a name stays with the tool too", async () => {
    const site = await anImportSite(files);
    const addresses = [1, 2, 3].flatMap((n) => ["--address", `ceph${n}=10.5.0.1${n}`]);
    const { code, out } = await site.run(
      "--from",
      "ceph-ansible",
      join(site.source, "ceph"),
      ...addresses,
      "--domain",
      "corp.example.com",
    );
    expect({ code, lost: /\d+ lost/.exec(out)?.[0] }).toEqual({ code: 0, lost: "0 lost" });
    const model = await modelOf(site, "ceph");
    expect(model).toMatchObject({
      orchestrator: "none",
      domain: "corp.example.com",
      network: { machines: ["10.5.0.0/24"] },
      ceph: {
        origin: "repository",
        release: "squid",
        clusterNetworks: ["10.6.0.0/24"],
        pools: [{ name: "vms", application: "rbd" }],
      },
    });
    expect(model.hosts[0]).toMatchObject({
      ip: "10.5.0.11",
      devices: ["/dev/sdb", "/dev/sdc"],
      roles: ["ceph-mon", "ceph-mgr", "ceph-osd"],
    });
    expect(model.tools["ceph-ansible"].groups).toMatchObject({
      clients: { pools: [{ size: 2 }] },
      osds: { osd_memory_target: 2 ** 32 },
    });
  });
});

const OPENSHIFT = {
  "openshift-ansible/hosts": `[OSEv3:children]
masters
nodes
etcd
lb
[OSEv3:vars]
ansible_user=root
openshift_deployment_type=origin
openshift_release="3.11"
openshift_master_cluster_hostname=api.okd.example.com
openshift_master_cluster_public_hostname=api.okd.example.com
openshift_master_default_subdomain=apps.okd.example.com
openshift_use_crio=true
openshift_master_identity_providers=[{'name': 'ldap', 'kind': 'LDAPPasswordIdentityProvider'}]
[masters]
m1 ansible_host=10.7.0.1
[etcd]
m1
[lb]
balancer ansible_host=10.7.0.8
[nodes]
m1 openshift_node_group_name=node-config-master
i1 ansible_host=10.7.0.2 openshift_node_group_name=node-config-infra
w[1:2] openshift_node_group_name=node-config-compute
`,
  "openshift-ansible/host_vars/w1.yml": "ansible_host: 10.7.0.3\n",
  "openshift-ansible/host_vars/w2.yml": "ansible_host: 10.7.0.4\n",
};

describe("openshift-ansible's inventory", () => {
  it("becomes sections; roles come from the node groups, and networks stay what upstream chose", async () => {
    const site = await anImportSite(OPENSHIFT);
    const { out } = await site.run(
      "--from",
      "openshift-ansible",
      join(site.source, "openshift-ansible"),
      "--name",
      "okd",
      "--accept-differences",
    );
    const model = await modelOf(site, "okd");
    expect(model).toMatchObject({
      orchestrator: "openshift",
      domain: "okd.example.com",
      api: { domain: "api.okd.example.com" },
      openshift: { subdomain: "apps.okd.example.com" },
      network: { pods: ["10.128.0.0/14"], services: ["172.30.0.0/16"] },
    });
    expect(Object.fromEntries(model.hosts.map(({ name, roles }) => [name, roles.join()]))).toEqual({
      m1: "control-plane,etcd",
      i1: "infra",
      w1: "worker",
      w2: "worker",
      balancer: "load-balancer",
    });
    expect(model.tools["openshift-ansible"].groups.OSEv3).toMatchObject({ openshift_use_crio: "true" });
    // The host itself is only in the group lb, which stays empty: the load balancers are ours.
    expect(out).toMatch(/\(host\) {2}\(balancer\)\n\s+none of its groups/);
  });
});

describe("the layout of kube-magic's ancestor", () => {
  const files = {
    "custom/hosts": `[lb]
lb1 ansible_host=10.3.0.8
lb2 ansible_host=10.3.0.9
[nagios]
mon ansible_host=10.3.0.10
`,
    "custom/group_vars/nagios.yml": "nagios_contact: ops@example.com\n",
    "kubespray/inventory/utgb/hosts.yml": `all:
  hosts:
    node1: { ansible_host: 10.3.0.1, ip: 10.3.0.1 }
  children:
    kube_control_plane: { hosts: { node1: } }
    etcd: { hosts: { node1: } }
    kube_node: { hosts: { node1: } }
    k8s_cluster: { children: { kube_control_plane: , kube_node: } }
`,
    "kubespray/inventory/utgb/group_vars/all.yml": `loadbalancer_apiserver: { address: 10.3.0.100, port: 6443 }
apiserver_loadbalancer_domain_name: api.k8s.example.com
nameservers: [10.3.0.2, 10.3.0.3]
upstream_dns_servers: [10.3.0.2, 10.3.0.3]
`,
    "kubespray/inventory/sample/hosts.yml": "all: { hosts: { sample: } }\n",
    "ceph-ansible/hosts":
      "[mons]\nnode1.example.com ansible_host=10.3.0.1 ansible_user=ceph\n[osds]\nnode1.example.com\n",
    "ceph-ansible/group_vars/all.yml":
      "ceph_origin: distro\nceph_stable_release: reef\npublic_network: 10.3.0.0/24\ndashboard_enabled: false\ndevices: [/dev/sdb]\n",
  };

  it("is merged into one cluster: one name for each machine, the VIP on the load balancers", async () => {
    const site = await anImportSite(files);
    const { code, out, err } = await site.run("--from", "kube-magic", site.source, "--name", "utgb");
    expect({ code, err }).toEqual({ code: 0, err: expect.any(String) });
    const model = await modelOf(site, "utgb");
    expect(model).toMatchObject({
      api: { vip: "10.3.0.100", domain: "api.k8s.example.com" },
      network: { dns: { servers: ["10.3.0.2", "10.3.0.3"] } },
    });
    expect(Object.fromEntries(model.hosts.map(({ name, roles }) => [name, roles.join()]))).toEqual({
      node1: "control-plane,etcd,worker,ceph-mon,ceph-osd",
      lb1: "load-balancer",
      lb2: "load-balancer",
      mon: "nagios",
    });
    expect(model.tools.custom.groups.nagios).toEqual({ nagios_contact: "ops@example.com" });
    expect(out).toContain('(host) = "node1.example.com" → "node1"');
  });

  it("lists where the sources contradict each other", async () => {
    const site = await anImportSite({
      ...files,
      "custom/group_vars/all.yml": "ansible_user: root\n",
      "kubespray/inventory/utgb/group_vars/k8s_cluster.yml": "ansible_user: debian\n",
    });
    const { code, out } = await site.run("--from", "kube-magic", site.source, "--name", "utgb");
    expect(out).toContain("The sources contradict each other");
    expect(out).toMatch(/hosts\.node1\.ssh\.user: kept "debian" \(kubespray ansible_user\), not "ceph"/);
    expect(code).toBe(2);
  });

  it("refuses two orchestrators", async () => {
    const site = await anImportSite({ ...files, ...OPENSHIFT });
    expect(await site.run("--from", "kube-magic", site.source)).toMatchObject({
      code: 2,
      err: expect.stringContaining("a cluster has only one of them"),
    });
  });
});

describe("mistakes", () => {
  it.each([
    [["--from", "kubspray", "."], 'did you mean "kubespray"?'],
    [["."], "--from is missing"],
    [["--from", "kubespray"], "the folder of the inventory is missing"],
    [["--from", "kubespray", "/nowhere"], "/nowhere does not exist"],
    [["--from", "kubespray", "."], "there is no inventory in"],
    [["--from", "kubespray", ".", "--name", "A_b"], "cannot be the name of a cluster"],
    [["--from", "kubespray", ".", "--address", "x"], "--address x is not HOST=IP"],
  ])("%j says what is wrong", async (argv, message) => {
    const site = await anImportSite({});
    expect(await site.run(...argv.map((word) => (word === "." ? site.source : word)))).toMatchObject({
      code: 2,
      err: expect.stringContaining(message),
    });
  });

  it("a file that Ansible cannot read is shown with what Ansible says", async () => {
    const site = await anImportSite({ "hosts.yml": "all: [" });
    const { code, err } = await site.run("--from", "kubespray", site.source);
    expect(code).toBe(2);
    expect(err).toContain("Ansible cannot read");
    expect(err).not.toContain("This is a bug");
  });
});
