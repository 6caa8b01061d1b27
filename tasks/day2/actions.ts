/** All day-2 actions, in the order of --help. */
import type { Action } from "./action.ts";
import { CEPH_ACTIONS } from "./ceph-actions.ts";
import { CERTIFICATE_ACTIONS } from "./certificate-actions.ts";
import { KUBERNETES_ACTIONS } from "./kubernetes-actions.ts";

export const ACTIONS: readonly Action[] = [...KUBERNETES_ACTIONS, ...CERTIFICATE_ACTIONS, ...CEPH_ACTIONS];

/** @throws Error for a name that is none: a mistake in our own code. */
export function actionNamed(name: string): Action {
  const action = ACTIONS.find((one) => one.name === name);
  if (action === undefined) throw new Error(`no day-2 action "${name}"`);
  return action;
}
