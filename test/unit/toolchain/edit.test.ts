import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Value } from "../../../tasks/core/value.ts";
import { toYaml } from "../../../tasks/core/yaml-text.ts";
import { readYaml, SourceText, toValue } from "../../../tasks/io/yaml.ts";
import { type EditOutcome, evaluateEdit } from "../../../tasks/toolchain/patches/edit.ts";
import type { Edit } from "../../../tasks/toolchain/patches/schema.ts";

const TEXT = `---
# A comment that stays
- name: Start it   # noqa name
  service:
    name: it
    state: started
  ignore_errors: true  # for now
  when:
    - a
    - b

- name: Around
  block:
    - name: "Inside: a block"
      shell: >-
        do one
        && do two
      register: out
      failed_when: out.stderr
  rescue:
    - {name: Flow, debug: {msg: x}}
- name: Twice
  debug:
- name: Twice
  debug:
`;
const at = (task: string, ...key: string[]) => ({ file: "tasks.yml", task, key });
const run = (edit: Edit, text: string | undefined = TEXT): EditOutcome =>
  evaluateEdit(edit, text, () => undefined);
const apply = (edit: Edit, text = TEXT): string => {
  const outcome = run(edit, text);
  if (outcome.state !== "fits") throw new Error(JSON.stringify(outcome));
  return outcome.text;
};

describe("an edit changes its place and nothing else", () => {
  const cases: readonly (readonly [name: string, edit: Edit, from: string, to: string])[] = [
    [
      "a scalar; the comment behind it stays",
      { ...at("Start it", "ignore_errors"), kind: "set", expect: true, value: "{{ x is y }}" },
      "ignore_errors: true  # for now",
      'ignore_errors: "{{ x is y }}"  # for now',
    ],
    [
      "a key below a key",
      { ...at("Start it", "service", "state"), kind: "set", expect: "started", value: "stopped" },
      "state: started",
      "state: stopped",
    ],
    [
      "a scalar that becomes a list",
      { ...at("Inside: a block", "register"), kind: "set", expect: "out", value: ["a", "b"] },
      "      register: out\n",
      "      register:\n        - a\n        - b\n",
    ],
    [
      "a list that becomes a scalar",
      { ...at("Start it", "when"), kind: "set", expect: ["a", "b"], value: "c" },
      "  when:\n    - a\n    - b\n",
      "  when: c\n",
    ],
    [
      "a folded text that becomes another",
      { ...at("Inside: a block", "shell"), kind: "set", expect: "do one && do two", value: "do three" },
      ">-\n        do one\n        && do two\n",
      "do three\n",
    ],
    [
      "a new key, behind the name",
      { ...at("Start it", "become"), kind: "set", expect: undefined, value: true },
      "- name: Start it   # noqa name\n",
      "- name: Start it   # noqa name\n  become: true\n",
    ],
    [
      "a removed key, with its line",
      { ...at("Inside: a block", "failed_when"), kind: "remove", expect: "out.stderr" },
      "      failed_when: out.stderr\n",
      "",
    ],
    [
      "a removed list, with all its lines",
      { ...at("Start it", "when"), kind: "remove", expect: ["a", "b"] },
      "  when:\n    - a\n    - b\n",
      "",
    ],
    [
      "a renamed key",
      { ...at("Inside: a block", "shell"), kind: "rename", to: "command" },
      "shell: >-",
      "command: >-",
    ],
    [
      "a piece of a value",
      { ...at("Inside: a block", "shell"), kind: "replace", text: "do two", by: "do 2" },
      "do two",
      "do 2",
    ],
    [
      "lines behind an anchor, indented as it is",
      { file: "f", kind: "insert", text: "register: out", lines: "a: 1\nb:\n  c: 2\n", where: "after" },
      "      register: out\n",
      "      register: out\n      a: 1\n      b:\n        c: 2\n",
    ],
    [
      "lines before an anchor",
      { file: "f", kind: "insert", text: "rescue:", lines: "x: 1", where: "before" },
      "  rescue:\n",
      "  x: 1\n  rescue:\n",
    ],
  ];
  test.each(cases)("%s", (_, edit, from, to) => {
    expect(apply(edit)).toBe(TEXT.replace(from, () => to));
  });

  test.each(cases)("%s: applied again is done, and lines may have moved", (_, edit, from, to) => {
    expect(run(edit, apply(edit))).toEqual({ state: "done" });
    const moved = `# one line\n# and another\n${TEXT}# at the end\n`;
    expect(apply(edit, moved)).toBe(moved.replace(from, () => to));
  });
});

describe("an edit that does not fit says what it expected and what it found", () => {
  test.each<readonly [name: string, edit: Edit, expected: RegExp, found: RegExp]>([
    [
      "another value",
      { ...at("Start it", "ignore_errors"), kind: "set", expect: false, value: 1 },
      /ignore_errors: false/,
      /^true$/,
    ],
    [
      "no such task",
      { ...at("Stop it", "x"), kind: "set", expect: undefined, value: 1 },
      /Stop it/,
      /no task/,
    ],
    ["two such tasks", { ...at("Twice", "x"), kind: "set", expect: undefined, value: 1 }, /Twice/, /2 tasks/],
    [
      "no such key",
      { ...at("Start it", "become"), kind: "set", expect: true, value: 1 },
      /become/,
      /no such key/,
    ],
    [
      "a key that is there already",
      { ...at("Start it", "when"), kind: "set", expect: undefined, value: 1 },
      /no such key/,
      /- a - b/,
    ],
    [
      "an anchor that is not there",
      { file: "f", kind: "replace", text: "nowhere", by: "elsewhere" },
      /nowhere/,
      /no such text/,
    ],
    [
      "an anchor that is there twice",
      { file: "f", kind: "replace", text: "name: Twice", by: "x" },
      /once/,
      /2 times/,
    ],
    [
      "a rename onto a key that is there",
      { ...at("Start it", "service"), kind: "rename", to: "when" },
      /service/,
      /when is there too/,
    ],
    [
      "an edit that could not be told from undone",
      { file: "f", kind: "replace", text: "do one", by: "x" },
      /done after it was applied once/,
      /a second time/,
    ],
  ])("%s", (_, edit, expected, found) => {
    expect(run(edit)).toMatchObject({
      state: "conflict",
      expected: expect.stringMatching(expected),
      found: expect.stringMatching(found),
    });
  });

  test("a file that is not there, or no YAML", () => {
    expect(run({ ...at("x", "y"), kind: "set", expect: 1, value: 2 }, undefined).state).toBe("conflict");
    expect(run({ ...at("x", "y"), kind: "set", expect: 1, value: 2 }, "a: [").state).toBe("conflict");
  });

  test("a sign that upstream has mended it counts as done", () => {
    const edit: Edit = { file: "f", fixed: "do two", kind: "replace", text: "gone", by: "x" };
    expect(run(edit)).toEqual({ state: "done" });
  });

  test("a copy: made once, done when it is the same, a conflict when somebody has another", () => {
    const edit: Edit = { file: "b", kind: "copy", from: "a" };
    const sample = (path: string) => (path === "a" ? "text" : undefined);
    expect(evaluateEdit(edit, undefined, sample)).toEqual({ state: "fits", text: "text" });
    expect(evaluateEdit(edit, "text", sample)).toEqual({ state: "done" });
    expect(evaluateEdit(edit, "other", sample).state).toBe("conflict");
    expect(evaluateEdit(edit, undefined, () => undefined).state).toBe("conflict");
  });
});

describe("for any task file", () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
  const text = fc.oneof(
    word,
    fc.constantFrom("{{ a }}", "it's", 'say "x"', "a: b", "- c", "yes", "# no", "two\nlines\n", " x"),
  );
  const value: fc.Arbitrary<Value> = fc.oneof(
    text,
    fc.integer({ min: -1000, max: 1000 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(text, { maxLength: 3 }),
    fc.dictionary(word, fc.oneof(text, fc.boolean()), { maxKeys: 3 }),
  );
  const task = fc.tuple(
    word,
    fc.dictionary(
      word.filter((key) => key !== "name"),
      value,
      { minKeys: 1, maxKeys: 5 },
    ),
  );
  const file = fc.uniqueArray(task, { selector: ([name]) => name, minLength: 1, maxLength: 4 });

  const render = (tasks: readonly (readonly [string, Record<string, Value>])[]): string =>
    tasks.map(([name, keys], index) => `# task ${index}\n${toYaml([{ name, ...keys }])}`).join("\n");
  const read = (source: string): unknown[] => {
    const { root } = readYaml(new SourceText("f", source));
    return root === undefined ? [] : (toValue(root) as unknown[]);
  };

  test("setting a key sets that key, and every other value and comment stays", () => {
    fc.assert(
      fc.property(file, fc.nat(), fc.nat(), value, (tasks, which, key, wanted) => {
        const [name, keys] = tasks[which % tasks.length]!;
        const chosen = Object.keys(keys)[key % Object.keys(keys).length]!;
        const source = render(tasks);
        const outcome = run(
          { ...at(name, chosen), kind: "set", expect: keys[chosen]!, value: wanted },
          source,
        );
        if (outcome.state === "conflict")
          throw new Error(`${outcome.expected} | ${outcome.found}\n${source}`);
        if (outcome.state === "done") return;
        const expected = tasks.map(([each, own]) => ({
          name: each,
          ...own,
          ...(each === name ? { [chosen]: wanted } : {}),
        }));
        const trimmed = (all: unknown) => JSON.parse(JSON.stringify(all).replaceAll(/(?:\\n)+"/g, '"'));
        expect(trimmed(read(outcome.text))).toEqual(trimmed(expected));
        tasks.forEach((_, index) => void expect(outcome.text).toContain(`# task ${index}\n`));
        expect(
          run({ ...at(name, chosen), kind: "set", expect: keys[chosen]!, value: wanted }, outcome.text).state,
        ).toBe("done");
      }),
      { numRuns: 300 },
    );
  });

  test("adding a key and removing it again gives the file back, byte for byte", () => {
    fc.assert(
      fc.property(file, fc.nat(), value, (tasks, which, wanted) => {
        const [name] = tasks[which % tasks.length]!;
        const source = render(tasks);
        const added = run(
          { ...at(name, "added_key"), kind: "set", expect: undefined, value: wanted },
          source,
        );
        if (added.state !== "fits") throw new Error(`${JSON.stringify(added)}\n${source}`);
        const removed = run({ ...at(name, "added_key"), kind: "remove", expect: wanted }, added.text);
        expect(removed).toEqual({ state: "fits", text: source });
      }),
      { numRuns: 300 },
    );
  });

  test("inserting lines in front of any line changes no structured edit's outcome", () => {
    const edit: Edit = { ...at("Start it", "ignore_errors"), kind: "set", expect: true, value: false };
    const lines = TEXT.split("\n");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 5 }), (line, many) => {
        const comment = Array.from({ length: many }, () => "# a new comment");
        const moved = [...lines.slice(0, line), ...comment, ...lines.slice(line)].join("\n");
        expect(apply(edit, moved)).toBe(moved.replace("ignore_errors: true", "ignore_errors: false"));
      }),
    );
  });
});
