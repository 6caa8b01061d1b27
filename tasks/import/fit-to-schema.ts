/** Makes a model of a draft: values that the schema refuses are dropped, each with the schema's reason. */
import { homedir } from "node:os";
import { join } from "node:path";
import { InputError } from "../core/errors.ts";
import type { ClusterModel } from "../core/model.ts";
import { formatPath } from "../core/path.ts";
import type { Value, ValueMap } from "../core/value.ts";
import { withoutNulls } from "../inventory/layers/drop-nulls.ts";
import { mergeValues } from "../inventory/layers/merge.ts";
import { buildModel } from "../inventory/model/build-model.ts";
import { clusterSchema } from "../inventory/schema/cluster.ts";
import type { Draft } from "./draft-inventory.ts";

/** A draft that fits the schema. */
export interface FittedDraft {
  readonly sections: Record<string, Value>;
  readonly model: ClusterModel;
}

/**
 * Drops values until the schema accepts the draft.
 * @param defaults inventories/_defaults, merged
 * @param cluster name of the cluster
 * @throws InputError when a required value is missing
 */
export function fitToSchema(draft: Draft, defaults: ValueMap, cluster: string): FittedDraft {
  for (;;) {
    const sections = draft.tree();
    const parsed = clusterSchema.safeParse(withoutNulls(mergeValues([defaults, sections])));
    if (parsed.success) {
      const resolveFile = (_: unknown, file: string) =>
        file.startsWith("~/") ? join(homedir(), file.slice(2)) : file;
      return { sections, model: buildModel(parsed.data, { cluster, resolveFile }) };
    }
    const dropped = parsed.error.issues.filter((issue) => {
      const path = issue.path.map(String);
      return draft.sections.drop(path, `${formatPath(path)} cannot hold it: ${issue.message}`);
    });
    if (dropped.length === 0) throw missingValuesError(parsed.error.issues);
  }
}

function missingValuesError(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): InputError {
  const lines = issues.map(({ path, message }) => `  ${formatPath(path.map(String))}: ${message}`);
  return new InputError("the source has no usable value for something that a central inventory requires", {
    output: lines.join("\n"),
    remedy: "correct the source, or add --domain DOMAIN or --address HOST=IP to the command",
  });
}
