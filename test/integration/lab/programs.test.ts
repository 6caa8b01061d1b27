import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { GateError } from "../../../tasks/core/errors.ts";
import { describeProgramEvent, type ProgramEvent } from "../../../tasks/lab/kubernetes/events.ts";
import { buildPrograms, planPrograms } from "../../../tasks/lab/kubernetes/programs.ts";
import { requireBuildMachine } from "../../../tasks/lab/kubernetes/requirements.ts";
import { storePlaces } from "../../../tasks/lab/kubernetes/store.ts";
import { verifyPrograms } from "../../../tasks/lab/kubernetes/verify.ts";
import { ROOT } from "../../helpers/environment.ts";
import { smallSources } from "../../helpers/lab-programs.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const obstacle = await requireBuildMachine(
  storePlaces(mkdtempSync(join(tmpdir(), "kube-magic-test-"))),
  process.env,
).then(
  () => undefined,
  (error: GateError) => error.remedy,
);
if (obstacle !== undefined) console.warn(`the tests of lab:programs are skipped: ${obstacle}`);

/** Builds the small list, and keeps what the user would see. */
function aStore(folder = temporaryFolder()) {
  const sources = join(folder, "lab/kubernetes");
  const cache = join(folder, "cache");
  const request = { sources, cache, kubernetes: [], env: process.env };
  return {
    root: folder,
    request,
    store: storePlaces(cache),
    versions: (...versions: string[]) => smallSources(sources, ...versions),
    /** The command itself, in a process group of its own. */
    command: (...args: string[]) =>
      spawn(process.execPath, [join(ROOT, "bin/kube-magic.mjs"), "lab:programs", ...args], {
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, KUBE_MAGIC_ROOT: folder, KUBE_MAGIC_CACHE_DIR: cache },
      }),
    async build() {
      const events: ProgramEvent[] = [];
      const manifest = await buildPrograms(request, (event) => events.push(event));
      const told = events.map(describeProgramEvent).join("\n");
      return { manifest, events, told, kinds: events.map(({ kind }) => kind) };
    },
  };
}

/** Waits for a line on standard error. */
function said(child: ChildProcess, text: string): Promise<void> {
  let told = "";
  return new Promise((resolve, reject) => {
    child.stderr?.on("data", (data) => {
      told += data;
      if (told.includes(text)) resolve();
    });
    child.once("close", () => reject(new Error(told)));
  });
}

function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly told: string }> {
  let told = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (data) => {
      told += data;
    });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, told })));
}

describe.skipIf(obstacle !== undefined)("lab:programs", () => {
  test("builds a program, packs it as file and image, and has nothing to do the second time", async () => {
    const { store, request, versions, build } = aStore();
    versions("v3.10.1");
    const first = await build();
    expect(first.told).toMatch(
      /building pause v3\.10\.1[\s\S]*built in [\s\S]*packed registry\.k8s\.io\/pause:3\.10\.1/,
    );
    expect(first.manifest.files[0]?.programs[0]).toMatchObject({ name: "pause", version: "v3.10.1" });
    expect(await verifyPrograms(store)).toEqual({ files: 1, images: 1, faults: [] });
    const started = Date.now();
    const second = await build();
    expect([second.kinds, second.manifest]).toEqual([[], first.manifest]);
    expect(Date.now() - started).toBeLessThan(5000);
    expect(readdirSync(store.root).sort()).toEqual(["files", "images", "manifest.json", "records"]);
    expect(planPrograms(request).items).toHaveLength(2);
  });

  test("makes an archive that tar reads, of a program that runs and ends with 0 on -v", async () => {
    const { store, versions, build } = aStore();
    versions("v3.10.1");
    const { manifest } = await build();
    const folder = temporaryFolder();
    const archive = spawnSync("zstd", ["-dc", join(store.root, manifest.files[0]?.packed ?? "")], {
      maxBuffer: 1 << 28,
    });
    expect(spawnSync("tar", ["-xzf", "-", "-C", folder], { input: archive.stdout }).status).toBe(0);
    const pause = spawnSync(join(folder, "bin/pause"), ["-v"], { encoding: "utf8" });
    expect([pause.status, pause.stdout]).toEqual([0, "pause v3.10.1 (rebuilt for tests)\n"]);
  });

  test("makes an image layout that skopeo reads", async ({ skip }) => {
    if (spawnSync("skopeo", ["--version"]).status !== 0) skip("needs skopeo");
    const { store, versions, build } = aStore();
    versions("v3.10.1");
    const { manifest } = await build();
    const source = `oci:${store.images}:registry.k8s.io/pause:3.10.1`;
    const found = JSON.parse(execFileSync("skopeo", ["inspect", source], { encoding: "utf8" }));
    expect(found.Digest).toBe(manifest.images[0]?.digest);
    expect(found.Labels["kube-magic.test/rebuilt-for-tests"]).toBe("true");
    const copy = temporaryFolder();
    execFileSync("skopeo", ["copy", "-q", source, `dir:${copy}`]);
    expect(readdirSync(copy)).toContain("manifest.json");
  });

  test("killed in the middle, the next run continues with the next program", async () => {
    const { root, store, versions, command } = aStore();
    versions("v3.10.1", "v3.10.2");
    const killed = command();
    await said(killed, "[2/2] building pause v3.10.2");
    process.kill(-(killed.pid ?? 0), "SIGKILL");
    await new Promise((resolve) => killed.once("close", resolve));
    expect(readdirSync(store.root)).toContain("work");
    const next = command();
    expect(await ended(next)).toMatchObject({
      code: 0,
      told: expect.stringContaining("[1/1] building pause v3.10.2"),
    });
    expect(await ended(command("--verify"))).toMatchObject({ code: 0 });
    expect(await ended(command("--plan"))).toMatchObject({
      code: 0,
      told: expect.stringContaining(`everything is ready in ${store.root}`),
    });
    rmSync(join(root, "lab/kubernetes/programs.yml"));
    expect(await ended(command())).toMatchObject({
      code: 2,
      told: expect.stringContaining("does not exist"),
    });
  });

  test("builds only what another version changes, and forgets what the list no longer has", async () => {
    const { store, versions, build } = aStore();
    versions("v3.10.1");
    await build();
    versions("v3.10.1", "v3.10.2");
    const both = await build();
    expect(both.told).toContain("[1/1] building pause v3.10.2");
    expect(both.manifest.images.map(({ reference }) => reference)).toEqual([
      "registry.k8s.io/pause:3.10.1",
      "registry.k8s.io/pause:3.10.2",
    ]);
    const before = readdirSync(store.files).length;
    versions("v3.10.2");
    expect((await build()).kinds).toEqual([]);
    versions("v3.10.3");
    await build();
    expect(readdirSync(store.files).length).toBeLessThan(before);
    expect((await verifyPrograms(store)).faults).toEqual([]);
  });

  test("finds a flipped byte in a file and in a layer, and a missing image, by name", async () => {
    const { store, versions, build } = aStore();
    versions("v3.10.1");
    const { manifest } = await build();
    const file = join(store.root, manifest.files[0]?.packed ?? "");
    const layer = readdirSync(store.imageBlobs)
      .map((name) => join(store.imageBlobs, name))
      .sort((a, b) => statSync(b).size - statSync(a).size)[0] as string;
    for (const path of [file, layer]) {
      const content = readFileSync(path);
      content[content.length >> 1] = (content[content.length >> 1] as number) ^ 1;
      writeFileSync(path, content);
    }
    const { faults } = await verifyPrograms(store);
    expect(faults).toHaveLength(2);
    expect(faults[0]).toContain("pause v3.10.1: files/sha256/");
    expect(faults[1]).toContain("registry.k8s.io/pause:3.10.1: images/blobs/sha256/");
    rmSync(layer);
    expect((await verifyPrograms(store)).faults[1]).toContain("is missing");
    // The next build sees that content is gone and makes it again.
    expect((await build()).told).toContain("packed registry.k8s.io/pause:3.10.1");
  });

  test("two builds at once: the second one waits and finds everything ready", async () => {
    const { versions, build } = aStore();
    versions("v3.10.1");
    const [first, second] = await Promise.all([build(), build()]);
    const waiting = [first, second].find(({ kinds }) => kinds.includes("waiting"));
    expect(waiting?.kinds).toEqual(["waiting"]);
    expect(waiting?.told).toContain("lab:programs, pid");
  });

  test("a full disk ends with 3, says so, and leaves nothing half-written", async () => {
    const disk = mkdtempSync(join(tmpdir(), "kube-magic-disk-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1100m", "kube-magic-test", disk]);
    onTestFinished(() => {
      execFileSync("umount", [disk]);
      rmSync(disk, { recursive: true });
    });
    const { store, versions, build } = aStore(disk);
    versions("v3.10.1");
    expect((await build()).kinds).toContain("packed");
    const manifest = readFileSync(store.manifest, "utf8");
    versions("v3.10.2");
    execFileSync("mount", ["-o", "remount,size=4m", disk]);
    const early = await build().catch((error: unknown) => error);
    expect(early).toBeInstanceOf(GateError);
    expect((early as GateError).remedy).toContain("no space left below");
    expect(readFileSync(store.manifest, "utf8")).toBe(manifest);
  });
});
