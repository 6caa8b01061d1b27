/** What has to be written in several places is there in all of them: the failing test names the place that is missing. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { clusterSchema } from "../../../tasks/inventory/schema/cluster.ts";
import { REGISTRY } from "../../../tasks/main/registry.ts";
import { checksOf } from "../../../tasks/monitoring/nagios/catalog.ts";
import { CATALOG } from "../../../tasks/phases/catalog.ts";
import { PHASE_NAMES } from "../../../tasks/phases/spec.ts";
import {
  CEPH_RELEASES,
  type Constraint,
  PRODUCTS,
  SYSTEMS,
} from "../../../tasks/toolchain/compatibility/constraints.ts";
import { readPins } from "../../../tasks/toolchain/pins/pins.ts";
import { inRange, versionNumber } from "../../../tasks/toolchain/version-range.ts";
import { aCluster } from "../../helpers/model.ts";
import { aMonitoring } from "../../helpers/monitoring.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const text = (...path: string[]): string => readFileSync(join(ROOT, ...path), "utf8");
const { scripts } = JSON.parse(text("package.json")) as { scripts: Readonly<Record<string, string>> };
const folders = (...path: string[]): string[] =>
  readdirSync(join(ROOT, ...path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

/** Names in the first column of the table below a heading, without backticks. */
function table(page: string, heading: string): readonly string[] {
  const [, section = ""] = text(page).split(`\n## ${heading}\n`);
  const [body = ""] = section.split("\n## ");
  const cells = body.split("\n").flatMap((line) => /^\| (.+?) \|/.exec(line)?.[1] ?? []);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
}

describe("a phase", () => {
  test("is in the catalog, in the order of its names (tasks/phases/spec.ts, tasks/phases/catalog.ts)", () => {
    expect(CATALOG.map(({ name }) => name)).toEqual(PHASE_NAMES);
  });

  test.each(PHASE_NAMES)("%s has a script deploy:… in package.json", (name) => {
    expect(scripts[`deploy:${name}`]).toBe(`node bin/kube-magic.mjs deploy ${name}`);
  });

  test.each(PHASE_NAMES)("%s is in README.md's table of phases", (name) => {
    expect(text("README.md")).toMatch(new RegExp(`^\\| .*\\bdeploy:${name}\``, "m"));
  });
});

describe("a playbook", () => {
  const ours = CATALOG.filter(({ announced }) => announced !== true).flatMap(({ tool, playbooks }) =>
    playbooks.flatMap((step) => {
      const { playbook, tool: other = tool } = typeof step === "string" ? { playbook: step } : step;
      return other === "custom" ? [playbook] : [];
    }),
  );

  test.each(ours)("%s of the catalog exists in custom/", (playbook) => {
    expect(existsSync(join(ROOT, "custom", playbook))).toBe(true);
  });
});

describe("a command", () => {
  test.each(Object.keys(REGISTRY))("%s has a script in package.json", (name) => {
    expect(scripts[name]).toBe(`node bin/kube-magic.mjs ${name}`);
  });

  test.each(Object.keys(REGISTRY))("%s has its file in tasks/commands/", (name) => {
    expect(existsSync(join(ROOT, "tasks/commands", `${name.replace(":", "/")}.ts`))).toBe(true);
  });

  test("of every file in tasks/commands/ is in the registry (tasks/main/registry.ts)", () => {
    const files = readdirSync(join(ROOT, "tasks/commands"), { recursive: true, encoding: "utf8" });
    const names = files
      .filter((file) => file.endsWith(".ts"))
      .map((file) => file.replace("/", ":").slice(0, -3));
    expect(names.filter((name) => REGISTRY[name] === undefined)).toEqual([]);
  });
});

describe("a room", () => {
  test("has a row in CONTRIBUTING.md's table, and no row is left of one that is gone", () => {
    const rows = table("CONTRIBUTING.md", "Rooms").filter((cell) => /^tasks\/[a-z0-9]+\/$/.test(cell));
    expect(rows.map((row) => row.slice("tasks/".length, -1)).sort()).toEqual(folders("tasks").sort());
  });
});

describe("an inventory section", () => {
  const readers = readdirSync(join(ROOT, "tasks/inventory/model"))
    .map((file) => text("tasks/inventory/model", file))
    .join("\n");

  test.each(Object.keys(clusterSchema.shape))("%s reaches the model (tasks/inventory/model/)", (section) => {
    expect(readers).toMatch(new RegExp(`\\b${section}\\b`));
  });
});

describe("a role of custom/", () => {
  const playbooks = readdirSync(join(ROOT, "custom/playbooks"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yml"))
    .map((file) => text("custom/playbooks", file));
  const users = [
    ...playbooks,
    ...folders("custom/roles").flatMap((role) =>
      ["tasks", "meta", "handlers"].flatMap((part) => filesBelow("custom/roles", role, part)),
    ),
  ].join("\n");

  function filesBelow(...path: string[]): string[] {
    const folder = join(ROOT, ...path);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".yml"))
      .map((file) => text(...path, file));
  }

  test.each(folders("custom/roles"))("%s is used by a playbook or by another role", (role) => {
    expect(users).toMatch(new RegExp(`(role|name): (\\w+\\.\\w+\\.)?${role}\\b`));
  });
});

describe("a version of a tool", () => {
  const versions = [...readPins(join(ROOT, "vendor")).sources.values()].flatMap((source) =>
    [...source.versions].flatMap(([name, { ansible }]) =>
      ansible === undefined ? [] : [{ tool: source.name, name, ansible }],
    ),
  );
  const covers = (list: readonly Constraint[], tool: string, name: string): boolean =>
    list.some((one) => one.tool === tool && inRange(versionNumber(name) ?? "", one.versions));

  describe.each(versions)("$tool $name", ({ tool, name, ansible }) => {
    test("has its requirements with a hash of every package (vendor/requirements/)", () => {
      expect(text("vendor/requirements", `${ansible.requirements}.in`)).not.toBe("");
      const packages = text("vendor/requirements", `${ansible.requirements}.txt`).split(/^(?=[\w-]+==)/m);
      expect(packages.slice(1).filter((one) => !one.includes("--hash=sha256:"))).toEqual([]);
    });

    test("has its hosts and products (tasks/toolchain/compatibility/constraints.ts)", () => {
      expect(covers(SYSTEMS, tool, name)).toBe(true);
      expect(covers([...PRODUCTS, ...CEPH_RELEASES], tool, name)).toBe(true);
    });

    test("is in the table of docs/vendor.md", () => {
      expect(text("docs/vendor.md")).toContain(`| ${tool} | ${name} |`);
    });
  });
});

describe("a check of Nagios", () => {
  const plugins = ["nrpe", "nagios_server"].flatMap((role) =>
    readdirSync(join(ROOT, "custom/roles", role, "files/plugins")),
  );
  /** Of Debian's monitoring-plugins-basic. */
  const FROM_DEBIAN = ["check_load"];
  const monitoring = aMonitoring();
  const checks = checksOf(aCluster({ monitoring }), monitoring);

  test.each(checks.map((check) => [check.name, check] as const))("%s has its plugin", (_, { probe }) => {
    if (probe.kind !== "nrpe") return;
    const [program = ""] = probe.argv;
    if (program.startsWith("/")) return;
    expect([...plugins, ...FROM_DEBIAN]).toContain(program);
  });

  test.each(plugins.filter((plugin) => plugin.startsWith("check_")))("%s has a test", (plugin) => {
    const tests = readdirSync(join(ROOT, "test/unit/monitoring"), { encoding: "utf8" })
      .filter((file) => file.endsWith(".test.ts"))
      .map((file) => text("test/unit/monitoring", file));
    expect(tests.some((source) => source.includes(plugin))).toBe(true);
  });
});
