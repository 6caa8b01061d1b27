/** PyYAML as the judge of what a YAML text means. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Float, isMap, Tagged, type Value } from "../../tasks/core/value.ts";

export type Typed = readonly [string, ...unknown[]];
export interface Reading {
  readonly value?: Typed;
  readonly error?: string;
}
export interface Verdict {
  readonly python: Reading;
  /** null when PyYAML has no libyaml. */
  readonly c: Reading | null;
}

/** A Python that has PyYAML; undefined when there is none. KUBE_MAGIC_TEST_PYTHON names another one. */
export function pythonWithYaml(): string | undefined {
  const candidates = [process.env.KUBE_MAGIC_TEST_PYTHON, "python3", "/usr/bin/python3"];
  return candidates.find(
    (python) =>
      python !== undefined && spawnSync(python, ["-c", "import yaml"], { stdio: "ignore" }).status === 0,
  );
}

/** What PyYAML makes of each text; one process for all of them. */
export function judge(python: string, texts: readonly string[]): Verdict[] {
  const script = join(import.meta.dirname, "pyyaml-read.py");
  const result = spawnSync(python, [script], {
    input: JSON.stringify(texts),
    encoding: "utf8",
    maxBuffer: 512 * 1024 * 1024,
    env: { ...process.env, PYTHONIOENCODING: "utf-8:surrogatepass", PYTHONUTF8: "1" },
  });
  if (result.status !== 0) throw new Error(`the Python judge failed: ${result.stderr}`);
  return JSON.parse(result.stdout) as Verdict[];
}

/** Our value in the judge's notation. */
export function typed(value: Value): Typed {
  if (value === null) return ["null"];
  if (value instanceof Tagged) return [value.tag.slice(1), value.text];
  if (value instanceof Float) return ["float", pythonRepr(value.value)];
  if (Array.isArray(value)) return ["list", value.map(typed)];
  if (isMap(value)) return ["map", Object.entries(value).map(([key, item]) => [["str", key], typed(item)])];
  if (typeof value === "boolean") return ["bool", value];
  if (typeof value === "string") return ["str", value];
  if (typeof value === "bigint") return ["int", String(value)];
  if (typeof value === "number") {
    return Number.isInteger(value) ? ["int", String(value)] : ["float", pythonRepr(value)];
  }
  throw new Error(`no YAML value: ${String(value)}`);
}

/** Floats are compared as numbers: both sides round to the same 64 bits, only the spelling differs. */
export function normalise(value: Typed): Typed {
  const [kind, content] = value;
  if (kind === "float") return ["float", pythonRepr(parsePython(content as string))];
  if (kind === "list") return ["list", (content as Typed[]).map(normalise)];
  if (kind === "map") {
    return ["map", (content as [Typed, Typed][]).map(([key, item]) => [normalise(key), normalise(item)])];
  }
  return value;
}

function parsePython(text: string): number {
  if (text === "nan") return Number.NaN;
  return Number(text.replace("inf", "Infinity"));
}

function pythonRepr(number: number): string {
  return Object.is(number, -0) ? "-0" : String(number);
}
