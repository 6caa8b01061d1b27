/** What a patch file may say: vendor/patches/<source>/<name>.yml */
import { z } from "zod";
import type { Value } from "../../core/value.ts";
import { parseRange, type VersionRange } from "../version-range.ts";

/** Why a patch is there, and when it may go. */
export interface PatchHeader {
  readonly title: string;
  readonly why: string;
  /** Where upstream speaks of it. */
  readonly link?: string;
  /** Versions of the source that it is for; absent: all. */
  readonly versions?: VersionRange;
  /** When to delete the patch. */
  readonly retire: string;
}

/** Where in the file: a task by its name, a key of it or of the document, a piece of text inside. */
export interface Place {
  readonly task?: string;
  readonly key?: readonly (string | number)[];
}

/** `fixed`: text that only a file that needs the edit no longer has in it. */
export type Edit = Place & { readonly file: string; readonly fixed?: string } & (
    | { readonly kind: "set"; readonly expect: Value | undefined; readonly value: Value }
    | { readonly kind: "remove"; readonly expect: Value }
    | { readonly kind: "rename"; readonly to: string }
    | { readonly kind: "replace"; readonly text: string; readonly by: string }
    | {
        readonly kind: "insert";
        readonly text: string;
        readonly lines: string;
        readonly where: "after" | "before";
      }
    | { readonly kind: "copy"; readonly from: string }
  );

export interface StructuredPatch extends PatchHeader {
  readonly edits: readonly Edit[];
}

/** Shorter ones could not be told from other text of the file. */
export const SHORTEST_REPLACEMENT = 8;

const path = z
  .string()
  .regex(/^[^/\s][^\n]*$/, "a path relative to the tree")
  .refine((text) => !text.split("/").includes(".."), "a path inside the tree");
const line = z.string().min(1);
const anyValue = z.custom<Value>((value) => value !== undefined, "a value");

const editSchema = z
  .strictObject({
    file: path,
    task: line.optional(),
    key: z.union([z.string(), z.array(z.union([z.string(), z.int()])).min(1)]).optional(),
    expect: anyValue.optional(),
    absent: z.literal(true).optional(),
    set: anyValue.optional(),
    remove: z.literal(true).optional(),
    rename: line.optional(),
    text: line.optional(),
    replace: z.string().optional(),
    after: line.optional(),
    before: line.optional(),
    copy: path.optional(),
    fixed: line.optional(),
  })
  .transform((raw, context): Edit => {
    const place: Place & { file: string; fixed?: string } = {
      file: raw.file,
      ...(raw.fixed === undefined ? {} : { fixed: raw.fixed }),
      ...(raw.task === undefined ? {} : { task: raw.task }),
      ...(raw.key === undefined ? {} : { key: Array.isArray(raw.key) ? raw.key : [raw.key] }),
    };
    const refuse = (message: string): never => {
      context.addIssue({ code: "custom", message });
      return z.NEVER as never;
    };
    const actions = ACTIONS.filter((action) => raw[action] !== undefined);
    const [action] = actions;
    if (action === undefined || actions.length > 1)
      return refuse(`an edit does exactly one of ${ACTIONS.join(", ")}`);
    const onText = action === "replace" || action === "after" || action === "before";
    if (onText !== (raw.text !== undefined))
      return refuse("replace, after and before, and only they, need text");
    if (["set", "remove", "rename"].includes(action) && raw.key === undefined)
      return refuse(`${action} needs a key`);
    if (raw.task !== undefined && raw.key === undefined) return refuse("a task needs a key in it");
    const expects = raw.expect !== undefined;
    if (action === "set" && expects === (raw.absent === true))
      return refuse("set needs what is there before: expect, or absent: true");
    if (action === "remove" && !expects) return refuse("remove needs what is there before: expect");
    switch (action) {
      case "set":
        return { ...place, kind: "set", expect: raw.expect, value: raw.set as Value };
      case "remove":
        return { ...place, kind: "remove", expect: raw.expect as Value };
      case "rename":
        return { ...place, kind: "rename", to: raw.rename as string };
      case "replace":
        if (raw.key === undefined && (raw.replace as string).length < SHORTEST_REPLACEMENT)
          return refuse(
            `a replacement in a whole file has at least ${SHORTEST_REPLACEMENT} characters: take in more of the line, or name a task and key`,
          );
        return { ...place, kind: "replace", text: raw.text as string, by: raw.replace as string };
      case "copy":
        return { ...place, kind: "copy", from: raw.copy as string };
      default:
        return {
          ...place,
          kind: "insert",
          text: raw.text as string,
          lines: raw[action] as string,
          where: action,
        };
    }
  });

const ACTIONS = ["set", "remove", "rename", "replace", "after", "before", "copy"] as const;

const versions = z.string().transform((text, context): VersionRange => {
  const range = parseRange(text);
  if (range !== undefined) return range;
  context.addIssue({ code: "custom", message: `"${text}" is no range such as ">=2.31 <2.32"` });
  return z.NEVER;
});

export const patchSchema = z
  .strictObject({
    title: line,
    why: line,
    link: z.url().optional(),
    versions: versions.optional(),
    retire: line,
    edits: z.array(editSchema).min(1),
  })
  .transform(
    ({ link, versions: range, ...rest }): StructuredPatch => ({
      ...rest,
      ...(link === undefined ? {} : { link }),
      ...(range === undefined ? {} : { versions: range }),
    }),
  );

export const PATCH_KEYS = ["title", "why", "link", "versions", "retire", "edits"];
export const EDIT_KEYS = ["file", "task", "key", "expect", "absent", "text", "fixed", ...ACTIONS];
