/** Puts a test fixture on the lab's hosts: something that stands for what a later phase brings. */
import { join } from "node:path";
import { NO_FLAGS, playbookCommand } from "../ansible/command.ts";
import { PhaseError } from "../core/errors.ts";
import type { ClusterModel } from "../core/model.ts";
import { clusterFolders, toolFolder } from "../core/paths.ts";
import type { Session } from "../core/session.ts";
import type { ValueMap } from "../core/value.ts";
import { customAnsible, INVENTORY } from "../deploy/prepare.ts";
import { capture } from "../io/command/capture.ts";

/**
 * @param name folder below test/fixtures with a playbook.yml
 * @throws PhaseError with what Ansible said.
 */
export async function playFixture(
  { paths, env, ...rest }: Session,
  { cluster, model }: { readonly cluster: string; readonly model: ClusterModel },
  name: string,
  extraVars: ValueMap = {},
): Promise<void> {
  const environment = await customAnsible({ paths, env, ...rest }, true);
  const folders = clusterFolders(paths, cluster);
  const command = playbookCommand({
    tool: "custom",
    bin: environment?.bin ?? "",
    tree: paths.custom,
    playbook: join(paths.root, "test", "fixtures", name, "playbook.yml"),
    inventory: join(toolFolder(folders, "custom"), INVENTORY),
    clusterBuild: folders.build,
    callbacks: join(paths.custom, "plugins", "callback"),
    hostCount: model.hosts.length,
    extraVars,
    flags: NO_FLAGS,
  });
  const result = await capture(command.argv, {
    cwd: command.cwd,
    env: { ...env, ...command.env, LC_ALL: "C.UTF-8" },
  });
  if (result.code !== 0) {
    throw new PhaseError(`the fixture ${name} could not be put on the lab's hosts`, {
      output: result.stdout + result.stderr,
      remedy: "npm run lab:status",
    });
  }
}
