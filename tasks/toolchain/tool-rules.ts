/** What the tools in vendor/ have to say about an inventory, in the form of the inventory's own rules. */
import type { ClusterModel, ToolName } from "../core/model.ts";
import { parsePath } from "../core/path.ts";
import type { Problem } from "../core/problem.ts";
import type { Catalog } from "./catalog/build.ts";
import { type VariableFinding, variableFindings } from "./catalog/check.ts";
import { loadCatalogs } from "./catalog/load.ts";
import { compatibilityProblems, type ToolVersions } from "./compatibility/check.ts";
import { broughtVersions } from "./trees/identity.ts";

/** A code as docs/rules.md tells of it. */
export interface VendorCode {
  /** KM301-KM303 pass-through variables, KM450-KM455 what works with what. */
  readonly code: string;
  readonly severity: Problem["severity"];
  readonly title: string;
  readonly rationale: string;
}

export interface VendorRule extends VendorCode {
  check(model: ClusterModel): Iterable<{
    readonly path: readonly (string | number)[];
    readonly at?: "key";
    readonly message: string;
    readonly remedy: string;
  }>;
}

/** What the tools' own code says about variables. */
const VARIABLE_CODES: readonly (VendorCode & { readonly code: VariableFinding["code"] })[] = [
  {
    code: "KM301",
    severity: "warning",
    title: "A variable that the tool does not know",
    rationale:
      "Its name stands nowhere in the tool's code: it has no effect, and what was meant keeps its default.",
  },
  {
    code: "KM302",
    severity: "error",
    title: "A variable that the tool no longer reads",
    rationale: "Older versions read it and many guides still name it; it has no effect any more.",
  },
  {
    code: "KM303",
    severity: "warning",
    title: "A variable of another type than its default",
    rationale:
      "A list where the tool loops over a map, or a word where it asks for true or false, fails late and far from here.",
  },
];

/** Of what works with what: what an inventory asks for. */
const VERSION_CODES: readonly VendorCode[] = [
  {
    code: "KM450",
    severity: "error",
    title: "A version that the tool does not install",
    rationale: "Each version of kubespray and openshift-ansible installs a few minor versions only.",
  },
  {
    code: "KM451",
    severity: "error",
    title: "A Ceph release that ceph-ansible does not install",
    rationale: "Each stable branch of ceph-ansible goes with one Ceph release.",
  },
];

/** Of what works with what: hosts and this machine, found out before a phase and by preflight and init. */
const MACHINE_CODES: readonly VendorCode[] = [
  {
    code: "KM452",
    severity: "error",
    title: "An operating system that the tool does not install on",
    rationale: "Found on the hosts before the tool runs; the message says where the tool lists its systems.",
  },
  {
    code: "KM453",
    severity: "error",
    title: "A Python on a host that the tool's Ansible does not work with",
    rationale:
      "Each Ansible runs its modules on a range of Pythons; beyond it they fail one by one, in the middle of a deployment.",
  },
  {
    code: "KM454",
    severity: "error",
    title: "An Ansible that the tool does not accept",
    rationale: "vendor/vendor.yml says which one each version of a tool accepts; npm run init builds it.",
  },
  {
    code: "KM455",
    severity: "error",
    title: "A Python on this machine that the tool's Ansible does not run on",
    rationale: "KUBE_MAGIC_PYTHON names another one for npm run init.",
  },
];

/** Of files in vendor/ that people edit: vendor.yml, patches, the lock. */
const FILE_CODES: readonly VendorCode[] = [
  {
    code: "KM401",
    severity: "error",
    title: "An unknown key in a file of vendor/",
    rationale: "It would have no effect; most often it is misspelt.",
  },
  {
    code: "KM402",
    severity: "error",
    title: "A value is missing in a file of vendor/",
    rationale: "It has no default.",
  },
  {
    code: "KM403",
    severity: "error",
    title: "A wrong value in a file of vendor/",
    rationale: "Such as a commit that is not 40 hexadecimal digits.",
  },
];

/** Every code of this room, for the documentation. */
export const VENDOR_CODES: readonly VendorCode[] = [
  ...VARIABLE_CODES,
  ...FILE_CODES,
  ...VERSION_CODES,
  ...MACHINE_CODES,
];

/** Rules for the tools that are brought; none before the first init. */
export function vendorRules(vendorFolder: string): readonly VendorRule[] {
  return [...variableRules(loadCatalogs(vendorFolder)), ...compatibilityRules(broughtVersions(vendorFolder))];
}

export function variableRules(catalogs: ReadonlyMap<ToolName, Catalog>): readonly VendorRule[] {
  if (catalogs.size === 0) return [];
  return VARIABLE_CODES.map((one) => ({
    ...one,
    *check(model) {
      for (const { path, message, remedy, code } of variableFindings(model, catalogs))
        if (code === one.code) yield { path, message, remedy, ...(code === "KM303" ? {} : { at: "key" }) };
    },
  }));
}

function compatibilityRules(versions: ToolVersions): readonly VendorRule[] {
  if (versions.size === 0) return [];
  return VERSION_CODES.map((one) => ({
    ...one,
    *check(model) {
      for (const { code, path, message, remedy } of compatibilityProblems(model, versions))
        if (code === one.code) yield { path: parsePath(path ?? "") ?? [], message, remedy };
    },
  }));
}
