/** The workflow of `deploy`: plan, refuse, ask, check the hosts' systems, run. */
import { isPartial } from "../ansible/command.ts";
import { VendorError } from "../core/errors.ts";
import type { Session } from "../core/session.ts";
import type { PlannedPhase } from "../phases/plan.ts";
import { restoreLeftOut } from "../toolchain/trees/restore-left-out.ts";
import { execute } from "./execute.ts";
import { type DeployPlan, type DeployRequest, planDeploy } from "./plan-deploy.ts";
import { type ClusterContext, loadCluster } from "./prepare.ts";
import { refuseHarm } from "./running-cluster.ts";
import { refuseSystems, sentence } from "./systems.ts";

/** @throws VendorError for what a phase lacks, and everything that a run can end with */
export async function deploy(session: Session, request: DeployRequest, ignoreGates: boolean): Promise<void> {
  const cluster = await loadCluster(session);
  refuseBlocked(await planDeploy(session, cluster, request, "none"), request.only.length > 0);
  const draft = await planDeploy(session, cluster, request, "existing");
  if (runnable(draft).length === 0) return saySkipped(session, draft);
  if (request.only.length === 0 && !request.flags.check) await ask(session, cluster, draft);

  await restoreOmitted(session, cluster, draft);
  const plan = await planDeploy(session, cluster, request, "build");
  if (runnable(plan).length === 0) return saySkipped(session, plan);
  await checkSystems(session, cluster, plan, request.flags.limit, ignoreGates);
  if (runnable(plan).some(({ spec }) => spec.name === "kube"))
    await refuseHarm(session, cluster, ignoreGates, request.flags.limit);
  await execute(session, cluster, {
    plan: plan.phases,
    flags: request.flags,
    partial: isPartial(request.flags),
    ignoreGates,
  });
}

function runnable({ phases }: DeployPlan): readonly PlannedPhase[] {
  return phases.filter(({ decision }) => decision.kind === "run");
}

/** @throws VendorError when a phase that should run cannot. */
function refuseBlocked({ phases }: DeployPlan, named: boolean): void {
  const blocked = phases.flatMap(({ spec, decision }) =>
    decision.kind === "blocked" ? [{ name: spec.name, ...decision }] : [],
  );
  const [first] = blocked;
  if (first === undefined) return;
  const others = blocked.slice(1).map(({ name, reason }) => `${name}: ${reason}`);
  throw new VendorError(`${first.name}: ${first.reason}`, {
    remedy: named ? first.remedy : `${first.remedy}; or name the phases to deploy: npm run deploy:prep-hosts`,
    ...(others.length === 0 ? {} : { output: others.join("\n") }),
  });
}

function saySkipped({ out }: Session, { phases }: DeployPlan): void {
  for (const { spec, decision } of phases)
    if (decision.kind === "skip") out(`${spec.name}: skipped, ${decision.reason}\n`);
}

async function ask(session: Session, { model }: ClusterContext, plan: DeployPlan): Promise<void> {
  const names = runnable(plan).map(({ spec }) => spec.name);
  await session.confirm({
    kind: "yes",
    text: `Deploy ${names.join(", ")} on the ${model.hosts.length} hosts of ${model.name}?`,
  });
}

/** Files that vendor.yml leaves out of a tree, for the phases that read them. */
async function restoreOmitted(session: Session, { model }: ClusterContext, plan: DeployPlan): Promise<void> {
  for (const { spec } of runnable(plan))
    if (spec.reads !== undefined)
      await restoreLeftOut(session.paths.vendor, spec.tool, spec.reads(model), session.env);
}

/** @throws GateError for hosts that a tool does not support */
async function checkSystems(
  session: Session,
  cluster: ClusterContext,
  plan: DeployPlan,
  limit: string | undefined,
  ignoreGates: boolean,
): Promise<void> {
  const specs = runnable(plan).map(({ spec }) => spec);
  const ignored = await refuseSystems(session, cluster, specs, plan.environments, limit, ignoreGates);
  for (const finding of ignored) session.err(`note: ${sentence(finding)} (ignored, as asked)\n`);
}
