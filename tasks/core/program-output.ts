/** Output of other programs, checked by a schema. */
import type { z } from "zod";

/** The data, or why the output is unexpected. */
export type ProgramOutput<Data> =
  | { readonly data: Data; readonly problem?: undefined }
  /** `returned unexpected output: …`, for people. */
  | { readonly problem: string; readonly data?: undefined };

/** JSON text → data. */
export function readOutput<Data>(schema: z.ZodType<Data>, text: string): ProgramOutput<Data> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const start = text.trim().split("\n")[0] ?? "";
    return unexpected(start === "" ? "nothing" : `no JSON, but "${start.slice(0, 80)}"`);
  }
  return checkOutput(schema, value);
}

/** A value that was read already → data. */
export function checkOutput<Data>(schema: z.ZodType<Data>, value: unknown): ProgramOutput<Data> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { data: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.map(String).join(".")}: `;
  return unexpected(`${where}${issue?.message ?? parsed.error.message}`);
}

function unexpected(what: string): { readonly problem: string } {
  return { problem: `returned unexpected output: ${what}` };
}
