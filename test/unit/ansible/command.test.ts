import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  NO_FLAGS,
  type PlaybookRequest,
  playbookCommand,
  shellLine,
  shortLine,
} from "../../../tasks/ansible/command.ts";

const request: PlaybookRequest = {
  tool: "custom",
  bin: "/site/vendor/bin",
  tree: "/site/custom",
  playbook: "playbooks/x.yml",
  inventory: "/site/build/c/custom/hosts.yml",
  clusterBuild: "/site/build/c",
  callbacks: "/site/custom/plugins/callback",
  hostCount: 8,
  extraVars: {},
  flags: NO_FLAGS,
};
const argvOf = (over: Partial<PlaybookRequest>): readonly string[] =>
  playbookCommand({ ...request, ...over }).argv;

describe("the command", () => {
  test.each([
    [{}, ["-i", "/site/build/c/custom/hosts.yml", "playbooks/x.yml"]],
    [{ extraVars: { yes: true, n: 1 } }, ["-e", '{"yes":true,"n":1}']],
    [{ flags: { ...NO_FLAGS, check: true, diff: true } }, ["--check", "--diff"]],
    [
      { flags: { ...NO_FLAGS, limit: "lb1", tags: "a,b", skipTags: "c" } },
      ["--limit", "lb1", "--tags", "a,b", "--skip-tags", "c"],
    ],
    [
      { flags: { ...NO_FLAGS, extraVars: ["a=1", "@f.yml"], verbose: true } },
      ["-e", "a=1", "-e", "@f.yml", "-vv"],
    ],
  ] satisfies readonly [Partial<PlaybookRequest>, readonly string[]][])(
    "for %j ends with %j",
    (over, words) => {
      expect(argvOf(over).slice(-words.length)).toEqual(words);
    },
  );

  test.each([
    [1, "5"],
    [8, "8"],
    [5000, "50"],
  ])("for %d hosts uses %s forks", (hostCount, forks) => {
    expect(playbookCommand({ ...request, hostCount }).env.ANSIBLE_FORKS).toBe(forks);
  });

  test("keeps ceph-ansible's own callbacks beside ours", () => {
    const { env } = playbookCommand({ ...request, tool: "ceph-ansible", tree: "/site/vendor/ceph-ansible" });
    expect(env.ANSIBLE_CALLBACK_PLUGINS).toBe(
      "/site/custom/plugins/callback:/site/vendor/ceph-ansible/plugins/callback",
    );
  });

  test("lets our playbooks find our collection, and ceph-ansible the ones that it needs", () => {
    expect(playbookCommand(request).env.ANSIBLE_COLLECTIONS_PATH).toMatch(/^\/site\/custom\/\.collections:/);
    const ceph = playbookCommand({
      ...request,
      tool: "ceph-ansible",
      collections: "/site/vendor/collections",
    });
    expect(ceph.env.ANSIBLE_COLLECTIONS_PATH).toMatch(/^\/site\/vendor\/collections:/);
    expect(playbookCommand({ ...request, tool: "kubespray" }).env).not.toHaveProperty(
      "ANSIBLE_COLLECTIONS_PATH",
    );
  });

  test("checks host keys whatever a tool's ansible.cfg says, and shares no facts between tools", () => {
    const { env } = playbookCommand(request);
    expect(env.ANSIBLE_HOST_KEY_CHECKING).toBe("True");
    expect(env.ANSIBLE_CACHE_PLUGIN_CONNECTION).toBe("/site/build/c/facts/custom");
  });

  test("as a line for a shell comes out of the shell as it went in", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0")),
        (text) => {
          const line = shellLine({
            tool: "custom",
            argv: ["printf", "%s", text],
            cwd: "/",
            env: {},
            inventory: "",
          });
          expect(execFileSync("/bin/sh", ["-c", line], { encoding: "utf8" })).toBe(text);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("in short has no environment and paths from where it runs", () => {
    expect(shortLine(playbookCommand(request), "/site")).toBe(
      "cd custom && ansible-playbook -i ../build/c/custom/hosts.yml playbooks/x.yml",
    );
  });
});
