/** Values for the sections of the central inventory, each with the variable it comes from; and contradictions. */

import type { ToolName } from "../../core/model.ts";
import { formatPath } from "../../core/path.ts";
import type { Value } from "../../core/value.ts";
import { isSame } from "../prove/same-value.ts";

/** The variable that a value comes from. */
export interface ValueSource {
  readonly tool: ToolName;
  readonly variable: string;
}

/** A value for a place in the central inventory. */
export interface SectionValue {
  readonly path: readonly string[];
  readonly value: Value;
  readonly from: ValueSource;
}

/** Two variables with different values for one place. */
export interface Conflict {
  readonly kept: SectionValue;
  readonly other: SectionValue;
}

/** Collects the values. */
export class SectionValues {
  readonly conflicts: Conflict[] = [];
  /** `<tool> <variable>` → why its value is in no section. */
  readonly refusals = new Map<string, string>();
  readonly #values = new Map<string, SectionValue>();
  readonly #sections = new Map<string, string>();

  /** Keeps the first value of a place; a different second one is a conflict. */
  put(path: readonly string[], value: Value, from: ValueSource): void {
    const key = formatPath(path);
    const sectionValue = { path, value, from };
    const kept = this.#values.get(key);
    if (kept === undefined) this.#values.set(key, sectionValue);
    else if (!isSame(kept.value, value)) this.conflicts.push({ kept, other: sectionValue });
    const section = path[0] === "hosts" ? `hosts.<name>.${path.slice(2).join(".")}` : formatPath(path);
    const id = `${from.tool} ${from.variable}`;
    if (!this.#sections.has(id)) this.#sections.set(id, section);
  }

  /** Records why a variable is in no section. */
  refuse({ tool, variable }: ValueSource, why: string): void {
    this.refusals.set(`${tool} ${variable}`, why);
  }

  /** True when the place has a value. */
  has(path: readonly string[]): boolean {
    return this.#values.has(formatPath(path));
  }

  /** The value of a place. */
  get(path: readonly string[]): Value | undefined {
    return this.#values.get(formatPath(path))?.value;
  }

  /** Drops the value at a path, or the nearest one above it. @returns false when there is none. */
  drop(path: readonly string[], why: string): boolean {
    for (let length = path.length; length > 0; length -= 1) {
      const key = formatPath(path.slice(0, length));
      const sectionValue = this.#values.get(key);
      if (sectionValue === undefined) continue;
      this.#values.delete(key);
      this.refuse(sectionValue.from, why);
      return true;
    }
    return false;
  }

  /** The section that holds the value of a variable. */
  sectionOf(tool: ToolName, variable: string): string | undefined {
    return this.#sections.get(`${tool} ${variable}`);
  }

  /** All values as one map, in the order in which they were added. */
  tree(): Record<string, Value> {
    const root: Record<string, Value> = {};
    for (const { path, value } of this.#values.values()) {
      let at = root as Record<string, Value>;
      for (const part of path.slice(0, -1)) {
        at[part] ??= {};
        at = at[part] as Record<string, Value>;
      }
      at[path.at(-1) as string] = value;
    }
    return root;
  }
}
