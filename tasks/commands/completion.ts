/** npm run completion */
import { NAME_LISTS, type NameList, SHELLS } from "../cli/completion/candidates.ts";
import { completionScript } from "../cli/completion/script.ts";
import { INVENTORY_OPTIONS } from "../cli/inventory-options.ts";
import { chosenLab, LAB_OPTION } from "../cli/lab-option.ts";
import { optionValue, type Task, type TaskContext } from "../cli/task.ts";
import { EXIT, InputError } from "../core/errors.ts";
import { listClusters } from "../inventory/clusters.ts";
import { requireModel } from "../inventory/load.ts";
import { loadChosenInventory } from "../inventory/load-chosen.ts";
import { labNames } from "../lab/names.ts";
import { labPlaces } from "../lab/places.ts";
import { readState } from "../lab/state.ts";

export const task: Task = {
  description: `Prints the completion script for your shell: commands, flags, their values, phases, clusters and hosts of the
kube-magic command. To use it in this shell and the next ones, add one line to the shell's start file:
  bash  ~/.bashrc                   source <(kube-magic completion bash)
  zsh   ~/.zshrc, after compinit    source <(kube-magic completion zsh)
  fish  ~/.config/fish/config.fish  kube-magic completion fish | source`,
  positionals: { usage: "SHELL", choices: SHELLS },
  options: {
    names: {
      type: "string",
      value: "LIST",
      choices: NAME_LISTS,
      help: "list names instead, for the script",
      default: "none",
    },
    cluster: INVENTORY_OPTIONS.cluster,
    lab: LAB_OPTION,
  },
  async run(context) {
    const list = NAME_LISTS.find((name) => name === optionValue(context.args, "names"));
    context.out(list === undefined ? await scriptFor(context) : lines(await LISTS[list](context)));
    return EXIT.done;
  },
};

async function scriptFor(context: TaskContext): Promise<string> {
  const [word, ...more] = context.args.positionals;
  const shell = SHELLS.find((name) => name === word);
  if (shell === undefined || more.length > 0)
    throw new InputError("completion needs one shell", { remedy: `choose from: ${SHELLS.join(", ")}` });
  return completionScript(shell, await context.allCommands());
}

const LISTS: Readonly<Record<NameList, (context: TaskContext) => Promise<readonly string[]>>> = {
  clusters: ({ paths }) => listClusters(paths.inventories),
  hosts: async (context) => requireModel(await loadChosenInventory(context)).hosts.map(({ name }) => name),
  labs: async ({ env }) => labNames(env),
  "lab-hosts": async ({ args, env }) =>
    readState(labPlaces(chosenLab(args), env))?.topology.hosts.map(({ name }) => name) ?? [],
};

function lines(names: readonly string[]): string {
  return names.map((name) => `${name}\n`).join("");
}
