import { describe, expect, it } from "vitest";
import { loadFiles, MINIMAL } from "../../helpers/inventory-folder.ts";

/** code, place in the override, and a part of the message or the remedy. */
const TABLE: readonly (readonly [override: string, place: string, says: string])[] = [
  ["apii: {}", "KM100 1:1", 'did you mean "api"?'],
  ["api: { prot: 1 }", "KM100 1:8", 'did you mean "port"?'],
  ["hosts: { worker1: { rols: [] } }", "KM100 1:21", 'did you mean "roles"?'],
  ["hosts: { worker1: { ssh: { usr: x } } }", "KM100 1:28", 'did you mean "user"?'],
  ["network: { dns: { server: [] } }", "KM100 1:19", 'did you mean "servers"?'],
  ["tools: { kubspray: {} }", "KM100 1:10", 'did you mean "kubespray"?'],
  ["monitors: {}", "KM100 1:1", "unknown key"],
  ["versions: { kubernetes: 1.30 }", "KM101 1:25", 'quote it: "1.30"'],
  ["api: { port: six }", "KM101 1:14", "must be a number"],
  ["api: { port: 6443.0 }", "KM101 1:14", "the number 6443"],
  ["api: 6443", "KM101 1:6", "must be a map"],
  ["hosts: [a]", "KM101 1:1", "must be a map, not a list"],
  ["hosts: { worker1: 10.0.0.1 }", "KM101 1:19", "must be a map"],
  ["hosts: { worker1: }", "KM101 1:10", "must be a map, not empty"],
  ["network: { ntp: ntp.example.com }", "KM101 1:17", "[ntp.example.com]"],
  ["network: { pods: 5 }", "KM101 1:18", "text or a list"],
  ["loadBalancer: { unicast: 'yes' }", "KM101 1:26", "must be true or false"],
  ["etcd: { quota: yes }", "KM101 1:16", "must be a number or text"],
  ["hosts: { worker1: { labels: { a: 5 } } }", "KM101 1:34", 'quote it: "5"'],
  ["hosts: { worker1: { labels: { a: yes } } }", "KM101 1:34", 'quote it: "yes"'],
  ["hosts: { worker1: { ip: !vault '$ANSIBLE_VAULT;1' } }", "KM101 1:32", "a !vault value"],
  ["orchestrator: [kubernetes]", "KM101 1:1", "must be text"],
  ["hosts: { new1: { roles: [worker] } }", "KM102 1:10", "hosts.new1.ip is missing"],
  ["storage: { ceph: { pools: [{ application: rbd }] } }", "KM102 1:28", "name is missing"],
  ["orchestrator: kubernets", "KM103 1:15", 'did you mean "kubernetes"?'],
  ["hosts: { worker1: { roles: [wroker] } }", "KM103 1:29", 'did you mean "worker"?'],
  ["hosts: { worker1: { ip: 10.0.0.256 } }", "KM103 1:25", "not an IP address"],
  ["hosts: { worker1: { ip: 010.0.0.1 } }", "KM103 1:25", "not an IP address"],
  ["network: { pods: 10.5.0.0 }", "KM103 1:18", "not a network"],
  ["network: { pods: 10.5.1.0/16 }", "KM103 1:18", "write 10.5.0.0/16"],
  ["network: { machines: [] }", "KM103 1:12", "is empty"],
  ["network: { pods: [10.5.0.0/16, 10.300.0.0/16] }", "KM103 1:32", "not a network"],
  ["api: { port: 70000 }", "KM103 1:14", "at most 65535"],
  ["api: { vrid: 0 }", "KM103 1:14", "at least 1"],
  ["api: { domain: API.example.com }", "KM103 1:16", "not a DNS name"],
  ["etcd: { quota: 20M }", "KM103 1:16", "such as 4Gi"],
  ["etcd: { dataDir: var/lib }", "KM103 1:18", "not an absolute path"],
  ["ssh: { hostKeys: no-check }", "KM103 1:18", "accept-new, strict"],
  ["versions: { kubernetes: latest }", "KM103 1:25", "not a version"],
  ["hosts: { worker1: { devices: [vdb] } }", "KM103 1:31", "not an absolute path"],
  ["hosts: { worker1: { taints: [a] } }", "KM103 1:30", "key=value:Effect"],
  ["hosts: { worker1: { taints: [a:NoExec] } }", "KM103 1:30", "NoExecute"],
  ["hosts: { worker1: { interface: averyverylongname } }", "KM103 1:32", "15 characters"],
  ["hosts: { worker1: { address: 'http://x' } }", "KM103 1:30", "neither an IP address nor a DNS name"],
  ["ssh: { user: 'a b' }", "KM103 1:14", "contains a blank"],
  ["network: { proxy: { http: 'proxy:3128' } }", "KM103 1:27", "http://host:port"],
  ["loadBalancer: { edgeVips: [{ address: x }] }", "KM103 1:39", "not an IP address"],
];

describe("the schema", () => {
  it.each(TABLE)("%s → %s", async (override, place, says) => {
    const { problems, model } = await loadFiles({ "a.yml": MINIMAL, "z.yml": override });
    const found = problems.map(({ code, origin }) => `${code} ${origin?.line}:${origin?.column}`);
    expect(found).toEqual([place]);
    expect(`${problems[0]?.message} → ${problems[0]?.remedy}`).toContain(says);
    expect(problems[0]?.origin?.file).toBe("inventories/prod/z.yml");
    expect(model).toBeUndefined();
  });

  it("says what is missing from an inventory without anything", async () => {
    const { problems, hostCount } = await loadFiles({ "a.yml": "# nothing yet\n" });
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
      "KM102 domain",
      "KM102 hosts",
      "KM102 network",
    ]);
    expect(hostCount).toBe(0);
  });

  it("runs the rules in spite of unknown keys", async () => {
    const override = "apii: {}\nhosts: { master2: { ip: 10.0.0.11, roles: [etcd], zon: a } }\n";
    const { problems } = await loadFiles({ "a.yml": MINIMAL, "z.yml": override });
    expect(problems.map(({ code }) => code)).toEqual(["KM100", "KM120", "KM100"]);
  });

  it("finds every problem of every file at once", async () => {
    const { problems } = await loadFiles({
      "a.yml": MINIMAL,
      "b.yml": "apii: {}\nnetwork: { pods: x }\n",
      "c.yml": "ssh: { port: x }\nssh: {}\n",
    });
    expect(problems.map(({ code, origin }) => `${code} ${origin?.file.slice(-5)}`)).toEqual([
      "KM100 b.yml",
      "KM103 b.yml",
      "KM101 c.yml",
      "KM007 c.yml",
    ]);
  });

  it("does not complain about what a broken file may have said", async () => {
    const { problems } = await loadFiles({ "a.yml": "domain: example.com\n", "b.yml": "hosts: [\n" });
    expect(problems.map(({ code }) => code)).toEqual(["KM005"]);
  });
});
