/** The pages for users: nothing in them is missing, cut off, or named and not there. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { REGISTRY } from "../../../tasks/main/registry.ts";
import { type Line, type Page, readPage } from "./page.ts";
import { type Commands, unknownCommands } from "./page-commands.ts";
import { cutBlocks, deadLinks, deadPaths, placeholders } from "./page-holes.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const FILES = [
  ...readdirSync(ROOT).filter((file) => file.endsWith(".md")),
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file)),
].sort();
const PAGES: ReadonlyMap<string, Page> = new Map(
  FILES.map((file) => [file, readPage(file, readFileSync(join(ROOT, file), "utf8"))]),
);

/** Of an older kube-magic's layout, which `inventory:import` reads. */
const FOREIGN_PATHS: ReadonlySet<string> = new Set(["custom/hosts"]);
/** Of etcdutl. */
const FOREIGN_FLAGS: ReadonlySet<string> = new Set(["--bump-revision"]);

/** The glossary names the words; the generated pages get theirs from tasks/inventory/. */
const GLOSSARY_AND_GENERATED: ReadonlySet<string> = new Set([
  "CONTRIBUTING.md",
  "docs/inventory.md",
  "docs/rules.md",
]);

/** Every command is read and compiled, on a machine that may be busy. */
const LOADING_MS = 120_000;

let commands: Commands;
beforeAll(async () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Commands;
  const tasks = await Promise.all(
    Object.entries(REGISTRY).map(async ([name, entry]) => [name, (await entry.load()).task] as const),
  );
  commands = { scripts, tasks: new Map(tasks), foreignFlags: FOREIGN_FLAGS };
}, LOADING_MS);

/** `file:line: text`, of all pages. */
function everywhere(find: (page: Page) => readonly Line[]): readonly string[] {
  return [...PAGES.values()].flatMap((page) =>
    find(page).map(({ number, text }) => `${page.file}:${number}: ${text}`),
  );
}

describe("the pages", () => {
  test("have no placeholder where text belongs", () => {
    expect(everywhere(placeholders)).toEqual([]);
  });

  test("use no word that the glossary replaces", () => {
    const [, list = ""] =
      /Do not write: (.*?)\./s.exec(readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8")) ?? [];
    const words = list
      .replace(/\s+/g, " ")
      .split(", ")
      .filter((word) => /^[a-z' ]+$/.test(word));
    const pattern = new RegExp(`\\b(${words.join("|")})\\b`, "i");
    const wrong = ({ file, prose }: Page): readonly Line[] =>
      GLOSSARY_AND_GENERATED.has(file) ? [] : prose.filter(({ text }) => pattern.test(text));
    expect(words.length).toBeGreaterThan(10);
    expect(everywhere(wrong)).toEqual([]);
  });

  test("have no code block that ends in the middle", () => {
    expect(everywhere(cutBlocks)).toEqual([]);
  });

  test("link to files and headings that exist", () => {
    expect(everywhere((page) => deadLinks(ROOT, page, PAGES))).toEqual([]);
  });

  test("of decisions have each their own number", () => {
    const numbers = FILES.flatMap((file) => /^docs\/decisions\/(\d{4})-/.exec(file)?.[1] ?? []);
    expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([]);
  });

  test("name paths of this repository that exist", () => {
    expect(everywhere((page) => deadPaths(ROOT, page, FOREIGN_PATHS))).toEqual([]);
  });

  test("name scripts, commands and flags that exist", () => {
    expect(everywhere((page) => unknownCommands(page, commands))).toEqual([]);
  });
});

describe("a page with a hole is found:", () => {
  const found = (text: string, find: (page: Page) => readonly Line[]): readonly number[] =>
    find(readPage("docs/etcd.md", text)).map(({ number }) => number);

  test.each(["OUTPUT", "TODO: write", "see FIXME", "    XXX", "TBD."])("a placeholder: %s", (text) => {
    expect(found(`Text\n${text}\n`, placeholders)).toEqual([2]);
  });

  test.each([
    [
      "an open bracket, as of output that was cut at a column",
      "    $ a\n    (20 KiB, taken from master1, re\n    1. next",
      2,
    ],
    ["an open brace", "    hosts:\n      a: { ip: 10.0.0.1", 2],
    ["a line that continues", "    $ a\n    one \\", 2],
    ["a pipe without its other end", "    kubectl get pods |", 1],
    ["a list without its end", "```yaml\nroles: [a,\n```", 2],
    ["a fence that is never closed", "text\n```\ncode\n", 2],
  ])("%s", (_, text, line) => {
    expect(found(text, cutBlocks)).toEqual([line]);
  });

  test.each([
    "    $ a\n    one (two,\n    three)\n",
    "    # it's (a comment\n    a: 1\n",
    "- a point\n    that (goes on,\n",
    '    a: "("\n',
  ])("but not in %j", (text) => {
    expect(found(text, cutBlocks)).toEqual([]);
  });

  test.each(["[a](missing.md)", "[a](#missing)", "[a](day-2.md#missing)", "![a](images/missing.png)"])(
    "a link that leads nowhere: %s",
    (text) => {
      expect(found(`# Title\n${text}`, (page) => deadLinks(ROOT, page, PAGES))).toEqual([2]);
    },
  );

  test.each(["tasks/missing/", "custom/roles/missing/tasks/main.yml", "test/unit/<room>/missing.test.ts"])(
    "a path that does not exist: %s",
    (path) => {
      expect(found(`\`${path}\``, (page) => deadPaths(ROOT, page, FOREIGN_PATHS))).toEqual([1]);
    },
  );

  test.each([
    "`npm run statsu`",
    "    $ npm run etcd:statsu -- --yes",
    "    npm run etcd:status -- --fromat json   text",
    "`deploy:post -- --tag dns`",
    "`etcd:stats`",
    "`--ignore-gate`",
    "    bin/kube-magic.mjs statsu",
  ])("a command or flag that does not exist: %s", (text) => {
    expect(found(text, (page) => unknownCommands(page, commands))).toEqual([1]);
  });

  test.each([
    "`npm run COMMAND`",
    "    npm run lab:ssh -- lb1 systemctl --failed",
    "`--limit`",
    "`[-- --verbose]`",
  ])("but %s is right", (text) => {
    expect(found(text, (page) => unknownCommands(page, commands))).toEqual([]);
  });
});
