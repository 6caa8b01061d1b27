/** Which versions work together, as data. Each entry names its source, so that a reader can check it. */
import type { ToolName } from "../../core/model.ts";
import type { VersionRange } from "../version-range.ts";

/** Something that is true for some versions of a tool. */
export interface Constraint {
  readonly tool: ToolName;
  /** Versions of the tool for which it is true. */
  readonly versions: VersionRange;
  /** Where it is written. */
  readonly source: string;
}

/** Versions of the product that a tool installs: Kubernetes, OpenShift. */
export interface ProductConstraint extends Constraint {
  readonly product: "kubernetes" | "openshift";
  readonly range: VersionRange;
}

/** Releases that a tool installs, by name (reef, squid): names have no range. */
export interface ReleaseConstraint extends Constraint {
  readonly releases: readonly string[];
}

/** Operating systems that a tool supports on hosts: Ansible's name → major versions. */
export interface SystemConstraint extends Constraint {
  readonly systems: Readonly<Record<string, readonly string[] | "any">>;
}

const KUBESPRAY_231: VersionRange = { min: "2.31", below: "2.32" };
const CEPH_8: VersionRange = { min: "8.0", below: "9.0" };
const CEPH_9: VersionRange = { min: "9.0", below: "10.0" };
const OPENSHIFT_3: VersionRange = { min: "3.11", below: "4.0" };
const OPENSHIFT_4: VersionRange = { min: "4.0", below: "4.19" };

/** Kubernetes and OpenShift. */
export const PRODUCTS: readonly ProductConstraint[] = [
  {
    tool: "kubespray",
    versions: KUBESPRAY_231,
    product: "kubernetes",
    range: { min: "1.33.0", below: "1.35.5" },
    source: "kubespray v2.31.0, roles/kubespray_defaults/vars/main/checksums.yml: kubelet_checksums",
  },
  {
    tool: "openshift-ansible",
    versions: OPENSHIFT_3,
    product: "openshift",
    range: { min: "3.11", below: "3.12" },
    source: "openshift-ansible release-3.11, one branch for each minor version",
  },
  {
    tool: "openshift-ansible",
    versions: OPENSHIFT_4,
    product: "openshift",
    range: { min: "4.10", below: "4.19" },
    source:
      "openshift-ansible release-4.18, roles/openshift_node/tasks/version_checks.yml; RHEL workers ended with 4.18",
  },
];

/** Ceph. */
export const CEPH_RELEASES: readonly ReleaseConstraint[] = [
  {
    tool: "ceph-ansible",
    versions: CEPH_8,
    releases: ["reef"],
    source: "ceph-ansible stable-8.0, roles/ceph-defaults/defaults/main.yml: ceph_stable_release",
  },
  {
    tool: "ceph-ansible",
    versions: CEPH_9,
    // reef is for distributions that package it (Debian 13): to install, never to upgrade.
    releases: ["squid", "reef"],
    source:
      "ceph-ansible stable-9.0, roles/ceph-defaults/defaults/main.yml: ceph_stable_release; reef is what Debian 13 packages",
  },
];

/** Operating systems. */
export const SYSTEMS: readonly SystemConstraint[] = [
  {
    tool: "kubespray",
    versions: KUBESPRAY_231,
    systems: {
      Debian: ["11", "12", "13"],
      Ubuntu: ["22", "24"],
      CentOS: ["9", "10"],
      RedHat: ["9", "10"],
      AlmaLinux: ["9", "10"],
      Rocky: ["9", "10"],
      OracleLinux: ["9", "10"],
      Fedora: ["39", "40", "41", "42"],
      "openSUSE Leap": ["15"],
      "openSUSE Tumbleweed": "any",
      Flatcar: "any",
      "Flatcar Container Linux by Kinvolk": "any",
      Amazon: ["2"],
      openEuler: "any",
      "Kylin Linux Advanced Server": "any",
      UnionTech: "any",
    },
    source: "kubespray v2.31.0, README.md: Supported Linux Distributions",
  },
  {
    tool: "ceph-ansible",
    versions: { min: "8.0", below: "10.0" },
    systems: {
      Debian: "any",
      Ubuntu: "any",
      CentOS: ["8", "9", "10"],
      RedHat: ["8", "9", "10"],
      AlmaLinux: ["8", "9", "10"],
      Rocky: ["8", "9", "10"],
      OracleLinux: ["8", "9", "10"],
      Fedora: "any",
      "openSUSE Leap": ["15"],
      SLES: ["15"],
    },
    source: "ceph-ansible, roles/ceph-validate/tasks/check_system.yml",
  },
  {
    tool: "openshift-ansible",
    versions: OPENSHIFT_3,
    systems: { CentOS: ["7"], RedHat: ["7"], OracleLinux: ["7"] },
    source: "openshift-ansible release-3.11, README.md: it installs on CentOS and RHEL 7",
  },
  {
    tool: "openshift-ansible",
    versions: OPENSHIFT_4,
    systems: { RedHat: ["8"] },
    source: "openshift-ansible release-4.18, roles/openshift_node/tasks/version_checks.yml",
  },
];

/** Which Python an ansible-core needs, on the controller and on the hosts. */
export interface AnsibleSupport {
  readonly core: VersionRange;
  readonly controller: VersionRange;
  /** Python 3 on the hosts. */
  readonly target: VersionRange;
  /** Python 2.7 on the hosts works too. */
  readonly python2?: true;
  readonly source: string;
}

const MATRIX = "docs.ansible.com, Releases and maintenance: ansible-core support matrix";

/** Every ansible-core that a tool of ours may use. */
export const ANSIBLE: readonly AnsibleSupport[] = [
  {
    core: { min: "2.9", below: "2.10" },
    controller: { min: "3.5", below: "3.10" },
    target: { min: "3.5", below: "3.9" },
    python2: true,
    source:
      "Ansible 2.9's installation guide for the hosts; openshift-ansible imports collections.Mapping, gone in Python 3.10",
  },
  {
    core: { min: "2.15", below: "2.16" },
    controller: { min: "3.9", below: "3.12" },
    target: { min: "3.5", below: "3.12" },
    python2: true,
    source: MATRIX,
  },
  {
    core: { min: "2.16", below: "2.17" },
    controller: { min: "3.10", below: "3.13" },
    target: { min: "3.6", below: "3.13" },
    python2: true,
    source: MATRIX,
  },
  {
    core: { min: "2.17", below: "2.18" },
    controller: { min: "3.10", below: "3.13" },
    target: { min: "3.7", below: "3.13" },
    source: MATRIX,
  },
  {
    core: { min: "2.18", below: "2.19" },
    controller: { min: "3.11", below: "3.14" },
    target: { min: "3.8", below: "3.14" },
    source: MATRIX,
  },
  {
    core: { min: "2.19", below: "2.20" },
    controller: { min: "3.11", below: "3.14" },
    target: { min: "3.8", below: "3.14" },
    source: MATRIX,
  },
];
