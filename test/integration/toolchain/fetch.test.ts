import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { appears, aVendorSite, type Upstream, type VendorSite } from "../../helpers/vendor.ts";

let site: VendorSite;
let tool: Upstream;
let first: string;

beforeEach(() => {
  site = aVendorSite();
  tool = site.upstream("tool");
  first = tool.commit(
    { "site.yml": "- hosts: all\n", ".gitignore": "*.local\n", "roles/a/tasks/main.yml": "[]\n" },
    "v1.0",
  );
  site.pins({ tool: { "v1.0": ["tag", first] } });
});
afterEach(() => site.remove());

const tree = () => join(site.vendor, "tool");
/** Nothing of a failed init may stay: no tree, no temporary folder, no lock. */
function expectNoTrace(): void {
  expect(existsSync(tree())).toBe(false);
  const incoming = join(site.vendor, ".incoming");
  expect(existsSync(incoming) ? readdirSync(incoming) : []).toEqual([]);
  expect(existsSync(join(site.vendor, ".init.lock"))).toBe(false);
}

describe("init installs the pinned commit", () => {
  test("without history, recorded in the lock file", async () => {
    tool.commit({ "later.yml": "x" });
    const { code, stdout } = await site.init();
    expect(stdout).toContain(`tool: v1.0 (${first.slice(0, 9)}), no patches, fetched`);
    expect(code).toBe(0);
    expect(existsSync(join(tree(), "later.yml"))).toBe(false);
    expect(
      execFileSync("git", ["-C", tree(), "rev-list", "--count", "HEAD"], { encoding: "utf8" }).trim(),
    ).toBe("1");
    expect(site.read("vendor/vendor.lock.yml")).toContain(first);
  });

  test.each([
    ["owner+name", (folder: string) => join(folder, "owner+tool"), false],
    ["owner+name/repo", (folder: string) => join(folder, "owner+tool", "repo"), false],
    ["owner/name.git", (folder: string) => join(folder, "owner", "tool.git"), false],
    ["name.git", (folder: string) => join(folder, "tool.git"), false],
    ["a URL", (folder: string) => join(folder, "owner", "tool.git"), true],
  ])("from a mirror laid out as %s", async (_, place, asUrl) => {
    const mirror = join(site.root, "other");
    mkdirSync(mirror);
    cpSync(tool.folder, place(mirror), { recursive: true });
    const { code } = await site.run(["init", "--trees-only"], {
      KUBE_MAGIC_MIRROR: asUrl ? pathToFileURL(mirror).href : mirror,
    });
    expect(code).toBe(0);
    expect(site.read("vendor/tool/site.yml")).toBe("- hosts: all\n");
  });

  test("from a mirror without a config file", async () => {
    rmSync(join(tool.folder, "config"));
    expect((await site.init()).code).toBe(0);
  });

  test("from a web server that knows nothing of git, with the history that it cannot leave out", async () => {
    tool.commit({ "later.yml": "x" });
    site.pins({ tool: { main: ["branch", first] } });
    tool.git("update-server-info");
    const server = createServer((request, response) => {
      const path = join(
        site.mirror,
        (request.url ?? "").split("?")[0]?.replace("/owner/tool.git", "owner+tool") ?? "",
      );
      if (!existsSync(path) || statSync(path).isDirectory()) return void response.writeHead(404).end();
      response.end(readFileSync(path));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    try {
      const { port } = server.address() as AddressInfo;
      const { code, stderr } = await site.run([
        "init",
        "--trees-only",
        "--mirror",
        `http://127.0.0.1:${port}`,
      ]);
      expect(stderr).not.toContain("error");
      expect(code).toBe(0);
      expect(existsSync(join(tree(), "later.yml"))).toBe(false);
      expect(existsSync(join(tree(), "site.yml"))).toBe(true);
    } finally {
      server.close();
    }
  });

  test("whose branch has moved on", async () => {
    site.pins({ tool: { main: ["branch", first] } });
    tool.commit({ "later.yml": "x" });
    expect((await site.init()).code).toBe(0);
    expect(existsSync(join(tree(), "later.yml"))).toBe(false);
  });

  test("once: the second run touches nothing", async () => {
    await site.init();
    const before = [tree(), join(tree(), "site.yml"), join(site.vendor, "vendor.lock.yml")].map(
      (path) => statSync(path).mtimeMs,
    );
    const { code, stdout, stderr } = await site.init();
    expect(code).toBe(0);
    expect(stdout).toContain("unchanged");
    expect(stderr).not.toContain("fetching");
    expect(
      [tree(), join(tree(), "site.yml"), join(site.vendor, "vendor.lock.yml")].map(
        (path) => statSync(path).mtimeMs,
      ),
    ).toEqual(before);
  });

  test("into a folder below another repository, whose git settings do not count", async () => {
    execFileSync("git", ["init", "--quiet", site.root]);
    expect(
      (
        await site.run(["init", "--trees-only", "--mirror", site.mirror], {
          GIT_DIR: join(site.root, ".git"),
        })
      ).code,
    ).toBe(0);
    expect(site.read("vendor/tool/site.yml")).toBe("- hosts: all\n");
  });
});

describe("init refuses, names the pin, leaves nothing, and works once the cause is gone", () => {
  const pin = () => `tool v1.0 (${first.slice(0, 9)})`;
  const cases: readonly (readonly [name: string, breakIt: () => (() => void) | undefined, says: RegExp])[] = [
    [
      "a tag that was moved",
      () => {
        const second = tool.commit({ "evil.yml": "x" }, "v1.0");
        expect(second).not.toBe(first);
        return () => tool.git("tag", "--force", "v1.0", first);
      },
      /the tag v1\.0 .* is another commit/,
    ],
    [
      "a commit that the mirror does not have",
      () => {
        const real = first;
        first = "0123456789abcdef0123456789abcdef01234567";
        site.pins({ tool: { main: ["branch", first] } });
        return () => {
          first = real;
          site.pins({ tool: { main: ["branch", first] } });
        };
      },
      /does not have that commit/,
    ],
    [
      "a missing ref",
      () => {
        tool.git("tag", "--delete", "v1.0");
        return () => tool.git("tag", "v1.0", first);
      },
      /has no tag v1\.0/,
    ],
    [
      "a mirror without the repository",
      () => {
        renameSync(tool.folder, `${tool.folder}.away`);
        return () => renameSync(`${tool.folder}.away`, tool.folder);
      },
      /has no repository for it/,
    ],
    [
      "a damaged mirror",
      () => {
        site.pins({ tool: { main: ["branch", first] } });
        const object = execFileSync("sh", ["-c", `find ${tool.folder}/objects -type f -size +0 | sort`], {
          encoding: "utf8",
        })
          .trim()
          .split("\n");
        const saved = join(site.root, "saved");
        cpSync(join(tool.folder, "objects"), saved, { recursive: true });
        for (const path of object) {
          rmSync(path);
          writeFileSync(path, "no object");
        }
        return () => {
          rmSync(join(tool.folder, "objects"), { recursive: true });
          cpSync(saved, join(tool.folder, "objects"), { recursive: true });
        };
      },
      /damaged|does not have that commit|has no branch/,
    ],
  ];
  test.each(cases)("%s", async (_, breakIt, says) => {
    const repair = breakIt();
    const { code, stderr } = await site.init();
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/tool (v1\.0|main) \([0-9a-f]{9}\)/);
    expect(stderr).toContain("→");
    expect(stderr).not.toContain("    at ");
    expect(code).toBe(4);
    expectNoTrace();
    repair?.();
    expect((await site.init()).code).toBe(0);
  });

  test("a name that does not resolve: no network", async () => {
    const { code, stderr } = await site.run(["init", "--trees-only"]);
    expect(stderr).toContain(pin());
    expect(stderr).toMatch(/does not resolve|does not answer/);
    expect(stderr).toContain("--mirror");
    expect(code).toBe(4);
    expectNoTrace();
  });

  test("a server that refuses the connection", async () => {
    site.pins({ tool: { "v1.0": ["tag", first] } }, () => "http://127.0.0.1:9/owner/tool");
    const { code, stderr } = await site.run(["init", "--trees-only"]);
    expect(stderr).toContain("the server does not answer");
    expect(code).toBe(4);
    expectNoTrace();
  });

  test("a proxy that says no", async () => {
    const proxy = createServer();
    proxy.on("connect", (_, socket) => socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"));
    await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
    try {
      const { port } = proxy.address() as AddressInfo;
      const { code, stderr } = await site.run(["init", "--trees-only"], {
        https_proxy: `http://127.0.0.1:${port}`,
      });
      expect(stderr).toContain(pin());
      expect(stderr).toContain("the proxy refused the connection");
      expect(code).toBe(4);
      expectNoTrace();
    } finally {
      proxy.close();
    }
  });

  test("--offline with a source on the network, and not with a mirror in a folder", async () => {
    const refused = await site.run(["init", "--trees-only", "--offline"]);
    expect(refused.stderr).toContain("--offline forbids");
    expect(refused.code).toBe(4);
    expect((await site.init("--offline")).code).toBe(0);
  });

  test("one source of two: the other is installed", async () => {
    const second = site.upstream("second");
    const commit = second.commit({ "site.yml": "x\n" });
    site.pins({ tool: { "v9.9": ["tag", first] }, second: { main: ["branch", commit] } });
    const { code, stdout, stderr } = await site.init();
    expect(code).toBe(4);
    expect(stderr).toContain("has no tag v9.9");
    expect(stdout).toContain("second: main");
    expect(site.read("vendor/vendor.lock.yml")).toContain(commit);
  });
});

describe("init that is interrupted", () => {
  test("by Ctrl-C ends with 130 and leaves nothing", async () => {
    const { path, started } = site.slowGit(30);
    const { child, ended } = site.start(["init", "--trees-only", "--mirror", site.mirror], { PATH: path });
    await appears(started);
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    expect(stderr).toContain("interrupted");
    expect(code).toBe(130);
    expectNoTrace();
    expect((await site.init()).code).toBe(0);
  });

  test("by kill -9 leaves what the next one clears away", async () => {
    const { path, started } = site.slowGit(2);
    const { child, ended } = site.start(["init", "--trees-only", "--mirror", site.mirror], { PATH: path });
    await appears(started);
    child.kill("SIGKILL");
    await ended;
    expect(existsSync(tree())).toBe(false);
    const { code, stderr } = await site.init();
    expect(stderr).toContain("has died");
    expect(code).toBe(0);
    expect(readdirSync(join(site.vendor, ".incoming"))).toEqual([]);
  });

  test("and one that comes second is told who is at work: exit 6", async () => {
    const { path, started } = site.slowGit(3);
    const slow = site.start(["init", "--trees-only", "--mirror", site.mirror], { PATH: path });
    await appears(started);
    const { code, stderr } = await site.init();
    expect(stderr).toMatch(/locked by .*process \d+, since .*: init/);
    expect(code).toBe(6);
    expect((await slow.ended).code).toBe(0);
  });
});
