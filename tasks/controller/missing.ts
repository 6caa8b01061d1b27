/** Which needs this machine does not meet. */
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { capture } from "../io/command/capture.ts";
import { NEEDS, type Need, type Purpose } from "./needs.ts";

const SYSTEM_FOLDERS = ["/usr/sbin", "/sbin"];
const PYTHONS = ["python3", "python3.13", "python3.12", "python3.11"];

/** Needs of these purposes that are not met, in the order of the table. */
export async function missingNeeds(
  purposes: readonly Purpose[],
  env: NodeJS.ProcessEnv,
): Promise<readonly Need[]> {
  const missing: Need[] = [];
  for (const need of needsOf(purposes)) if (!(await isMet(need, env))) missing.push(need);
  return missing;
}

/** As {@link missingNeeds}, of those that are seen without running a program: all but Python. */
export function missingFiles(purposes: readonly Purpose[], env: NodeJS.ProcessEnv): readonly Need[] {
  return needsOf(purposes).filter((need) => isThere(need, env) === false);
}

/** Packages of these needs, each once. */
export function packagesOf(needs: readonly Need[]): readonly string[] {
  return [...new Set(needs.map((need) => need.package))];
}

function needsOf(purposes: readonly Purpose[]): readonly Need[] {
  return NEEDS.filter((need) => need.for.some((purpose) => purposes.includes(purpose)));
}

async function isMet(need: Need, env: NodeJS.ProcessEnv): Promise<boolean> {
  const known = isThere(need, env);
  if (known !== undefined) return known;
  if (need.has.kind === "ansible-python" && hasSubstitute(env)) return true;
  for (const name of PYTHONS.filter((python) => isProgram(python, env))) {
    if ((await capture([name, "-c", "import venv, ensurepip"], { env })).code === 0) return true;
  }
  return false;
}

/** Undefined: only the program itself can answer. */
function isThere({ has }: Need, env: NodeJS.ProcessEnv): boolean | undefined {
  if (has.kind === "program") return isProgram(has.name, env);
  return has.kind === "file" ? existsSync(has.path) : undefined;
}

/** init finds these by itself, and says why when one does not fit. */
function hasSubstitute(env: NodeJS.ProcessEnv): boolean {
  const pyenv = env.PYENV_ROOT ?? join(env.HOME ?? "/", ".pyenv");
  return (
    env.KUBE_MAGIC_PYTHON !== undefined ||
    existsSync(join(pyenv, "versions")) ||
    ["uv", "ansible-playbook"].some((name) => isProgram(name, env))
  );
}

function isProgram(name: string, env: NodeJS.ProcessEnv): boolean {
  const folders = [...(env.PATH ?? "").split(delimiter), ...SYSTEM_FOLDERS];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
