/**
 * Values of the central inventory: those of JSON, and those that Ansible has beside them.
 */

/** A scalar that keeps its YAML tag: an encrypted value, or one that must not be templated. */
export class Tagged {
  readonly tag: "!vault" | "!unsafe";
  readonly text: string;

  constructor(tag: "!vault" | "!unsafe", text: string) {
    this.tag = tag;
    this.text = text;
  }
}

/**
 * A float that JavaScript would print as an integer (`1.0`) or not at all (`.inf`, `.nan`). 1.0 and 1 are different values to
 * Ansible.
 */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A value without parts. */
export type Scalar = string | number | bigint | boolean | null | Tagged | Float;
/** Any value. */
export type Value = Scalar | readonly Value[] | ValueMap;
/** A map of values. */
export interface ValueMap {
  readonly [key: string]: Value;
}

/** True for a map: not a list, not null, not a Tagged or a Float. */
export function isMap(value: unknown): value is ValueMap {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Tagged) &&
    !(value instanceof Float)
  );
}
