/** Asks an Ansible that is installed already: its version, and whether it has all that a tool needs. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type CommandResult, capture } from "../../io/command/capture.ts";
import { inRange } from "../version-range.ts";
import type { AnsibleEnvironment, EnvironmentSpec } from "./environment-spec.ts";

/** Finds an Ansible on PATH that has all that the spec names; else returns what was found instead, for the message. */
export async function installedAnsible(
  spec: EnvironmentSpec,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly environment: AnsibleEnvironment } | { readonly instead: string }> {
  const instead: string[] = [];
  for (const bin of new Set((env.PATH ?? "").split(":").filter(Boolean))) {
    if (!existsSync(join(bin, "ansible-playbook"))) continue;
    const ansibleCore = await ansibleVersion(bin, env);
    if (ansibleCore === undefined) continue;
    if (!inRange(ansibleCore, spec.ansibleCore)) {
      instead.push(`${bin} has ${ansibleCore}`);
      continue;
    }
    const missing = await missingParts(spec, bin, env);
    if (missing.length === 0)
      return { environment: { name: spec.name, bin, ansibleCore, origin: "installed" } };
    instead.push(`${bin} has ${ansibleCore}, but not ${missing.join(", ")}`);
  }
  return { instead: instead.length === 0 ? "" : ` (${instead.join("; ")})` };
}

/** Modules and collections that the Ansible in `bin` does not have; empty when it has all. Starts up to two processes. */
export async function missingParts(
  spec: Pick<EnvironmentSpec, "modules" | "collections">,
  bin: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  if (spec.modules.length + spec.collections.length === 0) return [];
  const version = await capture([join(bin, "ansible-playbook"), "--version"], {
    env,
    cwd: dirname(bin),
    timeoutMs: 30_000,
  });
  const python =
    /^ +python version = .*\((\/[^)]+)\)\s*$/m.exec(version.stdout)?.[1] ??
    ["python3", "python"].map((name) => join(bin, name)).find((path) => existsSync(path));
  if (python === undefined) return ["the Python that runs it"];
  const result = await capture([python, "-c", FIND_MISSING, JSON.stringify(spec)], {
    env,
    cwd: dirname(bin),
    timeoutMs: 60_000,
  });
  if (result.code !== 0) return [`a Python that runs: ${lastLines(result)}`];
  return result.stdout.trim().split("\n").filter(Boolean);
}

/** Collections are beside Python's packages, or where ansible-galaxy puts them. */
const FIND_MISSING = `
import importlib.util as u, json, os, sys
wanted = json.loads(sys.argv[1])
places = [os.path.join(p, "ansible_collections") for p in sys.path + [os.path.expanduser("~/.ansible/collections"), "/usr/share/ansible/collections"]]
for name in wanted["modules"]:
    if u.find_spec(name) is None:
        print("the Python module " + name)
for name in wanted["collections"]:
    if not any(os.path.isdir(os.path.join(p, *name.split("."))) for p in places):
        print("the collection " + name)
`;

/**
 * Version of the Ansible in a folder; undefined when it does not run. It prints `ansible-playbook [core 2.18.19]`, or
 * `ansible-playbook 2.9.27` before 2.10.
 */
export async function ansibleVersion(bin: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  // Run in the environment's own folder, so that no ansible.cfg of the current folder is read.
  const result = await capture([join(bin, "ansible-playbook"), "--version"], {
    env,
    cwd: dirname(bin),
    timeoutMs: 60_000,
  });
  return result.code === 0 ? /^ansible-playbook (?:\[core )?([\d.]+)/m.exec(result.stdout)?.[1] : undefined;
}

/** The last 15 lines that a command printed. */
export function lastLines(result: CommandResult): string {
  return `${result.stdout}${result.stderr}`.trimEnd().split("\n").slice(-15).join("\n");
}
