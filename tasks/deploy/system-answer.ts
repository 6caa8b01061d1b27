/** The question for the system of a host before a tool may run on it, and the reading of the answer. */
import { compareVersions } from "../core/versions.ts";
import type { HostFacts } from "../toolchain/compatibility/check.ts";

/** Where Ansible looks for Python since 2.17, in its order; then where older ones find the system's own. */
const PYTHONS = [
  ...[13, 12, 11, 10, 9, 8].map((minor) => `python3.${minor}`),
  "/usr/bin/python3",
  "python3",
  "/usr/libexec/platform-python",
  "/usr/bin/python",
];
/** What a system ships for its own tools: there Ansible up to 2.16 goes first. */
const SYSTEM_PYTHONS = ["/usr/libexec/platform-python", "/usr/bin/python3", "/usr/bin/python"];

/** Needs a shell on the host and nothing else. Ansible fills in the interpreter that the inventory names. */
export const SYSTEM_QUESTION = [
  ". /etc/os-release",
  'echo "system=$ID"; echo "name=$NAME"; echo "version=$VERSION_ID"',
  // "auto" and its kin mean: look for one.
  `named="{{ ansible_python_interpreter | default('') }}"; case "$named" in auto*) named="";; esac`,
  `for python in \${named:-${PYTHONS.join(" ")}}`,
  'do command -v "$python" >/dev/null 2>&1 && echo "python=$python $("$python" -V 2>&1)"',
  "done",
  "true",
].join("; ");

/** os-release's ID → the name that Ansible has for the distribution. */
const DISTRIBUTIONS: Readonly<Record<string, string>> = {
  debian: "Debian",
  ubuntu: "Ubuntu",
  centos: "CentOS",
  rhel: "RedHat",
  almalinux: "AlmaLinux",
  rocky: "Rocky",
  ol: "OracleLinux",
  fedora: "Fedora",
  sles: "SLES",
  "opensuse-leap": "openSUSE Leap",
  "opensuse-tumbleweed": "openSUSE Tumbleweed",
  amzn: "Amazon",
};

export interface FoundPython {
  /** As it was looked for. */
  readonly command: string;
  readonly version: string;
}

export interface SystemAnswer extends Omit<HostFacts, "python"> {
  /** In the order in which they were looked for; only one when the inventory names one. */
  readonly pythons: readonly FoundPython[];
}

export function readSystem(name: string, text: string): SystemAnswer {
  const value = (key: string): string => new RegExp(`^${key}=(.*?)\\r?$`, "m").exec(text)?.[1] ?? "";
  const id = value("system");
  return {
    name,
    system: DISTRIBUTIONS[id] ?? (value("name") || id),
    systemVersion: value("version"),
    pythons: [...text.matchAll(/^python=(\S+) \D*(\d+(?:\.\d+)+)/gm)].map(
      ([, command = "", version = ""]) => ({ command, version }),
    ),
  };
}

/** Version of the one that this Ansible would use; undefined when there is none. */
export function pythonFor(core: string, pythons: readonly FoundPython[]): string | undefined {
  const systems = compareVersions(core, "2.17") < 0 ? SYSTEM_PYTHONS : [];
  const own = pythons.find(({ command }) => systems.includes(command));
  return (own ?? pythons[0])?.version;
}
