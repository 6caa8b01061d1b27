/** Rules about variables under `tools`: without effect, set by a section too, or a secret in clear text. */
import { closest } from "../../core/closest.ts";
import { type ClusterModel, TOOLS, type ToolName } from "../../core/model.ts";
import type { InventoryPath } from "../../core/path.ts";
import { isSecretName } from "../../core/secret.ts";
import { isMap, type Value, type ValueMap } from "../../core/value.ts";
import { SECTION_OF_VARIABLE } from "./owners.ts";
import type { Finding, Rule } from "./rule-type.ts";

/** Every map of variables: of each group and of each single host. */
function* variableMaps({
  tools,
}: ClusterModel): Iterable<{ tool: ToolName; path: InventoryPath; variables: ValueMap }> {
  for (const tool of TOOLS) {
    const { groups, hosts } = tools[tool];
    for (const [group, variables] of Object.entries(groups)) {
      yield { tool, path: ["tools", tool, group], variables };
    }
    for (const [host, variables] of Object.entries(hosts)) {
      yield { tool, path: ["tools", tool, "hosts", host], variables };
    }
  }
}

export const unknownHost: Rule = {
  code: "KM175",
  severity: "error",
  title: "Variables for a host that does not exist",
  rationale: "The variables would have no effect. Most often the name of the host is misspelt.",
  *check(model) {
    const names = model.hosts.map(({ name }) => name);
    const known = new Set(names);
    for (const tool of TOOLS) {
      for (const host of Object.keys(model.tools[tool].hosts)) {
        if (known.has(host)) continue;
        const near = closest(host, names);
        const message = `there is no host "${host}"${near === undefined ? "" : `, did you mean "${near}"?`}`;
        const path = ["tools", tool, "hosts", host];
        yield { path, at: "key", message, remedy: "correct the name, or add the host to the section hosts" };
      }
    }
  },
};

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

export const variableName: Rule = {
  code: "KM176",
  severity: "error",
  title: "A name that Ansible does not accept",
  rationale:
    "Names of variables and groups consist of letters, digits and underscores, and do not begin with a digit.",
  *check(model) {
    for (const { path, variables } of variableMaps(model)) {
      const group = path[2];
      if (path.length === 3 && typeof group === "string" && !IDENTIFIER.test(group)) {
        const remedy = `write ${group.replace(/\W/g, "_")}`;
        yield { path, at: "key", message: `"${group}" cannot be the name of a group`, remedy };
      }
      for (const name of Object.keys(variables)) {
        if (IDENTIFIER.test(name)) continue;
        const remedy = `write ${name.replace(/\W/g, "_")}`;
        yield {
          path: [...path, name],
          at: "key",
          message: `"${name}" cannot be the name of a variable`,
          remedy,
        };
      }
    }
  },
};

export const twoOwners: Rule = {
  code: "KM177",
  severity: "error",
  title: "A pass-through variable that a section sets",
  rationale:
    "A section of the central inventory sets the value, and other tools and checks use it. With two places for one value, one of them becomes wrong.",
  *check(model) {
    for (const { tool, path, variables } of variableMaps(model)) {
      for (const name of Object.keys(variables)) {
        const section = SECTION_OF_VARIABLE[tool][name] ?? SECTION_OF_VARIABLE.any[name];
        if (section === undefined) continue;
        const message = `${section} of the central inventory sets ${name}`;
        yield {
          path: [...path, name],
          at: "key",
          message,
          remedy: `remove ${name}, and set ${section} instead`,
        };
      }
    }
  },
};

export const idleTool: Rule = {
  code: "KM178",
  severity: "warning",
  title: "Variables for a tool that does not run",
  rationale:
    "The orchestrator and the roles decide which tools run. Variables for another tool have no effect.",
  *check(model) {
    const runs: Readonly<Record<ToolName, boolean>> = {
      kubespray: model.orchestrator === "kubernetes",
      "openshift-ansible": model.orchestrator === "openshift",
      "ceph-ansible": model.ceph !== undefined,
      custom: true,
    };
    for (const tool of TOOLS) {
      const { groups, hosts } = model.tools[tool];
      if (runs[tool] || Object.keys(groups).length + Object.keys(hosts).length === 0) continue;
      const reason =
        tool === "ceph-ansible" ? "no host has a Ceph role" : `the orchestrator is ${model.orchestrator}`;
      const message = `${tool} does not run (${reason}), so its variables have no effect`;
      yield { path: ["tools", tool], at: "key", message, remedy: "remove the variables" };
    }
  },
};

export const secretInClearText: Rule = {
  code: "KM179",
  severity: "warning",
  title: "A secret in clear text",
  rationale:
    "The inventory is committed to git, so everyone who can read the repository can read the secret.",
  *check(model) {
    for (const { path, variables } of variableMaps(model)) yield* secretsIn(variables, path);
  },
};

function* secretsIn(map: ValueMap, path: InventoryPath): Iterable<Finding> {
  for (const [name, value] of Object.entries(map)) yield* secretsAt(name, value, [...path, name]);
}

function* secretsAt(name: string, value: Value, path: InventoryPath): Iterable<Finding> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* secretsAt(name, item, [...path, index]);
  } else if (isMap(value)) yield* secretsIn(value, path);
  else if (isClearSecret(name, value)) {
    const message = `${name} looks like a secret in clear text`;
    yield { path, message, remedy: "encrypt it with ansible-vault encrypt_string, or read it with a lookup" };
  }
}

const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** A text under the name of a secret that is not a template, or a private key under any name. */
function isClearSecret(name: string, value: Value): boolean {
  if (typeof value !== "string" || value === "" || value.includes("{{")) return false;
  if (PRIVATE_KEY.test(value)) return true;
  // A path or a URL only says where the secret is.
  return isSecretName(name) && !/^(?:\/|~\/|https?:)/.test(value);
}
