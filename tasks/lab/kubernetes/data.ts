/** lab/kubernetes/programs.yml: which programs and images a lab's Kubernetes is made of, each pinned exactly. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { InputError } from "../../core/errors.ts";
import { readYaml, SourceText, toValue } from "../../io/yaml.ts";

const exactVersion = z.string().regex(/^v\d+\.\d+\.\d+$/, "an exact version such as v1.34.4");
const relativePath = z
  .string()
  .regex(/^(?!\/)(?!.*\.\.)[\w{}./-]+$/, "a path without a slash at its beginning and without ..");
const variables = z.partialRecord(z.enum(["version", "url", "checksum"]), z.string()).optional();

const versionSchema = z.strictObject({
  minutes: z.number().positive(),
  kubernetes: z
    .string()
    .regex(/^\d+\.\d+$/)
    .optional(),
  sum: z
    .string()
    .regex(/^h1:[A-Za-z0-9+/]{43}=$/, "a checksum of go.sum, such as h1:…=")
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
  .refine(({ module, source }) => (module === undefined) !== (source === undefined), "module or source")
  .refine(
    ({ module, versions }) =>
      module === undefined || Object.values(versions).every(({ sum }) => sum !== undefined),
    "a version of a published module needs its sum",
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
  reference: z.string().regex(/^[a-z0-9.-]+(\/[a-z0-9-]+)+:[\w{}.-]+$/, "registry/name:tag"),
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

/** @throws InputError with every fault of the file. */
export function readProgramData(file: string): ProgramData {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new InputError(`cannot read ${file}: ${(cause as Error).message}`, {
      cause,
      remedy: `git checkout -- ${file}`,
    });
  }
  return parseProgramData(text, file);
}

/** @throws InputError as {@link readProgramData}. */
export function parseProgramData(text: string, file: string): ProgramData {
  const { root, problems } = readYaml(new SourceText(file, text));
  const remedy = "correct the file; its first lines explain each key";
  if (problems.length > 0) throw new InputError(`${file} cannot be read`, { problems, remedy });
  const parsed = dataSchema.safeParse(root === undefined ? undefined : toValue(root));
  const faults = parsed.success
    ? unknownNames(parsed.data)
    : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${reasonOf(issue)}`);
  if (!parsed.success || faults.length > 0)
    throw new InputError(`${file} is not a valid list of programs`, { output: faults.join("\n"), remedy });
  return parsed.data;
}

/** A key of a map that is refused hides its reason one level deeper. */
function reasonOf(issue: z.core.$ZodIssue): string {
  return issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
}

/** Names that nothing defines, and names that two modules define. */
function unknownNames({ modules, files, images }: ProgramData): readonly string[] {
  const programs = Object.values(modules).flatMap((module) => Object.keys(module.programs));
  const items = { files, images };
  const twice = programs.filter((name, index) => programs.indexOf(name) !== index);
  return [
    ...twice.map((name) => `modules: two modules have a program ${name}`),
    ...Object.entries(items).flatMap(([kind, entries]) =>
      Object.entries(entries).flatMap(([name, entry]) => {
        const used = [
          ...("program" in entry && entry.program !== undefined ? [entry.program] : []),
          ...Object.values(("archive" in entry ? entry.archive : "files" in entry ? entry.files : {}) ?? {}),
        ];
        const missing = used.filter((program) => !programs.includes(program));
        return [
          ...(modules[entry.of] === undefined ? [`${kind}.${name}.of: there is no module ${entry.of}`] : []),
          ...missing.map((program) => `${kind}.${name}: no module has a program ${program}`),
        ];
      }),
    ),
  ];
}
