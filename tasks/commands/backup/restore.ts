/** npm run backup:restore */
import { restoreReport } from "../../backup/answers.ts";
import { bring } from "../../backup/bring.ts";
import { hostNamed, requireBackups } from "../../backup/choose.ts";
import { confirmHost } from "../../backup/confirm.ts";
import { requireSuccess } from "../../backup/failures.ts";
import { askHost } from "../../backup/program.ts";
import { INVENTORY_OPTIONS, loadChosenInventory } from "../../cli/inventory-options.ts";
import { optionValue, type Task, type TaskContext } from "../../cli/task.ts";
import { EXIT, InputError } from "../../core/errors.ts";
import type { ClusterModel, Host } from "../../core/model.ts";
import { requireModel } from "../../inventory/load.ts";

export const task: Task = {
  description: `Brings back a backup of one host, or single paths of it, compared with its manifest. Where to:
  --to FOLDER              a new folder on that host
  --to-controller FOLDER   a new folder here
  --in-place               over the live files at --path, after the host's name was typed; what was there is kept
A folder appears when it is whole and not before; live files change all together. A snapshot of etcd (--path etcd) is
brought as a file: npm run etcd:restore makes a cluster of it.`,
  positionals: "HOST",
  options: {
    ...INVENTORY_OPTIONS,
    snapshot: { type: "string", value: "ID", help: "which backup; default: the latest" },
    path: {
      type: "string",
      multiple: true,
      value: "PATH",
      help: "only this file or folder: /etc/haproxy, or etcd, objects, controller; repeatable",
    },
    to: { type: "string", value: "FOLDER", help: "a new folder on the host" },
    "to-controller": { type: "string", value: "FOLDER", help: "a new folder here" },
    "in-place": { type: "boolean", help: "over the live files" },
    confirm: {
      type: "string",
      value: "HOST",
      help: "with --in-place: the host's name, in place of typing it",
    },
  },
  async run(context) {
    const { args, out } = context;
    const model = requireModel(await loadChosenInventory(context));
    requireBackups(model);
    const [name, ...more] = args.positionals;
    if (name === undefined || more.length > 0)
      throw new InputError("backup:restore is about one host", {
        remedy: "npm run backup:restore -- HOST --to FOLDER",
      });
    const host = hostNamed(model, name);
    const { to, here } = whereTo(context);
    const paths = (args.values.get("path") ?? []).flatMap((path) => ["--path", path]);
    const snapshot = optionValue(args, "snapshot") ?? "latest";
    const words = ["restore", ...paths, "--snapshot", snapshot];
    if (here !== undefined) {
      const files = await bring(model, host, words, here);
      out(`${files} files of ${host.name} in ${here}\n`);
    } else if (to !== undefined) {
      const report = await restore(context, model, host, [...words, "--to", to]);
      out(
        `${report.files} files of ${host.name}, as of ${report.time.slice(0, 19)}, in ${host.name}:${report.folder}\n`,
      );
    } else await overLiveFiles(context, model, host, words);
    return EXIT.done;
  },
};

function whereTo({ args }: TaskContext): { readonly to?: string; readonly here?: string } {
  const to = optionValue(args, "to");
  const here = optionValue(args, "to-controller");
  const chosen = [to, here, args.flags.has("in-place") ? "" : undefined].filter((one) => one !== undefined);
  if (chosen.length !== 1)
    throw new InputError("say where to, once: --to, --to-controller or --in-place", {
      remedy: "npm run backup:restore -- HOST --to /root/restored",
    });
  if (args.flags.has("in-place") && !args.values.has("path"))
    throw new InputError("--in-place needs --path: what is to be replaced", {
      remedy: "such as --path /etc/haproxy",
    });
  return { ...(to === undefined ? {} : { to }), ...(here === undefined ? {} : { here }) };
}

async function overLiveFiles(
  context: TaskContext,
  model: ClusterModel,
  host: Host,
  words: readonly string[],
): Promise<void> {
  const plan = await restore(context, model, host, [...words, "--plan"]);
  if (plan.changes.length === 0) {
    context.out(
      `${host.name}: ${plan.files} files are as they were on ${plan.time.slice(0, 19)}: nothing to do\n`,
    );
    return;
  }
  context.out(
    `${host.name}: ${plan.changes.length} of ${plan.files} files become what they were on ${plan.time.slice(0, 19)}:\n` +
      plan.changes.map((path) => `  ${path}\n`).join(""),
  );
  await confirmHost(context, host.name);
  // The one that was shown, also when a newer one was made meanwhile: the last of two options counts.
  const done = await restore(context, model, host, [...words, "--snapshot", plan.snapshot, "--in-place"]);
  context.out(
    `${done.changes.length} files are in place; what was there is in ${host.name}:${done.kept}\nServices that read them run on as before until they are reloaded.\n`,
  );
}

async function restore(context: TaskContext, model: ClusterModel, host: Host, words: readonly string[]) {
  const onStep = (_host: string, message: string): void => context.err(`${message}\n`);
  const outcome = await askHost(host, { model, words, report: restoreReport, env: context.env, onStep });
  if (outcome.kind === "done") return outcome.report;
  requireSuccess("restore", [outcome]);
  throw new Error("unreachable");
}
