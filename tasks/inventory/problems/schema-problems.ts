/** Turns what the schema refuses in an inventory into problems with a place in its layers. */
import type { z } from "zod";
import type { InventoryPath } from "../../core/path.ts";
import type { Problem } from "../../core/problem.ts";
import { schemaComplaints } from "../../core/schema-complaints.ts";
import type { Value } from "../../core/value.ts";
import type { Layer } from "../layers/layer.ts";
import { problemsAtPaths } from "./problem-places.ts";

const CODES = { unknownKey: "KM100", type: "KM101", missing: "KM102", value: "KM103" };

/**
 * One problem for each issue, at its place in the layers.
 * @param value what the schema checked
 * @param knownKeys the keys that the schema has at a path, for "did you mean"
 */
export function schemaProblems(
  issues: readonly z.core.$ZodIssue[],
  value: Value,
  layers: readonly Layer[],
  knownKeys: (path: InventoryPath) => readonly string[],
): Problem[] {
  const reading = { codes: CODES, document: "the inventory", guide: "docs/inventory.md", knownKeys };
  return problemsAtPaths(layers, schemaComplaints(issues, value, reading));
}
