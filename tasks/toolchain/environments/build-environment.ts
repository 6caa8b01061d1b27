/** Building a virtual environment, and judging an Ansible that is installed already. */
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { VendorError } from "../../core/errors.ts";
import { type CommandResult, capture } from "../../io/command/capture.ts";
import { onDisk } from "../../io/files.ts";
import { inRange, rangeText } from "../version-range.ts";
import type { AnsibleEnvironment, EnvironmentOptions, EnvironmentSpec } from "./environment-spec.ts";
import { findPython, type Python } from "./find-python.ts";

const NETWORK_REMEDY =
  "check the network and proxy (HTTPS_PROXY), name an index (PIP_INDEX_URL) or a folder of wheels (KUBE_MAGIC_WHEELS)";

/** @throws VendorError with the last words of the tool that failed. */
export async function buildEnvironment(
  spec: EnvironmentSpec,
  key: string,
  options: EnvironmentOptions,
): Promise<AnsibleEnvironment> {
  const wheels = options.env.KUBE_MAGIC_WHEELS;
  if (options.offline === true && wheels === undefined) {
    throw new VendorError(
      `the environment of ${spec.name} is not here, and --offline forbids to download it`,
      {
        remedy: "name a folder of wheels: KUBE_MAGIC_WHEELS=DIR, or leave --offline out",
      },
    );
  }
  if (wheels !== undefined && !isFolder(wheels)) {
    throw new VendorError(`KUBE_MAGIC_WHEELS names no folder: ${wheels}`, {
      remedy: "correct it, or unset it to download from an index",
    });
  }
  const uv = await hasUv(options);
  const python = await findPython(spec.python, {
    env: options.env,
    withVenv: !uv,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const folder = join(options.folder, `${spec.name}-${key}-py${python.version}`);
  // A folder without our pointer is half built: the pointer is written last.
  onDisk(folder, () => rmSync(folder, { recursive: true, force: true }));
  // uv no longer makes environments for Pythons of that age.
  const byUv = uv && inRange(python.version, { min: "3.8", below: "4" });
  options.progress(
    `${spec.name}: building an Ansible environment with Python ${python.version}${byUv ? " and uv" : ""} (once)`,
  );
  const started = Date.now();
  const source = wheels === undefined ? [] : ["--no-index", "--find-links", wheels];
  if (byUv) await installByUv(spec, python, folder, source, options);
  else await installByPip(spec, python, folder, source, options);
  const bin = join(folder, "bin");
  const ansibleCore = await ansibleVersion(bin, options.env);
  if (ansibleCore === undefined || !inRange(ansibleCore, spec.ansibleCore)) {
    throw new VendorError(
      `the new environment answers with ansible-core ${ansibleCore ?? "(nothing)"}, wanted ${rangeText(spec.ansibleCore)}`,
      { remedy: `check ${spec.requirements}` },
    );
  }
  options.progress(
    `${spec.name}: ansible-core ${ansibleCore} in ${((Date.now() - started) / 1000).toFixed(1)} s`,
  );
  return { name: spec.name, bin, ansibleCore, python: python.version, origin: "built" };
}

async function installByUv(
  spec: EnvironmentSpec,
  python: Python,
  folder: string,
  source: readonly string[],
  options: EnvironmentOptions,
): Promise<void> {
  // uv does not read pip's variables; an index may carry a password, so it goes by environment too.
  const index = options.env.UV_DEFAULT_INDEX ?? options.env.UV_INDEX_URL ?? options.env.PIP_INDEX_URL;
  const env = {
    ...options.env,
    ...(index === undefined ? {} : { UV_DEFAULT_INDEX: index }),
    UV_NO_PROGRESS: "1",
    UV_LINK_MODE: options.env.UV_LINK_MODE ?? "hardlink",
    ...(options.env.SSL_CERT_FILE === undefined && options.env.PIP_CERT !== undefined
      ? { SSL_CERT_FILE: options.env.PIP_CERT }
      : {}),
  };
  const built = { ...options, env };
  await step(
    ["uv", "venv", "--quiet", "--python", python.path, folder],
    built,
    "uv could not make a virtual environment",
    "check the Python it used",
  );
  await step(
    [
      "uv",
      "pip",
      "install",
      "--quiet",
      "--python",
      join(folder, "bin", "python"),
      "--require-hashes",
      ...source,
      "-r",
      spec.requirements,
    ],
    built,
    "uv could not install the pinned requirements",
    NETWORK_REMEDY,
  );
}

async function installByPip(
  spec: EnvironmentSpec,
  python: Python,
  folder: string,
  source: readonly string[],
  options: EnvironmentOptions,
): Promise<void> {
  await step(
    [python.path, "-m", "venv", folder],
    options,
    "python3 -m venv failed",
    "apt-get install python3-venv",
  );
  await step(
    [
      join(folder, "bin", "pip"),
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "--no-compile",
      "--require-hashes",
      ...source,
      "-r",
      spec.requirements,
    ],
    options,
    "pip could not install the pinned requirements",
    NETWORK_REMEDY,
  );
}

async function step(
  argv: readonly [string, ...string[]],
  options: EnvironmentOptions,
  failed: string,
  remedy: string,
): Promise<void> {
  const result = await capture(argv, {
    env: options.env,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (result.code === 0) return;
  const output = lastWords(result);
  const isFull = /No space left on device|Errno 28/.test(output);
  throw new VendorError(isFull ? `${failed}: no space left on the disk` : failed, {
    remedy: isFull ? "free some space and run the same command again" : remedy,
    output,
  });
}

function lastWords(result: CommandResult): string {
  return `${result.stdout}${result.stderr}`.trimEnd().split("\n").slice(-15).join("\n");
}

async function hasUv({ env }: EnvironmentOptions): Promise<boolean> {
  const { code } = await capture(["uv", "--version"], { env, timeoutMs: 10_000 });
  return code === 0;
}

/** An Ansible on PATH that has all that the spec names; else what there was instead, for the message. */
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
    instead.push(`${bin} has ${ansibleCore} but lacks ${missing.join(", ")}`);
  }
  return { instead: instead.length === 0 ? "" : ` (${instead.join("; ")})` };
}

/** Modules and collections that an Ansible lacks. Empty when it has all. */
export async function missingParts(
  spec: Pick<EnvironmentSpec, "modules" | "collections">,
  bin: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  if (spec.modules.length + spec.collections.length === 0) return [];
  const said = await capture([join(bin, "ansible-playbook"), "--version"], {
    env,
    cwd: dirname(bin),
    timeoutMs: 30_000,
  });
  const python =
    /^ +python version = .*\((\/[^)]+)\)\s*$/m.exec(said.stdout)?.[1] ??
    ["python3", "python"].map((name) => join(bin, name)).find((path) => existsSync(path));
  if (python === undefined) return ["the Python that runs it"];
  const result = await capture([python, "-c", LOOK, JSON.stringify(spec)], {
    env,
    cwd: dirname(bin),
    timeoutMs: 60_000,
  });
  if (result.code !== 0) return [`a Python that runs: ${lastWords(result)}`];
  return result.stdout.trim().split("\n").filter(Boolean);
}

/** Collections are found beside Python's packages, and where ansible-galaxy puts them. */
const LOOK = `
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

/** Version of the Ansible in a folder: `ansible-playbook [core 2.18.19]`, or `ansible-playbook 2.9.27` of old. */
export async function ansibleVersion(bin: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  // A working folder of its own, so that no ansible.cfg nearby has a say.
  const result = await capture([join(bin, "ansible-playbook"), "--version"], {
    env,
    cwd: dirname(bin),
    timeoutMs: 60_000,
  });
  return result.code === 0 ? /^ansible-playbook (?:\[core )?([\d.]+)/m.exec(result.stdout)?.[1] : undefined;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true && readdirSync(path).length > 0;
}
