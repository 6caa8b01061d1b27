/** The proof that our reader means what PyYAML, and so Ansible, means. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readYaml, SourceText, toValue } from "../../../tasks/io/yaml.ts";
import { judge, normalise, pythonWithYaml, type Reading, typed } from "../../helpers/pyyaml.ts";

const python = pythonWithYaml();
const MISSING =
  "needs a Python with PyYAML: apt-get install python3-yaml, or KUBE_MAGIC_TEST_PYTHON=venv/bin/python";

/** The same texts on every run; KUBE_MAGIC_TEST_SEED tries others. */
const seed = Number(process.env.KUBE_MAGIC_TEST_SEED ?? 1);

/** Our reading in the judge's notation; undefined when we refuse. */
function ours(text: string) {
  const { root, problems } = readYaml(new SourceText("x.yml", text));
  return problems.length > 0 ? undefined : normalise(typed(root === undefined ? null : toValue(root)));
}

const theirs = (reading: Reading) => (reading.value === undefined ? undefined : normalise(reading.value));

const SCALARS = `
yes Yes YES yEs no No NO on On ON off Off OFF oN true True TRUE tRUE false False FALSE y Y n N t f
~ null Null NULL nULL none None nil
0 -0 +0 00 -00 1 -1 +1 12 0644 00644 -0644 +0644 0o644 0O644 08 09 0888 0_7 0_8 07_ 0__7 1_000 1__0 1_ _1 -_1 +1_0
0x1F 0X1F 0xfF -0x1f +0x1F 0x_1 0xg 0x1_ 0b101 0B1 -0b1 +0b10 0b2 0b1_0 1.0 -1.0 +1.0 1. 1._ -1. .5 -.5 +.5 ._5 .5_ 0.5 00.5
1e3 1E3 1e+3 1.0e3 1.0e+3 1.0E-3 1.e+3 1e+03 -1.5e+10 1.0e+400 -1.0e+400 1_0.5 1_000.000_1 1.2.3 1..2 . .. ... - -- + +- -+
.inf .Inf .INF -.inf +.inf +.INF .iNF inf Infinity -inf .nan .NaN .NAN -.nan +.nan nan NaN
1:30 01:30 0:30 1:2:3 190:20:30 1:60 1:6 60:0 -1:30 +1:30 1_0:30 1:30.5 0:0.5 1:30: :30 1:a 12:30:45.5 1:02:03.
2024-1-1 2024-01-02x 02024-01-02 20240102 2024-01 10:00:00Z 24h
123456789012345678901234567890 -123456789012345678901234567890 9007199254740991 9007199254740993 0xFFFFFFFFFFFFFFFFFF
0b11111111111111111111111111111111111111111111111111111111111111111 0777777777777777777777777 9999999999:59
10.0.0.1 10.0.0.0/24 1.2 1.30 v1.35.4 fd00::1 ::1 ::ffff:10.0.0.1 aa:bb:cc:dd:ee:ff 12:34:56 a:b a::b :a a: @@
1,2 1,000 1.000,5 1m 4Gi 50% 0.1s 1e-3 1e 0e0 0e+0 0.0 -0.0 0.0e+0 0xdeadbeef deadbeef 1d
<<x =x x= == != <= >= a=b 'yes' "yes" '' "" 'it''s' "a\\tb" "\\x41\\u00e9\\U0001F600" "\\/" "\\e" "\\0" "\\_" "\\N" "\\L"
!!str !!str|yes !!str|0644 !!int|0644 !!int|"0x1f" !!float|1 !!float|1.5 !!float|0.0 !!bool|on !!bool|"no" !!null|"" !!null|~
!unsafe|yes !unsafe|'{{_x_}}' !unsafe|0644 !unsafe|"" !<tag:yaml.org,2002:str>|1 !<!unsafe>|1 !!float|-7 !!int|1_0
é 日本 \u{1F600} a\u00a0b a#b a_#b # x#
`
  .trim()
  .split(/\s+/)
  .map((word) => word.replaceAll("|", " ").replaceAll("_#", " #").replaceAll("{{_x_}}", "{{ x }}"));

const DOCUMENTS = [
  "a: &a {x: 1}\nb: *a\n",
  "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3, z: 4}\n",
  "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b], z: 3}\nd: {<<: [*b, *a]}\n",
  "a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b}\n",
  "a: &a\n  x: 1\nb:\n  y: 1\n  <<: *a\n",
  "'<<': 1\n",
  "=: 1\n",
  "a: &anchor text\nb: [*anchor, *anchor]\n*anchor : key\n",
  "a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3132\n  3334\nb: !unsafe |\n  {{ not a template }}\n",
  "a: !vault |-\n  $ANSIBLE_VAULT;1.2;AES256;id\n  3132",
  "a: !vault-encrypted |\n          $ANSIBLE_VAULT;1.1;AES256\n          3132\n",
  "- !unsafe yes\n- !unsafe 'a'\n- !unsafe\n",
  "a: |\n  one\n   two\n\n  three\n\n\nb: |+\n  x\n\n\nc: |-\n  y\n\nd: >\n  fold\n  ed\n\n  para\n    more\n  end\n",
  "a: |2\n    x\n   y\nb: >1-\n  z\n",
  "a: |\n  no newline at the end",
  "a: |+\n  no newline at the end",
  "a: 'multi\n  line\n\n  text'\nb: \"multi\\\n  \\ line\n\n  text\"\nc: plain\n  multi\n\n  line\n",
  "a:\n- 1\n- - 2\n  - 3\n-   b: 4\n    c: 5\n",
  "a: [1, [2, 3], {b: c}, 'd', \"e\", ]\nb: {}\nc: []\nd: {x: , y}\n",
  "? a\n: b\n? c\n",
  "a: # comment\n  b # comment\nc: d#no comment\n",
  "---\na: 1\n...\n",
  "%YAML 1.1\n---\na: 1\n",
  "\ufeffa: 1\n",
  "a: 1\r\nb: |\r\n  x\r\n  y\r\n",
  "a: 1\rb: 2\r",
  "{a: 1, b: [c, d]}",
  "a: 'tab\tin quotes'\nb: |\n  tab\tin block\n# tab\tin comment\n",
];

describe.skipIf(python === undefined)(`against PyYAML (${python ?? MISSING})`, () => {
  it(`agrees on ${SCALARS.length} scalars, with PyYAML's scanner and with libyaml`, () => {
    expect(SCALARS.length).toBeGreaterThan(240);
    const texts = SCALARS.map((scalar) => `k: ${scalar}\n`);
    const verdicts = judge(python as string, texts);
    const differing = texts.flatMap((text, index) => {
      const verdict = verdicts[index];
      const mine = ours(text);
      const readings = [verdict?.python, verdict?.c].filter((reading) => reading != null).map(theirs);
      const agrees = readings.some((reading) => JSON.stringify(reading) === JSON.stringify(mine));
      return agrees ? [] : [{ text, mine, readings }];
    });
    expect(differing).toEqual([]);
  });

  it("agrees on merges, anchors, tags, block texts and line breaks", () => {
    const verdicts = judge(python as string, DOCUMENTS);
    for (const [index, text] of DOCUMENTS.entries()) {
      expect({ text, value: ours(text) }).toEqual({ text, value: theirs(verdicts[index]?.python ?? {}) });
    }
  });

  const nasty = "0123456789_.:-+eExXbBoOaAfFyYnNtTuUlLsSiI~=<'\" #&*!|>%@`[]{},?é".split("");
  const words = [
    "yes",
    "no",
    "on",
    "off",
    "true",
    "null",
    ".inf",
    ".nan",
    "0x",
    "0b",
    "0o",
    "1e3",
    "2024-01-02",
    "12:30",
  ];

  it("never reads random scalars in another way", () => {
    const text = fc
      .array(fc.constantFrom(...nasty, ...words), { minLength: 1, maxLength: 8 })
      .map((parts) => `- ${parts.join("")}\n`);
    compareRandom(fc.sample(text, { numRuns: 20_000, seed }));
  });

  it("never reads random numbers in another way", () => {
    const text = fc
      .array(fc.constantFrom(..."0011223456789___...:::--++eExXbaf".split("")), {
        minLength: 1,
        maxLength: 9,
      })
      .map((parts) => `- ${parts.join("")}\n`);
    compareRandom(fc.sample(text, { numRuns: 20_000, seed }));
  });

  it("never reads random documents in another way, and refuses what PyYAML refuses", () => {
    const keys = ["k1: ", "k2: ", "k3: ", "k4:", "- ", "- ", "- k5: ", "'k6': ", "? ", ": ", "#", "<<: ", ""];
    const values = [
      ...[
        "",
        "x",
        "x y",
        "'q'",
        '"d"',
        '"d\\',
        "'s",
        "|",
        ">",
        "|-",
        ">+",
        "|2",
        "[a, b]",
        "[a",
        "b]",
        "{p: 1, q: 2}",
      ],
      ...[
        "{p",
        "q}",
        "&a1",
        "&b2 v",
        "*a1",
        "*b2",
        "!unsafe x",
        "# c",
        "x # c",
        "text: more",
        "- nested",
        "- a: 1",
      ],
      ...[
        "? z",
        ": w",
        "---",
        "...",
        "a\tb",
        "'a\tb'",
        "<<: *a1",
        "~",
        "{{ v }}",
        "[http://x/?y]",
        "{a: b: c}",
        "[,]",
      ],
      ...['"a\\tb"', "é", 'end"', "@x", "%x", '"" z'],
    ];
    const line = fc
      .tuple(
        fc.nat(5),
        fc.constantFrom(...keys),
        fc.constantFrom(...values),
        fc.constantFrom("", "", " ", " # c"),
      )
      .map(([indent, key, value, tail]) => " ".repeat(indent) + key + value + tail);
    const text = fc
      .tuple(fc.array(line, { minLength: 1, maxLength: 7 }), fc.constantFrom("\n", "\r\n", ""))
      .map(([lines, end]) => lines.join(end || "\n") + end);
    compareRandom(fc.sample(text, { numRuns: 30_000, seed }));
  });

  it("never reads random anchors, aliases and tags in another way", () => {
    const words = [
      "&a",
      "*a",
      "&b",
      "*b",
      "!!str",
      "!unsafe",
      "!!int",
      "!!map",
      ":",
      "?",
      "-",
      "[",
      "]",
      "{",
      "}",
      ",",
    ];
    const more = ["a", "b", "x1", " ", " ", " ", "\n", "\n  ", "1", "'q'", '"d"', "#", "|", "\n  t"];
    const text = fc
      .array(fc.constantFrom(...words, ...more), { minLength: 2, maxLength: 10 })
      .map((parts) => `- &a 1\n- ${parts.join("")}\n`);
    compareRandom(fc.sample(text, { numRuns: 30_000, seed }));
  });

  /** What we read, PyYAML reads, and as the same. What we refuse is not compared: refusing is always safe. */
  function compareRandom(texts: readonly string[]): void {
    const verdicts = judge(python as string, texts);
    let read = 0;
    const differing = texts.flatMap((text, index) => {
      const mine = ours(text);
      if (mine === undefined) return [];
      read += 1;
      const verdict = verdicts[index];
      const readings = [verdict?.python, verdict?.c].filter((reading) => reading != null).map(theirs);
      const agrees = readings.every((reading) => JSON.stringify(reading) === JSON.stringify(mine));
      return agrees ? [] : [{ text, mine, readings }];
    });
    expect(differing.slice(0, 5)).toEqual([]);
    expect(read).toBeGreaterThan(texts.length / 40);
  }
});
