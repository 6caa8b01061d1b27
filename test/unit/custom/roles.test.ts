/** What every role of custom/ promises: its variables are documented and its parts are where people look for them. */
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { pathsAt, repositoryRoot } from "../../../tasks/core/paths.ts";

const { custom } = pathsAt(repositoryRoot());
const rolesFolder = join(custom, "roles");
const roles = readdirSync(rolesFolder);
const playbooks = ["playbooks", "playbooks/post"].flatMap((folder) =>
  readdirSync(join(custom, folder))
    .filter((name) => name.endsWith(".yml"))
    .map((name) => join(custom, folder, name)),
);

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

describe("differences between distributions", () => {
  /** Reads facts of the distribution, by any of the names that Ansible gives them. */
  const decides =
    /os_family|ansible_(?:distribution|pkg_mgr|lsb)|ansible_facts(?:\.|\[')(?:distribution|pkg_mgr|lsb)/;
  const byDistribution = (role: string): string[] =>
    files(role, "vars").filter((file) => file !== "main.yml");
  const names = (role: string, file: string): string[] =>
    Object.keys(yaml(role, "vars", file) as object).sort();

  it.each(roles)("are decided by the shared lookup alone in role %s", (role) => {
    for (const folder of ["defaults", "tasks", "handlers", "templates", "meta"])
      for (const file of files(role, folder))
        expect(readFileSync(join(rolesFolder, role, folder, file), "utf8"), `${folder}/${file}`).not.toMatch(
          decides,
        );
    const main = files(role, "vars").includes("main.yml") ? yaml(role, "vars", "main.yml") : {};
    expect(JSON.stringify(main)).not.toMatch(decides);
    const reading = tasks(role, "main.yml").filter(
      (task) => task["ansible.builtin.include_vars"] !== undefined,
    );
    const expected = {
      name: "Read the variables of the distribution",
      "ansible.builtin.include_vars": "{{ item }}",
      loop: "{{ query('kube_magic.cluster.distribution_files', role_path) }}",
      tags: ["always"],
    };
    expect(reading).toEqual(byDistribution(role).length > 0 ? [expected] : []);
    if (reading.length > 0) expect(tasks(role, "main.yml")[0]).toEqual(expected);
  });

  it.each(roles)("start from a family that has every variable in role %s", (role) => {
    const families = byDistribution(role).filter((file) => file.startsWith("os-family-"));
    if (byDistribution(role).length > 0)
      expect(families).toEqual(["os-family-Debian.yml", "os-family-RedHat.yml"]);
    for (const file of families) expect(names(role, file), file).toEqual(names(role, families[0] ?? ""));
    for (const file of byDistribution(role).filter((name) => !families.includes(name))) {
      expect(file).toMatch(/^[A-Z][A-Za-z]+(-\d+)?\.yml$/);
      expect(names(role, families[0] ?? ""), file).toEqual(expect.arrayContaining(names(role, file)));
    }
  });

  it("are not decided by playbooks either", () => {
    for (const file of playbooks) expect(readFileSync(file, "utf8"), file).not.toMatch(decides);
  });
});

describe("the collection", () => {
  const yamlFiles = [
    ...playbooks,
    ...roles.flatMap((role) =>
      ["tasks", "handlers"].flatMap((folder) =>
        files(role, folder).map((file) => join(rolesFolder, role, folder, file)),
      ),
    ),
  ];

  it("is found through a link that is part of the repository", () => {
    const link = join(custom, ".collections", "ansible_collections", "kube_magic", "cluster");
    expect(readlinkSync(link)).toBe("../../..");
    expect(realpathSync(link)).toBe(realpathSync(custom));
  });

  it.each(yamlFiles)("calls roles and modules by their full names in %s", (file) => {
    const text = readFileSync(file, "utf8");
    for (const [, name = ""] of text.matchAll(/^\s*- role: (\S+)$/gm))
      expect(name).toMatch(/^kube_magic\.cluster\.\w+$/);
    for (const [, name = ""] of text.matchAll(/(?:import|include)_role:\n\s+name: (\S+)$/gm))
      expect(name).toMatch(/^kube_magic\.cluster\.\w+$/);
    expect(text).not.toMatch(/^\s*kube_magic_\w+:$/m);
  });

  /** Words that say less than the field's own: continue, again, report, be, have. */
  const vague =
    /\b(?:go(?:es)? on|anew|of (?:its|our|their|his|her) own|brought|told|stands?|knows?|brings?)\b/i;

  it.each(yamlFiles)("names each task with a verb and a thing in %s", (file) => {
    const text = readFileSync(file, "utf8");
    for (const [, name = ""] of text.matchAll(/^\s*- name: (.+)$/gm)) {
      expect(name).toMatch(/^[A-Z][a-z]+ \S+/);
      expect(name).not.toMatch(/^(?:See|Say|Have|Let|Know|Bring|Tell|Refuse|Be|Hold) /);
    }
    expect(text).not.toMatch(vague);
  });
});
