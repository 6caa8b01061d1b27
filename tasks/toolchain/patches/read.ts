/** Reads the patches of a source: structured edits (.yml) and unified diffs (.patch) in vendor/patches/<source>/. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../core/errors.ts";
import { readChecked } from "../../io/yaml/checked-file.ts";
import { contentHash } from "../trees/tree-state.ts";
import { vendorFile } from "../vendor-file.ts";
import { inRange, parseRange, versionNumber } from "../version-range.ts";
import { EDIT_KEYS, type Edit, PATCH_KEYS, type PatchHeader, patchSchema } from "./schema.ts";

/** One patch file. */
export type Patch = PatchHeader & { readonly name: string } & (
    | { readonly kind: "edits"; readonly edits: readonly Edit[] }
    | { readonly kind: "diff"; readonly file: string }
  );

/** All patches of a source. */
export interface PatchSet {
  /** Sorted by file name: the order of application. */
  readonly patches: readonly Patch[];
  /** Hash of all files: differs when a patch was added, changed or removed. */
  readonly hash: string;
}

/** Raise it when edits are applied in another way: the next init then patches every tree again. */
const ENGINE = "1";

/** Reads all patches of a source. @throws InputError with file and line when a patch file is not valid. */
export function readPatches(vendorFolder: string, source: string): PatchSet {
  const folder = join(vendorFolder, "patches", source);
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /\.(?:ya?ml|patch)$/.test(name))
        .sort()
    : [];
  const texts = names.map((name) => [name, readFileSync(join(folder, name), "utf8")] as const);
  return {
    patches: texts.map(([name, text]) =>
      name.endsWith(".patch")
        ? {
            name,
            kind: "diff",
            file: join(folder, name),
            ...diffHeader(text, `vendor/patches/${source}/${name}`),
          }
        : {
            name,
            kind: "edits",
            ...readChecked(
              join(folder, name),
              vendorFile(
                `vendor/patches/${source}/${name}`,
                "a patch; docs/vendor.md describes the format",
                (path) => (path[0] === "edits" ? EDIT_KEYS : PATCH_KEYS),
              ),
              patchSchema,
            ),
          },
    ),
    hash: contentHash(JSON.stringify([ENGINE, texts])).slice(0, 12),
  };
}

/** True when a patch is for this version of its source. */
export function isFor(patch: PatchHeader, version: string): boolean {
  if (patch.versions === undefined) return true;
  const number = versionNumber(version);
  return number !== undefined && inRange(number, patch.versions);
}

/** `# why: …` lines above the first diff. */
function diffHeader(text: string, shownAs: string): PatchHeader {
  const head = text.split(/^(?:diff |--- )/m, 1)[0] ?? "";
  const fields = new Map(
    [...head.matchAll(/^#\s*(title|why|link|versions|retire):\s*(\S.*)$/gm)].map((found) => [
      found[1],
      found[2] ?? "",
    ]),
  );
  const versions = fields.get("versions");
  const range = versions === undefined ? undefined : parseRange(versions);
  if (versions !== undefined && range === undefined) {
    throw new InputError(`${shownAs}: "${versions}" is not a range of versions`, {
      remedy: 'write it as "# versions: >=2.31 <2.32", or remove the line',
    });
  }
  const link = fields.get("link");
  return {
    title: fields.get("title") ?? fields.get("why") ?? "a patch of this site",
    why: fields.get("why") ?? "unknown: add a line # why: … above the diff",
    retire: fields.get("retire") ?? "unknown: add a line # retire: … above the diff",
    ...(link === undefined ? {} : { link }),
    ...(range === undefined ? {} : { versions: range }),
  };
}
