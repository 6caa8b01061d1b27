/** npm run backup:restore */

import { hostNamed, requireBackups } from "../../backup/choose.ts";
import { PLAN_OPTION } from "../../cli/action-task.ts";
import { confirmNameOption } from "../../cli/confirm.ts";
import { INVENTORY_OPTIONS } from "../../cli/inventory-options.ts";
import { optionValue, type ParsedArguments, type Task } from "../../cli/task.ts";
import { ONE_HOST } from "../../cli/words.ts";
import { EXIT, InputError } from "../../core/errors.ts";
import { type Destination, restoreFilesAction } from "../../day2/backup-actions.ts";
import { runOnHosts } from "../../day2/host-action.ts";
import { loadCluster } from "../../deploy/prepare.ts";

export const task: Task = {
  description: `Restores a backup of one host, or single paths of it, and compares the files with the manifest. Choose one destination:
  --to FOLDER              a new folder on that host
  --to-controller FOLDER   a new folder on this machine
  --in-place               the live files at --path; asks for the host's name,
                           and keeps the present files
A new folder appears only when it is complete; live files are replaced together. A snapshot of etcd (--path etcd) is
restored as a file: npm run etcd:restore makes a cluster from it.`,
  positionals: ONE_HOST,
  options: {
    ...INVENTORY_OPTIONS,
    snapshot: { type: "string", value: "ID", help: "restore this backup", default: "the latest" },
    path: {
      type: "string",
      multiple: true,
      value: "PATH",
      help: "restore only this path, or etcd, objects, controller",
      default: "all",
    },
    to: { type: "string", value: "FOLDER", help: "restore to a new folder on the host", default: "none" },
    "to-controller": {
      type: "string",
      value: "FOLDER",
      help: "restore to a new folder on this machine",
      default: "none",
      complete: "folder",
    },
    "in-place": { type: "boolean", help: "replace the live files at --path" },
    ...confirmNameOption("host"),
    ...PLAN_OPTION,
  },
  async run(context) {
    const { args, out } = context;
    const cluster = await loadCluster(context);
    requireBackups(cluster.model);
    const [name, ...more] = args.positionals;
    if (name === undefined || more.length > 0)
      throw new InputError("backup:restore needs one host", {
        remedy: "npm run backup:restore -- HOST --to FOLDER",
      });
    const host = hostNamed(cluster.model, name);
    const destination = destinationOf(args);
    const paths = (args.values.get("path") ?? []).flatMap((path) => ["--path", path]);
    const words = ["restore", ...paths, "--snapshot", optionValue(args, "snapshot") ?? "latest"];
    const request = { host, words, destination };
    const action = await restoreFilesAction(context, cluster, request, (line) => out(`${line}\n`));
    if (action !== undefined) await runOnHosts(context, cluster, action, args.flags.has("plan"));
    return EXIT.done;
  },
};

/** @throws InputError unless there is exactly one. */
function destinationOf(args: ParsedArguments): Destination {
  const onHost = optionValue(args, "to");
  const onController = optionValue(args, "to-controller");
  const chosen: Destination[] = [
    ...(onHost === undefined ? [] : [{ kind: "host", folder: onHost } as const]),
    ...(onController === undefined ? [] : [{ kind: "controller", folder: onController } as const]),
    ...(args.flags.has("in-place") ? [{ kind: "in-place" } as const] : []),
  ];
  const [destination, ...others] = chosen;
  if (destination === undefined || others.length > 0)
    throw new InputError("choose one destination: --to, --to-controller or --in-place", {
      remedy: "npm run backup:restore -- HOST --to /root/restored",
    });
  if (destination.kind === "in-place" && !args.values.has("path"))
    throw new InputError("--in-place needs --path: the files to replace", {
      remedy: "add --path, such as --path /etc/haproxy",
    });
  return destination;
}
