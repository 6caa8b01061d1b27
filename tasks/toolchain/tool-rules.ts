/** Rules that the installed tools add to those of the inventory: unknown variables, versions that do not fit. */
import type { ClusterModel, ToolName } from "../core/model.ts";
import { parsePath } from "../core/path.ts";
import type { Problem } from "../core/problem.ts";
import type { Catalog } from "./catalog/build.ts";
import { type VariableFinding, variableFindings } from "./catalog/check.ts";
import { loadCatalogs } from "./catalog/load.ts";
import { compatibilityProblems, type ToolVersions } from "./compatibility/check.ts";
import { installedVersions } from "./trees/identity.ts";

/** A code and its text in docs/rules.md. */
export interface ToolCode {
  /** KM301-KM303 pass-through variables, KM401-KM403 files of vendor/, KM450-KM455 versions that do not fit together. */
  readonly code: string;
  readonly severity: Problem["severity"];
  readonly title: string;
  readonly rationale: string;
}

/** A rule in the form that the inventory's own rules have. */
export interface ToolRule extends ToolCode {
  check(model: ClusterModel): Iterable<{
    readonly path: readonly (string | number)[];
    readonly at?: "key";
    readonly message: string;
    readonly remedy: string;
  }>;
}

/** Problems of pass-through variables. */
const VARIABLE_CODES: readonly (ToolCode & { readonly code: VariableFinding["code"] })[] = [
  {
    code: "KM301",
    severity: "warning",
    title: "A variable that the tool does not have",
    rationale:
      "Its name is nowhere in the tool's code, so it has no effect: the setting that was meant keeps its default.",
  },
  {
    code: "KM302",
    severity: "error",
    title: "A variable that the tool no longer reads",
    rationale: "Older versions read it, and many guides still name it, but it no longer has an effect.",
  },
  {
    code: "KM303",
    severity: "warning",
    title: "A variable of another type than its default",
    rationale:
      "A list where the tool expects a map, or a word where it expects true or false, fails late in the deployment, in a task that does not name the variable.",
  },
];

/** Versions in the inventory that a tool does not install. */
const VERSION_CODES: readonly ToolCode[] = [
  {
    code: "KM450",
    severity: "error",
    title: "A version that the tool does not install",
    rationale: "Each version of kubespray and openshift-ansible installs only a few minor versions.",
  },
  {
    code: "KM451",
    severity: "error",
    title: "A Ceph release that ceph-ansible does not install",
    rationale: "Each stable branch of ceph-ansible is made for one Ceph release.",
  },
];

/** Hosts and the controller: checked before a phase, by preflight and by init. */
const MACHINE_CODES: readonly ToolCode[] = [
  {
    code: "KM452",
    severity: "error",
    title: "An operating system that the tool does not support",
    rationale:
      "The hosts are checked before the tool runs; the message says where the tool lists its systems.",
  },
  {
    code: "KM453",
    severity: "error",
    title: "A Python on a host that the tool's Ansible does not support",
    rationale:
      "The modules of each Ansible run on a range of Python versions; outside it, tasks fail in the middle of the deployment.",
  },
  {
    code: "KM454",
    severity: "error",
    title: "An Ansible that the tool does not accept",
    rationale:
      "vendor/vendor.yml says which Ansible each version of a tool accepts; npm run init builds that one.",
  },
  {
    code: "KM455",
    severity: "error",
    title: "A Python on the controller that the tool's Ansible does not support",
    rationale: "Set KUBE_MAGIC_PYTHON to the path of another Python, then run npm run init.",
  },
];

/** Problems of the files in vendor/ that people edit: vendor.yml, the patches, the lock file. */
const FILE_CODES: readonly ToolCode[] = [
  {
    code: "KM401",
    severity: "error",
    title: "An unknown key in a file of vendor/",
    rationale: "The key would have no effect; most often it is misspelt.",
  },
  {
    code: "KM402",
    severity: "error",
    title: "A value is missing in a file of vendor/",
    rationale: "The key has no default.",
  },
  {
    code: "KM403",
    severity: "error",
    title: "A wrong value in a file of vendor/",
    rationale: "For example, a commit that is not 40 hexadecimal digits.",
  },
];

/** Every code of this room, for docs/rules.md. */
export const TOOL_CODES: readonly ToolCode[] = [
  ...VARIABLE_CODES,
  ...FILE_CODES,
  ...VERSION_CODES,
  ...MACHINE_CODES,
];

/** Rules of the installed tools; none before the first init. */
export function toolRules(vendorFolder: string): readonly ToolRule[] {
  return [
    ...variableRules(loadCatalogs(vendorFolder)),
    ...compatibilityRules(installedVersions(vendorFolder)),
  ];
}

/** Rules about pass-through variables, from the catalogs of the installed tools. */
export function variableRules(catalogs: ReadonlyMap<ToolName, Catalog>): readonly ToolRule[] {
  if (catalogs.size === 0) return [];
  return VARIABLE_CODES.map((one) => ({
    ...one,
    *check(model) {
      for (const { path, message, remedy, code } of variableFindings(model, catalogs))
        if (code === one.code) yield { path, message, remedy, ...(code === "KM303" ? {} : { at: "key" }) };
    },
  }));
}

function compatibilityRules(versions: ToolVersions): readonly ToolRule[] {
  if (versions.size === 0) return [];
  return VERSION_CODES.map((one) => ({
    ...one,
    *check(model) {
      for (const { code, path, message, remedy } of compatibilityProblems(model, versions))
        if (code === one.code) yield { path: parsePath(path ?? "") ?? [], message, remedy };
    },
  }));
}
