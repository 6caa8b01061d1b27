/** Roles of the hosts, from the groups of all tools. */
import { ROLES, type Role } from "../../core/model.ts";
import type { Value } from "../../core/value.ts";
import type { ToolView } from "../read/tool-view.ts";
import { listedRoles } from "./custom.ts";
import { roleOfGroup } from "./group-roles.ts";
import { isInfraNode } from "./kubespray.ts";
import { nodeRoles } from "./openshift-ansible.ts";

/** Host → the roles that all tools together give it. */
export function rolesOf(views: readonly ToolView[]): Map<string, Set<Role>> {
  const roles = new Map<string, Set<Role>>();
  const listed = new Set<string>();
  for (const view of views) {
    for (const host of view.listing.hosts) {
      // The roles in an inventory of kube-magic are complete: the groups of other tools add none.
      if (listed.has(view.nameOf(host))) continue;
      if (view.tool === "custom" && listedRoles(view, host) !== undefined) listed.add(view.nameOf(host));
      const own = roles.get(view.nameOf(host)) ?? new Set();
      roles.set(view.nameOf(host), own);
      for (const role of rolesIn(view, host)) own.add(role);
    }
  }
  return roles;
}

function rolesIn(view: ToolView, host: string): readonly Role[] {
  const groups = view.groupsOf.get(host) ?? [];
  const listed = view.tool === "custom" ? listedRoles(view, host) : undefined;
  if (listed !== undefined) return listed;
  const found = groups.flatMap((group) => roleOfGroup(view.tool, group) ?? []);
  if (view.tool === "kubespray" && isInfraNode(view, host))
    return [...found.filter((role) => role !== "worker"), "infra"];
  if (
    view.tool !== "openshift-ansible" ||
    !groups.some((group) => group === "nodes" || group === "new_nodes")
  )
    return found;
  const own = nodeRoles(view, host);
  return [...found, ...(own.length > 0 || found.includes("control-plane") ? own : (["worker"] as const))];
}

/**
 * The roles of a host, in the order of ROLES, or in the order of an inventory of kube-magic. With kubeadm's etcd the group
 * etcd holds every control plane, so it adds no role.
 */
export function rolesFor(
  roles: ReadonlySet<Role>,
  deployment: Value | undefined,
  views: readonly ToolView[],
): Role[] {
  const hasOwn = views.some(
    (view) => view.tool === "custom" && view.common("kube_magic_cluster") !== undefined,
  );
  if (hasOwn) return [...roles];
  return ROLES.filter((role) => roles.has(role) && (role !== "etcd" || deployment !== "kubeadm"));
}
