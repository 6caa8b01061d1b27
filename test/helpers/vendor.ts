/** A site with upstream repositories of its own making: small, real git, driven through the real command line. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "./environment.ts";
import type { Ended } from "./start-command.ts";

export interface Upstream {
  readonly folder: string;
  /** Writes files, commits, and points branch (and tag) there. @returns the commit. */
  commit(files: Readonly<Record<string, string>>, tag?: string): string;
  git(...args: readonly string[]): string;
}

export interface VendorSite {
  readonly root: string;
  readonly vendor: string;
  readonly mirror: string;
  /** A repository in the mirror, by default named owner+name. */
  upstream(name: string): Upstream;
  /** Writes vendor.yml: source → version → [ref kind, commit]; the first version is the default. */
  pins(
    sources: Readonly<Record<string, Readonly<Record<string, readonly ["tag" | "branch", string]>>>>,
    url?: (name: string) => string,
  ): void;
  patch(source: string, name: string, text: string): void;
  read(path: string): string | undefined;
  write(path: string, text: string): void;
  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended>;
  start(
    args: readonly string[],
    env?: NodeJS.ProcessEnv,
  ): { readonly child: ChildProcess; readonly ended: Promise<Ended> };
  /** `init --trees-only` from the mirror. */
  init(...more: readonly string[]): Promise<Ended>;
  /** A folder for PATH in which `git` waits before it fetches; `started` appears once it does. */
  slowGit(seconds: number): { readonly path: string; readonly started: string };
  remove(): void;
}

export function aVendorSite(within = tmpdir()): VendorSite {
  const root = mkdtempSync(join(within, "kube-magic-vendor-"));
  const vendor = join(root, "vendor");
  const mirror = join(root, "mirror");
  mkdirSync(vendor);
  mkdirSync(mirror);
  mkdirSync(join(vendor, "requirements"));
  writeFileSync(join(vendor, "requirements", "custom.txt"), "# nothing\n");
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const start: VendorSite["start"] = (args, env = {}) => {
    const child = spawn(process.execPath, [join(ROOT, "bin", "kube-magic.mjs"), ...args], {
      cwd: root,
      env: { ...plainEnvironment(), KUBE_MAGIC_ROOT: root, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise<Ended>((done) => {
      let stdout = "";
      let stderr = "";
      child.stdout?.on("data", (data) => {
        stdout += data;
      });
      child.stderr?.on("data", (data) => {
        stderr += data;
      });
      child.once("close", (code) => done({ code: code ?? 137, stdout, stderr }));
    });
    return { child, ended };
  };
  const run: VendorSite["run"] = (args, env) => start(args, env).ended;
  return {
    root,
    vendor,
    mirror,
    write,
    start,
    run,
    upstream: (name) => anUpstream(join(mirror, `owner+${name}`)),
    pins(sources, url = (name) => `https://git.invalid/owner/${name}`) {
      const lines = ["version: 1", "sources:"];
      for (const [name, versions] of Object.entries(sources)) {
        lines.push(`  ${name}:`, `    url: ${url(name)}`, `    folder: ${name}`);
        lines.push(`    default: ${Object.keys(versions)[0]}`, "    versions:");
        for (const [version, [ref, commit]] of Object.entries(versions))
          lines.push(`      ${version}: { ref: ${ref}, commit: "${commit}" }`);
      }
      write("vendor/vendor.yml", `${lines.join("\n")}\n`);
    },
    patch: (source, name, text) => write(`vendor/patches/${source}/${name}`, text),
    read: (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined),
    init: (...more) => run(["init", "--trees-only", "--mirror", mirror, ...more]),
    slowGit(seconds) {
      const folder = join(root, "slow-git");
      const started = join(root, "fetch-started");
      const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
      mkdirSync(folder, { recursive: true });
      writeFileSync(
        join(folder, "git"),
        `#!/bin/sh\ncase " $* " in *" fetch "*) touch ${started}; sleep ${seconds} & trap 'kill $!; exit 130' INT TERM; wait $!;; esac\nexec ${real} "$@"\n`,
      );
      chmodSync(join(folder, "git"), 0o755);
      return { path: `${folder}:${process.env.PATH}`, started };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** What the caller of the tests has set for mirrors must not decide them. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([key]) => !/^KUBE_MAGIC_|_proxy$/i.test(key));
  return { ...Object.fromEntries(kept), GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
}

function anUpstream(folder: string): Upstream {
  const work = `${folder}.work`;
  const identity = [
    "-c",
    "user.name=Upstream",
    "-c",
    "user.email=upstream@example.com",
    "-c",
    "init.defaultBranch=main",
  ];
  const at = (cwd: string, ...args: readonly string[]): string =>
    execFileSync("git", [...identity, ...args], {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: plainEnvironment(),
    }).trim();
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    at(folder, "init", "--quiet", "--bare");
    mkdirSync(work);
    at(work, "init", "--quiet");
    at(work, "remote", "add", "origin", folder);
  }
  return {
    folder,
    git: (...args) => at(folder, ...args),
    commit(files, tag) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(work, path)), { recursive: true });
        writeFileSync(join(work, path), text);
      }
      at(work, "add", "--all");
      at(work, "commit", "--quiet", "--allow-empty", "-m", "A change");
      if (tag !== undefined) at(work, "tag", "--force", "-a", tag, "-m", tag);
      at(work, "push", "--quiet", "--force", "--tags", "origin", "HEAD:main");
      return at(work, "rev-parse", "HEAD");
    },
  };
}

export async function appears(path: string, milliseconds = 10_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!existsSync(path)) {
    if (Date.now() > end) throw new Error(`${path} did not appear`);
    await new Promise((done) => setTimeout(done, 20));
  }
}
