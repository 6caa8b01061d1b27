/** Finds a Python that really runs: version managers leave commands on PATH that only print an error. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { VendorError } from "../../core/errors.ts";
import { compareVersions } from "../../core/versions.ts";
import { capture } from "../../io/command/capture.ts";
import { inRange, rangeText, type VersionRange } from "../version-range.ts";

/** A Python interpreter that runs. */
export interface Python {
  readonly path: string;
  /** Such as 3.11.7. */
  readonly version: string;
}

/** Which Python to look for. */
export interface PythonSearch {
  readonly env: NodeJS.ProcessEnv;
  /** Also require Python's modules venv and ensurepip: needed without uv. */
  readonly withVenv: boolean;
  readonly signal?: AbortSignal;
}

/** This machine has no Python of the range: the tool cannot run here, whatever the network does. */
export class NoPythonError extends VendorError {}

/**
 * The first usable interpreter: KUBE_MAGIC_PYTHON when set, else python3, python3.N from the newest down, then those
 * that pyenv and uv installed.
 * @throws NoPythonError listing what was tried.
 */
export async function findPython(range: VersionRange, search: PythonSearch): Promise<Python> {
  const { env } = search;
  const imports = search.withVenv ? "import sys, venv, ensurepip" : "import sys";
  const probe = `${imports}; print(sys.executable); print('%d.%d.%d' % sys.version_info[:3])`;
  const tried = new Map<string, string>();
  for (const name of candidates(range, env)) {
    const options = {
      env,
      timeoutMs: 30_000,
      ...(search.signal === undefined ? {} : { signal: search.signal }),
    };
    const result = await capture([name, "-c", probe], options);
    const [path, version] = result.stdout.trim().split("\n");
    if (result.code === 0 && path !== undefined && version !== undefined) {
      if (inRange(version, range)) return { path, version };
      tried.set(name, `version ${version}`);
    } else {
      tried.set(name, lastLine(result.stderr) || "not found");
    }
  }
  const newest = minorsOf(range)[0] ?? range.min;
  throw new NoPythonError(
    `no Python ${rangeText(range)}${search.withVenv ? " with venv" : ""} on this machine`,
    {
      remedy: `install one (apt-get install python${newest} python${newest}-venv, pyenv install ${newest}, or uv python install ${newest}), or name one: KUBE_MAGIC_PYTHON=/path/to/python3; then: npm run init`,
      output: [...tried].map(([name, answer]) => `  ${name}: ${answer}`).join("\n"),
    },
  );
}

/** KUBE_MAGIC_PYTHON may name several, separated by colons, because the tools accept different versions. */
function candidates(range: VersionRange, env: NodeJS.ProcessEnv): readonly string[] {
  if (env.KUBE_MAGIC_PYTHON !== undefined) return env.KUBE_MAGIC_PYTHON.split(":").filter(Boolean);
  const minors = minorsOf(range);
  const home = env.HOME ?? "";
  const managed = [
    join(env.PYENV_ROOT ?? join(home, ".pyenv"), "versions"),
    env.UV_PYTHON_INSTALL_DIR ?? join(env.XDG_DATA_HOME ?? join(home, ".local", "share"), "uv", "python"),
  ].flatMap((folder) => installedIn(folder, range));
  return ["python3", ...minors.map((minor) => `python${minor}`), "/usr/bin/python3", ...managed];
}

/** The minor versions of a range, newest first: >= 3.11, < 3.14 → 3.13, 3.12, 3.11. */
function minorsOf({ min, below }: VersionRange): readonly string[] {
  const [major, first] = min.split(".").map(Number);
  const last = Number(below.split(".")[1]) - 1;
  return Array.from(
    { length: Math.max(0, last - (first ?? 0) + 1) },
    (_, index) => `${major}.${last - index}`,
  );
}

function installedIn(folder: string, range: VersionRange): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => ({ name, version: /(\d+\.\d+\.\d+)/.exec(name)?.[1] ?? "" }))
    .filter(({ version }) => version !== "" && inRange(version, range))
    .sort((a, b) => compareVersions(b.version, a.version))
    .map(({ name }) => join(folder, name, "bin", "python3"));
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
