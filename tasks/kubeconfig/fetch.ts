/** The kubeconfig of a running cluster, or the reason why there is none. */
import { GateError, InputError } from "../core/errors.ts";
import { type ClusterModel, hostsWith } from "../core/model.ts";
import type { Access } from "./access.ts";
import { askForKubeconfig } from "./ask.ts";

export interface FoundKubeconfig {
  readonly access: Access;
  /** A host or a file. */
  readonly from: string;
  readonly certificate?: string;
  readonly notes: readonly string[];
}

/** @throws InputError for a cluster without control planes; GateError when none of them has a kubeconfig */
export async function fetchKubeconfig(model: ClusterModel, env: NodeJS.ProcessEnv): Promise<FoundKubeconfig> {
  if (hostsWith(model, "control-plane").length === 0)
    throw new InputError(`${model.name} has no control plane`, {
      remedy: "give a host the role control-plane",
    });
  const answer = await askForKubeconfig(model, env);
  const deploy = `npm run deploy:${model.orchestrator === "openshift" ? "openshift" : "kube"}`;
  if (answer.kind === "found") return { ...answer, from: answer.host };
  if (answer.kind === "absent")
    throw new GateError("no control plane has an administrator's kubeconfig: nothing is deployed yet", {
      remedy: deploy,
    });
  const output = answer.reasons.map((reason) => `  ${reason}`).join("\n");
  throw answer.kind === "damaged"
    ? new GateError("the administrator's kubeconfig is damaged", {
        output,
        remedy: `${deploy} writes a new one`,
      })
    : new GateError("no control plane answers", {
        output,
        remedy: "npm run preflight shows which hosts answer",
      });
}
