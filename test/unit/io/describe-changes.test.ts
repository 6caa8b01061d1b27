import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Change } from "../../../tasks/io/file-set/compare.ts";
import { changeLine, unifiedDiff } from "../../../tasks/io/file-set/describe-changes.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const change = (before: string | undefined, after: string | undefined): Change => ({
  path: "hosts.yml",
  kind: "changed",
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
  edited: false,
  modeOnly: false,
});

describe("a unified diff", () => {
  it("is understood by patch", () => {
    const numbered = Array.from({ length: 40 }, (_, index) => `line ${index}`);
    const before = `${numbered.join("\n")}\n`;
    const after = `${numbered.with(3, "other").toSpliced(20, 2).concat("end").join("\n")}\n`;
    const folder = temporaryFolder();
    writeFileSync(join(folder, "hosts.yml"), before);
    const diff = unifiedDiff("build", change(before, after));
    const run = spawnSync("patch", ["-p2", "--output=-", "hosts.yml"], {
      cwd: folder,
      input: diff,
      encoding: "utf8",
    });
    expect(run.error ?? run.stdout).toBe(after);
  });

  it("says when a file comes or goes", () => {
    expect(unifiedDiff("b", change(undefined, "x\n"))).toBe(
      "--- /dev/null\n+++ b/b/hosts.yml\n@@ -0,0 +1,1 @@\n+x\n",
    );
    expect(unifiedDiff("b", change("x\n", undefined))).toBe(
      "--- a/b/hosts.yml\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-x\n",
    );
  });

  it.each([
    ["YAML", "user: me\npassword: s3cret\n", "+password: (hidden)"],
    ["a quoted value", 'db_password: "s3\\"cret"\n', '+db_password: "(hidden)"'],
    ["a block", "a:\n  api_token: |\n    s3cret\n    s3cret\n  b: shown\n", "+  b: shown"],
    ["a list of secrets", "tokens:\n  - s3cret\n  - s3cret\nb: shown\n", "+b: shown"],
    ["a vault", "x: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  s3cret\ny: shown\n", "+y: shown"],
    ["a list item", "- name: x\n  key: shown\n- password:\n    - s3cret\n  key: shown\n", "+  key: shown"],
    ["JSON", '  "h": {"ansible_password": "s3cret", "ip": "10.0.0.1"},\n', '"ip": "10.0.0.1"'],
    ["a vault in JSON", '"h": {"x": {"__ansible_vault": "s3cret"}, "ip": "10.0.0.1"}\n', '"ip": "10.0.0.1"'],
    ["nested JSON", '"h": {"auth_token": ["s3cret", "s3cret"]}\n', "(hidden)"],
    [
      "INI",
      "h ansible_host=10.0.0.1 ansible_ssh_pass=s3cret\n",
      "+h ansible_host=10.0.0.1 ansible_ssh_pass=(hidden)",
    ],
    ["an URL", "http_proxy: http://me:s3cret@proxy:3128\n", "+http_proxy: http://me:(hidden)@proxy:3128"],
  ])("hides secrets in %s and shows the rest", (_, text, shown) => {
    const diff = unifiedDiff("b", change("", text));
    expect(diff).not.toContain("s3cret");
    expect(diff).toContain(shown);
  });

  it("shows that a secret changed, not how", () => {
    const diff = unifiedDiff("b", change("password: old\n", "password: new\n"));
    expect(diff).toContain("-password: (hidden)\n+password: (hidden)\n");
  });
});

it("names what is special about a change", () => {
  const line = changeLine("build/prod/custom", { ...change("a", "b"), edited: true });
  expect(line).toBe("changed   build/prod/custom/hosts.yml (edited by hand since it was rendered)");
});
