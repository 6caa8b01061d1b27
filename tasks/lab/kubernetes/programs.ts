/** The programs of a lab's Kubernetes: planned from data, built once, kept packed. */
import { createHash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { withTurn } from "../../controller/machine-lock.ts";
import { onDisk } from "../../io/files.ts";
import { hashTree } from "../../io/tree-hash.ts";
import { type BuildPlaces, ensureProgram } from "./build.ts";
import { readProgramData } from "./data.ts";
import type { ProgramEvents } from "./events.ts";
import { makeManifest, type ProgramsManifest, writeManifest } from "./manifest.ts";
import { findMissing, type Missing, neededKeys } from "./missing.ts";
import { type Contents, packFile, packImage } from "./pack.ts";
import { type Item, planItems } from "./plan.ts";
import { goArchitecture, prepareBuildMachine } from "./requirements.ts";
import { type RecordOf, readRecord, type StorePlaces, storePlaces, sweep } from "./store.ts";

export interface ProgramsRequest {
  /** lab/kubernetes/ */
  readonly sources: string;
  /** The lab's cache folder. */
  readonly cache: string;
  /** Only these versions, such as 1.34.4; empty: all of programs.yml. */
  readonly kubernetes: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface ProgramsPlan {
  readonly store: StorePlaces;
  readonly arch: string;
  /** Those asked for, complete versions of Kubernetes first. */
  readonly items: readonly Item[];
  /** Those of every version. */
  readonly all: readonly Item[];
}

const HEARTBEAT_MS = 30_000;

/** What the data asks for. Reads programs.yml and the sources of our own programs, nothing else. */
export function planPrograms({ sources, cache, kubernetes }: ProgramsRequest): ProgramsPlan {
  const data = readProgramData(join(sources, "programs.yml"));
  const arch = goArchitecture();
  const sourceHash = (folder: string): string => hashTree(join(sources, folder));
  const plan = (versions: readonly string[]) => planItems({ data, arch, kubernetes: versions, sourceHash });
  const known = Object.keys(data.modules.kubernetes?.versions ?? {}).map((version) => version.slice(1));
  // Version by version, so that an interrupted run leaves whole versions.
  const chosen = kubernetes.length === 0 ? known : kubernetes;
  const items = new Map(chosen.flatMap((version) => plan([version])).map((item) => [item.key, item]));
  return { store: storePlaces(cache), arch, items: [...items.values()], all: plan([]) };
}

/**
 * Makes what is missing and returns what the store holds. An interrupted run continues with the next program.
 * @throws GateError for a machine that cannot build and for a full disk, VendorError for a refused module or a failed build
 */
export async function buildPrograms(
  request: ProgramsRequest,
  events: ProgramEvents,
): Promise<ProgramsManifest> {
  const { store, arch, items, all } = planPrograms(request);
  const lock = `kubernetes programs ${createHash("sha256").update(store.root).digest("hex").slice(0, 12)}`;
  return await withTurn(
    lock,
    "lab:programs",
    (owner) => events({ kind: "waiting", owner }),
    async () => {
      const missing = findMissing(store, items);
      if (missing.items.length > 0) {
        await prepareBuildMachine(store, request.env, (text) => events({ kind: "note", text }));
        await make({ store, sources: request.sources, env: request.env }, missing, arch, events);
      }
      const manifest = makeManifest(store, all, arch);
      writeManifest(store, all, manifest);
      if (missing.items.length > 0) sweep(store, neededKeys(store, all));
      return manifest;
    },
  );
}

async function make(
  places: BuildPlaces,
  missing: Missing,
  arch: string,
  events: ProgramEvents,
): Promise<void> {
  const { store } = places;
  // We hold the lock, so what lies here is a dead build's.
  rmSync(store.work, { recursive: true, force: true });
  onDisk(store.work, () => mkdirSync(join(store.work, "out"), { recursive: true, mode: 0o700 }));
  const { items, programs, minutes } = missing;
  events({ kind: "start", items: items.length, programs: programs.length, minutes });
  try {
    for (const item of items) {
      const contents: Record<string, RecordOf<"program">> = {};
      for (const [path, program] of Object.entries(item.contents)) {
        const ready = readRecord(store, "program", program.key);
        contents[path] =
          ready ??
          (await watched(
            `${program.name} ${program.build.version}`,
            { index: programs.findIndex(({ key }) => key === program.key) + 1, of: programs.length },
            () => ensureProgram(places, program),
            events,
          ));
      }
      await pack(store, item, contents, arch);
      events({ kind: "packed", what: item.kind === "file" ? item.fileName : item.reference });
    }
  } finally {
    rmSync(store.work, { recursive: true, force: true });
  }
}

async function pack(store: StorePlaces, item: Item, contents: Contents, arch: string): Promise<void> {
  if (item.kind === "file") await packFile(store, item, contents);
  else await packImage(store, item, contents, arch);
}

/** Says what is built, and every half minute that it is still being built. */
async function watched(
  what: string,
  place: { readonly index: number; readonly of: number },
  build: () => Promise<RecordOf<"program">>,
  events: ProgramEvents,
): Promise<RecordOf<"program">> {
  const started = Date.now();
  const seconds = (): number => (Date.now() - started) / 1000;
  events({ kind: "building", what, ...place });
  const heartbeat = setInterval(
    () => events({ kind: "still building", what, seconds: seconds() }),
    HEARTBEAT_MS,
  );
  try {
    const record = await build();
    events({ kind: "built", what, seconds: seconds(), bytes: record.program.size });
    return record;
  } finally {
    clearInterval(heartbeat);
  }
}
