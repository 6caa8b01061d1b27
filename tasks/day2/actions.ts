/** The day-2 actions that are playbooks of a tool. */
import type { Action } from "./action.ts";
import { ADD_OSDS, PURGE_CEPH, REMOVE_OSDS, UPGRADE_CEPH } from "./ceph-actions.ts";
import { RENEW_CERTIFICATES } from "./certificate-actions.ts";
import {
  ADD_NODES,
  ADD_WORKERS,
  RECOVER_CONTROL_PLANE,
  REMOVE_NODES,
  RESET_KUBERNETES,
  UPGRADE_KUBERNETES,
} from "./kubernetes-actions.ts";

export const ACTIONS: readonly Action[] = [
  UPGRADE_KUBERNETES,
  ADD_WORKERS,
  ADD_NODES,
  REMOVE_NODES,
  RECOVER_CONTROL_PLANE,
  RESET_KUBERNETES,
  RENEW_CERTIFICATES,
  UPGRADE_CEPH,
  ADD_OSDS,
  REMOVE_OSDS,
  PURGE_CEPH,
];

/** @throws Error for an unknown name: a mistake in our own code. */
export function actionNamed(name: string): Action {
  const action = ACTIONS.find((one) => one.name === name);
  if (action === undefined) throw new Error(`no day-2 action "${name}"`);
  return action;
}
