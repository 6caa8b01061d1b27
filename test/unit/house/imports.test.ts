import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parseSync } from "oxc-parser";
import { describe, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../../..");
const TASKS = join(ROOT, "tasks");

/** Who may import whom. A room may always import itself; files directly in tasks/ are the scripts, which may import anything. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: [],
  io: ["core"],
  inventory: ["core", "io"],
  render: ["core"],
  vendor: ["core", "io"],
  phases: ["core"],
  ansible: ["core", "io"],
  run: ["core", "phases", "ansible"],
  report: ["core", "io"],
  addons: ["core", "io", "ansible"],
  lab: ["core", "io", "ansible"],
  ceph: ["core", "io", "render"],
  hosts: ["core", "io", "render"],
  backup: ["core", "io", "render", "report", "cli"],
  etcd: ["core", "io", "render", "report", "hosts"],
  certs: ["core", "io", "report", "hosts"],
  monitoring: ["core", "io", "render"],
  kubeconfig: ["core", "io", "render", "ansible"],
  manifests: ["core"],
  ldap: ["core", "io", "render", "ansible"],
  cli: ["core", "inventory", "scripts"],
  deploy: [
    "core",
    "io",
    "inventory",
    "render",
    "vendor",
    "phases",
    "ansible",
    "run",
    "report",
    "cli",
    "ceph",
    "hosts",
    "kubeconfig",
    "ldap",
    "manifests",
  ],
  day2: ["core", "render", "vendor", "phases", "ansible", "cli", "deploy"],
  demo: ["core", "io", "inventory", "ansible", "lab", "cli", "deploy", "monitoring"],
  import: ["core", "io", "inventory", "render"],
};

/** Exceptions, each with its reason. */
const EXTRA: Readonly<Record<string, readonly string[]>> = {
  // The one writer of what the pure renderers made, and what it compares with.
  "render/write": ["io"],
};

/** A third-party library enters through its gate. */
const GATES: Readonly<Record<string, readonly string[]>> = {
  "js-yaml": ["io/yaml.ts", "io/yaml/"],
  zx: ["io/shell.ts", "io/running-command.ts"],
  "simple-git": ["io/git.ts"],
  listr2: ["report/terminal.ts"],
  deepmerge: ["inventory/merge.ts"],
  "ipaddr.js": ["core/"],
  "fastest-levenshtein": ["core/closest.ts"],
  zod: [
    "inventory/",
    "lab/",
    "vendor/",
    "backup/",
    "ceph/",
    "etcd/",
    "manifests/",
    "monitoring/",
    "phases/outputs.ts",
  ],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(TASKS, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".ts"),
);
const imports = files.flatMap((file) => importsOf(file));
const inside = imports.filter(({ to }) => to.startsWith("."));
const outside = imports.filter(({ to }) => !to.startsWith(".") && !to.startsWith("node:"));

function importsOf(file: string): readonly Import[] {
  const source = readFileSync(join(TASKS, file), "utf8");
  const { module } = parseSync(file, source);
  const named = [...module.staticImports, ...module.staticExports.flatMap(({ entries }) => entries)].flatMap(
    (entry) => ("moduleRequest" in entry && entry.moduleRequest ? [entry.moduleRequest.value] : []),
  );
  const dynamic = module.dynamicImports.map(({ moduleRequest }) =>
    source.slice(moduleRequest.start, moduleRequest.end).replace(/^["'`]|["'`]$/g, ""),
  );
  return [...new Set([...named, ...dynamic])].map((to) => ({ from: file, to }));
}

function mayAlso(file: string, other: string): boolean {
  return Object.entries(EXTRA).some(([prefix, rooms]) => file.startsWith(prefix) && rooms.includes(other));
}

function target({ from, to }: Import): string {
  return relative(TASKS, resolve(TASKS, dirname(from), to));
}

function room(file: string): string {
  return file.includes("/") ? (file.split("/")[0] as string) : "scripts";
}

describe("the house", () => {
  test("every room is known", () => {
    expect(files.map(room).filter((name) => name !== "scripts" && !(name in ALLOWED))).toEqual([]);
  });

  test("a room imports only what it may", () => {
    const wrong = inside.filter((entry) => {
      const from = room(entry.from);
      const to = room(target(entry));
      return from !== to && from !== "scripts" && !ALLOWED[from]?.includes(to) && !mayAlso(entry.from, to);
    });
    expect(wrong.map((entry) => `${entry.from} → ${target(entry)}`)).toEqual([]);
  });

  test("a library enters through its gate only", () => {
    const wrong = outside.filter(({ from, to }) => {
      const name = to.startsWith("@") ? to.split("/").slice(0, 2).join("/") : (to.split("/")[0] as string);
      return !GATES[name]?.some((gate) => (gate.endsWith("/") ? from.startsWith(gate) : from === gate));
    });
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  test("there are no circles", () => {
    // The registry loads every script lazily, and scripts use the command line's types: that edge is no circle at load time.
    const edges = new Map<string, string[]>();
    for (const entry of inside) {
      if (entry.from === "cli/registry.ts") continue;
      edges.set(entry.from, [...(edges.get(entry.from) ?? []), target(entry)]);
    }
    expect(findCircle(edges)).toBeUndefined();
  });
});

function findCircle(edges: ReadonlyMap<string, readonly string[]>): string | undefined {
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): string | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].join(" → ");
    if (done.has(file)) return undefined;
    for (const next of edges.get(file) ?? []) {
      const found = walk(next, [...path, file]);
      if (found !== undefined) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of edges.keys()) {
    const found = walk(file, []);
    if (found !== undefined) return found;
  }
  return undefined;
}
