/** The gate before the tools: every host is asked for its system and its Python, nothing is changed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, askHosts } from "../ansible/ask-hosts.ts";
import { GateError } from "../core/errors.ts";
import type { ToolName } from "../core/model.ts";
import type { Session } from "../core/session.ts";
import { writeFileSet } from "../io/file-set.ts";
import type { PhaseSpec } from "../phases/spec.ts";
import { toolsOf } from "../phases/steps.ts";
import type { Finding } from "../report/preflight.ts";
import { hostProblems } from "../toolchain/compatibility/check.ts";
import { installedVersions } from "../toolchain/trees/identity.ts";
import { ansibleFor, type ClusterContext, type Environments, INVENTORY, makePlan } from "./prepare.ts";
import { pythonFor, readSystem, SYSTEM_QUESTION } from "./system-answer.ts";

/** A host that the tool of a phase does not support, as a row of preflight's table. */
export interface SystemFinding extends Finding {
  readonly phase: string;
  /** KM452, KM453; absent when the host could not be asked. */
  readonly code?: string;
}

/**
 * What is wrong with the hosts' systems for the tools of these phases. Our own playbooks check that themselves:
 * prep-hosts begins with preflight.
 * @param limit as for the phases: other hosts need not answer
 */
export async function systemFindings(
  context: Session,
  cluster: ClusterContext,
  phases: readonly PhaseSpec[],
  environments: Environments,
  limit?: string,
): Promise<readonly SystemFinding[]> {
  const versions = installedVersions(context.paths.vendor);
  const concerned = phases.filter(
    ({ tool, when }) => tool !== "custom" && versions.has(tool) && when(cluster.model) === true,
  );
  const findings = await Promise.all(
    concerned.map(async (spec) => {
      const answers = await askInventory(context, cluster, spec.tool, "all", SYSTEM_QUESTION, limit);
      return answers.flatMap((answer) =>
        findingsOf(answer, spec, toolsOf(spec, cluster.model), versions, environments),
      );
    }),
  );
  return findings.flat();
}

function findingsOf(
  answer: Answer,
  { name: phase }: PhaseSpec,
  tools: readonly ToolName[],
  versions: ReadonlyMap<string, string>,
  environments: Environments,
): readonly SystemFinding[] {
  const { host } = answer;
  if (answer.text === undefined)
    return [
      {
        phase,
        host,
        check: "ssh",
        severity: "error",
        message: `did not answer the question for its system: ${answer.problem}`,
        remedy: "npm run preflight",
      },
    ];
  const system = readSystem(host, answer.text);
  const found = tools.flatMap((tool): readonly SystemFinding[] => {
    const core = environments.get(tool)?.ansibleCore;
    const python = core === undefined ? undefined : pythonFor(core, system.pythons);
    const facts = { ...system, ...(python === undefined ? {} : { python }) };
    return hostProblems(facts, tool, versions.get(tool) ?? "", core).map(({ code, message, remedy }) => ({
      phase,
      host,
      check: code === "KM452" ? "os" : "python",
      severity: "error",
      code,
      message,
      remedy,
    }));
  });
  // The phase's own tool comes first; our own Ansible would report the same again.
  return found.filter(({ check }, index) => found.findIndex((one) => one.check === check) === index);
}

/**
 * @returns the findings that are ignored
 * @throws GateError with every host that the tool of a phase does not support, or that does not answer
 */
export async function refuseSystems(
  ...[context, cluster, phases, environments, limit, ignored]: [
    ...Parameters<typeof systemFindings>,
    ignored?: boolean,
  ]
): Promise<readonly SystemFinding[]> {
  const findings = await systemFindings(context, cluster, phases, environments, limit);
  const [first] = findings;
  if (first === undefined || ignored === true) return findings;
  const spec = phases.find(({ name }) => name === first.phase);
  const hosts = new Set(findings.map(({ host }) => host)).size;
  const names = [...new Set(findings.map(({ phase }) => phase))].join(", ");
  throw new GateError(`${names}: ${hosts} host(s) are not supported by ${spec?.tool}`, {
    output: findings.map((finding) => `  ${sentence(finding)}`).join("\n"),
    remedy: `${first.remedy}. Nothing was changed; --ignore-gates continues without this check`,
  });
}

export function sentence({ code, host, message }: SystemFinding): string {
  return `${code === undefined ? "" : `${code} `}${host}: ${message}`;
}

/** Asks the hosts of a tool's inventory, rendered aside, with our own Ansible: the tool's may be too old for them. */
export async function askInventory(
  context: Session,
  cluster: ClusterContext,
  tool: ToolName,
  pattern: string,
  line: string,
  limit?: string,
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
    return await askHosts(playbook, join(scratch, INVENTORY), pattern, line, context.env, limit);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
