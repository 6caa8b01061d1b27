import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseSync } from "oxc-parser";
import { expect, test } from "vitest";

const TASKS = resolve(import.meta.dirname, "../../../tasks");

const DOCUMENTED: ReadonlySet<string> = new Set([
  "FunctionDeclaration",
  "ClassDeclaration",
  "TSInterfaceDeclaration",
  "TSTypeAliasDeclaration",
]);

/** `file: name` of exported functions, classes, interfaces and types without a doc comment right above them. */
function undocumented(file: string): readonly string[] {
  const source = readFileSync(join(TASKS, file), "utf8");
  const { program, comments } = parseSync(file, source);
  const hasComment = (start: number): boolean =>
    comments.some(
      ({ type, value, end }) =>
        type === "Block" && value.startsWith("*") && end <= start && source.slice(end, start).trim() === "",
    );
  return program.body.flatMap((statement) => {
    if (statement.type !== "ExportNamedDeclaration" || statement.declaration === null) return [];
    const { declaration } = statement;
    if (!DOCUMENTED.has(declaration.type) || hasComment(statement.start)) return [];
    const name = "id" in declaration ? declaration.id : null;
    return [`${file}: ${name !== null && "name" in name ? name.name : "(no name)"}`];
  });
}

/** Rooms where some comments are still missing. Remove a room when its last one is written. */
const INCOMPLETE: readonly string[] = [
  "ansible",
  "backup",
  "ceph",
  "certs",
  "cli",
  "controller",
  "day2",
  "demo",
  "deploy",
  "etcd",
  "hosts",
  "io",
  "kubeconfig",
  "lab",
  "ldap",
  "main",
  "monitoring",
  "phases",
  "report",
  "run",
];

const missing = readdirSync(TASKS, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .flatMap(undocumented);
const roomOf = (entry: string): string => entry.split("/")[0] as string;

test("every exported function, class, interface and type has a doc comment", () => {
  expect(missing.filter((entry) => !INCOMPLETE.includes(roomOf(entry)))).toEqual([]);
});

test("the list of incomplete rooms names no complete one", () => {
  expect(INCOMPLETE.filter((room) => !missing.some((entry) => roomOf(entry) === room))).toEqual([]);
});
