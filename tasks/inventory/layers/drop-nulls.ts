/** null removes the value of a lower layer, so that the default applies. Pass-through variables keep their nulls. */
import { isMap, type Value, type ValueMap } from "../../core/value.ts";

/** The merged inventory without its nulls, so that the schema fills in the defaults. */
export function withoutNulls(root: ValueMap): ValueMap {
  const { tools, hosts, ...sections } = root;
  return {
    ...(dropNulls(sections) as ValueMap),
    // A host that is null is a mistake: it does not remove the host.
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
