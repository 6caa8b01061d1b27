import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatPath, type InventoryPath, parsePath } from "../../../tasks/core/path.ts";
import { Float, isMap, Tagged, type Value, type ValueMap } from "../../../tasks/core/value.ts";
import { definitions, placeIn } from "../../../tasks/inventory/layers/definitions.ts";
import type { Layer } from "../../../tasks/inventory/layers/layer.ts";
import { mergeValues } from "../../../tasks/inventory/layers/merge.ts";
import { originOf, readYaml, SourceText, toValue } from "../../../tasks/io/yaml.ts";

describe("merging", () => {
  it.each<[string, ValueMap[], ValueMap]>([
    ["maps merge", [{ a: { b: 1, c: 1 } }, { a: { c: 2, d: 2 } }], { a: { b: 1, c: 2, d: 2 } }],
    ["lists replace", [{ a: [1, 2, 3] }, { a: [4] }], { a: [4] }],
    ["null replaces", [{ a: { b: 1 } }, { a: null }], { a: null }],
    ["a map replaces a scalar", [{ a: 1 }, { a: { b: 1 } }], { a: { b: 1 } }],
    ["a map replaces a list", [{ a: [1] }, { a: { b: 1 } }], { a: { b: 1 } }],
    ["a scalar replaces a map", [{ a: { b: 1 } }, { a: "x" }], { a: "x" }],
    ["a map after null starts anew", [{ a: { b: 1 } }, { a: null }, { a: { c: 1 } }], { a: { c: 1 } }],
    [
      "vault and floats are values, not maps",
      [
        { a: new Tagged("!vault", "x"), b: new Float(1) },
        { a: new Tagged("!unsafe", "y"), b: new Float(2) },
      ],
      { a: new Tagged("!unsafe", "y"), b: new Float(2) },
    ],
    [
      "a map replaces a tagged value",
      [{ a: new Tagged("!vault", "x") }, { a: { tag: { x: 1 } } }],
      { a: { tag: { x: 1 } } },
    ],
    [
      "order is the order of first writing",
      [
        { b: 1, a: 1 },
        { c: 1, b: 2 },
      ],
      { b: 2, a: 1, c: 1 },
    ],
  ])("%s", (_name, layers, expected) => {
    const merged = mergeValues(layers);
    expect(merged).toEqual(expected);
    expect(Object.keys(merged)).toEqual(Object.keys(expected));
  });

  it("leaves its inputs alone", () => {
    const layers = [{ a: { b: 1 } }, { a: { c: [1] } }, { a: { b: 2 } }];
    const before = structuredClone(layers);
    mergeValues(layers);
    expect(layers).toEqual(before);
  });
});

// Few names, so that layers meet often.
const name = fc.constantFrom("a", "b", "c", "x.y/z", "on fire");
const scalar = fc.oneof(
  fc.integer({ min: 0, max: 99 }),
  fc.constantFrom("text", "two words", true, false, null),
);
const { map } = fc.letrec<{ value: Value; map: ValueMap }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, scalar, fc.array(scalar, { maxLength: 3 }), tie("map")),
  map: fc.dictionary(name, tie("value"), { maxKeys: 4 }),
}));

function leaves(value: Value, path: InventoryPath = []): [InventoryPath, Value][] {
  if (!isMap(value) || Object.keys(value).length === 0) return path.length === 0 ? [] : [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

function at(value: Value, path: InventoryPath): Value | undefined {
  let found: Value | undefined = value;
  for (const part of path) found = isMap(found) && Object.hasOwn(found, part) ? found[part] : undefined;
  return found;
}

function layerOf(value: ValueMap, index: number): Layer {
  // JSON is YAML, and one entry a line gives every leaf a place of its own.
  const { root, problems } = readYaml(new SourceText(`${index}.yml`, JSON.stringify(value, null, 1)));
  if (root?.kind !== "map") throw new Error(`no map: ${JSON.stringify(problems)}`);
  return { file: `${index}.yml`, folder: ".", root };
}

describe("properties of merging", () => {
  it("the last writer of a leaf wins", () => {
    fc.assert(
      fc.property(fc.array(map, { minLength: 1, maxLength: 4 }), (layers) => {
        const merged = mergeValues(layers);
        for (const [path, value] of leaves(layers.at(-1) as ValueMap)) {
          // An empty map in the last layer adds nothing to a map below it.
          if (!isMap(value)) expect(at(merged, path)).toEqual(value);
        }
      }),
    );
  });

  it("is associative: merging in two steps gives the same", () => {
    const keys = fc.dictionary(name, fc.dictionary(name, scalar, { maxKeys: 3 }), { maxKeys: 4 });
    fc.assert(
      fc.property(keys, keys, keys, (one, two, three) => {
        const all = mergeValues([one, two, three]);
        expect(mergeValues([mergeValues([one, two]), three])).toEqual(all);
        expect(mergeValues([one, mergeValues([two, three])])).toEqual(all);
      }),
    );
  });

  it("every leaf's place points at the text that says it", () => {
    fc.assert(
      fc.property(fc.array(map, { minLength: 1, maxLength: 4 }), (values) => {
        const layers = values.map(layerOf);
        const merged = mergeValues(layers.map(({ root }) => toValue(root) as ValueMap));
        for (const [path, value] of leaves(merged)) {
          const place = placeIn(layers, path);
          if (place === undefined) throw new Error(`no place for ${formatPath(path)}`);
          const written = place.source.text.slice(place.start, place.end);
          if (!isMap(value) && !Array.isArray(value)) expect(JSON.parse(written)).toEqual(value);
          else expect(JSON.parse(written)).toBe(path.at(-1));
          const origin = originOf(place);
          const line = place.source.text.split("\n")[origin.line - 1] ?? "";
          expect(line.slice(origin.column - 1, origin.column - 1 + origin.length)).toBe(written);
          expect(definitions(layers, path).at(-1)?.value).toEqual(isMap(value) ? {} : value);
        }
      }),
    );
  });
});

describe("paths", () => {
  it.each<[InventoryPath, string]>([
    [["hosts", "master1", "ip"], "hosts.master1.ip"],
    [["network", "dns", "servers", 0], "network.dns.servers[0]"],
    [["hosts", "w1", "labels", "a.b/c"], 'hosts.w1.labels["a.b/c"]'],
    [["hosts", "compute[1:4]", "ip"], "hosts.compute[1:4].ip"],
    [["hosts", "n[01:12]-x", "ip"], "hosts.n[01:12]-x.ip"],
    [["a", 'quo"te', ""], 'a["quo\\"te"][""]'],
  ])("%j", (path, text) => {
    expect(formatPath(path)).toBe(text);
    expect(parsePath(text)).toEqual(path);
  });

  it("survive formatting and parsing", () => {
    const part = fc.oneof(fc.string(), fc.nat(50), fc.constantFrom("a[1:4]", "a.b", "x y", "é", "a]b"));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (path) => {
        if (typeof path[0] === "number") return;
        expect(parsePath(formatPath(path))).toEqual(path);
      }),
    );
  });

  it.each(["", ".", "a.", "a..b", "a[", "a[x]", 'a["x]', "[0", "a b["])("%j is none", (text) => {
    expect(parsePath(text)).toBeUndefined();
  });
});
