import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { ClusterModel } from "../../../tasks/core/model.ts";
import { nagiosFiles } from "../../../tasks/monitoring/nagios/definitions.ts";
import { argument, commandWord } from "../../../tasks/monitoring/nagios/objects.ts";
import { monitoringVariables } from "../../../tasks/monitoring/variables.ts";
import { clusters } from "../../helpers/arbitrary-cluster.ts";
import { aCluster, aHost } from "../../helpers/model.ts";
import { aMonitoring, nagiosProgram, stageDefinitions, verify } from "../../helpers/monitoring.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const nagios = nagiosProgram();
if (nagios === undefined)
  console.warn("definitions are not shown to a real Nagios: nagios4-core cannot be had");

const watched = (model: ClusterModel, section: object = {}): ClusterModel => ({
  ...model,
  monitoring: aMonitoring(section),
});
const text = (model: ClusterModel, name: string): string =>
  nagiosFiles(model).get(`nagios/${name}.cfg`)?.content ?? "";
/** `define kind {…}` blocks as maps. */
const objects = (model: ClusterModel, name: string): Record<string, string>[] =>
  [...text(model, name).matchAll(/^define (\w+) \{\n((?: {4}.*\n)*)\}/gm)].map(
    ([, kind = "", body = ""]) => ({
      kind,
      ...Object.fromEntries(
        body.split("\n").flatMap((line) => (/^ {4}(\S+) +(.*)$/.exec(line) ? [[RegExp.$1, RegExp.$2]] : [])),
      ),
    }),
  );

describe("definitions of Nagios", () => {
  test("are not there without the section", () => {
    expect(nagiosFiles(aCluster()).size).toBe(0);
    expect(monitoringVariables(aCluster())).toEqual({});
  });

  test("hang on groups by role and zone: the services do not grow with the hosts", () => {
    const few = watched(aCluster());
    const hosts = [
      ...few.hosts,
      ...Array.from({ length: 50 }, (_, n) => aHost(`w${n}`, 100 + n, ["worker"])),
    ];
    const many = watched(aCluster({ hosts }));
    expect(text(many, "services")).toBe(text(few, "services"));
    expect(objects(many, "hosts").find((one) => one.host_name === "master2")).toMatchObject({
      address: "10.42.0.11",
      hostgroups: "every-host,control-plane,etcd,zone-b",
    });
  });

  test("ask what others stand on as often as what has failed, so that it is known first", () => {
    const all = objects(watched(aCluster()), "services");
    const template = all.find((one) => one.name === "kube-magic-service");
    for (const name of ["nrpe", "etcd"]) {
      const leading = all.find((one) => one.service_description === name);
      expect(leading?.check_interval).toBe(template?.retry_interval);
      expect(Number(leading?.check_interval)).toBeLessThan(Number(template?.check_interval));
    }
    expect(all.find((one) => one.service_description === "etcd database")?.check_interval).toBeUndefined();
  });

  test("leave out what the cluster does not have", () => {
    const hosts = [aHost("ceph1", 1, ["ceph-mon"]), aHost("nagios1", 2, ["nagios"])];
    const model = watched(
      aCluster({ orchestrator: "none", hosts, api: { ...aCluster().api, vip: undefined as never } }),
    );
    const names = objects(model, "services").map((one) => one.service_description);
    expect(names).not.toContain("etcd");
    expect(names).not.toContain("haproxy");
    expect(nagiosFiles(model).has("nagios/kubernetes.cfg")).toBe(false);
    expect(objects(model, "cluster").map((one) => one.service_description)).toContain("health");
  });

  test("make every check of NRPE stand on the service nrpe of its own host", () => {
    const model = watched(aCluster(), { checks: { raid: { roles: ["ceph-osd"], command: ["check_raid"] } } });
    const services = objects(model, "services").filter((one) =>
      one.check_command?.startsWith("kube_magic_ask!"),
    );
    const guarded = objects(model, "services").flatMap((one) =>
      one.kind === "servicedependency" && one.service_description === "nrpe"
        ? (one.dependent_service_description?.split(",") ?? []).map((name) => `${one.hostgroup_name} ${name}`)
        : [],
    );
    expect(guarded.sort()).toEqual(
      services.map((one) => `${one.hostgroup_name} ${one.service_description}`).sort(),
    );
  });

  test("offer by NRPE every command that they ask for", () => {
    const model = watched(aCluster(), { checks: { "My Check": { command: ["x"] } } });
    const asked = [
      ...`${text(model, "services")}${text(model, "cluster")}`.matchAll(/kube_magic_ask(?:_any)?!([^!\n]+)/g),
    ];
    const offered = (monitoringVariables(model).commands as { name: string }[]).map(({ name }) => name);
    expect(new Set(asked.map(([, name]) => name))).toEqual(new Set(offered));
  });

  test("put the router of another zone before its hosts, never before Nagios' own", () => {
    const model = watched(
      aCluster({
        hosts: [
          aHost("nagios1", 1, ["nagios"], { zone: "a" }),
          aHost("w1", 2, ["worker"], { zone: "a" }),
          aHost("w2", 3, ["worker"], { zone: "b" }),
        ],
      }),
      { gateways: { a: "10.42.9.1", b: "10.42.9.2" } },
    );
    const parents = Object.fromEntries(objects(model, "hosts").map((one) => [one.host_name, one.parents]));
    expect(parents).toMatchObject({ w1: undefined, w2: "Gateway-b", "Gateway-b": undefined });
    expect(parents).not.toHaveProperty("Gateway-a");
  });

  it.each([
    ["a;b", "a;b"],
    ["a!b", "a\\!b"],
    ["$x", "$$x"],
  ])("argument %s → %s", (from, to) => expect(argument(from)).toBe(to));

  it.each([
    ["mail.example.com", "mail.example.com"],
    ["it's", `'it'"'"'s'`],
    ["a b", "'a b'"],
  ])("word of a command line %s → %s", (from, to) => expect(commandWord(from)).toBe(to));
});

describe.skipIf(nagios === undefined)("a real Nagios", () => {
  const check = (model: ClusterModel) => verify(nagios ?? "", stageDefinitions(temporaryFolder(), model));

  test("takes them without a warning, and multiplies services out", () => {
    const { code, said } = check(watched(aCluster(), { gateways: { b: "10.42.9.2" } }));
    expect(code, said).toBe(0);
    expect(said).toContain("Total Warnings: 0");
    expect(said).toMatch(/Checked 1[0-9]{2} services/);
  });

  test("keeps dependencies on one host", () => {
    const folder = temporaryFolder();
    // -p writes down what the definitions come to.
    verify(nagios ?? "", stageDefinitions(folder, watched(aCluster())), "-vp");
    const text = readFileSync(join(folder, "precached_object_file"), "utf8");
    const pairs = [...text.matchAll(/^\thost_name\t(.+)\n.*\n\tdependent_host_name\t(.+)$/gm)];
    expect(pairs.length).toBeGreaterThan(100);
    expect(pairs.filter(([, master, dependent]) => master !== dependent)).toEqual([]);
  });

  test("takes every valid cluster", () => {
    fc.assert(
      fc.property(clusters("kubernetes", "openshift", "none"), (cluster) => {
        if (cluster.hosts.length === 0) return;
        const { code, said } = check(watched(cluster, { definitions: "# nothing" }));
        expect(code, said).toBe(0);
      }),
      { numRuns: 25 },
    );
  });

  test("takes names and texts that mean something in its own language", () => {
    const hosts = [
      aHost("nagios1", 1, ["nagios"], { zone: "a, b; c" }),
      aHost("w1", 2, ["worker"], { zone: "Raum 3 (Süd)!" }),
    ];
    const section = {
      checks: { "odd one": { command: ["/bin/echo", "a;b!c$d|'e'\"f\""], sudo: true } },
      gateways: { "Raum 3 (Süd)!": "10.42.9.2" },
      periods: { "out of office": { monday: "00:00-08:00,18:00-24:00" } },
      contacts: { "A. B-C_d": { email: "a+b@example.com", period: "out of office" } },
    };
    const { code, said } = check(watched(aCluster({ hosts }), section));
    expect(code, said).toBe(0);
  });
});
