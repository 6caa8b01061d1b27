/** Steps of an action → phases, the form that the planner and the runner know. Pure. */
import type { ClusterModel } from "../core/model.ts";
import type { PhaseSpec } from "../phases/spec.ts";
import { kubesprayInventory } from "../render/kubespray.ts";
import type { Group, ToolInventory } from "../render/tool-inventory.ts";
import type { Action, Request } from "./action.ts";

/** Of kubespray's playbooks those that renew the administrator's kubeconfig. */
const RENEW_KUBECONFIG: ReadonlySet<string> = new Set([
  "cluster.yml",
  "upgrade-cluster.yml",
  "recover-control-plane.yml",
]);

/** In order: each needs the one before. */
export function phasesOf(action: Action, request: Request): readonly PhaseSpec[] {
  const steps = action.steps(request);
  return steps.map((step, index) => {
    const tool = step.tool ?? action.tool;
    return {
      name: step.name,
      title: step.title,
      needs: steps.slice(0, index).map(({ name }) => name),
      tool,
      playbooks: [step.tags === undefined ? step.playbook : { playbook: step.playbook, tags: step.tags }],
      extraVars: () => step.extraVars,
      when: () => true,
      ...(step.limit === undefined ? {} : { limit: step.limit }),
      ...(step.gatesBefore === undefined ? {} : { gatesBefore: step.gatesBefore }),
      ...(tool === "kubespray" ? { beforeLimited: ["playbooks/facts.yml"] } : {}),
      ...(RENEW_KUBECONFIG.has(step.playbook) && step.tags === undefined ? { leavesKubeconfig: true } : {}),
    };
  });
}

/**
 * kubespray's inventory for a recovery: the broken hosts are also in the groups that say so, and come last in their
 * own, because it works from the first.
 */
export function recoveryInventory(model: ClusterModel, broken: readonly string[]): ToolInventory | undefined {
  const inventory = kubesprayInventory(model);
  if (inventory === undefined) return undefined;
  const split = (name: string): { readonly working: readonly string[]; readonly lost: readonly string[] } => {
    const hosts = inventory.groups[name]?.hosts ?? [];
    return {
      working: hosts.filter((host) => !broken.includes(host)),
      lost: hosts.filter((host) => broken.includes(host)),
    };
  };
  const controlPlane = split("kube_control_plane");
  const etcd = split("etcd");
  const group = (...hosts: readonly string[]): Group => ({ hosts });
  return {
    ...inventory,
    groups: {
      ...inventory.groups,
      kube_control_plane: group(...controlPlane.working, ...controlPlane.lost),
      etcd: group(...etcd.working, ...etcd.lost),
      broken_kube_control_plane: group(...controlPlane.lost),
      broken_etcd: group(...etcd.lost),
    },
  };
}
