/**
 * Values as Ansible knows them: JSON, plus what JSON cannot say.
 * Everything a user writes in the central inventory is made of these.
 */

/** A scalar that keeps its YAML tag: an encrypted value or one that must not be templated. */
export class Tagged {
  readonly tag: "!vault" | "!unsafe";
  readonly text: string;

  constructor(tag: "!vault" | "!unsafe", text: string) {
    this.tag = tag;
    this.text = text;
  }
}

/**
 * A float that a JavaScript number would print as an integer or not at all:
 * `1.0`, `.inf`, `.nan`. Ansible tells 1.0 from 1, so we do too.
 */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export type Scalar = string | number | bigint | boolean | null | Tagged | Float;
export type Value = Scalar | readonly Value[] | ValueMap;
export interface ValueMap {
  readonly [key: string]: Value;
}

/** True for a plain mapping: not a list, not null, not one of our scalar classes. */
export function isMap(value: unknown): value is ValueMap {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Tagged) &&
    !(value instanceof Float)
  );
}
