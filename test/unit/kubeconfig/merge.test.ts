import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toYaml } from "../../../tasks/core/yaml-text.ts";
import { entriesFor, kubeconfigText } from "../../../tasks/kubeconfig/access.ts";
import { readKubeconfig } from "../../../tasks/kubeconfig/document.ts";
import { conflict, mergedValue, mergeKubeconfig } from "../../../tasks/kubeconfig/merge.ts";

const ACCESS = { authority: "-----BEGIN CERTIFICATE-----\n", server: "https://x:1", user: { token: "t" } };
const added = entriesFor(ACCESS, "prod", "https://api.example.com:6443");

/** As kubectl writes it, and as people edit it. */
const USERS = `# clusters of our site
apiVersion: v1
clusters:
- cluster:
    server: https://old.example.com:6443 # behind the VPN
  name: old
# a comment between
- cluster:
    server: https://test.example.com:6443
  name: test

contexts:
- context: {cluster: old, user: me}
  name: old
current-context: old   # the daily one
kind: Config
preferences: {}
users:
- name: me
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: aws
      args: [eks, get-token]
`;

const meaning = (text: string) => readKubeconfig(text).config?.value;

describe("merging into a user's kubeconfig", () => {
  test("leaves every line that was there, comments too, and the current context", () => {
    const { text, keptLayout } = mergeKubeconfig(USERS, added, false);
    expect(keptLayout).toBe(true);
    const lines = text.split("\n");
    let at = -1;
    for (const line of USERS.split("\n").filter((one) => one !== "")) {
      at = lines.indexOf(line, at + 1);
      expect(at, line).toBeGreaterThanOrEqual(0);
    }
    expect(readKubeconfig(text).config?.currentContext).toBe("old");
    expect(readKubeconfig(text).config?.contexts.map(({ name }) => name)).toEqual(["old", "prod"]);
  });

  test("changes the current context when asked, and keeps the comment beside it", () => {
    const { text } = mergeKubeconfig(USERS, added, true);
    expect(text).toMatch(/^current-context: prod {3}# the daily one$/m);
  });

  test("a second time changes nothing", () => {
    const once = mergeKubeconfig(USERS, added, true).text;
    expect(mergeKubeconfig(once, added, true).text).toBe(once);
  });

  test("replaces the cluster's own old entries where they stand", () => {
    const once = mergeKubeconfig(USERS, added, false).text;
    const renewed = entriesFor({ ...ACCESS, user: { token: "new" } }, "prod", "https://api.example.com:6443");
    const { text, keptLayout } = mergeKubeconfig(once, renewed, false);
    expect(keptLayout).toBe(true);
    expect(text).toBe(once.replace("token: t", "token: new"));
  });

  test("begins a file that is not there, or holds comments only, and makes the cluster current", () => {
    expect(meaning(mergeKubeconfig("", added, false).text)).toEqual(meaning(kubeconfigText(added)));
    expect(mergeKubeconfig("# mine", added, false).text).toMatch(/^# mine\napiVersion: v1\n/);
  });

  test.each([
    ["JSON", JSON.stringify({ kind: "Config", clusters: [{ name: "a", cluster: { server: "https://a" } }] })],
    ["empty lists", "apiVersion: v1\nkind: Config\nclusters: []\ncontexts: null\nusers: []\n"],
    ["windows line ends", USERS.replaceAll("\n", "\r\n")],
  ])("writes %s anew, with nothing lost", (_, before) => {
    const { text, keptLayout } = mergeKubeconfig(before, added, false);
    expect(keptLayout).toBe(false);
    const reading = readKubeconfig(before);
    if (reading.config === undefined) throw new Error(reading.problem);
    expect(meaning(text)).toEqual(mergedValue(reading.config, added, false));
  });

  test("always means: the file's own values, and the cluster's", () => {
    const text = fc.string({ unit: "grapheme-ascii", maxLength: 12 });
    const entry = (key: string) =>
      fc.record({
        name: fc.string({ minLength: 1, maxLength: 8 }),
        [key]: fc.dictionary(fc.constantFrom("a", "server", "b-c"), text),
      });
    const list = (key: string) => fc.uniqueArray(entry(key), { selector: (one) => one.name, maxLength: 4 });
    const file = fc.record(
      {
        apiVersion: fc.constant("v1"),
        clusters: list("cluster"),
        contexts: list("context"),
        "current-context": text,
        kind: fc.constant("Config"),
        preferences: fc.constant({}),
        users: list("user"),
      },
      { requiredKeys: ["apiVersion", "kind"] },
    );
    fc.assert(
      fc.property(file, fc.boolean(), fc.constantFrom("", "\n# end\n"), (value, use, tail) => {
        const before = toYaml(value as never) + tail;
        const reading = readKubeconfig(before);
        if (reading.config === undefined) throw new Error(reading.problem);
        const { text: after } = mergeKubeconfig(before, added, use);
        expect(meaning(after)).toEqual(mergedValue(reading.config, added, use));
      }),
      { numRuns: 300 },
    );
  });
});

describe("another cluster of the same name", () => {
  const read = (text: string) => {
    const reading = readKubeconfig(text);
    if (reading.config === undefined) throw new Error(reading.problem);
    return reading.config;
  };
  test("is found out by its server and its authority", () => {
    const file = USERS.replaceAll("name: test", "name: prod");
    expect(conflict(read(file), added)).toContain("https://test.example.com:6443");
    expect(conflict(read(USERS), added)).toBeUndefined();
    const own = mergeKubeconfig(USERS, added, false).text;
    const moved = entriesFor(ACCESS, "prod", "https://192.0.2.1:6443");
    expect(conflict(read(own), moved)).toBeUndefined();
  });
  test("so is a user of that name", () => {
    expect(conflict(read(USERS.replace("name: me", "name: prod-admin")), added)).toContain(
      "users named prod-admin",
    );
  });
});

describe("a damaged kubeconfig", () => {
  test.each([
    ["half a line", "clusters:\n- cluster: {server: https://a", /line \d+/],
    ["another kind", "kind: Pod\n", /kind is not Config/],
    ["a list", "- a\n", /not a map/],
    ["entries without a name", "clusters:\n- cluster: {}\n", /no name/],
    ["clusters as a map", "clusters: {a: b}\n", /clusters is not a list/],
  ])("is told in words: %s", (_, text, problem) => {
    const reading = readKubeconfig(text);
    expect(reading.problem).toMatch(problem);
  });
});
