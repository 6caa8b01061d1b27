/** npm run etcd:snapshot */
import { dirname, resolve } from "node:path";
import { INVENTORY_OPTIONS } from "../../cli/inventory-options.ts";
import { optionValue, type Task, type TaskContext } from "../../cli/task.ts";
import { EXIT, InputError } from "../../core/errors.ts";
import { underLock } from "../../deploy/locked.ts";
import { loadCluster } from "../../deploy/prepare.ts";
import { askMembers } from "../../etcd/ask.ts";
import { takeSnapshot } from "../../etcd/snapshot.ts";
import { requireEtcd } from "../../etcd/start.ts";
import { statOptional } from "../../io/files.ts";

export const task: Task = {
  description: `Takes a snapshot on the member that is most up to date, checks its hash there and here, and keeps it on this machine
with what is known of it (revision, hash, number of keys). Works without a quorum, as long as one member runs.
It holds every Secret of the cluster: its file is readable by you only.`,
  options: {
    ...INVENTORY_OPTIONS,
    output: {
      type: "string",
      short: "o",
      value: "FILE|FOLDER",
      help: "where to keep it; default build/<cluster>/etcd-snapshots/",
    },
  },
  async run(context) {
    const cluster = await loadCluster(context);
    const model = requireEtcd(cluster.model);
    const target = snapshotTarget(context, cluster.build);
    const { path } = await underLock(context, cluster.lock, "etcd:snapshot", async (stop) => {
      const action = { model, env: context.env, stop, say: (line: string) => context.err(`${line}\n`) };
      return takeSnapshot(action, await askMembers(model, context.env), target);
    });
    context.out(`${path}\n`);
    return EXIT.done;
  },
};

/** @throws InputError for a file that is there already. */
export function snapshotTarget(
  { args }: TaskContext,
  build: string,
): { readonly folder: string; readonly file?: string } {
  const given = optionValue(args, "output");
  if (given === undefined) return { folder: `${build}/etcd-snapshots` };
  const path = resolve(given);
  const there = statOptional(path);
  if (there?.isDirectory()) return { folder: path };
  if (there !== undefined)
    throw new InputError(`${path} is there already`, { remedy: "name another file, or a folder" });
  return { folder: dirname(path), file: path };
}
