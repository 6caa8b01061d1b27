/** Prints the plan of a deploy, for `plan` and for `deploy --plan`. Changes nothing. */
import type { Session } from "../core/session.ts";
import { planJson, planText } from "../report/plan-report.ts";
import { type DeployPlan, type DeployRequest, planDeploy, reportPlan } from "./plan-deploy.ts";
import { loadCluster } from "./prepare.ts";

/** @throws InputError for an unknown phase or an inventory with errors; VendorError when Ansible cannot read a playbook */
export async function showPlan(
  session: Session,
  request: DeployRequest,
  format: "text" | "json",
): Promise<void> {
  const cluster = await loadCluster(session);
  const plan = await planDeploy(session, cluster, request, "existing");
  const report = await reportPlan(session, cluster, plan);
  session.out(format === "json" ? planJson(report) : planText(report, request.flags.verbose));
  if (lacksAnsible(plan))
    session.err(
      "note: plays were not checked against the hosts, because Ansible is not built yet → npm run init\n",
    );
}

function lacksAnsible({ phases, environments }: DeployPlan): boolean {
  return phases.some(({ spec, decision }) => decision.kind === "run" && !environments.has(spec.tool));
}
