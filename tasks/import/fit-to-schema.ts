/** A draft → a model: claims that the schema refuses are taken back, each with the schema's own reason. */
import { homedir } from "node:os";
import { join } from "node:path";
import { InputError } from "../core/errors.ts";
import type { ClusterModel } from "../core/model.ts";
import { formatPath } from "../core/path.ts";
import type { Value, ValueMap } from "../core/value.ts";
import { withoutUnset } from "../inventory/layers/drop-nulls.ts";
import { mergeValues } from "../inventory/layers/merge.ts";
import { buildModel } from "../inventory/model/build-model.ts";
import { clusterSchema } from "../inventory/schema/cluster.ts";
import type { Draft } from "./draft-inventory.ts";

export interface Settled {
  readonly sections: Record<string, Value>;
  readonly model: ClusterModel;
}

/** @param defaults inventories/_defaults, merged. */
export function settle(draft: Draft, defaults: ValueMap, cluster: string): Settled {
  for (;;) {
    const sections = draft.tree();
    const parsed = clusterSchema.safeParse(withoutUnset(mergeValues([defaults, sections])));
    if (parsed.success) {
      const resolveFile = (_: unknown, file: string) =>
        file.startsWith("~/") ? join(homedir(), file.slice(2)) : file;
      return { sections, model: buildModel(parsed.data, { cluster, resolveFile }) };
    }
    const dropped = parsed.error.issues.filter((issue) => {
      const path = issue.path.map(String);
      return draft.claims.drop(path, `${formatPath(path)} cannot hold it: ${issue.message}`);
    });
    if (dropped.length === 0) throw unfit(parsed.error.issues);
  }
}

function unfit(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): InputError {
  const lines = issues.map(({ path, message }) => `  ${formatPath(path.map(String))}: ${message}`);
  return new InputError("the source lacks what a central inventory cannot do without", {
    output: lines.join("\n"),
    remedy: "correct the source, or give it with --domain DOMAIN or --address HOST=IP",
  });
}
