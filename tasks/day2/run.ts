/** Every day-2 action with playbooks: refuse or plan, show the plan, ask, run as a deploy runs. */
import { type RunFlags, shortLine } from "../ansible/command.ts";
import { EXIT, GateError, InputError, VendorError } from "../core/errors.ts";
import type { Session } from "../core/session.ts";
import { execute } from "../deploy/execute.ts";
import { ansibleFor, type ClusterContext, loadCluster, makePlan } from "../deploy/prepare.ts";
import { askInventory } from "../deploy/systems.ts";
import type { PlannedPhase } from "../phases/plan.ts";
import { inventoryFiles } from "../render/inventory-files.ts";
import { installableVersions } from "../toolchain/catalog/kubernetes-versions.ts";
import { installedVersions } from "../toolchain/trees/identity.ts";
import type { Action, Request } from "./action.ts";
import { refusalOf } from "./guards.ts";
import { questionOf } from "./question.ts";
import { phasesOf, recoveryInventory } from "./steps.ts";

/** What the user asked for. */
export interface Asked extends Pick<Request, "names" | "options" | "flags"> {
  readonly run: RunFlags;
  /** Print the plan and change nothing. */
  readonly onlyPlan: boolean;
  readonly ignoreGates: boolean;
}

/** @returns the exit code. @throws InputError, GateError, VendorError and everything that a run can end with */
export async function runAction(session: Session, action: Action, asked: Asked): Promise<number> {
  const loaded = await loadCluster(session);
  const request = await requestOf(session, loaded, action, asked);
  refuse(action, request);
  const cluster = withBroken(loaded, action, request);
  const phases = phasesOf(action, request);
  const plan = async (build: boolean): Promise<readonly PlannedPhase[]> =>
    makePlan(session, cluster, {
      phases,
      flags: asked.run,
      resume: false,
      environments: await ansibleFor(
        session,
        phases.map(({ tool }) => tool),
        build,
      ),
    });
  const planned = await plan(false);
  refuseBlocked(planned);
  session.out(describe(session, action, request, planned));
  if (asked.onlyPlan) return EXIT.done;
  if (!asked.run.check) await session.confirm(questionOf(action, cluster.model.name));
  await execute(session, cluster, {
    plan: await plan(true),
    flags: asked.run,
    partial: true,
    ignoreGates: asked.ignoreGates,
  });
  for (const line of action.afterwards?.(request) ?? []) session.out(`next: ${line}\n`);
  return EXIT.done;
}

async function requestOf(
  { paths, ...session }: Session,
  cluster: ClusterContext,
  action: Action,
  { names, options, flags }: Asked,
): Promise<Request> {
  const toolVersion = installedVersions(paths.vendor).get(action.tool);
  const asks = action.asksVersions === true && options.from === undefined;
  return {
    model: cluster.model,
    names,
    options,
    flags,
    installed: asks ? await versionsOn({ paths, ...session }, cluster) : {},
    installable: installableVersions(paths.vendor),
    ...(toolVersion === undefined ? {} : { toolVersion }),
  };
}

/** The kubelet's version on every host that has one. */
async function versionsOn(
  session: Session,
  cluster: ClusterContext,
): Promise<Readonly<Record<string, string>>> {
  if (cluster.model.orchestrator !== "kubernetes") return {};
  const line = "PATH=$PATH:/usr/local/bin:/opt/bin; kubelet --version 2>/dev/null || true";
  const answers = await askInventory(session, cluster, "kubespray", "k8s_cluster", line);
  const silent = answers.filter(({ text }) => text === undefined);
  if (silent.length > 0)
    throw new GateError(
      `${silent.map(({ host }) => host).join(", ")} did not answer with the Kubernetes version`,
      {
        output: silent.map(({ host, problem }) => `  ${host}: ${problem}`).join("\n"),
        remedy:
          "an upgrade needs every host: npm run preflight shows the fault; npm run node:remove -- HOST --dead removes a dead host",
      },
    );
  return Object.fromEntries(
    answers.flatMap(({ host, text = "" }) => {
      const version = /Kubernetes v(\d+\.\d+\.\d+)/.exec(text)?.[1];
      return version === undefined ? [] : [[host, version]];
    }),
  );
}

/** @throws InputError or GateError for the first guard that refuses */
function refuse(action: Action, request: Request): void {
  const refusal = refusalOf(action.guards, request);
  if (refusal === undefined) return;
  const Kind = refusal.kind === "input" ? InputError : GateError;
  throw new Kind(`${action.name}: ${refusal.message}`, { remedy: refusal.remedy });
}

function refuseBlocked(plan: readonly PlannedPhase[]): void {
  for (const { spec, decision } of plan) {
    if (decision.kind === "blocked")
      throw new VendorError(`${spec.name}: ${decision.reason}`, { remedy: decision.remedy });
    if (decision.kind === "skip")
      throw new InputError(`${spec.name}: ${decision.reason}`, {
        remedy: "npm run validate shows the inventory",
      });
  }
}

function withBroken(cluster: ClusterContext, action: Action, request: Request): ClusterContext {
  const broken = action.broken?.(request) ?? [];
  const inventory = broken.length === 0 ? undefined : recoveryInventory(cluster.model, broken);
  if (inventory === undefined) return cluster;
  const files = new Map(cluster.files).set(
    "kubespray",
    inventoryFiles(cluster.model, "kubespray", inventory),
  );
  return { ...cluster, files };
}

function describe(session: Session, action: Action, request: Request, plan: readonly PlannedPhase[]): string {
  const steps = plan.map(({ spec, commands }, index) =>
    [
      `${index + 1}. ${spec.title} (${spec.tool})`,
      ...commands.map((command) => `   $ ${shortLine(command, session.paths.root)}`),
    ].join("\n"),
  );
  const notes = (action.notes?.(request) ?? []).map((note) => `note: ${note}`);
  return `${[`${action.title}: ${request.model.name}`, ...steps, ...notes].join("\n")}\n`;
}
