import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseArguments } from "../../../tasks/cli/parse.ts";
import { VALUE_KINDS } from "../../../tasks/cli/value-kinds.ts";
import { optionHelp, overview, taskHelp } from "../../../tasks/main/help.ts";
import { REGISTRY } from "../../../tasks/main/registry.ts";
import { allCommands } from "../../../tasks/main/run-command.ts";
import { ROOT } from "../../helpers/environment.ts";

const COMMANDS = await allCommands();
const OPTIONS = COMMANDS.flatMap(({ name, task }) =>
  Object.entries(task.options).map(([key, spec]) => ({ name, key, spec })),
);
const WIDEST = 70;

/** Every line of help begins with one of these. A new verb is welcome: add it. */
const VERBS = new Set(
  `accept add answer ask assume back boot build check choose clear compare confirm continue create cut decrypt drain
  encrypt end explain fetch free join keep leave list make merge move name open override pass prepare print read rebuild
  remove render renew replace report restore run search select set show skip start take upgrade use wait warn work write`.split(
    /\s+/,
  ),
);

/** Commands that change nothing on the hosts of a cluster. All others have --plan. */
const CHANGES_NO_CLUSTER = new Set([
  ...["validate", "explain", "render", "inventory:import", "schema"],
  ...["init", "patches", "vars", "vendor:status", "vendor:verify"],
  ...["preflight", "plan", "kubeconfig", "ldap:check"],
  ...["status", "etcd:status", "ceph:status", "certs:status", "backup:list", "monitoring:status"],
  ...["backup:verify", "demo", "completion"],
  ...["lab:up", "lab:down", "lab:status", "lab:ssh", "lab:kill", "lab:start"],
]);

function beginsWithVerb(text: string): boolean {
  return VERBS.has(text.split(/[ ,:]/, 1)[0] ?? "");
}

describe("every command", () => {
  test.each(COMMANDS)("$name has a summary that starts with a verb and fits", ({ summary }) => {
    expect(summary).toSatisfy(beginsWithVerb);
    expect(summary.length).toBeLessThanOrEqual(WIDEST);
    expect(summary).not.toMatch(/\.$/);
  });

  test.each(COMMANDS)("$name has a description of whole sentences in short lines", ({ name, task }) => {
    expect(task.description).toMatch(/^[A-Z][\s\S]*\.$|\n {2}[^\n]+$/);
    const lines =
      taskHelp(name, task)
        .split(/\n {2,6}-/, 1)[0]
        ?.split("\n") ?? [];
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test("has an npm script of its name", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const own = Object.keys(REGISTRY).filter((name) => scripts[name] !== `node bin/kube-magic.mjs ${name}`);
    expect(own).toEqual([]);
  });

  test("is listed by --help, in one group", () => {
    const text = overview();
    for (const { name, summary, group } of COMMANDS) {
      expect(text).toMatch(new RegExp(`^ {2}${name} +${summary.replace(/[()]/g, "\\$&")}$`, "m"));
      expect(text.match(new RegExp(`^${group}$`, "gm"))).toHaveLength(1);
    }
  });

  test("that changes a cluster has --plan", () => {
    const without = COMMANDS.filter(({ task }) => task.options.plan === undefined).map(({ name }) => name);
    expect(without.filter((name) => !CHANGES_NO_CLUSTER.has(name))).toEqual([]);
  });

  test("about the health of a cluster is in the group Health", () => {
    const health = COMMANDS.filter(({ group }) => group === "Health").map(({ name }) => name);
    expect(health).toEqual(
      expect.arrayContaining(["status", "etcd:status", "ceph:status", "certs:status", "backup:list"]),
    );
  });
});

describe("every option", () => {
  test.each(OPTIONS)("--$key of $name says its effect, then its default, on one line", ({ spec }) => {
    const line = optionHelp(spec);
    expect(line).toSatisfy(beginsWithVerb);
    expect(line.length).toBeLessThanOrEqual(WIDEST);
    expect(line).not.toMatch(/\.$|\n/);
    if (spec.type === "string" && spec.required !== true) expect(spec.default).toBeTruthy();
    if (spec.type === "boolean") expect(spec.default).toBeUndefined();
  });

  test.each(OPTIONS.filter(({ spec }) => spec.choices !== undefined || spec.kind !== undefined))(
    "--$key of $name refuses other values with the choices or an example",
    ({ name, key, spec }) => {
      const { task } = COMMANDS.find((one) => one.name === name)!;
      const wrong = () => parseArguments(name, task, [`--${key}=§`]);
      expect(wrong).toThrow(expect.objectContaining({ exitCode: 2 }));
      const example = spec.kind === undefined ? spec.choices?.[0] : VALUE_KINDS[spec.kind].example;
      expect(wrong).toThrow(expect.objectContaining({ remedy: expect.stringContaining(example ?? "?") }));
    },
  );

  test("whose default is a number has a kind that accepts it", () => {
    for (const { name, key, spec } of OPTIONS)
      if (/^\d+%?$/.test(spec.default ?? "")) {
        expect(`${name} --${key} ${spec.kind}`).not.toContain("undefined");
        if (spec.kind !== undefined) expect(VALUE_KINDS[spec.kind].accepts(spec.default ?? "")).toBe(true);
      }
  });
});
