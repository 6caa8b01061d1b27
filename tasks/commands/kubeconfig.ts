/** npm run kubeconfig */
import { relative } from "node:path";
import { INVENTORY_OPTIONS } from "../cli/inventory-options.ts";
import { optionValue, type Task, type TaskContext } from "../cli/task.ts";
import { EXIT, InputError } from "../core/errors.ts";
import { clusterFolders } from "../core/paths.ts";
import { customAnsible } from "../deploy/prepare.ts";
import { requireModel } from "../inventory/load.ts";
import { loadChosenInventory } from "../inventory/load-chosen.ts";
import { entriesFor } from "../kubeconfig/access.ts";
import { fetchKubeconfig } from "../kubeconfig/fetch.ts";
import { readEncrypted, storeEncrypted, type VaultOptions, vaultFile } from "../kubeconfig/in-inventory.ts";
import { probeApi } from "../kubeconfig/probe.ts";
import { chooseServer, isResolved } from "../kubeconfig/server.ts";
import { kubeconfigOf, mergeInto, userFile, writeAlone } from "../kubeconfig/store.ts";

export const task: Task = {
  description: `Fetches the administrator's kubeconfig from the first control plane that answers, sets the API's address in it, and
names its context after the cluster. Without a flag it is written to build/<cluster>/kubeconfig; the mode is always 0600.
Exit code 3 when no control plane answers, or none has a kubeconfig.`,
  options: {
    ...INVENTORY_OPTIONS,
    merge: {
      type: "boolean",
      help: "merge it into KUBECONFIG or ~/.kube/config, keep the rest",
    },
    use: { type: "boolean", help: "make it the current context; with --merge" },
    replace: { type: "boolean", help: "replace another cluster of that name; with --merge" },
    output: {
      type: "string",
      value: "FILE",
      help: "write it to this file",
      default: "build/<cluster>/kubeconfig",
      complete: "file",
    },
    vault: {
      type: "boolean",
      help: "encrypt it into inventories/<cluster>/vault/kubeconfig",
    },
    "from-vault": { type: "boolean", help: "read what --vault stored, and ask no host" },
    name: { type: "string", value: "NAME", help: "name the context", default: "the cluster's name" },
    server: {
      type: "string",
      value: "domain|vip|URL",
      help: "set the address of the API",
      default: "what the certificate covers",
      complete: ["domain", "vip"],
    },
  },
  async run(context) {
    const { args, env, out, err, paths } = context;
    refuseMixed(args.flags, args.values.has("output"));
    const loaded = await loadChosenInventory(context);
    const model = requireModel(loaded);
    const stored = vaultFile(paths.inventories, loaded.cluster);
    const shown = (path: string): string =>
      path.startsWith(`${paths.root}/`) ? relative(paths.root, path) : path;
    const found = args.flags.has("from-vault")
      ? { access: await readEncrypted(stored, await vault(context)), from: shown(stored), notes: [] }
      : await fetchKubeconfig(model, env);
    const asked = optionValue(args, "server");
    const keepServer = args.flags.has("from-vault") && asked === undefined;
    const server = keepServer
      ? { url: found.access.server, notes: [] }
      : chooseServer({
          api: model.api,
          certificate: found.certificate,
          asked,
          isResolved: await isResolved(model.api.domain),
        });
    for (const note of [...found.notes, ...server.notes]) err(`note: ${note}\n`);
    const entries = entriesFor(found.access, optionValue(args, "name") ?? model.name, server.url);
    out(`${model.name}: from ${found.from}, context ${entries.context}, API ${server.url}\n`);
    if (args.flags.has("vault")) {
      const changed = await storeEncrypted(stored, entries, await vault(context));
      out(`${changed ? "encrypted" : "unchanged"}: ${shown(stored)}\n`);
    } else if (args.flags.has("merge")) {
      const file = userFile(env);
      const { changed, backup, keptLayout } = mergeInto(file, entries, {
        use: args.flags.has("use"),
        replace: args.flags.has("replace"),
      });
      out(
        `${changed ? "merged into" : "unchanged"}: ${file}${backup === undefined ? "" : `, before: ${backup}`}\n`,
      );
      if (!keptLayout)
        err(`note: ${file} was not in block style and was rewritten; its comments are in the backup\n`);
    } else {
      const file = optionValue(args, "output") ?? kubeconfigOf(clusterFolders(paths, loaded.cluster).build);
      out(`${writeAlone(file, entries) ? "written" : "unchanged"}: export KUBECONFIG=${file}\n`);
    }
    const { answers, text } = await probeApi(found.access, server.url);
    if (answers) out(`the API answers: ${text}\n`);
    else err(`note: the API does not answer on this machine: ${text}\n`);
    return EXIT.done;
  },
};

function refuseMixed(flags: ReadonlySet<string>, hasOutput: boolean): void {
  const places = [
    ...["merge", "vault"].filter((flag) => flags.has(flag)),
    ...(hasOutput ? ["output"] : []),
  ].map((flag) => `--${flag}`);
  const [first, second] = places;
  if (second !== undefined)
    throw new InputError(`kubeconfig: ${first} and ${second} exclude each other`, {
      remedy: "run the command once for each",
    });
  for (const flag of ["use", "replace"])
    if (flags.has(flag) && !flags.has("merge"))
      throw new InputError(`kubeconfig: --${flag} needs --merge`, { remedy: "add --merge" });
  if (flags.has("vault") && flags.has("from-vault"))
    throw new InputError("kubeconfig: --vault and --from-vault exclude each other", { remedy: "choose one" });
}

async function vault(context: TaskContext): Promise<VaultOptions> {
  const environment = await customAnsible(context, true);
  if (environment === undefined) throw new Error("the environment was to be built");
  return { bin: environment.bin, env: context.env };
}
