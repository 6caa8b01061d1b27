/** Finding a Python that really runs: version managers leave names on PATH that answer with an error. */
import { VendorError } from "../core/errors.ts";
import { capture } from "../io/shell.ts";
import { inRange, rangeText, type VersionRange } from "./version-range.ts";

export interface Python {
  readonly path: string;
  /** Such as 3.11.7. */
  readonly version: string;
}

const PROBE = "import sys, venv, ensurepip; print(sys.executable); print('%d.%d.%d' % sys.version_info[:3])";

/**
 * The first usable interpreter: KUBE_MAGIC_PYTHON when set, else python3, else python3.N from the newest down.
 * @throws VendorError listing what was tried.
 */
export async function findPython(range: VersionRange, env: NodeJS.ProcessEnv): Promise<Python> {
  const wanted = env.KUBE_MAGIC_PYTHON;
  const names =
    wanted === undefined
      ? ["python3", "python3.13", "python3.12", "python3.11", "/usr/bin/python3"]
      : [wanted];
  const tried: string[] = [];
  for (const name of names) {
    const result = await capture([name, "-c", PROBE], { env, timeoutMs: 30_000 });
    const [path, version] = result.stdout.trim().split("\n");
    if (result.code === 0 && path !== undefined && version !== undefined) {
      if (inRange(version, range)) return { path, version };
      tried.push(`${name}: version ${version}`);
    } else {
      tried.push(`${name}: ${lastLine(result.stderr) || "not found"}`);
    }
  }
  throw new VendorError(`no Python ${rangeText(range)} with venv`, {
    remedy: "apt-get install python3 python3-venv, or name one: KUBE_MAGIC_PYTHON=/path/to/python3",
    output: tried.join("\n"),
  });
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
