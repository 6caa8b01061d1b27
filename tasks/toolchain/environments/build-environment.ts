/** Builds a virtual environment from hash-pinned requirements, with uv or with pip. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { VendorError } from "../../core/errors.ts";
import { capture } from "../../io/command/capture.ts";
import { onDisk } from "../../io/files.ts";
import { inRange, rangeText } from "../version-range.ts";
import type { AnsibleEnvironment, EnvironmentOptions, EnvironmentSpec } from "./environment-spec.ts";
import { findPython, type Python } from "./find-python.ts";
import { ansibleVersion, lastLines } from "./installed-ansible.ts";

const NETWORK_REMEDY =
  "check the network and the proxy (HTTPS_PROXY), or set PIP_INDEX_URL to an index or KUBE_MAGIC_WHEELS to a folder of wheels; then: npm run init";

/**
 * Builds the environment in `<folder>/<name>-<key>-py<version>`.
 * @param key hash of the requirements
 * @throws VendorError with the last lines of the command that failed.
 */
export async function buildEnvironment(
  spec: EnvironmentSpec,
  key: string,
  options: EnvironmentOptions,
): Promise<AnsibleEnvironment> {
  const source = packageSource(spec, options);
  const uv = await hasUv(options);
  const python = await findPython(spec.python, {
    env: options.env,
    withVenv: !uv,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const folder = join(options.folder, `${spec.name}-${key}-py${python.version}`);
  // A folder without our pointer file was left by a killed build: the pointer is written last.
  onDisk(folder, () => rmSync(folder, { recursive: true, force: true }));
  // uv makes no environments for Python 3.7 and older.
  const byUv = uv && inRange(python.version, { min: "3.8", below: "4" });
  options.progress(
    `${spec.name}: building an Ansible environment with Python ${python.version}${byUv ? " and uv" : ""} (once)`,
  );
  const started = Date.now();
  if (byUv) await installByUv(spec, python, folder, source, options);
  else await installByPip(spec, python, folder, source, options);
  const bin = join(folder, "bin");
  const ansibleCore = await ansibleVersion(bin, options.env);
  if (ansibleCore === undefined || !inRange(ansibleCore, spec.ansibleCore)) {
    throw new VendorError(
      `the new environment has ansible-core ${ansibleCore ?? "(none that runs)"}, but ${spec.name} needs ${rangeText(spec.ansibleCore)}`,
      { remedy: `correct the version in ${spec.requirements}, then: npm run init` },
    );
  }
  options.progress(
    `${spec.name}: ansible-core ${ansibleCore} in ${((Date.now() - started) / 1000).toFixed(1)} s`,
  );
  return { name: spec.name, bin, ansibleCore, python: python.version, origin: "built" };
}

/** Options of pip and uv that say where packages come from: an index, or a folder of wheels. */
function packageSource(spec: EnvironmentSpec, options: EnvironmentOptions): readonly string[] {
  const wheels = options.env.KUBE_MAGIC_WHEELS;
  if (options.offline === true && wheels === undefined) {
    throw new VendorError(`the Ansible of ${spec.name} is not built, and --offline forbids downloading it`, {
      remedy: "set KUBE_MAGIC_WHEELS to a folder of wheels, or leave --offline out",
    });
  }
  if (wheels !== undefined && !isFilledFolder(wheels)) {
    throw new VendorError(`KUBE_MAGIC_WHEELS is not a folder with files: ${wheels}`, {
      remedy: "correct the path, or unset KUBE_MAGIC_WHEELS to download from an index",
    });
  }
  return wheels === undefined ? [] : ["--no-index", "--find-links", wheels];
}

async function installByUv(
  spec: EnvironmentSpec,
  python: Python,
  folder: string,
  source: readonly string[],
  options: EnvironmentOptions,
): Promise<void> {
  // uv does not read pip's variables. The index may hold a password, so it is passed in the environment, not in argv.
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
  await runStep(
    ["uv", "venv", "--quiet", "--python", python.path, folder],
    built,
    `uv could not create a virtual environment with ${python.path}`,
    "name another Python: KUBE_MAGIC_PYTHON=/path/to/python3 npm run init",
  );
  await runStep(
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
  await runStep(
    [python.path, "-m", "venv", folder],
    options,
    `${python.path} -m venv failed`,
    "install the module venv, on Debian and Ubuntu: apt-get install python3-venv; then: npm run init",
  );
  await runStep(
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

async function runStep(
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
  const output = lastLines(result);
  const isFull = /No space left on device|Errno 28/.test(output);
  throw new VendorError(isFull ? `${failed}: no space left on the disk` : failed, {
    remedy: isFull ? "free some space, then repeat the command" : remedy,
    output,
  });
}

async function hasUv({ env }: EnvironmentOptions): Promise<boolean> {
  const { code } = await capture(["uv", "--version"], { env, timeoutMs: 10_000 });
  return code === 0;
}

function isFilledFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true && readdirSync(path).length > 0;
}
