/** Puts something that answers like kube-apiserver's /readyz on the lab's control planes, or takes it away. */

import type { ApiEndpoint } from "../core/model.ts";
import type { Session } from "../core/session.ts";
import { loadInventory, requireModel } from "../inventory/load.ts";
import { playFixture } from "./fixture.ts";

/** @returns the address that the stand-ins are behind. @throws PhaseError when the playbook fails. */
export async function standIn(
  context: Session,
  cluster: string,
  state: "present" | "absent",
): Promise<ApiEndpoint> {
  const { paths, out } = context;
  const model = requireModel(await loadInventory({ inventoriesDir: paths.inventories, cluster, sets: [] }));
  await playFixture(context, { cluster, model }, "apiserver-stand-in", { apiserver_stand_in_state: state });
  out(state === "present" ? "stand-ins answer on every control plane\n" : "stand-ins taken away\n");
  return model.api;
}
