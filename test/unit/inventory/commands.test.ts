import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { copyExamples, MINIMAL, makeRoot } from "../../helpers/inventory-folder.ts";
import { runCommand } from "../../helpers/run-command.ts";

const BROKEN = `domain: example.com
network: { machines: 10.0.0.0/24 }
api: { vip: 10.0.0.10, prot: 8443 }
hosts:
  master1: { ip: 10.0.0.10, roles: [control-plane, etcd] }
  master2: { ip: 10.0.0.11, roles: [control-plane, etcd] }
  worker1: { ip: 10.0.0.20, roles: [worker], devices: [/dev/vdb] }
`;

describe("validate", () => {
  it("shows every problem with its line, a caret and a remedy, and counts them", async () => {
    const root = makeRoot({ "prod/cluster.yml": BROKEN });
    const { code, out } = await runCommand(root, "validate");
    expect(code).toBe(2);
    expect(out).toMatchInlineSnapshot(`
      "inventories/prod/cluster.yml:3:13: error KM134: the API address 10.0.0.10 needs a host with the role load-balancer
       3 | api: { vip: 10.0.0.10, prot: 8443 }
         |             ^^^^^^^^^
        → give the role load-balancer to two hosts, or remove the address

      inventories/prod/cluster.yml:3:13: error KM139: the API address 10.0.0.10 is the address of master1
       3 | api: { vip: 10.0.0.10, prot: 8443 }
         |             ^^^^^^^^^
        → choose a free address for the virtual address

      inventories/prod/cluster.yml:3:24: error KM100: unknown key "prot" in api, did you mean "port"?
       3 | api: { vip: 10.0.0.10, prot: 8443 }
         |                        ^^^^
        → use one of these keys: vip, port, backendPort, domain, vrid

      inventories/prod/cluster.yml:6:29: error KM120: two etcd members: the loss of either one stops the cluster
       6 |   master2: { ip: 10.0.0.11, roles: [control-plane, etcd] }
         |                             ^^^^^
        → give the role etcd to three hosts, or to only one

      inventories/prod/cluster.yml:7:46: warning KM159: worker1 has devices, but not the role ceph-osd
       7 |   worker1: { ip: 10.0.0.20, roles: [worker], devices: [/dev/vdb] }
         |                                              ^^^^^^^
        → add the role ceph-osd, or remove the devices

      inventories/prod: 3 hosts, 4 errors, 1 warning
      "
    `);
  });

  it("exits 0 on warnings, 2 with --strict", async () => {
    const root = makeRoot({ "prod/a.yml": MINIMAL });
    const set = ["--set", "hosts.worker1.devices=[/dev/vdb]"];
    const relaxed = await runCommand(root, "validate", ...set);
    expect(relaxed.code).toBe(0);
    expect(relaxed.out).toContain("inventories/prod: 2 hosts, 0 errors, 1 warning\n");
    expect((await runCommand(root, "validate", "--strict", ...set)).code).toBe(2);
    expect((await runCommand(root, "validate", "--strict")).code).toBe(0);
  });

  it("speaks JSON to programs", async () => {
    const root = makeRoot({ "prod/cluster.yml": BROKEN });
    const { code, out } = await runCommand(root, "validate", "--format", "json");
    expect(code).toBe(2);
    const { version, clusters } = JSON.parse(out);
    expect(version).toBe(1);
    expect(clusters[0]).toMatchObject({ cluster: "prod", hosts: 3, errors: 4, warnings: 1 });
    expect(clusters[0].problems[1]).toMatchObject({
      code: "KM139",
      severity: "error",
      path: "api.vip",
      origin: { file: "inventories/prod/cluster.yml", line: 3, column: 13, length: 9 },
      line: "api: { vip: 10.0.0.10, prot: 8443 }",
    });
  });

  it("checks all clusters with --all", async () => {
    const root = makeRoot({});
    copyExamples(root);
    const { code, out } = await runCommand(root, "validate", "--all");
    expect(code).toBe(0);
    expect(out).toBe(
      "inventories/example: 16 hosts, 0 errors, 0 warnings\ninventories/example-openshift: 16 hosts, 0 errors, 0 warnings\n",
    );
    expect((await runCommand(root, "validate", "--all", "--cluster", "example")).code).toBe(2);
  });

  it("refuses a format it does not know", async () => {
    const { code, err } = await runCommand(
      makeRoot({ "prod/a.yml": MINIMAL }),
      "validate",
      "--format",
      "xml",
    );
    expect(code).toBe(2);
    expect(err).toContain("choose from: text, json");
  });
});

describe("explain", () => {
  const files = {
    "_defaults/a.yml": "ssh:\n  user: root\n",
    "prod/a.yml": MINIMAL,
    "prod/b.yml":
      "ssh: { user: deploy }\nhosts:\n  w[1:2]:\n    ip: 10.0.0.[31:32]\n    roles: [worker]\n    labels: { example.com/disk: ssd }\n" +
      "tools:\n  custom:\n    all:\n      db_password: hunter2\n      key: !vault |\n        $ANSIBLE_VAULT;1.1;AES256\n        61\n",
  };

  it.each<[string[], string]>([
    [
      ["ssh.user", "--set", "ssh.user=me"],
      "ssh.user = me\n" +
        "  meaning    User to log in as: root, or a user with sudo without a password. Default: root.\n" +
        "  from       --set:1:10\n" +
        "  overrides  inventories/prod/b.yml:1:14, which says deploy\n" +
        "  overrides  inventories/_defaults/a.yml:2:9, which says root\n",
    ],
    [
      ["hosts.w2.ip"],
      "hosts.w2.ip = 10.0.0.32\n" +
        "  meaning    Main address, inside network.machines. In a host range, write a range: 10.42.253.[20:23].\n" +
        "  from       inventories/prod/b.yml:4:9\n",
    ],
    [
      ['hosts.w2.labels["example.com/disk"]'],
      'hosts.w2.labels["example.com/disk"] = ssd\n  from       inventories/prod/b.yml:6:33\n',
    ],
    [
      ["tools.custom.all.db_password"],
      "tools.custom.all.db_password = (a secret)\n  from       inventories/prod/b.yml:10:20\n",
    ],
    [
      ["tools.custom.all.key"],
      "tools.custom.all.key = (encrypted with ansible-vault)\n  from       inventories/prod/b.yml:12:9\n",
    ],
    [
      ["hosts.master1"],
      "hosts.master1.ip = 10.0.0.10                 inventories/prod/a.yml:5\n" +
        "hosts.master1.roles = [control-plane, etcd]  inventories/prod/a.yml:5\n",
    ],
    [
      ["api.vip"],
      "api.vip is not set\n  meaning    Virtual address of the API, which one of the load balancers owns. Leave it out for an external load balancer, or for none.\n",
    ],
  ])("%j", async (argv, expected) => {
    const { code, out } = await runCommand(makeRoot(files), "explain", ...argv);
    expect(out.replace(/^ {2}rendered .*\n/gm, "")).toBe(expected);
    expect(code).toBe(0);
  });

  it("shows a range through its first host", async () => {
    const { out } = await runCommand(makeRoot(files), "explain", "hosts.w[1:2].ip");
    expect(out).toContain("hosts.w1.ip = 10.0.0.31\n");
  });

  it.each([
    [["hosts.mastr1.ip"], "did you mean hosts.master1?"],
    [["hosts.master1.zon"], "hosts.master1 lists what is there"],
    [["nowhere"], "is not in the inventory"],
    [["a..b"], "give one path"],
    [[], "a path is missing"],
    [["a", "b"], "give one path"],
  ])("%j is refused", async (argv, says) => {
    const { code, err } = await runCommand(makeRoot(files), "explain", ...argv);
    expect(code).toBe(2);
    expect(err).toContain(says);
  });

  it("works on an inventory with errors: that is when it is needed", async () => {
    const root = makeRoot({ "prod/cluster.yml": BROKEN });
    expect((await runCommand(root, "explain", "api.vip")).out).toContain("inventories/prod/cluster.yml:3:13");
  });

  it("names the rendered files that would differ with another value", async () => {
    const { out } = await runCommand(makeRoot(files), "explain", "hosts.w1.ip");
    expect(out).toContain("  rendered   build/prod/custom/hosts.yml: hosts.w1.ansible_host, hosts.w1.ip\n");
    expect(out).not.toContain("group_vars");
  });
});

describe("schema", () => {
  it("writes the generated files, and --check tells when they are stale", async () => {
    const root = makeRoot({});
    expect((await runCommand(root, "schema", "--check")).code).toBe(2);
    expect((await runCommand(root, "schema")).out).toContain("written: docs/rules.md");
    expect(await runCommand(root, "schema", "--check")).toMatchObject({
      code: 0,
      out: "everything is up to date\n",
    });
    mkdirSync(join(root, "docs"), { recursive: true });
    writeFileSync(join(root, "docs/rules.md"), "old");
    expect((await runCommand(root, "schema", "--check")).out).toBe("out of date: docs/rules.md\n");
  });
});
