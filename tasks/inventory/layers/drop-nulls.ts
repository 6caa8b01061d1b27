/** null takes back what a lower layer set: the section's default counts again. Pass-through values keep their nulls. */
import { isMap, type Value, type ValueMap } from "../../core/value.ts";

export function withoutNulls(root: ValueMap): ValueMap {
  const { tools, hosts, ...sections } = root;
  return {
    ...(dropNulls(sections) as ValueMap),
    // A host without anything is a mistake, not a host taken back.
    ...(hosts === undefined ? {} : { hosts: isMap(hosts) ? mapValues(hosts, dropNulls) : hosts }),
    ...(tools === undefined || tools === null ? {} : { tools }),
  };
}

function dropNulls(value: Value): Value {
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, dropNulls(item)]));
}

function mapValues(map: ValueMap, change: (value: Value) => Value): ValueMap {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
