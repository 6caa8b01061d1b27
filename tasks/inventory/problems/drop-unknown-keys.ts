/** Drops unknown keys, so that the rules can check the rest of the inventory. */
import type { z } from "zod";
import { isMap, type Value } from "../../core/value.ts";

interface Branch {
  readonly keys: Set<string>;
  readonly children: Map<string, Branch>;
}

/** The value without its unknown keys; undefined when the schema has other issues too. */
export function withoutUnknownKeys(value: Value, issues: readonly z.core.$ZodIssue[]): Value | undefined {
  const root: Branch = { keys: new Set(), children: new Map() };
  for (const issue of issues) {
    if (issue.code !== "unrecognized_keys") return undefined;
    let branch = root;
    for (const part of issue.path) {
      const name = String(part);
      const child = branch.children.get(name) ?? { keys: new Set(), children: new Map() };
      branch.children.set(name, child);
      branch = child;
    }
    for (const key of issue.keys) branch.keys.add(key);
  }
  return prune(value, root);
}

function prune(value: Value, branch: Branch): Value {
  if (Array.isArray(value)) {
    return value.map((item, index) => {
      const child = branch.children.get(String(index));
      return child === undefined ? item : prune(item, child);
    });
  }
  if (!isMap(value)) return value;
  const kept: Record<string, Value> = {};
  for (const [key, item] of Object.entries(value)) {
    const child = branch.children.get(key);
    if (!branch.keys.has(key)) kept[key] = child === undefined ? item : prune(item, child);
  }
  return kept;
}
