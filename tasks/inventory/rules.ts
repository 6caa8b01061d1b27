/** All rules about a cluster that is well-formed: does it make sense? */
import type { ClusterModel } from "../core/model.ts";
import { formatPath } from "../core/path.ts";
import type { Problem } from "../core/problem.ts";
import type { Layer } from "./layers.ts";
import { problemAtNode } from "./problems.ts";
import type { Rule } from "./rules/rule.ts";
import { placeIn } from "./trace.ts";

export const RULES: readonly Rule[] = [];

/** Runs every rule and puts each finding at its place in the files. */
export function checkRules(model: ClusterModel, layers: readonly Layer[]): Problem[] {
  return RULES.flatMap((rule) =>
    [...rule.check(model)].map(({ path, at, message, remedy }): Problem => {
      const complaint = { code: rule.code, severity: rule.severity, message, remedy, path: formatPath(path) };
      for (let length = path.length; length > 0; length -= 1) {
        const place = placeIn(layers, path.slice(0, length), length === path.length ? at : "key");
        if (place !== undefined) return problemAtNode(place, complaint);
      }
      return complaint;
    }),
  );
}
