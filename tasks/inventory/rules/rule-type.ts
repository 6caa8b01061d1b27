/** What a rule is: data for docs/rules.md, and one pure function. */
import type { ClusterModel } from "../../core/model.ts";
import type { InventoryPath } from "../../core/path.ts";
import type { Problem } from "../../core/problem.ts";

export interface Rule {
  /** Stable: KM120-KM199. A retired rule's code is not used again. */
  readonly code: string;
  readonly severity: Problem["severity"];
  readonly title: string;
  /** Why it matters, for docs/rules.md. */
  readonly rationale: string;
  check(model: ClusterModel): Iterable<Finding>;
}

export interface Finding {
  /** The nearest place to look at; when nothing is written there, the nearest one above it is shown. */
  readonly path: InventoryPath;
  /** Point at the key instead of the value. */
  readonly at?: "key";
  readonly message: string;
  readonly remedy: string;
}
