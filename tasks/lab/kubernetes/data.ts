/** lab/kubernetes/programs.yml: which programs and images a lab's Kubernetes is made of, each pinned exactly. */
import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { InputError } from "../../core/errors.ts";
import type { InventoryPath } from "../../core/path.ts";
import { type CheckedFile, invalidFile, parseChecked } from "../../io/yaml/checked-file.ts";

const exactVersion = z.string().regex(/^v\d+\.\d+\.\d+$/, "must be an exact version such as v1.34.4");
const relativePath = z
  .string()
  .regex(/^(?!\/)(?!.*\.\.)[\w{}./-]+$/, "must be a path without a slash at its beginning and without ..");
const variables = z.partialRecord(z.enum(["version", "url", "checksum"]), z.string()).optional();

const versionSchema = z.strictObject({
  minutes: z.number().positive(),
  kubernetes: z
    .string()
    .regex(/^\d+\.\d+$/)
    .optional(),
  sum: z
    .string()
    .regex(/^h1:[A-Za-z0-9+/]{43}=$/, "must be a checksum of go.sum, such as h1:…=")
    .optional(),
});

const moduleSchema = z
  .strictObject({
    module: z.string().optional(),
    source: z
      .string()
      .regex(/^[a-z-]+$/)
      .optional(),
    versions: z.record(exactVersion, versionSchema),
    siblings: z.string().optional(),
    cgo: z.boolean().default(false),
    tags: z.array(z.string().regex(/^\w+$/)).default([]),
    stamp: z.record(z.string(), z.string().regex(/^\S+$/)).default({}),
    programs: z.record(z.string(), z.strictObject({ package: relativePath, ask: z.array(z.string()) })),
  })
  .refine(
    ({ module, source }) => (module === undefined) !== (source === undefined),
    "must have either module or source",
  )
  .refine(
    ({ module, versions }) =>
      module === undefined || Object.values(versions).every(({ sum }) => sum !== undefined),
    "needs a sum for each version of a published module",
  );

const fileSchema = z
  .strictObject({
    of: z.string(),
    url: z.url(),
    program: z.string().optional(),
    archive: z.record(relativePath, z.string()).optional(),
    variables,
  })
  .refine(
    ({ program, archive }) => (program === undefined) !== (archive === undefined),
    "program or archive",
  );

const imageSchema = z.strictObject({
  of: z.string(),
  reference: z.string().regex(/^[a-z0-9.-]+(\/[a-z0-9-]+)+:[\w{}.-]+$/, "must be registry/name:tag"),
  files: z.record(relativePath, z.string()),
  entrypoint: z.array(z.string()).optional(),
  base: z.boolean().default(false),
  variables,
});

const dataSchema = z.strictObject({
  version: z.literal(1),
  modules: z.record(z.string(), moduleSchema),
  files: z.record(z.string(), fileSchema),
  images: z.record(z.string(), imageSchema),
  base: z.strictObject({
    suite: z.string().regex(/^[a-z]+$/),
    minutes: z.number().positive(),
    packages: z.array(z.string().regex(/^[a-z0-9.+-]+$/)),
  }),
});

export type ProgramData = z.output<typeof dataSchema>;
export type ModuleData = ProgramData["modules"][string];
export type BaseData = ProgramData["base"];

const CODES = { unknownKey: "KM091", type: "KM091", missing: "KM091", value: "KM091" };

const fileNamed = (shownAs: string): CheckedFile => ({
  shownAs,
  purpose: "the list of programs for labs; its first lines explain each key",
  reading: { codes: CODES, document: "the file", guide: "lab/kubernetes/programs.yml", knownKeys },
  whenMissing: "git checkout -- lab/kubernetes",
});

/** @throws InputError with every problem of the file. */
export function readProgramData(path: string): ProgramData {
  if (existsSync(path)) return parseProgramData(readFileSync(path, "utf8"), path);
  const { purpose, whenMissing } = fileNamed(path);
  throw new InputError(`${path} does not exist: it holds ${purpose}`, { remedy: whenMissing });
}

/** @throws InputError as {@link readProgramData}. */
export function parseProgramData(text: string, shownAs: string): ProgramData {
  const file = fileNamed(shownAs);
  const { data, problemAt } = parseChecked(text, file, dataSchema);
  const problems = wrongNames(data).map(({ path, message }) =>
    problemAt({ path, code: CODES.value, message, remedy: "correct the name, or add what it names" }),
  );
  if (problems.length > 0) throw invalidFile(file, problems);
  return data;
}

interface WrongName {
  readonly path: InventoryPath;
  readonly message: string;
}

/** Names that nothing defines, and names that two modules define. */
function wrongNames({ modules, files, images }: ProgramData): readonly WrongName[] {
  const owners = new Map<string, string>();
  const found: WrongName[] = [];
  for (const [module, { programs }] of Object.entries(modules)) {
    for (const program of Object.keys(programs)) {
      const owner = owners.get(program);
      if (owner !== undefined)
        found.push({
          path: ["modules", module, "programs", program],
          message: `the module ${owner} has a program ${program}, too`,
        });
      owners.set(program, module);
    }
  }
  const check = (path: InventoryPath, of: string, used: readonly (readonly [InventoryPath, string])[]) => {
    if (modules[of] === undefined) found.push({ path: [...path, "of"], message: `there is no module ${of}` });
    for (const [at, program] of used)
      if (!owners.has(program))
        found.push({ path: [...path, ...at], message: `no module has a program ${program}` });
  };
  for (const [name, { of, program, archive = {} }] of Object.entries(files)) {
    const inside = Object.entries(archive).map(([path, one]) => [["archive", path], one] as const);
    check(["files", name], of, program === undefined ? inside : [[["program"], program]]);
  }
  for (const [name, { of, files: inside }] of Object.entries(images))
    check(
      ["images", name],
      of,
      Object.entries(inside).map(([path, one]) => [["files", path], one] as const),
    );
  return found;
}

function knownKeys(path: InventoryPath): readonly string[] {
  const [part] = path;
  if (path.length === 0) return Object.keys(dataSchema.shape);
  if (part === "modules") return Object.keys(path.length > 3 ? versionSchema.shape : moduleSchema.shape);
  if (part === "files") return Object.keys(fileSchema.shape);
  return part === "images" ? Object.keys(imageSchema.shape) : Object.keys(dataSchema.shape.base.shape);
}
