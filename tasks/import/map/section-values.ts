/** What the sources say about the sections of the central inventory, and where they contradict each other. */

import type { ToolName } from "../../core/model.ts";
import { formatPath } from "../../core/path.ts";
import type { Value } from "../../core/value.ts";
import { isSame } from "../prove/same-value.ts";

/** Where a value was found. */
export interface Found {
  readonly tool: ToolName;
  readonly variable: string;
}

export interface Claim {
  readonly path: readonly string[];
  readonly value: Value;
  readonly from: Found;
}

export interface Conflict {
  readonly kept: Claim;
  readonly other: Claim;
}

export class Claims {
  readonly conflicts: Conflict[] = [];
  /** Why a value did not become a section, by `<tool> <variable>`. */
  readonly refusals = new Map<string, string>();
  readonly #claims = new Map<string, Claim>();
  readonly #sections = new Map<string, string>();

  /** The first one to speak is kept; a different second value is a conflict. */
  put(path: readonly string[], value: Value, from: Found): void {
    const key = formatPath(path);
    const claim = { path, value, from };
    const kept = this.#claims.get(key);
    if (kept === undefined) this.#claims.set(key, claim);
    else if (!isSame(kept.value, value)) this.conflicts.push({ kept, other: claim });
    const section = path[0] === "hosts" ? `hosts.<name>.${path.slice(2).join(".")}` : formatPath(path);
    const id = `${from.tool} ${from.variable}`;
    if (!this.#sections.has(id)) this.#sections.set(id, section);
  }

  refuse({ tool, variable }: Found, why: string): void {
    this.refusals.set(`${tool} ${variable}`, why);
  }

  has(path: readonly string[]): boolean {
    return this.#claims.has(formatPath(path));
  }

  get(path: readonly string[]): Value | undefined {
    return this.#claims.get(formatPath(path))?.value;
  }

  /** Takes back the claim at a path or the nearest above it, and those below it, because of what the schema says. */
  drop(path: readonly string[], why: string): boolean {
    for (let length = path.length; length > 0; length -= 1) {
      const key = formatPath(path.slice(0, length));
      const claim = this.#claims.get(key);
      if (claim === undefined) continue;
      this.#claims.delete(key);
      this.refuse(claim.from, why);
      return true;
    }
    return false;
  }

  /** The section that a variable went to. */
  sectionOf(tool: ToolName, variable: string): string | undefined {
    return this.#sections.get(`${tool} ${variable}`);
  }

  /** As one tree, in the order of the claims. */
  tree(): Record<string, Value> {
    const root: Record<string, Value> = {};
    for (const { path, value } of this.#claims.values()) {
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
