/** Puts something that answers like kube-apiserver's /readyz on the lab's control planes, or takes it away. */
import { join } from "node:path";
import { NO_FLAGS, playbookCommand } from "../ansible/command.ts";
import type { TaskContext } from "../cli/task.ts";
import { PhaseError } from "../core/errors.ts";
import type { ApiEndpoint } from "../core/model.ts";
import { clusterFolders } from "../core/paths.ts";
import { customAnsible, INVENTORY } from "../deploy/prepare.ts";
import { loadInventory, requireModel } from "../inventory/load.ts";
import { capture } from "../io/shell.ts";

/** @returns the address that the stand-ins are behind. @throws PhaseError when the playbook fails. */
export async function standIn(
  context: TaskContext,
  cluster: string,
  state: "present" | "absent",
): Promise<ApiEndpoint> {
  const { paths, env, out } = context;
  const model = requireModel(await loadInventory({ inventoriesDir: paths.inventories, cluster, sets: [] }));
  const environment = await customAnsible(context, true);
  const { build } = clusterFolders(paths, cluster);
  const command = playbookCommand({
    tool: "custom",
    bin: environment?.bin ?? "",
    tree: paths.custom,
    playbook: join(paths.root, "test", "fixtures", "apiserver-stand-in", "playbook.yml"),
    inventory: join(build, "custom", INVENTORY),
    clusterBuild: build,
    callbacks: join(paths.custom, "plugins", "callback"),
    hostCount: model.hosts.length,
    extraVars: { apiserver_stand_in_state: state },
    flags: NO_FLAGS,
  });
  const result = await capture(command.argv, {
    cwd: command.cwd,
    env: { ...env, ...command.env, LC_ALL: "C.UTF-8" },
  });
  if (result.code !== 0) {
    throw new PhaseError(`the stand-ins could not be made ${state}`, {
      output: result.stdout + result.stderr,
      remedy: "npm run lab:status",
    });
  }
  out(state === "present" ? "stand-ins answer on every control plane\n" : "stand-ins taken away\n");
  return model.api;
}
