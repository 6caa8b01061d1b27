import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parseSync } from "oxc-parser";
import { describe, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../../..");
const TASKS = join(ROOT, "tasks");

/** The rooms from the entry down: a room imports itself and what stands below it, never upwards. */
const ROOMS = [
  "main",
  "commands",
  "cli",
  "demo",
  "day2",
  "deploy",
  "backup",
  "etcd",
  "certs",
  "ceph",
  "monitoring",
  "kube",
  "kubeconfig",
  "ldap",
  "hosts",
  "run",
  "ansible",
  "report",
  "addons",
  "bundle",
  "import",
  "inventory",
  "render",
  "phases",
  "manifests",
  "toolchain",
  "lab",
  "controller",
  "io",
  "core",
];

/** Rooms that compute and read nothing: of io they know YAML only. */
const PURE: readonly string[] = ["inventory", "render", "phases", "manifests"];

/** A third-party library enters through its gate. */
const GATES: Readonly<Record<string, readonly string[]>> = {
  "js-yaml": ["io/yaml.ts", "io/yaml/"],
  zx: ["io/command/"],
  "simple-git": ["io/git.ts"],
  listr2: ["report/terminal.ts"],
  deepmerge: ["inventory/layers/merge.ts"],
  "ipaddr.js": ["core/"],
  "fastest-levenshtein": ["core/closest.ts"],
  zod: [
    "inventory/",
    "lab/",
    "toolchain/",
    "backup/",
    "ceph/",
    "etcd/",
    "manifests/",
    "monitoring/",
    "phases/outputs.ts",
    "core/program-output.ts",
    "core/schema-complaints.ts",
    "io/yaml/checked-file.ts",
  ],
};

/** Every process is started through this file. */
const PROCESS_GATE = "io/command/spawn.ts";

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

function target({ from, to }: Import): string {
  return relative(TASKS, resolve(TASKS, dirname(from), to));
}

function room(file: string): string {
  return file.split("/")[0] as string;
}

describe("the house", () => {
  test("every room has its place in the order", () => {
    expect([...new Set(files.map(room))].filter((name) => !ROOMS.includes(name))).toEqual([]);
  });

  test("no import runs upwards", () => {
    const wrong = inside.filter((entry) => {
      const from = room(entry.from);
      const to = room(target(entry));
      return from !== to && ROOMS.indexOf(to) < ROOMS.indexOf(from);
    });
    expect(wrong.map((entry) => `${entry.from} → ${target(entry)}`)).toEqual([]);
  });

  test("a command imports no other command", () => {
    const wrong = inside.filter(
      (entry) => room(entry.from) === "commands" && room(target(entry)) === "commands",
    );
    expect(wrong.map((entry) => `${entry.from} → ${target(entry)}`)).toEqual([]);
  });

  test("pure rooms read YAML and nothing else", () => {
    const wrong = inside.filter((entry) => {
      const to = target(entry);
      return PURE.includes(room(entry.from)) && room(to) === "io" && !to.startsWith("io/yaml");
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

  test("processes are started through one file only", () => {
    const from = imports.filter(({ to }) => /^(node:)?child_process$/.test(to)).map((entry) => entry.from);
    expect(from).toEqual([PROCESS_GATE]);
  });

  test("the ssh command to a host is built in hosts/ only, and rendering is no way to a host", () => {
    const builders = inside.filter(
      (entry) => target(entry) === "hosts/ssh-command.ts" && room(entry.from) !== "hosts",
    );
    expect(builders.map((entry) => entry.from)).toEqual([]);
    // The lab reaches its own hosts before there is a model of them.
    const callers = files.filter((file) =>
      /\[\s*"ssh",\s*(\.\.\.|"-)/.test(readFileSync(join(TASKS, file), "utf8")),
    );
    expect(callers.sort()).toEqual(["core/ssh.ts", "hosts/ssh-command.ts", "lab/ssh.ts"]);
  });

  test("there are no circles", () => {
    const edges = new Map<string, string[]>();
    for (const entry of inside) {
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
