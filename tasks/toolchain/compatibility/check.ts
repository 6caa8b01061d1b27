/** Finds combinations of versions that cannot work, before anything runs. Each message names its source. Pure. */
import { type ClusterModel, hostsWith, type ToolName } from "../../core/model.ts";
import type { Problem } from "../../core/problem.ts";
import { compareVersions } from "../../core/versions.ts";
import type { VersionRange } from "../version-range.ts";
import { inRange, rangeText, versionNumber } from "../version-range.ts";
import { ANSIBLE, CEPH_RELEASES, type Constraint, PRODUCTS, SYSTEMS } from "./constraints.ts";

/** Tool → installed version, such as kubespray → v2.31.0. */
export type ToolVersions = ReadonlyMap<string, string>;

/** Versions of the inventory that a tool does not install. Tools that are unused or not installed are not checked. */
export function compatibilityProblems(model: ClusterModel, tools: ToolVersions): Problem[] {
  return [
    ...(model.orchestrator === "kubernetes" ? productProblems(model, tools, "kubespray", "kubernetes") : []),
    ...(model.orchestrator === "openshift"
      ? productProblems(model, tools, "openshift-ansible", "openshift")
      : []),
    ...cephProblems(model, tools),
  ];
}

function productProblems(
  model: ClusterModel,
  tools: ToolVersions,
  tool: ToolName,
  product: "kubernetes" | "openshift",
): Problem[] {
  const wanted = model.versions[product];
  const version = tools.get(tool);
  if (wanted === undefined || version === undefined) return [];
  return PRODUCTS.filter((one) => one.product === product && appliesTo(one, tool, version))
    .filter(({ range }) => !inRange(wanted, widened(range, wanted)))
    .map(({ range, source }) => ({
      code: "KM450",
      severity: "error",
      message: `versions.${product} is ${wanted}, but ${tool} ${version} installs ${rangeText(range)} (${source})`,
      remedy: `set versions.${product} to a version in that range, or use another ${tool}: npm run init -- --ref ${tool}=VERSION`,
      path: `versions.${product}`,
    }));
}

/** 1.35 means any 1.35: of the range's lower end, only as many numbers count as the user wrote. */
function widened(range: VersionRange, wanted: string): VersionRange {
  const parts = wanted.split(".").length;
  return { min: range.min.split(".").slice(0, parts).join("."), below: range.below };
}

function cephProblems(model: ClusterModel, tools: ToolVersions): Problem[] {
  const version = tools.get("ceph-ansible");
  const release = model.ceph?.release ?? model.versions.ceph;
  if (version === undefined || release === undefined) return [];
  if (hostsWith(model, "ceph-mon", "ceph-osd", "ceph-mgr", "ceph-mds", "ceph-rgw").length === 0) return [];
  return CEPH_RELEASES.filter(
    (one) => appliesTo(one, "ceph-ansible", version) && !one.releases.includes(release),
  ).map(({ releases, source }) => ({
    code: "KM451",
    severity: "error",
    message: `versions.ceph is ${release}, but ceph-ansible ${version} installs ${releases.join(" or ")} (${source})`,
    remedy: `set versions.ceph to ${releases.join(" or ")}, or use another ceph-ansible: npm run init -- --ref ceph-ansible=VERSION`,
    path: "versions.ceph",
  }));
}

/** What Ansible's facts say about a host. */
export interface HostFacts {
  readonly name: string;
  /** Ansible's `distribution` and `distribution_major_version`. */
  readonly system: string;
  readonly systemVersion: string;
  /** The Python that Ansible would use on the host, such as 3.6.8; absent: the host has none. */
  readonly python?: string;
}

/**
 * What a tool and its Ansible require of a host, for the gate before a phase.
 * @param core version of the tool's ansible-core; undefined while it is not built: then Python is not checked
 */
export function hostProblems(
  host: HostFacts,
  tool: ToolName,
  version: string,
  core: string | undefined,
): Problem[] {
  const problems: Problem[] = [];
  const complain = (code: string, message: string, remedy: string): void =>
    void problems.push({ code, severity: "error", message, remedy });
  for (const { systems, source } of SYSTEMS.filter((one) => appliesTo(one, tool, version))) {
    const known = Object.hasOwn(systems, host.system) ? systems[host.system] : undefined;
    if (known === "any" || known?.includes(host.systemVersion.split(".")[0] ?? "")) continue;
    const list = Object.entries(systems).map(([name, of]) =>
      of === "any" ? name : `${name} ${of.join("/")}`,
    );
    complain(
      "KM452",
      `${tool} ${version} does not support ${host.system} ${host.systemVersion} (${source})`,
      `install one of these on the host: ${list.join(", ")}`,
    );
  }
  const { python } = host;
  for (const { target, python2, source } of ANSIBLE.filter(
    (one) => core !== undefined && inRange(core, one.core),
  )) {
    if (python !== undefined && (inRange(python, target) || (python2 === true && python.startsWith("2.7"))))
      continue;
    complain(
      "KM453",
      python === undefined
        ? `the host has no Python; ansible-core ${core} needs Python ${rangeText(target)} (${source})`
        : `the host has Python ${python}, but ansible-core ${core} needs ${rangeText(target)} (${source})`,
      python === undefined
        ? "install it on the host: apt-get install python3, or dnf install python3"
        : "install a Python of that range on the host and set ansible_python_interpreter, or use a version of the tool with another Ansible",
    );
  }
  return problems;
}

/** Whether a tool accepts an Ansible, and that Ansible the Python that runs it. */
export function ansibleProblems(
  tool: string,
  version: string,
  accepts: VersionRange,
  ansible: { readonly core: string; readonly python?: string },
): Problem[] {
  const problems: Problem[] = [];
  if (!inRange(ansible.core, accepts)) {
    problems.push({
      code: "KM454",
      severity: "error",
      message: `${tool} ${version} accepts ansible-core ${rangeText(accepts)}, not ${ansible.core} (vendor/vendor.yml)`,
      remedy: "build the accepted one: npm run init",
    });
  }
  const { python } = ansible;
  for (const { controller, source } of ANSIBLE.filter((one) => inRange(ansible.core, one.core))) {
    if (python === undefined || inRange(python, controller)) continue;
    const older = compareVersions(python, controller.min) < 0 ? "too old" : "too new";
    problems.push({
      code: "KM455",
      severity: "error",
      message: `Python ${python} on this machine is ${older}: ansible-core ${ansible.core} runs on ${rangeText(controller)} (${source})`,
      remedy: "name another Python: KUBE_MAGIC_PYTHON=/path/to/python3 npm run init",
    });
  }
  return problems;
}

function appliesTo(constraint: Constraint, tool: string, version: string): boolean {
  const number = versionNumber(version);
  return constraint.tool === tool && number !== undefined && inRange(number, constraint.versions);
}
