/** The part that a restore has reached, in a file: an interrupted restore is reported by etcd:status. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readOptional, writeAtomic } from "../io/files.ts";
import type { Finding } from "./judge.ts";
import type { RestorePart } from "./restore.ts";
import type { RestorePlan } from "./restore-plan.ts";

const shape = z.object({ version: z.literal(1), id: z.string(), snapshot: z.string(), part: z.string() });

const fileIn = (build: string): string => join(build, "etcd-restore.json");

export function recordRestore(build: string, { id, snapshot }: RestorePlan, part: RestorePart): void {
  if (part === "done") rmSync(fileIn(build), { force: true });
  else
    writeAtomic(
      fileIn(build),
      `${JSON.stringify({ version: 1, id, snapshot: snapshot.path, part })}\n`,
      0o600,
    );
}

/** A note when a restore has started and not ended. */
export function interruptedRestore(build: string): readonly Finding[] {
  const content = readOptional(fileIn(build));
  if (content === undefined) return [];
  const parsed = shape.safeParse(parseJson(content.toString()));
  if (!parsed.success) return [];
  const { part, snapshot } = parsed.data;
  return [
    {
      severity: "note",
      code: "restore-interrupted",
      message: `a restore was interrupted ${part === "stage" ? "before it stopped anything" : `in its part "${part}"`}`,
      remedy: `npm run etcd:restore -- ${snapshot}`,
    },
  ];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
