import { expect, it } from "vitest";
import { hasDecoderKeys, toJsonText } from "../../../tasks/core/json-text.ts";
import { Float, Tagged, type Value } from "../../../tasks/core/value.ts";

it.each<[Value, string]>([
  [{ a: [1, "b", null, true], c: {} }, '{"a": [1, "b", null, true], "c": {}}'],
  [new Float(1), "1.0"],
  [new Float(Number.POSITIVE_INFINITY), "Infinity"],
  [1.5e-7, "1.5e-7"],
  [1e21, "1000000000000000000000"],
  [2n ** 64n, "18446744073709551616"],
  [new Tagged("!vault", "$ANSIBLE_VAULT\n"), '{"__ansible_vault": "$ANSIBLE_VAULT\\n"}'],
  [new Tagged("!unsafe", "{{ x }}"), '{"__ansible_unsafe": "{{ x }}"}'],
  ["a\u2028b\u0085\ufeff", '"a\\u2028b\\u0085\\ufeff"'],
])("%o is one line of JSON as Ansible reads it", (value, text) => expect(toJsonText(value)).toBe(text));

it("knows what Ansible's decoder would take for its own notation", () => {
  expect(hasDecoderKeys({ a: [{ b: { __ansible_vault: "x" } }] })).toBe(true);
  expect(hasDecoderKeys({ a: "__ansible_vault", b: new Tagged("!vault", "x") })).toBe(false);
});

it("refuses half a surrogate pair: Python reads it, and fails when it writes it", () => {
  expect(() => toJsonText(["\ud800"])).toThrow(TypeError);
});
