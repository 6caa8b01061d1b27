import { describe, expect, it } from "vitest";
import { Float, Tagged, type Value } from "../../../tasks/core/value.ts";
import { toYaml } from "../../../tasks/core/yaml-text.ts";

describe("YAML for people", () => {
  it("is what a person would have written", () => {
    const value = {
      name: "prod",
      address: "10.42.253.152",
      network: "10.233.64.0/18",
      quota: "8589934592",
      release: "3.11",
      mode: "0600",
      enabled: true,
      answer: "yes",
      nothing: null,
      empty: { list: [], map: {}, text: "" },
      servers: ["ntp1.example.com", "ntp2.example.com iburst"],
      pools: [
        { name: "kubernetes", caps: { mon: "profile rbd", osd: "profile rbd pool=a, profile rbd pool=b" } },
      ],
      template: "{{ inventory_dir }}/credentials",
      script: "#!/bin/sh\nexec true # really\n",
      ratio: new Float(1),
      password: new Tagged("!vault", "$ANSIBLE_VAULT;1.1;AES256\n3132\n"),
    };
    expect(toYaml(value)).toBe(`\
name: prod
address: 10.42.253.152
network: 10.233.64.0/18
quota: "8589934592"
release: "3.11"
mode: "0600"
enabled: true
answer: "yes"
nothing: null
empty:
  list: []
  map: {}
  text: ""
servers:
  - ntp1.example.com
  - ntp2.example.com iburst
pools:
  - name: kubernetes
    caps:
      mon: profile rbd
      osd: profile rbd pool=a, profile rbd pool=b
template: "{{ inventory_dir }}/credentials"
script: |
  #!/bin/sh
  exec true # really
ratio: 1.0
password: !vault |
  $ANSIBLE_VAULT;1.1;AES256
  3132
`);
  });

  it.each<[Value, string]>([
    ["text\nwithout end", "|-\n  text\n  without end\n"],
    ['say "hi"', `'say "hi"'\n`],
    ["it's", `"it's"\n`],
    ["tab\there", '"tab\\there"\n'],
    ["a\u0085b", '"a\\x85b"\n'],
    ["日本 🙂", '"日本 🙂"\n'],
    [1e21, "1000000000000000000000\n"],
    [new Float(1e21), "1.0e+21\n"],
    [new Float(-0), "-0.0\n"],
    [new Float(Number.NaN), ".nan\n"],
    [2n ** 64n, "18446744073709551616\n"],
    [new Tagged("!unsafe", "{{ x }}"), '!unsafe "{{ x }}"\n'],
    [[[1, [2]], []], "- - 1\n  - - 2\n- []\n"],
  ])("%o", (value, text) => expect(toYaml(value)).toBe(text));

  it("announces a key that is too long for a simple one", () => {
    const key = "k".repeat(1025);
    expect(toYaml({ [key]: { a: 1 } })).toBe(`? "${key}"\n:\n  a: 1\n`);
  });

  it("refuses half a surrogate pair rather than write what nobody can read", () => {
    expect(() => toYaml("\ud800")).toThrow(TypeError);
    expect(() => toYaml("a\n\ud800\n")).toThrow(TypeError);
  });
});
