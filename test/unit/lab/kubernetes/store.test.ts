import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeManifest, readManifest, writeManifest } from "../../../../tasks/lab/kubernetes/manifest.ts";
import { findMissing, neededKeys } from "../../../../tasks/lab/kubernetes/missing.ts";
import { requireLabCluster } from "../../../../tasks/lab/kubernetes/only-for-labs.ts";
import { type Item, type Program, programsOf } from "../../../../tasks/lab/kubernetes/plan.ts";
import {
  blobPath,
  measure,
  packedPath,
  readRecord,
  type StorePlaces,
  storePlaces,
  sweep,
  writeRecord,
} from "../../../../tasks/lab/kubernetes/store.ts";
import { labPlaces } from "../../../../tasks/lab/places.ts";
import { planOf, smallData } from "../../../helpers/lab-programs.ts";
import { temporaryFolder } from "../../../helpers/temporary-folder.ts";

const ITEMS = planOf(smallData("v3.10.1"));
const [FILE, IMAGE] = ITEMS as [Item, Item];
const [PAUSE] = programsOf(ITEMS) as [Program];
const built = { name: "pause", version: "v3.10.1", module: "kube-magic", sha256: "a", size: 9, seconds: 1 };

/** Content of the store that nothing has to unpack. */
function put(path: string, text: string): { readonly sha256: string; readonly size: number } {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return measure(path);
}

function storeProgram(store: StorePlaces): void {
  const file = { sha256: "a".repeat(64), size: 9, packedSize: 4 };
  put(packedPath(store, file), "abcd");
  writeRecord(store, PAUSE.key, { kind: "program", program: built, file });
}

function storeItems(store: StorePlaces): void {
  const file = { sha256: "b".repeat(64), size: 9, packedSize: 5 };
  put(packedPath(store, file), "abcde");
  writeRecord(store, FILE.key, { kind: "file", file, programs: [built] });
  const blob = (digit: string) => {
    const of = { sha256: digit.repeat(64), size: 1 };
    put(blobPath(store, of), digit);
    return of;
  };
  const layers = [{ ...blob("3"), unpackedSha256: "4".repeat(64) }];
  writeRecord(store, IMAGE.key, {
    kind: "image",
    manifest: blob("1"),
    config: blob("2"),
    layers,
    programs: [built],
  });
}

describe("what is missing", () => {
  test("is everything in an empty store", () => {
    const missing = findMissing(storePlaces(temporaryFolder()), ITEMS);
    expect(missing).toMatchObject({ items: ITEMS, programs: [{ name: "pause" }] });
    expect(missing.minutes).toBeCloseTo(0.1);
  });

  test("is no program that an interrupted run left ready", () => {
    const store = storePlaces(temporaryFolder());
    storeProgram(store);
    expect(findMissing(store, ITEMS)).toMatchObject({ items: ITEMS, programs: [], minutes: 0 });
  });

  test("is nothing when all items are there, though their programs are not kept beside them", () => {
    const store = storePlaces(temporaryFolder());
    storeItems(store);
    expect(findMissing(store, ITEMS)).toEqual({ items: [], programs: [], minutes: 0 });
  });

  test("is an item whose content is gone or cut short", () => {
    const store = storePlaces(temporaryFolder());
    storeItems(store);
    writeFileSync(packedPath(store, { sha256: "b".repeat(64), size: 9 }), "abc");
    expect(findMissing(store, ITEMS).items).toEqual([FILE]);
  });
});

describe("sweeping the store", () => {
  test("keeps the programs of items that are not made yet", () => {
    const store = storePlaces(temporaryFolder());
    storeProgram(store);
    expect(sweep(store, neededKeys(store, ITEMS))).toBe(0);
    expect(readRecord(store, "program", PAUSE.key)).toBeDefined();
  });

  test("removes programs that are packed, and items that the list no longer has", () => {
    const store = storePlaces(temporaryFolder());
    storeProgram(store);
    storeItems(store);
    expect(sweep(store, neededKeys(store, ITEMS))).toBe(4);
    expect(findMissing(store, ITEMS).items).toEqual([]);
    expect(sweep(store, new Set([IMAGE.key]))).toBe(5);
    expect([readdirSync(store.files), readdirSync(store.imageBlobs).length]).toEqual([[], 3]);
  });
});

describe("the manifest", () => {
  test("says what each thing replaces, its checksum and that it is rebuilt for tests", () => {
    const store = storePlaces(temporaryFolder());
    storeItems(store);
    const manifest = makeManifest(store, ITEMS, "amd64");
    writeManifest(store, ITEMS, manifest);
    expect(readManifest(store)).toEqual(manifest);
    expect(manifest).toMatchObject({
      purpose: "rebuilt for tests",
      files: [
        {
          url: "https://pause.test/v3.10.1/pause-v3.10.1-linux-amd64.tar.gz",
          sha256: "b".repeat(64),
          packed: `files/sha256/${"b".repeat(64)}.zst`,
          programs: [built],
        },
      ],
      images: [{ reference: "registry.k8s.io/pause:3.10.1", digest: `sha256:${"1".repeat(64)}`, size: 3 }],
    });
    expect(readdirSync(store.images).sort()).toEqual(["blobs", "index.json", "oci-layout"]);
  });

  test("is refused when it is of another version, and its absence names the command", () => {
    const store = storePlaces(temporaryFolder());
    expect(() => readManifest(store)).toThrow("no programs for labs are built");
    put(store.manifest, '{"version": 99}');
    expect(() => readManifest(store)).toThrow("another version");
  });
});

describe("a cluster that is no lab", () => {
  const lab = () => {
    const folder = temporaryFolder();
    const places = labPlaces("lab", { KUBE_MAGIC_LAB_DIR: folder, KUBE_MAGIC_CACHE_DIR: folder });
    const hosts = [{ name: "master1", ip: "198.18.0.11", roles: [] }];
    put(join(places.stateFile), JSON.stringify({ version: 1, topology: { hosts } }));
    return places;
  };

  test("gets none of these programs", () => {
    const places = lab();
    expect(() => requireLabCluster(places, { name: "lab", hosts: { master1: "198.18.0.11" } })).not.toThrow();
    for (const [cluster, why] of [
      [{ name: "prod", hosts: { master1: "198.18.0.11" } }, "prod is no lab of this machine"],
      [{ name: "lab", hosts: { master1: "10.0.0.1" } }, "master1 (10.0.0.1): no host of the lab lab"],
      [{ name: "lab", hosts: { master1: "198.18.0.11", x: "198.18.0.12" } }, "x (198.18.0.12)"],
    ] as const)
      expect(() => requireLabCluster(places, cluster)).toThrow(why);
    const none = labPlaces("lab", { KUBE_MAGIC_LAB_DIR: temporaryFolder() });
    expect(() => requireLabCluster(none, { name: "lab", hosts: {} })).toThrow("no lab of this machine");
  });
});
