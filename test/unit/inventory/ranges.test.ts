import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expandRange } from "../../../tasks/inventory/layers/host-ranges.ts";
import { loadFiles, MINIMAL, placesOf } from "../../helpers/inventory-folder.ts";

describe("expandRange", () => {
  it.each<[string, string[]]>([
    ["compute[1:3]", ["compute1", "compute2", "compute3"]],
    ["w[08:11]-x", ["w08-x", "w09-x", "w10-x", "w11-x"]],
    ["[7:7]", ["7"]],
    ["10.0.0.[9:11]", ["10.0.0.9", "10.0.0.10", "10.0.0.11"]],
    ["a[99:101]", ["a99", "a100", "a101"]],
  ])("%s", (text, items) => {
    expect(expandRange(text)).toEqual({ items });
  });

  it.each([
    ["a[3:1]", "counts backwards"],
    ["a[1:1000000]", "more than"],
    ["a[01:100]", undefined],
    ["a[001:10]", "have different widths"],
    ["a[1:010]", "have different widths"],
    ["a[1:2]b[1:2]", "more than one range"],
    ["a[1-3]", "no range"],
    ["a[x:y]", "no range"],
    ["a[1:2", "no range"],
  ])("%s: %s", (text, complaint) => {
    const { complaint: said } = expandRange(text);
    if (complaint === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(complaint);
  });

  it("gives one text per number, all different, in order", () => {
    const parts = fc.tuple(fc.stringMatching(/^[a-z-]{0,5}$/), fc.nat(2000), fc.nat(300), fc.boolean());
    fc.assert(
      fc.property(parts, ([name, from, count, isPadded]) => {
        const width = isPadded ? String(from + count).length : 0;
        const first = String(from).padStart(width, "0");
        const { items } = expandRange(`${name}[${first}:${from + count}]`);
        expect(items).toHaveLength(count + 1);
        expect(items?.map((item) => Number(item.slice(name.length)))).toEqual(
          Array.from({ length: count + 1 }, (_, index) => from + index),
        );
        if (isPadded) expect(new Set(items?.map((item) => item.length)).size).toBe(1);
      }),
    );
  });
});

describe("host ranges", () => {
  const hosts = (text: string) => ({ "cluster.yml": MINIMAL, "more.yml": `hosts:\n${text}` });

  it("count names, addresses and zones along together", async () => {
    const { model, problems } = await loadFiles(
      hosts(
        "  c[01:03]:\n    ip: 10.0.0.[30:32]\n    address: h[7:9].example.net\n    zone: z[1:3]\n    roles: [worker]\n",
      ),
    );
    expect(problems).toEqual([]);
    expect(model?.hosts.slice(2).map(({ name, ip, address, zone }) => [name, ip, address, zone])).toEqual([
      ["c01", "10.0.0.30", "h7.example.net", "z1"],
      ["c02", "10.0.0.31", "h8.example.net", "z2"],
      ["c03", "10.0.0.32", "h9.example.net", "z3"],
    ]);
  });

  it("can be overridden for one host by a later layer, and for some by a smaller range", async () => {
    const { model } = await loadFiles({
      ...hosts("  c[1:4]:\n    ip: 10.0.0.[31:34]\n    roles: [worker]\n    labels: { a: x }\n"),
      "local/mine.yml": "hosts:\n  c2: { ip: 10.0.0.99, labels: { b: y } }\n  c[3:4]: { zone: far }\n",
    });
    expect(model?.hosts.slice(2).map(({ ip, zone, labels }) => [ip, zone, labels])).toEqual([
      ["10.0.0.31", undefined, { a: "x" }],
      ["10.0.0.99", undefined, { a: "x", b: "y" }],
      ["10.0.0.33", "far", { a: "x" }],
      ["10.0.0.34", "far", { a: "x" }],
    ]);
  });

  it("also name hosts of pass-through variables, whose values stay as they are", async () => {
    const text = "tools:\n  custom:\n    hosts:\n      worker[1:1]: { slice: 'x[1:3]' }\n";
    const { model } = await loadFiles({ "cluster.yml": MINIMAL, "tools.yml": text });
    expect(model?.tools.custom.hosts).toEqual({ worker1: { slice: "x[1:3]" } });
  });

  it.each<[string, string, string]>([
    ["a malformed range", "  c[1-4]: { ip: 10.0.0.30, roles: [worker] }\n", "KM110 prod/more.yml:2:3"],
    [
      "a malformed range of addresses",
      "  c[1:2]:\n    ip: 10.0.0.[9:8]\n    roles: [worker]\n",
      "KM110 prod/more.yml:3:9",
    ],
    [
      "addresses without a range of names",
      "  c:\n    ip: 10.0.0.[1:4]\n    roles: [worker]\n",
      "KM111 prod/more.yml:3:9",
    ],
    [
      "too few addresses",
      "  c[1:4]:\n    ip: 10.0.0.[30:32]\n    roles: [worker]\n",
      "KM112 prod/more.yml:3:9",
    ],
    ["one address for all", "  c[1:4]:\n    ip: 10.0.0.30\n    roles: [worker]\n", "KM112 prod/more.yml:3:9"],
    [
      "a host in two ranges",
      "  c[1:4]:\n    ip: 10.0.0.[31:34]\n    roles: [worker]\n  c[3:6]:\n    ip: 10.0.0.[43:46]\n    roles: [worker]\n",
      "KM113 prod/more.yml:5:3",
    ],
    [
      "a host in a range and on its own",
      "  c[1:4]:\n    ip: 10.0.0.[31:34]\n    roles: [worker]\n  c2: { ip: 10.0.0.50, roles: [worker] }\n",
      "KM113 prod/more.yml:5:3",
    ],
  ])("refuse %s", async (_name, text, expected) => {
    expect(placesOf(await loadFiles(hosts(text)))).toContain(expected);
  });

  it("say one mistake once, not once a host", async () => {
    const loaded = await loadFiles(hosts("  c[1:40]:\n    ip: 10.0.0.[31:70]\n    rolls: [worker]\n"));
    expect(placesOf(loaded)).toEqual(["KM131 prod/more.yml:2:3", "KM100 prod/more.yml:4:5"]);
    expect(loaded.problems[0]?.message).toContain("39 more");
  });
});
