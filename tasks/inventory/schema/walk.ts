/** Looks up keys and descriptions in the schema. */
import { z } from "zod";
import type { InventoryPath } from "../../core/path.ts";
import { clusterSchema } from "./cluster.ts";

type AnySchema = z.core.$ZodType;

/** The keys that the map at a path may have; empty where any key is allowed. */
export function knownKeys(path: InventoryPath): readonly string[] {
  let schemas: readonly AnySchema[] = [clusterSchema];
  for (const part of path) schemas = schemas.flatMap(alternatives).flatMap((schema) => childOf(schema, part));
  return schemas.flatMap(alternatives).flatMap((schema) => {
    const { def } = schema._zod;
    return def.type === "object" ? Object.keys((def as z.core.$ZodObjectDef).shape) : [];
  });
}

/** The members of a union, or the schema itself, without wrappers such as optional and default. */
export function alternatives(schema: AnySchema): readonly AnySchema[] {
  const { def } = schema._zod;
  if (def.type === "union") return (def as z.core.$ZodUnionDef).options.flatMap(alternatives);
  if ("innerType" in def) return alternatives(def.innerType as AnySchema);
  return [schema];
}

function childOf(schema: AnySchema, part: string | number): readonly AnySchema[] {
  const { def } = schema._zod;
  if (def.type === "object") {
    const child = (def as z.core.$ZodObjectDef).shape[part];
    return child === undefined ? [] : [child];
  }
  if (def.type === "record") return [(def as z.core.$ZodRecordDef).valueType];
  if (def.type === "array") return [(def as z.core.$ZodArrayDef).element];
  return [];
}

/** The description of the value at a path; undefined when the schema has no such path. */
export function descriptionAt(path: InventoryPath): string | undefined {
  let schemas: readonly AnySchema[] = [clusterSchema];
  for (const part of path) schemas = schemas.flatMap(alternatives).flatMap((schema) => childOf(schema, part));
  return schemas.map(descriptionOf).find((text) => text !== "");
}

/** The text of .describe(), on the schema or any of its wrappers; empty when there is none. */
export function descriptionOf(schema: AnySchema): string {
  let current: AnySchema | undefined = schema;
  while (current !== undefined) {
    const text = z.globalRegistry.get(current)?.description;
    if (text !== undefined) return text;
    const def: object = current._zod.def;
    current = "innerType" in def ? (def.innerType as AnySchema) : undefined;
  }
  return "";
}
