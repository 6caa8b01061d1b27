/** Merges the layers: maps merge key by key; lists, null, scalars and !vault values replace. */
import deepmerge from "deepmerge";
import { isMap, type Value, type ValueMap } from "../../core/value.ts";

/** Merges in order; the last value wins. The result shares parts with the inputs: treat both as read-only. */
export function mergeValues(values: readonly ValueMap[]): ValueMap {
  return deepmerge.all<ValueMap>([{}, ...values], {
    clone: false,
    isMergeableObject: isMap as (value: object) => boolean,
    arrayMerge: (_target: Value[], source: Value[]) => source,
  }) as ValueMap;
}
