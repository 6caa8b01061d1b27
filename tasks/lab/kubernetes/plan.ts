/** Programs, files, images and base layer as data, each with a key that changes only when its content would. Pure. */
import { createHash } from "node:crypto";
import { InputError } from "../../core/errors.ts";
import type { BaseData, ModuleData, ProgramData } from "./data.ts";
import { fill, type Placeholders, placeholders } from "./placeholders.ts";

/** A module at one version: the programs of one are built in one Go main module of ours. */
export interface ModuleBuild {
  /** `kubernetes v1.34.4` */
  readonly name: string;
  readonly version: string;
  /** Path of the published module; absent for a program of our own. */
  readonly module: string | undefined;
  /** Folder of a program of our own, below lab/kubernetes/. */
  readonly source: string | undefined;
  readonly sum: string | undefined;
  /** Published version of the modules that its go.mod takes from its own tree. */
  readonly siblings: string | undefined;
  readonly cgo: boolean;
  readonly tags: readonly string[];
  readonly stamp: Readonly<Record<string, string>>;
}

export interface Program {
  readonly name: string;
  readonly build: ModuleBuild;
  /** Package below the module; `.` is the module itself. */
  readonly package: string;
  /** Arguments that make it print its version. */
  readonly ask: readonly string[];
  /** On two idle cores, Go's caches empty. */
  readonly minutes: number;
  readonly key: string;
}

interface ItemCommon {
  readonly name: string;
  readonly version: string;
  /** Path inside the archive or image → program. */
  readonly contents: Readonly<Record<string, Program>>;
  /** kubespray's variables for it. */
  readonly variables: Readonly<Record<string, string>>;
  readonly key: string;
}

export interface FileItem extends ItemCommon {
  readonly kind: "file";
  /** The address upstream that it replaces. */
  readonly url: string;
  /** As upstream names it. */
  readonly fileName: string;
  readonly isArchive: boolean;
}

export interface ImageItem extends ItemCommon {
  readonly kind: "image";
  /** The reference upstream that it replaces. */
  readonly reference: string;
  readonly entrypoint: readonly string[];
  readonly base: BaseLayer | undefined;
}

export interface BaseLayer extends BaseData {
  readonly key: string;
}

export type Item = FileItem | ImageItem;

/** What decides the content of an item, beside this machine's own compiler and Debian mirror. */
export interface PlanInput {
  readonly data: ProgramData;
  /** Go's name: amd64, arm64. */
  readonly arch: string;
  /** Only for these versions, such as 1.34.4; empty: all. */
  readonly kubernetes: readonly string[];
  /** Hash of a program of our own, by its folder. */
  readonly sourceHash: (folder: string) => string;
}

/** Raise when what follows packs the same programs in another way. */
const RECIPE = 1;

/** Every file and image, in the order of the data. @throws InputError for a Kubernetes that is not in it. */
export function planItems(input: PlanInput): readonly Item[] {
  const { data, arch } = input;
  const chosen = chooseKubernetes(data, input.kubernetes);
  const base: BaseLayer = { ...data.base, key: hash([RECIPE, arch, data.base.suite, data.base.packages]) };
  const versionsOf = (name: string): readonly string[] =>
    Object.entries(requireModule(data, name).versions)
      .filter(([version, { kubernetes }]) =>
        name === "kubernetes"
          ? chosen.includes(version)
          : kubernetes === undefined || chosen.some((one) => one.startsWith(`v${kubernetes}.`)),
      )
      .map(([version]) => version);
  const contents = (of: string, values: Placeholders, programs: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(programs)
        .sort()
        .map(([path, name]) => [fill(path, values), findProgram(input, name, of, values.version)]),
    );
  const files = Object.entries(data.files).flatMap(([name, entry]) =>
    versionsOf(entry.of).map((version): FileItem => {
      const values = placeholders(version, arch);
      const url = fill(entry.url, values);
      const fileName = url.slice(url.lastIndexOf("/") + 1);
      const inside = contents(entry.of, values, entry.archive ?? { [fileName]: entry.program ?? "" });
      const isArchive = entry.archive !== undefined;
      const key = hash([RECIPE, "file", fileName, isArchive, keysOf(inside)]);
      const variables = entry.variables ?? {};
      return { kind: "file", name, version, url, fileName, isArchive, contents: inside, variables, key };
    }),
  );
  const images = Object.entries(data.images).flatMap(([name, entry]) =>
    versionsOf(entry.of).map((version): ImageItem => {
      const values = placeholders(version, arch);
      const reference = fill(entry.reference, values);
      const inside = contents(entry.of, values, entry.files);
      const entrypoint = entry.entrypoint ?? [];
      const below = entry.base ? base : undefined;
      const key = hash([RECIPE, "image", reference, entrypoint, below?.key ?? "", keysOf(inside)]);
      const variables = entry.variables ?? {};
      return {
        kind: "image",
        name,
        version,
        reference,
        contents: inside,
        entrypoint,
        base: below,
        variables,
        key,
      };
    }),
  );
  return [...files, ...images];
}

/** Programs of these items, each once. */
export function programsOf(items: readonly Item[]): readonly Program[] {
  const found = new Map(items.flatMap((item) => Object.values(item.contents)).map((one) => [one.key, one]));
  return [...found.values()];
}

/** `kubelet v1.34.4` */
export const labelOf = ({ name, version }: Pick<Item, "name" | "version">): string => `${name} ${version}`;

function chooseKubernetes(data: ProgramData, wanted: readonly string[]): readonly string[] {
  const known = Object.keys(requireModule(data, "kubernetes").versions);
  const unknown = wanted.filter((version) => !known.includes(`v${version}`));
  if (unknown.length > 0)
    throw new InputError(`Kubernetes ${unknown.join(", ")} is not in lab/kubernetes/programs.yml`, {
      remedy: `choose from: ${known.map((version) => version.slice(1)).join(", ")}`,
    });
  return wanted.length === 0 ? known : wanted.map((version) => `v${version}`);
}

function requireModule(data: ProgramData, name: string): ModuleData {
  const module = data.modules[name];
  if (module === undefined) throw new InputError(`lab/kubernetes/programs.yml has no module ${name}`);
  return module;
}

/** A program of another module than the item's has that module's first version. */
function findProgram(input: PlanInput, name: string, of: string, version: string): Program {
  const [moduleName, module] =
    Object.entries(input.data.modules).find(([, { programs }]) => name in programs) ?? [];
  const found = module?.programs[name];
  if (moduleName === undefined || module === undefined || found === undefined)
    throw new InputError(`lab/kubernetes/programs.yml has no program ${name}`);
  const own = moduleName === of ? version : (Object.keys(module.versions)[0] ?? version);
  const build = moduleBuild(moduleName, module, own, input.arch);
  const source = module.source === undefined ? "" : input.sourceHash(module.source);
  return {
    name,
    build,
    package: found.package,
    ask: found.ask,
    minutes: (module.versions[own]?.minutes ?? 0) / Object.keys(module.programs).length,
    key: hash([RECIPE, input.arch, { ...build, name: "" }, name, found.package, source]),
  };
}

function moduleBuild(name: string, module: ModuleData, version: string, arch: string): ModuleBuild {
  const values = placeholders(version, arch);
  return {
    name: `${name} ${version}`,
    version,
    module: module.module,
    source: module.source,
    sum: module.versions[version]?.sum,
    siblings: module.siblings === undefined ? undefined : fill(module.siblings, values),
    cgo: module.cgo,
    tags: module.tags,
    stamp: Object.fromEntries(
      Object.entries(module.stamp).map(([variable, text]) => [variable, fill(text, values)]),
    ),
  };
}

function keysOf(contents: Readonly<Record<string, Program>>): readonly (readonly [string, string])[] {
  return Object.entries(contents).map(([path, { key }]) => [path, key]);
}

function hash(of: unknown): string {
  return createHash("sha256").update(JSON.stringify(of)).digest("hex").slice(0, 16);
}
