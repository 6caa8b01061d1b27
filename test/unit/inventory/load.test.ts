import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../tasks/core/errors.ts";
import { Float, Tagged } from "../../../tasks/core/value.ts";
import { loadInventory, requireModel } from "../../../tasks/inventory/load.ts";
import {
  copyExamples,
  loadFiles,
  MINIMAL,
  makeRoot,
  placesOf,
  REPOSITORY,
} from "../../helpers/inventory-folder.ts";

describe("layers", () => {
  it("win in the order _defaults, cluster by name, local, --set", async () => {
    const loaded = await loadFiles(
      {
        "../_defaults/a.yml": "ssh: { user: one, port: 1 }\netcd: { quota: 3Gi }\n",
        "a.yml": `${MINIMAL}ssh: { user: two, port: 2 }\n`,
        "b.yaml": "ssh: { user: three }\n",
        "local/a.yml": "ssh: { user: four }\n",
        "ignored.json": "{",
        ".hidden.yml": "{",
      },
      ["ssh.user=five"],
    );
    expect(loaded.problems).toEqual([]);
    expect(loaded.model?.hosts[0]?.ssh).toMatchObject({ user: "five", port: 2 });
    expect(loaded.model?.etcd.quotaBytes).toBe(3 * 2 ** 30);
    expect(loaded.files).toEqual([
      "inventories/_defaults/a.yml",
      "inventories/prod/a.yml",
      "inventories/prod/b.yaml",
      "inventories/prod/local/a.yml",
      "--set",
    ]);
    expect(loaded.history("ssh.user").map(({ value }) => value)).toEqual([
      "one",
      "two",
      "three",
      "four",
      "five",
    ]);
    expect(loaded.origin("ssh.user")).toEqual({ file: "--set", line: 1, column: 10, length: 4 });
    expect(loaded.origin("ssh.port")).toMatchObject({ file: "inventories/prod/a.yml", line: 7 });
    expect(loaded.origin("ssh.nothing")).toBeUndefined();
  });

  it("read --set values as YAML", async () => {
    const { model, problems } = await loadFiles({ "a.yml": MINIMAL }, [
      "network.dns.servers=[10.0.0.51, 10.0.0.52]",
      "tools.kubespray.all.flag=yes",
      'tools.kubespray.hosts.worker1.text="0644"',
      "tools.custom.all.mode=0644",
      'hosts.worker1.labels["example.com/disk"]=ssd',
      "tools.custom.all.empty=",
      "tools.custom.all.equals=a=b",
    ]);
    expect(problems).toEqual([]);
    expect(model?.network.dns.servers).toEqual(["10.0.0.51", "10.0.0.52"]);
    expect(model?.tools.kubespray).toEqual({
      groups: { all: { flag: true } },
      hosts: { worker1: { text: "0644" } },
    });
    expect(model?.tools.custom.groups).toEqual({ all: { mode: 420, empty: null, equals: "a=b" } });
    expect(model?.hosts[1]?.labels).toEqual({ "example.com/disk": "ssd" });
  });

  it.each([
    ["no-equals", "KM019 --set:1:1"],
    ["=x", "KM019 --set:1:1"],
    ["a..b=x", "KM019 --set:1:1"],
    ["network.ntp[0]=x", "KM019 --set:1:1"],
    ["api.port=[", "KM005 --set:1:11"],
    ["api.port=2024-01-02", "KM012 --set:1:10"],
  ])("refuse --set %s", async (set, place) => {
    expect(placesOf(await loadFiles({ "a.yml": MINIMAL }, [set]))).toContain(place);
  });

  it("take null as: not set after all", async () => {
    const { model, problems } = await loadFiles({
      "a.yml": `${MINIMAL}ssh: { user: bob }\nnetwork: { ntp: [a] }\n`.replace(
        "network: { machines: 10.0.0.0/24 }\n",
        "",
      ),
      "b.yml": "network: { machines: 10.0.0.0/24, ntp: null }\nssh: null\n",
    });
    expect(problems).toEqual([]);
    expect(model?.network.ntp).toEqual([]);
    expect(model?.hosts[0]?.ssh.user).toBe("root");
  });
});

describe("the model", () => {
  it("has the defaults without any file that says them", async () => {
    const { model } = await loadFiles({ "a.yml": MINIMAL });
    expect(model).toMatchObject({
      name: "prod",
      orchestrator: "kubernetes",
      network: { machines: ["10.0.0.0/24"], pods: ["10.233.64.0/18"], services: ["10.233.0.0/18"] },
      api: { port: 6443, backendPort: 6443, domain: "api.prod.example.com", vrid: 101 },
      loadBalancer: { unicast: false, statsPort: 8404, edgeVips: [] },
      etcd: { quotaBytes: 4 * 2 ** 30, dataDir: "/var/lib/etcd", deployment: "host" },
      versions: {},
      tools: { kubespray: { groups: {}, hosts: {} } },
    });
    expect(model?.hosts[1]).toEqual({
      name: "worker1",
      ip: "10.0.0.20",
      ssh: { user: "root", port: 22, hostKeys: "accept-new" },
      roles: ["worker"],
      labels: {},
      taints: [],
      devices: [],
    });
    expect(model?.ceph).toBeUndefined();
    expect(model?.openshift).toBeUndefined();
  });

  it("is the same with the documented defaults as without them", async () => {
    const root = makeRoot({ "prod/a.yml": MINIMAL });
    const load = () =>
      loadInventory({ inventoriesDir: join(root, "inventories"), cluster: "prod", sets: [] });
    const without = await load();
    copyExamples(root);
    const withDefaults = await load();
    expect(withDefaults.files.length).toBeGreaterThan(without.files.length);
    expect(withDefaults.model).toEqual(without.model);
    const ceph = "hosts.worker1.roles=[ceph-mon,ceph-osd]";
    const sets = [ceph, "hosts.worker1.devices=[/dev/vdb]"];
    const options = { inventoriesDir: join(root, "inventories"), cluster: "prod", sets };
    expect((await loadInventory(options)).model?.ceph).toEqual({
      osdBackend: "disks",
      origin: "distro",
      release: "reef",
      publicNetworks: ["10.0.0.0/24"],
      clusterNetworks: [],
      pools: [{ name: "kubernetes", application: "rbd" }],
      storageClasses: [
        { name: "ceph-rbd", pool: "kubernetes", isDefault: true, reclaimPolicy: "Delete", fsType: "ext4" },
      ],
      dashboard: false,
    });
  });

  it("is frozen to the last leaf", async () => {
    const { model } = await loadFiles({
      "a.yml": `${MINIMAL}tools: { custom: { all: { list: [{ a: 1 }] } } }\n`,
    });
    const isDeepFrozen = (value: unknown): boolean =>
      typeof value !== "object" ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(isDeepFrozen));
    expect(isDeepFrozen(model)).toBe(true);
  });

  it("has one spelling for every address, and IPv4 first", async () => {
    const { model, problems } = await loadFiles({
      "a.yml": `
domain: example.com
network:
  machines: ["fd00:0:0::/64", 10.0.0.0/24]
  pods: ["fd01::/48", 10.5.0.0/16]
  services: [10.6.0.0/16, "fd02::/108"]
hosts:
  master1: { ip: 10.0.0.10, ip6: "FD00:0:0:0::A", roles: [control-plane, etcd, worker] }
`,
    });
    expect(problems).toEqual([]);
    expect(model?.hosts[0]).toMatchObject({ ip: "10.0.0.10", ip6: "fd00::a" });
    expect(model?.network.machines).toEqual(["10.0.0.0/24", "fd00:0:0::/64"]);
    expect(model?.network.pods).toEqual(["10.5.0.0/16", "fd01::/48"]);
  });

  it("resolves key files from the folder of the file that names them", async () => {
    const { model } = await loadFiles({
      "a.yml": `${MINIMAL}ssh: { privateKeyFile: ~/.ssh/key, knownHostsFile: known_hosts }\n`,
      "local/b.yml": "hosts: { worker1: { ssh: { privateKeyFile: keys/worker, port: 2222 } } }\n",
    });
    const [master, worker] = model?.hosts ?? [];
    expect(master?.ssh.privateKeyFile).toBe(join(homedir(), ".ssh/key"));
    expect(master?.ssh.knownHostsFile).toMatch(/inventories\/prod\/known_hosts$/);
    expect(worker?.ssh.privateKeyFile).toMatch(/inventories\/prod\/local\/keys\/worker$/);
    expect(worker?.ssh).toMatchObject({
      user: "root",
      port: 2222,
      knownHostsFile: master?.ssh.knownHostsFile,
    });
  });

  it("passes variables through as they are: !vault, !unsafe, floats, big numbers, lists of secrets", async () => {
    const variables = `
tools:
  custom:
    all:
      keys:
        - !vault |
          $ANSIBLE_VAULT;1.1;AES256
          6162
        - !vault |
          $ANSIBLE_VAULT;1.1;AES256
          6364
      raw: !unsafe "{{ x }}"
      ratio: 1.0
      big: 123456789012345678901234567890
      nothing: null
`;
    const { model, problems } = await loadFiles({ "a.yml": MINIMAL, "v.yml": variables });
    expect(problems).toEqual([]);
    expect(model?.tools.custom.groups.all).toEqual({
      keys: [
        new Tagged("!vault", "$ANSIBLE_VAULT;1.1;AES256\n6162\n"),
        new Tagged("!vault", "$ANSIBLE_VAULT;1.1;AES256\n6364\n"),
      ],
      raw: new Tagged("!unsafe", "{{ x }}"),
      ratio: new Float(1),
      big: 123456789012345678901234567890n,
      nothing: null,
    });
  });

  it("takes taints as text and as maps, and edge addresses with and without an id", async () => {
    const { model, problems } = await loadFiles({
      "a.yml": MINIMAL,
      "b.yml": `
loadBalancer: { edgeVips: [10.0.0.81, { address: 10.0.0.82, vrid: 7 }, { address: 10.0.0.83 }] }
hosts:
  worker1: { taints: [a=b:NoSchedule, "c:NoExecute", { key: d, effect: PreferNoSchedule }] }
  lb[1:2]:
    ip: 10.0.0.[61:62]
    roles: [load-balancer]
`,
    });
    expect(problems).toEqual([]);
    expect(model?.hosts[1]?.taints).toEqual([
      { key: "a", value: "b", effect: "NoSchedule" },
      { key: "c", effect: "NoExecute" },
      { key: "d", effect: "PreferNoSchedule" },
    ]);
    expect(model?.loadBalancer.edgeVips).toEqual([
      { address: "10.0.0.81", vrid: 102 },
      { address: "10.0.0.82", vrid: 7 },
      { address: "10.0.0.83", vrid: 104 },
    ]);
  });

  it("gives openshift its own ports and domain", async () => {
    const { model } = await loadFiles({ "a.yml": MINIMAL }, [
      "orchestrator=openshift",
      "hosts.worker1.roles=[infra]",
    ]);
    expect(model?.api).toMatchObject({ port: 8443, backendPort: 8443 });
    expect(model?.openshift).toEqual({ deploymentType: "origin", subdomain: "apps.example.com" });
  });

  it("can be had with one value changed, to see what depends on it", async () => {
    const loaded = await loadFiles({ "a.yml": MINIMAL });
    expect(loaded.variant("hosts.worker1.ip")?.hosts[1]?.ip).not.toBe("10.0.0.20");
    expect(loaded.variant("network.machines")?.network.machines).not.toEqual(["10.0.0.0/24"]);
    expect(loaded.variant("nothing.here")).toBeUndefined();
  });
});

describe("requireModel", () => {
  it("throws all problems at once, as an input error", async () => {
    const loaded = await loadFiles({ "a.yml": `${MINIMAL}apii: {}\nssh: { prot: 1 }\n` });
    expect(loaded.model).toBeUndefined();
    const error = (() => {
      try {
        return requireModel(loaded);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).exitCode).toBe(2);
    expect((error as InputError).problems).toHaveLength(2);
  });

  it("returns the model when there are only warnings", async () => {
    const loaded = await loadFiles({ "a.yml": MINIMAL }, ["hosts.worker1.devices=[/dev/vdb]"]);
    expect(loaded.problems.map(({ severity }) => severity)).toEqual(["warning"]);
    expect(requireModel(loaded).hosts).toHaveLength(2);
  });
});

describe("the examples", () => {
  it.each(["example", "example-openshift"])("%s has 16 hosts and no problem", async (cluster) => {
    const inventoriesDir = join(REPOSITORY, "inventories");
    const loaded = await loadInventory({ inventoriesDir, cluster, sets: [] });
    expect(loaded.problems).toEqual([]);
    expect(loaded.model?.hosts).toHaveLength(16);
  });
});

// How long it takes is for bench/.
describe("many hosts", () => {
  const hosts = (write: (index: number) => string) =>
    Array.from({ length: 5000 }, (_, index) => write(index)).join("");
  const head = `${MINIMAL.replace("10.0.0.0/24", "10.0.0.0/8")}  `.replace(/\s+$/, "\n");
  const explicit = hosts(
    (i) =>
      `  n${i}:\n    ip: 10.2.${Math.floor(i / 250)}.${(i % 250) + 1}\n    roles: [worker]\n    zone: z${i % 3}\n    labels: { disk: ssd }\n`,
  );
  const ranges = Array.from(
    { length: 20 },
    (_, i) => `  n${i}-[001:250]:\n    ip: 10.2.${i}.[1:250]\n    roles: [worker]\n`,
  ).join("");

  it.each([
    ["one by one", explicit],
    ["as ranges", ranges],
  ])("5,000 hosts %s are all there", async (_name, text) => {
    const sets = ["network.pods=172.16.0.0/11", "network.services=192.168.0.0/16"];
    const root = makeRoot({ "prod/a.yml": head + text });
    const loaded = await loadInventory({ inventoriesDir: join(root, "inventories"), cluster: "prod", sets });
    expect(loaded.hostCount).toBe(5002);
  });
});

describe("who balances the API", () => {
  const balancer = "hosts: { lb1: { ip: 10.0.0.40, roles: [load-balancer] } }\n";
  it.each([
    ["nobody was named: each node for itself", "", [], true],
    ["a name: it leads to a load balancer that is not ours", "", ["api.domain=api.example.com"], undefined],
    ["a host of ours", balancer, [], undefined],
    ["a virtual address", balancer, ["api.vip=10.0.0.100"], undefined],
  ])("%s", async (_, more, set, local) => {
    const loaded = await loadFiles({ "a.yml": MINIMAL, "b.yml": more }, set);
    expect(loaded.model?.api.local).toBe(local);
    expect(loaded.model?.api.domain).toBe(
      set[0]?.startsWith("api.domain") ? "api.example.com" : "api.prod.example.com",
    );
  });
});
