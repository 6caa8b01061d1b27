/** Builds one program with the ordinary Go client, asks it for its version, and adds it to the store. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { VendorError } from "../../core/errors.ts";
import { capture } from "../../io/command/capture.ts";
import { onDisk } from "../../io/files.ts";
import { storeFile } from "./compress.ts";
import { commandFailed, downloadFailed } from "./failures.ts";
import { buildCommand, mainGoMod, parseGoMod } from "./go-module.ts";
import type { ModuleBuild, Program } from "./plan.ts";
import { type RecordOf, readRecord, type StorePlaces, writeRecord } from "./store.ts";

export interface BuildPlaces {
  readonly store: StorePlaces;
  /** lab/kubernetes/, with the programs of our own. */
  readonly sources: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The program's record, after a build when the store does not have it. @throws VendorError, GateError */
export async function ensureProgram(places: BuildPlaces, program: Program): Promise<RecordOf<"program">> {
  const { store } = places;
  const found = readRecord(store, "program", program.key);
  if (found !== undefined) return found;
  const started = Date.now();
  const folder = await mainModule(places, program.build);
  const output = join(store.work, "out", program.name);
  const { argv, env } = buildCommand(program, output);
  const temporary = join(store.work, "go");
  onDisk(temporary, () => mkdirSync(temporary, { recursive: true }));
  const label = `${program.name} ${program.build.version}`;
  const result = await capture(argv, {
    cwd: folder,
    env: { ...places.env, ...env, GOTMPDIR: temporary },
  });
  if (result.code !== 0) throw commandFailed(`${label} could not be built`, result);
  await requireVersion(program, output, places.env);
  const file = await storeFile(store, output);
  rmSync(output);
  const { module, version, sum } = program.build;
  const record: RecordOf<"program"> = {
    kind: "program",
    program: {
      name: program.name,
      version,
      module: module ?? "kube-magic",
      ...(sum === undefined ? {} : { moduleSum: sum }),
      sha256: file.sha256,
      size: file.size,
      seconds: Math.round((Date.now() - started) / 1000),
    },
    file,
  };
  writeRecord(store, program.key, record);
  return record;
}

/** Folder of our Go main module for a published one, or of a copy of our own source. */
async function mainModule({ store, sources, env }: BuildPlaces, build: ModuleBuild): Promise<string> {
  const folder = join(store.work, build.name.replaceAll(" ", "-"));
  if (existsSync(join(folder, "go.mod"))) return folder;
  onDisk(folder, () => mkdirSync(folder, { recursive: true }));
  let upstream = parseGoMod("");
  if (build.source !== undefined) {
    const source = join(sources, build.source);
    for (const name of readdirSync(source)) copyFileSync(join(source, name), join(folder, name));
  } else {
    upstream = parseGoMod(readFileSync(await download(build, folder, env), "utf8"));
  }
  onDisk(folder, () => writeFileSync(join(folder, "go.mod"), mainGoMod(build, upstream)));
  return folder;
}

/** Downloads the module; Go compares it with the checksum database, and we with our pin. Returns its go.mod. */
async function download(build: ModuleBuild, folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  const result = await capture(["go", "mod", "download", "-json", `${build.module}@${build.version}`], {
    cwd: folder,
    env: { ...env, GOWORK: "off" },
  });
  if (result.code !== 0) throw downloadFailed(build, result);
  const { Sum: sum, GoMod: goMod } = JSON.parse(result.stdout) as { Sum: string; GoMod: string };
  if (sum === build.sum) return goMod;
  throw new VendorError(`${build.module} ${build.version} is not the module that is pinned`, {
    output: `pinned ${build.sum}\nserved ${sum}`,
    remedy: "do not use it; find out why the module changed, then correct lab/kubernetes/programs.yml",
  });
}

/** A program that does not run, or says another version, is worth nothing. */
async function requireVersion(program: Program, path: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { CNI_COMMAND: _none, ...clean } = env;
  const result = await capture([path, ...program.ask], { env: clean, timeoutMs: 60_000 });
  const number = program.build.version.slice(1);
  if (result.code === 0 && `${result.stdout}${result.stderr}`.includes(number)) return;
  throw commandFailed(`${program.name} was built, but does not say that it is ${number}`, result);
}
