/** The type of a rule: data for docs/rules.md, and one pure function. */
import type { ClusterModel } from "../../core/model.ts";
import type { InventoryPath } from "../../core/path.ts";
import type { Problem } from "../../core/problem.ts";

/** One rule about a well-formed cluster. */
export interface Rule {
  /** Stable: KM120-KM199 and KM500-KM599. The code of a retired rule is not used again. */
  readonly code: string;
  readonly severity: Problem["severity"];
  readonly title: string;
  /** Why the rule matters, for docs/rules.md. */
  readonly rationale: string;
  check(model: ClusterModel): Iterable<Finding>;
}

/** One violation of a rule. */
export interface Finding {
  /** The place of the mistake. When this path is not written, the message points to the nearest key above it. */
  readonly path: InventoryPath;
  /** Point at the key instead of the value. */
  readonly at?: "key";
  readonly message: string;
  readonly remedy: string;
}
