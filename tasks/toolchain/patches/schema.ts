/** Schema of a patch file, vendor/patches/<source>/<name>.yml. */
import { z } from "zod";
import type { Value } from "../../core/value.ts";
import { parseRange, type VersionRange } from "../version-range.ts";

/** Why a patch exists, and when to delete it. */
export interface PatchHeader {
  readonly title: string;
  readonly why: string;
  /** Upstream's issue or pull request. */
  readonly link?: string;
  /** Versions of the source that need the patch; absent: all. */
  readonly versions?: VersionRange;
  /** When to delete the patch. */
  readonly retire: string;
}

/** A place in a file: a task by its name, and a key of the task or of the document. */
export interface Place {
  readonly task?: string;
  readonly key?: readonly (string | number)[];
}

/** One edit of one file. `fixed` is a text that is in the file only when it does not need the edit. */
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

/** A patch of structured edits. */
export interface StructuredPatch extends PatchHeader {
  readonly edits: readonly Edit[];
}

/** In characters. A shorter replacement could be found elsewhere in the file, and the edit would count as done. */
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
      return refuse("replace, after and before need text, and no other edit has it");
    if (["set", "remove", "rename"].includes(action) && raw.key === undefined)
      return refuse(`${action} needs a key`);
    if (raw.task !== undefined && raw.key === undefined) return refuse("task needs a key of that task");
    const expects = raw.expect !== undefined;
    if (action === "set" && expects === (raw.absent === true))
      return refuse("set needs the value before the edit: expect, or absent: true");
    if (action === "remove" && !expects) return refuse("remove needs the value before the edit: expect");
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
            `a replacement in a whole file needs at least ${SHORTEST_REPLACEMENT} characters: include more of the line, or name a task and a key`,
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
  context.addIssue({ code: "custom", message: `"${text}" is not a range such as ">=2.31 <2.32"` });
  return z.NEVER;
});

/** A whole patch file. */
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

/** Keys of a patch file, and of one edit, for "did you mean". */
export const PATCH_KEYS = ["title", "why", "link", "versions", "retire", "edits"];
export const EDIT_KEYS = ["file", "task", "key", "expect", "absent", "text", "fixed", ...ACTIONS];
