/** What the tools in vendor/ have to say about an inventory, in the form of the inventory's own rules. */
import type { ClusterModel, ToolName } from "../core/model.ts";
import { parsePath } from "../core/path.ts";
import type { Problem } from "../core/problem.ts";
import type { Catalog } from "./catalog/build.ts";
import { type VariableFinding, variableFindings } from "./catalog/check.ts";
import { loadCatalogs } from "./catalog/load.ts";
import { compatibilityProblems, type ToolVersions } from "./compatibility.ts";
import { broughtVersions } from "./identity.ts";

export interface VendorRule {
  /** KM301-KM303 pass-through variables, KM450-KM451 what works with what. */
  readonly code: string;
  readonly severity: Problem["severity"];
  readonly title: string;
  readonly rationale: string;
  check(model: ClusterModel): Iterable<{
    readonly path: readonly (string | number)[];
    readonly at?: "key";
    readonly message: string;
    readonly remedy: string;
  }>;
}

/** Rules for the tools that are brought; none before the first init. */
export function vendorRules(vendorFolder: string): readonly VendorRule[] {
  return [...variableRules(loadCatalogs(vendorFolder)), ...compatibilityRules(broughtVersions(vendorFolder))];
}

export function variableRules(catalogs: ReadonlyMap<ToolName, Catalog>): readonly VendorRule[] {
  if (catalogs.size === 0) return [];
  const rule = (
    code: VariableFinding["code"],
    severity: Problem["severity"],
    title: string,
    rationale: string,
  ): VendorRule => ({
    code,
    severity,
    title,
    rationale,
    *check(model) {
      for (const { path, message, remedy, code: found } of variableFindings(model, catalogs))
        if (found === code) yield { path, message, remedy, ...(code === "KM303" ? {} : { at: "key" }) };
    },
  });
  return [
    rule(
      "KM301",
      "warning",
      "A variable that the tool does not know",
      "Its name stands nowhere in the tool's code: it has no effect, and what was meant keeps its default.",
    ),
    rule(
      "KM302",
      "error",
      "A variable that the tool no longer reads",
      "Older versions read it and many guides still name it; it has no effect any more.",
    ),
    rule(
      "KM303",
      "warning",
      "A variable of another type than its default",
      "A list where the tool loops over a map, or a word where it asks for true or false, fails late and far from here.",
    ),
  ];
}

function compatibilityRules(versions: ToolVersions): readonly VendorRule[] {
  if (versions.size === 0) return [];
  const rule = (code: string, title: string, rationale: string): VendorRule => ({
    code,
    severity: "error",
    title,
    rationale,
    *check(model) {
      for (const { code: found, path, message, remedy } of compatibilityProblems(model, versions))
        if (found === code) yield { path: parsePath(path ?? "") ?? [], message, remedy };
    },
  });
  return [
    rule(
      "KM450",
      "A version that the tool does not install",
      "Each version of kubespray and openshift-ansible installs a few minor versions only.",
    ),
    rule(
      "KM451",
      "A Ceph release that ceph-ansible does not install",
      "Each stable branch of ceph-ansible goes with one Ceph release.",
    ),
  ];
}
