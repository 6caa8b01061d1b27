/** The gate before a tool that is particular about operating systems: every host is asked, nothing is changed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, askHosts } from "../ansible/ask-hosts.ts";
import type { TaskContext } from "../cli/task.ts";
import { GateError } from "../core/errors.ts";
import type { ToolName } from "../core/model.ts";
import type { PhaseSpec } from "../phases/spec.ts";
import { writeFileSet } from "../render/write.ts";
import { type HostFacts, hostProblems } from "../vendor/compatibility.ts";
import { broughtVersions } from "../vendor/identity.ts";
import { ansibleFor, type ClusterContext, type Environments, INVENTORY, makePlan } from "./prepare.ts";

const QUESTION =
  '. /etc/os-release; echo "system=$ID"; echo "name=$NAME"; echo "version=$VERSION_ID"; for python in python3 python python2 /usr/libexec/platform-python; do if command -v $python >/dev/null 2>&1; then $python -V 2>&1 | sed "s/^/python=/"; break; fi; done';

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
  "opensuse-leap": "openSUSE Leap",
  "opensuse-tumbleweed": "openSUSE Tumbleweed",
  amzn: "Amazon",
};

/** @throws GateError naming every host whose system the tool does not install on, or that cannot be asked. */
export async function refuseSystems(
  context: TaskContext,
  cluster: ClusterContext,
  phases: readonly PhaseSpec[],
  environments: Environments,
): Promise<void> {
  for (const spec of phases.filter(
    ({ checkSystems, when }) => checkSystems && when(cluster.model) === true,
  )) {
    const answers = await askInventory(context, cluster, spec.tool, "all", QUESTION);
    const version = broughtVersions(context.paths.vendor).get(spec.tool) ?? "";
    const core = environments.get(spec.tool)?.ansibleCore ?? "";
    const complaints = answers.flatMap((answer) => complaintsOf(answer, spec.tool, version, core));
    if (complaints.length === 0) continue;
    throw new GateError(`${spec.name}: ${complaints.length} host(s) cannot be installed by ${spec.tool}`, {
      output: complaints.map(({ message }) => `  ${message}`).join("\n"),
      remedy: `${complaints[0]?.remedy}. Nothing was changed`,
    });
  }
}

function complaintsOf(
  answer: Answer,
  tool: ToolName,
  version: string,
  core: string,
): readonly { readonly message: string; readonly remedy: string }[] {
  if (answer.text === undefined)
    return [
      {
        message: `${answer.host}: cannot be asked for its system: ${answer.problem}`,
        remedy: "npm run preflight says what is wrong with a host",
      },
    ];
  const facts = readSystem(answer.host, answer.text);
  const found = hostProblems(facts, tool, version, core);
  // Python 2 is what CentOS 7 has, and Ansible 2.9 still speaks it.
  const real = found.filter(({ code }) => code !== "KM453" || !facts.python.startsWith("2."));
  const [first] = real;
  return first === undefined ? [] : [first];
}

export function readSystem(name: string, text: string): HostFacts {
  const value = (key: string): string => new RegExp(`^${key}=(.*?)\\r?$`, "m").exec(text)?.[1] ?? "";
  const id = value("system");
  return {
    name,
    system: DISTRIBUTIONS[id] ?? (value("name") || id),
    systemVersion: value("version"),
    python: /(\d+(?:\.\d+)+)/.exec(value("python"))?.[1] ?? "0",
  };
}

/** Asks the hosts of a tool's inventory, rendered aside, with our own Ansible: the tool's may be too old for them. */
export async function askInventory(
  context: TaskContext,
  cluster: ClusterContext,
  tool: ToolName,
  pattern: string,
  line: string,
): Promise<readonly Answer[]> {
  const environments = await ansibleFor(context, ["custom"], true);
  const spec: PhaseSpec = {
    name: "ask",
    title: "Ask the hosts",
    needs: [],
    tool: "custom",
    playbooks: ["playbooks/preflight.yml"],
    extraVars: () => ({}),
    when: () => true,
  };
  const [planned] = makePlan(context, cluster, {
    phases: [spec],
    flags: { check: false, diff: false, extraVars: [], verbose: false },
    resume: false,
    environments,
  });
  const [command] = planned?.commands ?? [];
  if (command === undefined) return [];
  const scratch = mkdtempSync(join(tmpdir(), "kube-magic-inventory-"));
  try {
    const playbook = { ...command, argv: command.argv as readonly [string, ...string[]] };
    writeFileSet(scratch, cluster.files.get(tool) ?? new Map());
    return await askHosts(playbook, join(scratch, INVENTORY), pattern, line, context.env);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
