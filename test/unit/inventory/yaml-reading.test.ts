import { describe, expect, it } from "vitest";
import { describeProblem } from "../../../tasks/cli/describe.ts";
import { Float, Tagged } from "../../../tasks/core/value.ts";
import { originOf, readYaml, SourceText, toValue, type YamlNode } from "../../../tasks/io/yaml.ts";

const read = (text: string) => readYaml(new SourceText("a.yml", text));
const value = (text: string) => {
  const { root, problems } = read(text);
  expect(problems).toEqual([]);
  return root === undefined ? undefined : toValue(root);
};
const at = (node: YamlNode | undefined, ...path: (string | number)[]): YamlNode => {
  let found = node;
  for (const part of path) {
    if (found?.kind === "map") found = found.entries.get(String(part))?.value;
    else if (found?.kind === "list") found = found.items[Number(part)];
  }
  if (found === undefined) throw new Error(`nothing at ${path.join(".")}`);
  return found;
};

describe("values", () => {
  it.each<[string, unknown]>([
    ["a: yes", true],
    ["a: Off", false],
    ["a: y", "y"],
    ["a: 0644", 420],
    ["a: 0o644", "0o644"],
    ["a: 1:30", 90],
    ["a: 1_000", 1000],
    ["a: 1e3", "1e3"],
    ["a: 1.0e+3", new Float(1000)],
    ["a: 1.0", new Float(1)],
    ["a: 1.5", 1.5],
    ["a: 12345678901234567890", 12345678901234567890n],
    ["a: 08", "08"],
    ["a: ~", null],
    ["a:", null],
    ["a: 10.0.0.1", "10.0.0.1"],
    ["a: 'yes'", "yes"],
    ["a: !!str 0644", "0644"],
    ["a: !!float 1", new Float(1)],
    ["a: !unsafe '{{ x }}'", new Tagged("!unsafe", "{{ x }}")],
    ["a: !unsafe 1", new Tagged("!unsafe", "1")],
    [
      "a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n",
      new Tagged("!vault", "$ANSIBLE_VAULT;1.1;AES256\n6162\n"),
    ],
  ])("%j", (text, expected) => {
    expect((value(text) as { a: unknown }).a).toEqual(expected);
  });

  it("keeps lists of !vault values untouched", () => {
    const vault = "$ANSIBLE_VAULT;1.1;AES256\n61\n";
    const text = `keys:\n  - !vault |\n    ${vault.trimEnd().replace("\n", "\n    ")}\n  - plain\n`;
    expect(value(text)).toEqual({ keys: [new Tagged("!vault", vault), "plain"] });
  });

  it("reads nothing from an empty file and from comments alone", () => {
    expect(value("")).toBeUndefined();
    expect(value("# nothing yet\n")).toBeUndefined();
  });

  it("reads CRLF and a byte order mark as if they were not there", () => {
    expect(value("\ufeffa: 1\r\nb: |\r\n  x\r\n  y\r\n")).toEqual({ a: 1, b: "x\ny\n" });
  });

  it("merges << under the map's own keys, the first of a list before the others", () => {
    const text = "x: &x { a: 1, b: 1 }\ny: &y { b: 2, c: 2 }\nz: { <<: [*x, *y], c: 3 }\n";
    expect(value(text)).toMatchObject({ z: { a: 1, b: 1, c: 3 } });
  });

  it("lets a caller accept a key that YAML takes for a boolean", () => {
    const acceptKey = (path: readonly string[]) => path.join(".") === "proxy.no";
    const accepted = readYaml(new SourceText("a.yml", "proxy: { no: [a] }\n"), { acceptKey });
    expect(accepted.problems).toEqual([]);
    expect(accepted.root && toValue(accepted.root)).toEqual({ proxy: { no: ["a"] } });
    expect(read("other: { no: [a] }\n").problems.map(({ code }) => code)).toEqual(["KM015"]);
  });
});

describe("places", () => {
  const text = 'a:\n  b: "x y"\n  c: [1, two]\nd: &d |\n  text\ne: *d\n';
  it.each<[(string | number)[], [number, number, number]]>([
    [
      ["a", "b"],
      [2, 6, 5],
    ],
    [
      ["a", "c", 1],
      [3, 10, 3],
    ],
    [["d"], [5, 3, 4]],
    // An alias is where its anchor is: that is where the value can be changed.
    [["e"], [5, 3, 4]],
  ])("%j", (path, [line, column, length]) => {
    expect(originOf(at(read(text).root, ...path))).toEqual({ file: "a.yml", line, column, length });
  });

  it("remembers where keys are", () => {
    const root = read(text).root;
    const key = root?.kind === "map" ? root.entries.get("d")?.key : undefined;
    expect(key && originOf(key)).toEqual({ file: "a.yml", line: 4, column: 1, length: 1 });
  });
});

describe("problems", () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]\n${"bcdefgh"
    .split("")
    .map((name, index) => {
      const previous = "abcdefg"[index];
      return `${name}: &${name} [${Array(10).fill(`*${previous}`).join(", ")}]`;
    })
    .join("\n")}\n`;

  it.each<[string, string, string]>([
    ["a tab as indentation", "a:\n\tb: 1\n", "KM006 2:1"],
    ["a tab between key and value", "a:\t1\n", "KM006 1:3"],
    ["a key written twice", "a: 1\nb: 2\na: 3\n", "KM007 3:1"],
    ["a key written twice by a quoted twin", "a: 1\n'a': 2\n", "KM007 2:1"],
    ["two << keys", "x: &x {}\ny:\n  <<: *x\n  <<: *x\n", "KM007 4:3"],
    ["a second document", "a: 1\n---\nb: 1\n", "KM008 2:1"],
    ["an alias without an anchor", "a: *b\n", "KM009 1:4"],
    ["an alias inside its own anchor", "a: &a [*a]\n", "KM009 1:8"],
    ["an anchor defined twice", "a: &a 1\nb: &a 2\n", "KM009 2:5"],
    ["an alias bomb", bomb, "KM010 6:36"],
    ["deep nesting", `a: ${"[".repeat(200)}`, "KM011 1:103"],
    ["an unquoted date", "released: 2024-01-02\n", "KM012 1:11"],
    ["an unquoted time stamp", "at: 2024-01-02 03:04:05\n", "KM012 1:5"],
    ["an unknown tag", "a: !valt x\n", "KM013 1:4"],
    ["a Python object", "a: !!python/object:os.system x\n", "KM013 1:4"],
    ["a binary", "a: !!binary aGk=\n", "KM013 1:4"],
    ["a set", "a: !!set { x, y }\n", "KM013 1:4"],
    ["!unsafe on a list", "a: !unsafe [x]\n", "KM013 1:4"],
    ["%TAG", "%TAG ! tag:x,2000:\n---\na: 1\n", "KM005 1:1"],
    ["!!int without a number", "a: !!int x\n", "KM014 1:10"],
    ["!vault without its header", "a: !vault x\n", "KM014 1:11"],
    ["a number without digits", "a: 0x_\n", "KM014 1:4"],
    ["a boolean as a key", "yes: 1\n", "KM015 1:1"],
    ["a number as a key", "8080: 1\n", "KM015 1:1"],
    ["a list as a key", "? [a]\n: 1\n", "KM015 1:3"],
    ["an unquoted template", "a: {{ b }}\n", "KM015 1:5"],
    ["a name of JavaScript's own", "__proto__: 1\n", "KM015 1:1"],
    ["<< of a text", "a: { <<: x }\n", "KM016 1:10"],
    ["= as a value", "a: =\n", "KM016 1:4"],
    ["a range inside { }", "h: { ip: 10.0.0.[1:4] }\n", "KM005 1:17"],
    ["a second colon", "a: b: c\n", "KM005 1:5"],
    ["an unclosed bracket", "a: [b\nc: d\n", "KM005 2:1"],
    ["an unclosed quote", 'a: "b\n', "KM005 2:1"],
    ["a wrong indentation", "a:\n    b: 1\n  c: 2\n", "KM005 3:3"],
    ["a value that begins with @", "a: @b\n", "KM005 1:4"],
    ["an unknown escape", 'a: "\\d"\n', "KM005 1:6"],
    ["half a surrogate pair", 'a: "\\ud800"\n', "KM004 1:5"],
    ["a NUL byte", "a: b\0c\n", "KM004 1:5"],
    ["a control character in a comment", "# \x1b[31m\na: 1\n", "KM004 1:3"],
    ["a line separator that PyYAML breaks at", "a: b\u2028c\n", "KM004 1:5"],
    ["a ? that PyYAML does not read", "a: [http://x/?y]\n", "KM005 1:5"],
    ["a map on the line of its key", "a: &x b: c\n", "KM005 1:4"],
    ["a list that touches its anchor", "a: &x[b]\n", "KM005 1:5"],
    ["a tag that touches a bracket", "a: [!unsafe]\n", "KM005 1:5"],
    ["a key after a quoted text", 'a:\n- "" b: c\n', "KM005 2:6"],
  ])("%s", (_name, text, expected) => {
    const found = read(text).problems.map(({ code, origin }) => `${code} ${origin?.line}:${origin?.column}`);
    expect(found).toContain(expected);
  });

  it("says every problem of a file at once", () => {
    const text = "a: 2024-01-02\nb: !nope x\na: 1\nyes: 2\n";
    expect(read(text).problems.map(({ code }) => code)).toEqual(["KM012", "KM013", "KM007", "KM015"]);
  });

  it("names the place of the first of two equal keys", () => {
    expect(read("a: 1\nb:\n  c: 1\n  c: 2\n").problems[0]?.message).toContain("a.yml:3:3");
  });

  it("always has a remedy, and a caret under the place", () => {
    const [problem] = read("a:\n  b: 2024-01-02 # released\n").problems;
    expect(problem && describeProblem(problem)).toBe(
      [
        "a.yml:2:6: error KM012: Ansible reads 2024-01-02 as a date, not as text",
        " 2 |   b: 2024-01-02 # released",
        "   |      ^^^^^^^^^^",
        '  → quote it: "2024-01-02"',
        "",
      ].join("\n"),
    );
  });

  it("cuts long lines around the place", () => {
    const [problem] = read(`a: "${"x".repeat(5000)}" b\n`).problems;
    const shown = problem === undefined ? "" : describeProblem(problem);
    expect(Math.max(...shown.split("\n").map((line) => line.length))).toBeLessThan(260);
    expect(shown).toContain("a.yml:1:5007");
  });

  it("does not show secrets of the line", () => {
    const [problem] = read("a: { db_password: hunter2, at: 2024-01-02 }\n").problems;
    expect(problem?.line).toBe("a: { db_password: *******, at: 2024-01-02 }");
  });
});

describe("bounds", () => {
  it("stops at an alias bomb within a moment", () => {
    let text = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (let level = 1; level < 60; level += 1) {
      text += `l${level}: &l${level} [${Array(10)
        .fill(`*l${level - 1}`)
        .join(", ")}]\n`;
    }
    expect(read(text).problems.map(({ code }) => code)).toEqual(["KM010"]);
  });

  it("stops at a merge bomb too", () => {
    const keys = Array.from({ length: 1000 }, (_, index) => `k${index}: 1`).join(", ");
    const users = Array.from({ length: 2000 }, (_, index) => `u${index}: { <<: *base }`).join("\n");
    expect(read(`base: &base { ${keys} }\n${users}\n`).problems.map(({ code }) => code)).toEqual(["KM010"]);
  });
});
