/** What every role of custom/ promises: its variables are documented and its parts are where people look for them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { pathsAt, repositoryRoot } from "../../../tasks/core/paths.ts";

const { custom } = pathsAt(repositoryRoot());
const rolesFolder = join(custom, "roles");
const roles = readdirSync(rolesFolder);

interface Option {
  readonly description?: string | string[];
  readonly required?: boolean;
  readonly default?: unknown;
}

interface RoleTask {
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly register?: string;
  readonly block?: readonly RoleTask[];
  readonly "ansible.builtin.include_vars"?: string;
}

const yaml = (...path: string[]): unknown => load(readFileSync(join(rolesFolder, ...path), "utf8"));
const files = (...path: string[]): string[] =>
  existsSync(join(rolesFolder, ...path)) ? readdirSync(join(rolesFolder, ...path)) : [];

function options(role: string): Record<string, Option> {
  const specs = yaml(role, "meta", "argument_specs.yml") as {
    argument_specs: { main: { options: Record<string, Option> } };
  };
  return specs.argument_specs.main.options;
}

function tasks(role: string, file: string): RoleTask[] {
  const flat = (list: readonly RoleTask[]): RoleTask[] =>
    list.flatMap((task) => [task, ...flat(task.block ?? [])]);
  return flat(yaml(role, "tasks", file) as RoleTask[]);
}

describe.each(roles)("role %s", (role) => {
  it("documents exactly the variables that it has, with their defaults", () => {
    const documented = Object.entries(options(role));
    const optional = documented.filter(([, option]) => option.required !== true);
    expect(Object.fromEntries(optional.map(([name, option]) => [name, option.default]))).toEqual(
      yaml(role, "defaults", "main.yml"),
    );
    for (const [name, option] of documented) {
      expect(option.description, name).toBeTruthy();
      if (option.required) expect(option, name).not.toHaveProperty("default");
    }
  });

  it("names its variables by their scope", () => {
    for (const name of Object.keys(options(role))) expect(name).toMatch(new RegExp(`^${role}_`));
    for (const file of files(role, "vars")) {
      for (const name of Object.keys(yaml(role, "vars", file) as object))
        expect(name, file).toMatch(new RegExp(`^_${role}_`));
    }
    for (const file of files(role, "tasks")) {
      for (const { register } of tasks(role, file))
        if (register !== undefined) expect(register, file).toMatch(new RegExp(`^(__)?${role}(_|$)`));
    }
  });

  it("tags every step as role_step, and only the reading of variables as always", () => {
    for (const task of tasks(role, "main.yml")) {
      expect(task.tags, task.name).toBeDefined();
      if (task["ansible.builtin.include_vars"] !== undefined) expect(task.tags).toEqual(["always"]);
      else for (const tag of task.tags ?? []) expect(tag, task.name).toMatch(new RegExp(`^${role}_[a-z]+$`));
    }
  });

  it("marks every file that it writes as generated", () => {
    for (const file of files(role, "templates"))
      expect(readFileSync(join(rolesFolder, role, "templates", file), "utf8"), file).toMatch(
        /^\{\{ ansible_managed \| comment \}\}\n/,
      );
  });

  it("has a README", () => {
    expect(files(role)).toContain("README.md");
  });
});

describe("variables files per distribution", () => {
  it.each(roles)("define the same names for every distribution in role %s", (role) => {
    const [first, ...rest] = files(role, "vars").filter((file) => file !== "main.yml");
    if (first === undefined) return;
    const names = (file: string): string[] => Object.keys(yaml(role, "vars", file) as object).sort();
    for (const file of rest) expect(names(file), `${file} against ${first}`).toEqual(names(first));
  });
});
