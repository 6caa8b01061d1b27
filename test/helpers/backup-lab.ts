/** A lab with a site of its own around it, driven through the real command line: deploys, backups, restores. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { capture } from "../../tasks/io/command/capture.ts";
import { labDown } from "../../tasks/lab/down.ts";
import type { LabPlaces } from "../../tasks/lab/places.ts";
import { ssh } from "../../tasks/lab/ssh.ts";
import { labUp } from "../../tasks/lab/up.ts";
import { ansibleForTests, ROOT } from "./environment.ts";
import { type Ended, startCommand } from "./start-command.ts";

export interface BackupLab {
  readonly places: LabPlaces;
  readonly root: string;
  /** build/<cluster>/custom/credentials */
  readonly credentials: string;
  /** Writes the site's own layer. */
  configure(layer: string): void;
  /** A command of ours, as the user types it. */
  run(...args: readonly string[]): Promise<Ended>;
  /** `deploy post --tags backup`, with more flags. */
  deploy(...flags: readonly string[]): Promise<Ended & { readonly changed: number }>;
  /** A line for the host's shell; throws when it fails. */
  on(host: string, line: string): Promise<string>;
  /** The same, with its exit code. */
  tryOn(host: string, line: string): Promise<{ code: number; stdout: string; stderr: string }>;
  /** An etcd member laid out as kubespray does it. */
  makeEtcd(host: string, ip: string): Promise<void>;
  down(): Promise<void>;
}

export async function backupLab(name: string, topology: string, reuse = false): Promise<BackupLab> {
  await ansibleForTests();
  const root = reuse
    ? join(tmpdir(), `kube-magic-${name}-kept`)
    : mkdtempSync(join(tmpdir(), `kube-magic-${name}-`));
  const inventories = join(root, "inventories");
  mkdirSync(join(root, "vendor"), { recursive: true });
  cpSync(join(ROOT, "inventories", "_defaults"), join(inventories, "_defaults"), { recursive: true });
  for (const path of [
    "custom",
    "package.json",
    "vendor/requirements",
    "vendor/.environments",
    "vendor/vendor.yml",
  ])
    rmSync(join(root, path), { force: true });
  for (const path of [
    "custom",
    "package.json",
    "vendor/requirements",
    "vendor/.environments",
    "vendor/vendor.yml",
  ])
    symlinkSync(join(ROOT, path), join(root, path));
  writeFileSync(join(root, "topology.yml"), topology);
  if (!reuse) await labDown({ name });
  const { places } = await labUp({ topologyFile: join(root, "topology.yml"), inventories });
  const run = (...args: readonly string[]): Promise<Ended> =>
    startCommand(args, { KUBE_MAGIC_ROOT: root, KUBE_MAGIC_CLUSTER: name }).ended;
  const tryOn: BackupLab["tryOn"] = (host, line) => ssh(places, host, ["sh", "-c", line]);
  return {
    places,
    root,
    credentials: join(root, "build", name, "custom", "credentials"),
    configure(layer) {
      const local = join(inventories, name, "local");
      mkdirSync(local, { recursive: true });
      writeFileSync(join(local, "test.yml"), layer);
    },
    run,
    async deploy(...flags) {
      const ended = await run("deploy", "post", "--tags", "backup", ...flags);
      const [, changed] = /hosts: \d+ ok, (\d+) changed/.exec(ended.stdout) ?? [];
      return { ...ended, changed: Number(changed ?? -1) };
    },
    async on(host, line) {
      const { code, stdout, stderr } = await tryOn(host, line);
      if (code !== 0) throw new Error(`${host}: ${line}: exit code ${code}: ${stderr}${stdout}`);
      return stdout;
    },
    tryOn,
    async makeEtcd(host, ip) {
      const script = readFileSync(join(ROOT, "test/fixtures/etcd-member/make-member.sh"), "utf8");
      const done = await ssh(places, host, ["sh", "-s", "--", host, ip], {
        input: script,
        timeoutMs: 300_000,
      });
      if (done.code !== 0) throw new Error(`${host}: ${done.stderr}${done.stdout}`);
    },
    async down() {
      await labDown({ name });
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Whether the tar, ssh and so on of this machine are there. */
export async function hasCommand(command: string): Promise<boolean> {
  return (await capture(["which", command])).code === 0;
}
