/**
 * The Ansible of a tool: its own virtual environment from hash-pinned requirements, or, when that cannot be built, an
 * installed Ansible that satisfies the range. Never any other.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { VendorError } from "../core/errors.ts";
import { acquireLock } from "../io/lock.ts";
import { capture } from "../io/shell.ts";
import { findPython, type Python } from "./python.ts";
import { inRange, rangeText, type VersionRange } from "./version-range.ts";

export interface EnvironmentSpec {
  readonly name: string;
  /** Requirements with hashes, absolute path. */
  readonly requirements: string;
  readonly ansibleCore: VersionRange;
  readonly python: VersionRange;
}

export interface AnsibleEnvironment {
  readonly name: string;
  /** Folder with ansible-playbook and ansible-inventory; absolute. */
  readonly bin: string;
  readonly ansibleCore: string;
  readonly origin: "built" | "installed";
  /** Why an installed Ansible was used instead of a built one. */
  readonly why?: string;
}

export interface EnvironmentOptions {
  /** Folder that holds all environments. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly progress: (message: string) => void;
}

/** Requirements and range of the Ansible that runs our own playbooks. */
export function customEnvironment(vendorFolder: string): EnvironmentSpec {
  return {
    name: "custom",
    requirements: join(vendorFolder, "requirements", "custom.txt"),
    ansibleCore: { min: "2.18", below: "2.22" },
    python: { min: "3.11", below: "3.14" },
  };
}

/** The environment if it is there already; never builds. Reads two small files and starts no process. */
export function existingEnvironment(
  spec: EnvironmentSpec,
  options: EnvironmentOptions,
): AnsibleEnvironment | undefined {
  const pointer = join(options.folder, `${spec.name}.json`);
  if (!existsSync(pointer)) return undefined;
  try {
    const found = JSON.parse(readFileSync(pointer, "utf8")) as AnsibleEnvironment & { key: string };
    const { key, ...environment } = found;
    if (key !== requirementsKey(spec) || !existsSync(join(environment.bin, "ansible-playbook")))
      return undefined;
    return environment;
  } catch {
    return undefined; // Torn or foreign: build again.
  }
}

/**
 * The environment, built when it is not there yet.
 * @throws VendorError when it can neither be built nor replaced by an installed Ansible.
 */
export async function ensureEnvironment(
  spec: EnvironmentSpec,
  options: EnvironmentOptions,
): Promise<AnsibleEnvironment> {
  const existing = existingEnvironment(spec, options);
  if (existing !== undefined) return existing;
  mkdirSync(options.folder, { recursive: true });
  const lock = await acquireLock(
    join(options.folder, `${spec.name}.lock`),
    `building the Ansible environment of ${spec.name}`,
  );
  try {
    const environment = await buildOrFallBack(spec, options);
    const pointer = { key: requirementsKey(spec), ...environment };
    writeFileSync(join(options.folder, `${spec.name}.json`), `${JSON.stringify(pointer, null, 2)}\n`);
    return environment;
  } finally {
    lock.release();
  }
}

async function buildOrFallBack(
  spec: EnvironmentSpec,
  options: EnvironmentOptions,
): Promise<AnsibleEnvironment> {
  try {
    return await buildEnvironment(spec, await findPython(spec.python, options.env), options);
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    const installed = await installedAnsible(spec, options.env);
    if (installed === undefined) {
      throw new VendorError(`no Ansible for ${spec.name}: ${error.message}`, {
        remedy: `${error.remedy ?? "fix the cause"}, or install ansible-core ${rangeText(spec.ansibleCore)}`,
        cause: error,
        ...(error.output === undefined ? {} : { output: error.output }),
      });
    }
    options.progress(
      `${spec.name}: using the installed ansible-core ${installed.ansibleCore}: ${error.message}`,
    );
    return { ...installed, why: error.message };
  }
}

async function buildEnvironment(
  spec: EnvironmentSpec,
  python: Python,
  options: EnvironmentOptions,
): Promise<AnsibleEnvironment> {
  const folder = join(options.folder, `${spec.name}-${requirementsKey(spec)}-py${python.version}`);
  // A folder without our pointer is half built: the pointer is written last.
  rmSync(folder, { recursive: true, force: true });
  options.progress(
    `${spec.name}: building an Ansible environment with Python ${python.version} (once, about 15 s)`,
  );
  await step(
    [python.path, "-m", "venv", folder],
    options,
    "python3 -m venv failed",
    "apt-get install python3-venv",
  );
  const wheels = options.env.KUBE_MAGIC_WHEELS;
  const source = wheels === undefined ? [] : ["--no-index", "--find-links", wheels];
  await step(
    [
      join(folder, "bin", "pip"),
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "--require-hashes",
      ...source,
      "-r",
      spec.requirements,
    ],
    options,
    "pip could not install the pinned requirements",
    "check the network and proxy (HTTPS_PROXY), name an index (PIP_INDEX_URL) or a folder of wheels (KUBE_MAGIC_WHEELS)",
  );
  const bin = join(folder, "bin");
  const ansibleCore = await ansibleVersion(bin, options.env);
  if (ansibleCore === undefined || !inRange(ansibleCore, spec.ansibleCore)) {
    throw new VendorError(
      `the new environment answers with ansible-core ${ansibleCore ?? "(nothing)"}, wanted ${rangeText(spec.ansibleCore)}`,
      {
        remedy: `check ${spec.requirements}`,
      },
    );
  }
  return { name: spec.name, bin, ansibleCore, origin: "built" };
}

async function step(
  argv: readonly [string, ...string[]],
  options: EnvironmentOptions,
  failed: string,
  remedy: string,
): Promise<void> {
  const result = await capture(argv, { env: options.env });
  if (result.code === 0) return;
  const output = `${result.stdout}${result.stderr}`.trimEnd().split("\n").slice(-15).join("\n");
  throw new VendorError(failed, { remedy, output });
}

async function installedAnsible(
  spec: EnvironmentSpec,
  env: NodeJS.ProcessEnv,
): Promise<AnsibleEnvironment | undefined> {
  for (const bin of (env.PATH ?? "").split(":").filter(Boolean)) {
    if (!existsSync(join(bin, "ansible-playbook"))) continue;
    const ansibleCore = await ansibleVersion(bin, env);
    if (ansibleCore !== undefined && inRange(ansibleCore, spec.ansibleCore)) {
      return { name: spec.name, bin, ansibleCore, origin: "installed" };
    }
  }
  return undefined;
}

async function ansibleVersion(bin: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  // A working folder of its own, so that no ansible.cfg nearby has a say.
  const result = await capture([join(bin, "ansible-playbook"), "--version"], {
    env,
    cwd: dirname(bin),
    timeoutMs: 30_000,
  });
  return result.code === 0 ? /^ansible-playbook \[core ([\d.]+)/.exec(result.stdout)?.[1] : undefined;
}

function requirementsKey(spec: EnvironmentSpec): string {
  return createHash("sha256").update(readFileSync(spec.requirements)).digest("hex").slice(0, 12);
}
