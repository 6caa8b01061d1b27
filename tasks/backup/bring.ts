/** A backup to the controller: a tar over SSH, unpacked beside its place, compared with the manifest, then moved there. */
import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { InputError, PhaseError } from "../core/errors.ts";
import type { ClusterModel, Host } from "../core/model.ts";
import { onDisk } from "../io/files.ts";
import { captureToFile } from "../io/process.ts";
import { capture } from "../io/shell.ts";
import { programEvent } from "./answers.ts";
import { errorOf } from "./failures.ts";
import { conclude, programCommand } from "./program.ts";

const MARK = ".kube-magic-partial-";

/** Returns how many files were compared. @throws InputError when the folder is in use; PhaseError when it does not arrive whole. */
export async function bring(
  model: ClusterModel,
  host: Host,
  words: readonly string[],
  folder: string,
): Promise<number> {
  const target = resolve(folder);
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new InputError(`${target} is not empty`, { remedy: "name a new folder" });
  const parent = dirname(target);
  const own = `.${basename(target)}${MARK}`;
  onDisk(parent, () => mkdirSync(parent, { recursive: true }));
  // What an interrupted one left.
  for (const name of readdirSync(parent))
    if (name.startsWith(own)) rmSync(join(parent, name), { recursive: true, force: true });
  const partial = join(parent, `${own}${process.pid}`);
  try {
    onDisk(partial, () => mkdirSync(partial, { mode: 0o700 }));
    const archive = join(partial, "backup.tar");
    const tree = join(partial, "tree");
    mkdirSync(tree, { mode: 0o700 });
    await receive(model, host, words, archive);
    await unpack(archive, tree);
    const count = await compare(tree);
    if (existsSync(target)) rmSync(target, { recursive: true });
    onDisk(target, () => renameSync(tree, target));
    return count;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

async function receive(
  model: ClusterModel,
  host: Host,
  words: readonly string[],
  archive: string,
): Promise<void> {
  const { code, stderr } = await captureToFile(programCommand(model, host, [...words, "--tar"]), archive);
  if (code === 0) return;
  const events = stderr.split("\n").flatMap((line) => {
    const parsed = line.startsWith("{") ? programEvent.safeParse(JSON.parse(line)) : undefined;
    return parsed?.success && parsed.data.event === "failure" ? [parsed.data] : [];
  });
  const outcome = conclude(host.name, code, stderr, events.at(-1), programEvent);
  if (outcome.kind !== "done") throw errorOf("restore", [outcome], 1);
}

async function unpack(archive: string, tree: string): Promise<void> {
  // Owners are the hosts': here everything belongs to whoever asked for it.
  const { code, stderr } = await capture(["tar", "--no-same-owner", "-xf", archive, "-C", tree]);
  if (code !== 0) throw new PhaseError("the backup cannot be unpacked here", { output: stderr.trim() });
  rmSync(archive);
}

async function compare(tree: string): Promise<number> {
  let count = 0;
  for (const line of readFileSync(join(tree, "manifest.sha256"), "utf8").split("\n")) {
    const [, digest, name = ""] = /^([0-9a-f]{64}) {2}\.\/(.*)$/.exec(line) ?? [];
    const path = join(tree, name);
    // Only what was asked for came; the host has compared that nothing of it is missing.
    if (digest === undefined || !existsSync(path)) continue;
    if ((await sha256(path)) !== digest)
      throw new PhaseError(`${name} is not what the manifest says`, { remedy: "the same command again" });
    count++;
  }
  return count;
}

async function sha256(path: string): Promise<string> {
  const digest = createHash("sha256");
  for await (const block of createReadStream(path)) digest.update(block as Buffer);
  return digest.digest("hex");
}
