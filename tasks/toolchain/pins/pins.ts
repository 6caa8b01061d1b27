/** vendor/vendor.yml: the sources, and the exact commit of each version. */
import { join } from "node:path";
import { z } from "zod";
import { closest } from "../../core/closest.ts";
import { InputError } from "../../core/errors.ts";
import { readChecked } from "../../io/yaml/checked-file.ts";
import { vendorFile } from "../vendor-file.ts";
import { parseRange, type VersionRange } from "../version-range.ts";

/** What a tool needs from Ansible on the controller. */
export interface AnsibleNeeds {
  /** File in vendor/requirements/, without .txt. */
  readonly requirements: string;
  readonly core: VersionRange;
  readonly python: VersionRange;
  /** Python modules that the tool's own plugins and filters import. */
  readonly modules: readonly string[];
  /** Collections that its playbooks use and that its own tree does not contain. */
  readonly collections: readonly string[];
}

/** One version of a source, pinned. */
export interface Pin {
  /** Name of the source, such as kubespray. */
  readonly source: string;
  readonly url: string;
  /** Relative to vendor/. */
  readonly folder: string;
  /** Name of the tag or branch, such as v2.31.0. */
  readonly version: string;
  /** init stops when a tag points to another commit; a branch moves all the time. */
  readonly ref: "tag" | "branch";
  /** 40 hexadecimal digits. */
  readonly commit: string;
  /** Files and folders that no playbook reads: they stay in git's object store, and are not written to the disk. */
  readonly leftOut: readonly string[];
  readonly ansible?: AnsibleNeeds;
}

/** A repository that init fetches: a tool, or something that a tool needs. */
export interface Source {
  readonly name: string;
  /** The tool that needs this source; for a tool, its own name. */
  readonly tool: string;
  readonly default: string;
  readonly versions: ReadonlyMap<string, Pin>;
}

/** Everything that vendor.yml pins. */
export interface Pins {
  readonly sources: ReadonlyMap<string, Source>;
}

const range = z.string().transform((text, context): VersionRange => {
  const parsed = parseRange(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: "custom", message: `"${text}" is not a range such as ">=2.18 <2.19"` });
  return z.NEVER;
});

const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "letters, digits, . _ and - only");

/** The folder of a source: below vendor/, but none of our own folders. */
const folder = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, "a path below vendor/")
  .refine((path) => !path.split("/").includes("..") && !/^(?:patches|requirements)(?:\/|$)/.test(path), {
    message: "a path below vendor/, but not patches/ or requirements/: these are our own folders",
  });

/** A file or folder of the tree, without characters that have a meaning in git's patterns. */
const inTree = z
  .string()
  .regex(/^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/, "a path in the tree, without wildcards")
  .refine((path) => !path.split("/").some((part) => part === ".." || part === ".git"), {
    message: "a path in the tree",
  });

const ansibleSchema = z.strictObject({
  requirements: word,
  core: range,
  python: range,
  modules: z.array(word).default([]),
  collections: z.array(z.string().regex(/^\w+\.\w+$/, "namespace.name")).default([]),
});

const versionSchema = z.strictObject({
  ref: z.enum(["tag", "branch"]),
  commit: z.string().regex(/^[0-9a-f]{40}$/, "a full commit id: 40 hexadecimal digits in lower case"),
  ansible: ansibleSchema.optional(),
});

const sourceSchema = z
  .strictObject({
    url: z.string().regex(/^(?:https?|ssh|git|file):\/\/\S+$|^\S+@\S+:\S+$/, "a URL that git can fetch from"),
    folder,
    for: word.optional(),
    default: z.string(),
    leftOut: z.record(inTree, z.string().min(1, "say why it is not needed")).default({}),
    versions: z.record(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, "the name of a tag or branch"),
      versionSchema,
    ),
  })
  .superRefine((source, context) => {
    if (source.default in source.versions) return;
    const known = Object.keys(source.versions).join(", ");
    context.addIssue({
      code: "custom",
      path: ["default"],
      message: `"${source.default}" is not one of the versions: ${known}`,
    });
  });

const manifestSchema = z.strictObject({ version: z.literal(1), sources: z.record(word, sourceSchema) });

/** Reads vendor.yml. @throws InputError with every problem of the file. */
export function readPins(vendorFolder: string): Pins {
  const file = vendorFile(
    "vendor/vendor.yml",
    "the sources and their pinned commits",
    (path) => KNOWN_KEYS[path.length] ?? [],
  );
  const { sources } = readChecked(join(vendorFolder, "vendor.yml"), file, manifestSchema);
  return {
    sources: new Map(
      Object.entries(sources).map(([name, source]) => [
        name,
        {
          name,
          tool: source.for ?? name,
          default: source.default,
          versions: new Map(
            Object.entries(source.versions).map(([version, { ref, commit, ansible }]): [string, Pin] => [
              version,
              {
                source: name,
                url: source.url,
                folder: source.folder,
                version,
                ref,
                commit,
                leftOut: Object.keys(source.leftOut),
                ...(ansible === undefined ? {} : { ansible }),
              },
            ]),
          ),
        },
      ]),
    ),
  };
}

/** Depth of a path in the file → keys: 0 the file, 2 a source, 4 a version, 5 its ansible. */
const KNOWN_KEYS: Readonly<Record<number, readonly string[]>> = {
  0: ["version", "sources"],
  2: Object.keys(sourceSchema.shape),
  4: Object.keys(versionSchema.shape),
  5: Object.keys(ansibleSchema.shape),
};

/** The pin of a version. @throws InputError that lists the known sources or versions. */
export function pinOf(pins: Pins, name: string, version: string): Pin {
  const source = sourceNamed(pins, name);
  const pin = source.versions.get(version);
  if (pin !== undefined) return pin;
  const known = [...source.versions.keys()];
  const near = closest(version, known);
  throw new InputError(
    `vendor/vendor.yml has no ${name} ${version}${near === undefined ? "" : `, did you mean ${near}?`}`,
    { remedy: `choose one of ${known.join(", ")}, or add the version and its commit to vendor/vendor.yml` },
  );
}

/** The source of that name. @throws InputError that suggests the nearest name. */
export function sourceNamed(pins: Pins, name: string): Source {
  const source = pins.sources.get(name);
  if (source !== undefined) return source;
  const known = [...pins.sources.keys()];
  const near = closest(name, known);
  throw new InputError(
    `vendor/vendor.yml has no source "${name}"${near === undefined ? "" : `, did you mean "${near}"?`}`,
    { remedy: `choose one of ${known.join(", ")}` },
  );
}

/** How messages name a pin: `kubespray v2.31.0 (1c9add489)`. */
export function pinText(pin: Pick<Pin, "source" | "version" | "commit">): string {
  return `${pin.source} ${pin.version} (${pin.commit.slice(0, 9)})`;
}
