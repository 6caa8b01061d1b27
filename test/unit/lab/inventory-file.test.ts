import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { InputError } from "../../../tasks/core/errors.ts";
import {
  inventoryText,
  isUntouched,
  removeInventory,
  writeInventory,
} from "../../../tasks/lab/inventory-file.ts";
import { parseTopology } from "../../../tasks/lab/topology.ts";

const topology = parseTopology(
  `{ name: t1, network: 198.18.5.0/24, api: { vip: 198.18.5.100 }, hosts: { lb1: { roles: [load-balancer] }, m1: { roles: [control-plane, etcd] } } }`,
  "t.yml",
);
const text = inventoryText(topology, { privateKey: "/l/id", knownHosts: "/l/known" }, [
  "10.0.0.2",
  "10.0.0.3",
  "10.0.0.4",
]);

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "km-inventory-"));
  file = join(folder, "t1/cluster.yml");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the generated inventory", () => {
  test("holds the settings that the machine needs, each below its reason", () => {
    const places = { privateKey: "/l/id", knownHosts: "/l/known" };
    const text = inventoryText(topology, places, [], [{ name: "x", value: { y: 1 }, reason: "no z here" }]);
    expect(load(text)).toMatchObject({ tools: { kubespray: { all: { x: { y: 1 } } } } });
    expect(text).toMatch(/# no z here\n +x: /);
    expect(isUntouched(text)).toBe(true);
  });

  test("has neither an API address without a load balancer nor an orchestrator without its hosts", () => {
    const storage = parseTopology(
      "{ name: t1, network: 198.18.5.0/24, api: { vip: 198.18.5.100 }, hosts: { s1: { roles: [ceph-mon, ceph-mgr, ceph-osd] } } }",
      "t.yml",
    );
    const {
      api,
      orchestrator,
      storage: settings,
    } = load(inventoryText(storage, { privateKey: "/l/id", knownHosts: "/l/known" }, [])) as Record<
      string,
      unknown
    >;
    expect({ api, orchestrator, settings }).toEqual({
      api: { port: 6443, vrid: 101 },
      orchestrator: "none",
      settings: { ceph: { osdBackend: "lab-file" } },
    });
  });

  test("describes the lab in the central format", () => {
    expect(load(text)).toEqual({
      name: "t1",
      domain: "t1.test",
      orchestrator: "kubernetes",
      ssh: { user: "root", privateKeyFile: "/l/id", knownHostsFile: "/l/known", hostKeys: "strict" },
      network: {
        machines: "198.18.5.0/24",
        pods: "10.233.64.0/18",
        services: "10.233.0.0/18",
        dns: { servers: ["10.0.0.2", "10.0.0.3"], search: ["t1.test"] },
      },
      api: { vip: "198.18.5.100", port: 6443, domain: "api.t1.test", vrid: 101 },
      hosts: {
        lb1: { ip: "198.18.5.11", roles: ["load-balancer"] },
        m1: { ip: "198.18.5.12", roles: ["control-plane", "etcd"] },
      },
    });
  });

  test("is written once, then kept, and rewritten when the lab changed", () => {
    expect(writeInventory(file, text)).toBe("written");
    expect(writeInventory(file, text)).toBe("kept");
    const changed = inventoryText(
      { ...topology, domain: "x.test" },
      { privateKey: "/l/id", knownHosts: "/l/known" },
      [],
    );
    expect(writeInventory(file, changed)).toBe("written");
    expect(readFileSync(file, "utf8")).toBe(changed);
    expect(readFileSync(join(folder, "t1/.gitignore"), "utf8")).toBe("*\n");
  });

  test("that a person edited is neither overwritten nor removed", () => {
    writeInventory(file, text);
    const edited = text.replace("vrid: 101", "vrid: 7");
    writeFileSync(file, edited);
    expect(isUntouched(edited)).toBe(false);
    expect(writeInventory(file, text)).toBe("edited");
    expect(removeInventory(file)).toBe("edited");
    expect(readFileSync(file, "utf8")).toBe(edited);
  });

  test("never takes the place of a cluster that is not a lab", () => {
    mkdirSync(join(folder, "t1"));
    writeFileSync(file, "name: t1\n");
    expect(() => writeInventory(file, text)).toThrow(InputError);
    expect(removeInventory(file)).toBe("edited");
  });

  test("is removed with its folder, but a person's local layer stays", () => {
    writeInventory(file, text);
    expect(removeInventory(file)).toBe("removed");
    expect(existsSync(join(folder, "t1"))).toBe(false);
    writeInventory(file, text);
    mkdirSync(join(folder, "t1/local"));
    writeFileSync(join(folder, "t1/local/own.yml"), "api: { vrid: 9 }\n");
    expect(removeInventory(file)).toBe("removed");
    expect(existsSync(join(folder, "t1/local/own.yml"))).toBe(true);
    expect(removeInventory(file)).toBe("absent");
  });
});
