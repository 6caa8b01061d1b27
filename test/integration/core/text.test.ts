import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasDecoderKeys, toJsonText } from "../../../tasks/core/json-text.ts";
import { Float, Tagged, type Value } from "../../../tasks/core/value.ts";
import { toYaml } from "../../../tasks/core/yaml-text.ts";
import { AnsibleReader, findAnsible } from "../../helpers/ansible.ts";
import { canonical } from "../../helpers/canonical.ts";
import { HOSTILE_STRINGS, hostileValue } from "../../helpers/hostile.ts";

const ansible = await findAnsible();

const TABLE: readonly Value[] = [
  ...HOSTILE_STRINGS,
  ...HOSTILE_STRINGS.map((text) => new Tagged("!unsafe", text)),
  ...[0, -0, 1, -1, 1.5, 1e-7, 123456789012345680000, 2 ** 53, 2n ** 64n, -(2n ** 70n), true, false, null],
  ...[0, -0, 1, -3, 1e21, 1e300, 5e-324, 0.1, Infinity, -Infinity, NaN].map((number) => new Float(number)),
  [],
  {},
  [[]],
  [{}],
  [[], {}],
  { a: [] },
  { a: {} },
  [[["a"]]],
  [["a", "b"], [{ c: "d", e: ["f"] }]],
  [{ a: { b: 1 }, c: 2 }],
  [null, ""],
  { a: { b: { c: ["d", { e: "f\ng\n" }] } } },
  [new Tagged("!vault", "$ANSIBLE_VAULT;1.1;AES256\n3132\n")],
  ["a\nb", ["c\nd\n"]],
];

describe("text that Ansible reads back", () => {
  let reader: AnsibleReader;
  beforeAll(() => {
    reader = new AnsibleReader(ansible!);
  });
  afterAll(() => reader.close());

  const cases = [
    ["block YAML", (value: Value) => `---\n${toYaml(value)}`],
    ["JSON", (value: Value) => toJsonText(value)],
  ] as const;

  it.each(cases)(
    "%s: every hostile value survives alone, in a list, as a map's value and as a key",
    async (_, write) => {
      for (const value of TABLE) {
        const shapes: Value[] = [
          { key: value },
          [value, "after"],
          { list: [value, { deep: value, after: 1 }] },
        ];
        if (typeof value === "string")
          shapes.push({ [value]: value, after: { [value]: [{ [value]: value }] } });
        for (const shape of shapes.filter((one) => write === cases[0][1] || !hasDecoderKeys(one))) {
          const text = write(shape);
          expect(canonical(await reader.yaml(text)), text.slice(0, 2000)).toEqual(canonical(shape));
        }
      }
    },
  );

  it.each(cases)("%s: any nested value survives", async (_, write) => {
    await fc.assert(
      fc.asyncProperty(hostileValue(), async (value) => {
        fc.pre(write === cases[0][1] || !hasDecoderKeys(value));
        expect(canonical(await reader.yaml(write({ value })))).toEqual(canonical({ value }));
      }),
      { numRuns: 500 },
    );
  });
});
