/** npm run render: the central inventory in each tool's own format, in build/<cluster>/<tool>/. */
import { relative } from "node:path";
import { describeProblem } from "../cli/describe.ts";
import { INVENTORY_OPTIONS } from "../cli/inventory-options.ts";
import type { Task, TaskContext } from "../cli/task.ts";
import { EXIT } from "../core/errors.ts";
import type { FileSet } from "../core/file-set.ts";
import { TOOLS, type ToolName } from "../core/model.ts";
import { clusterFolders, toolFolder } from "../core/paths.ts";
import { toolFiles } from "../deploy/tool-files.ts";
import { requireModel } from "../inventory/load.ts";
import { loadChosenInventory } from "../inventory/load-chosen.ts";
import { type Change, compareFileSet } from "../io/file-set/compare.ts";
import { changeLine, unifiedDiff } from "../io/file-set/describe-changes.ts";
import { writeFileSet } from "../io/file-set.ts";
import { PRIVATE_FOLDERS } from "../render/renderers.ts";

export const task: Task = {
  options: {
    ...INVENTORY_OPTIONS,
    tool: {
      type: "string",
      multiple: true,
      value: "TOOL",
      choices: TOOLS,
      help: "render this tool only (repeatable)",
      default: "all tools",
    },
    diff: { type: "boolean", help: "show what would change, secrets hidden; write nothing" },
    check: { type: "boolean", help: "list what would change, exit 2 if anything; write nothing" },
  },
  description: `Writes the inventories of kubespray, ceph-ansible, openshift-ansible and our own playbooks from the central one.
Unchanged files are left alone. A generated file that was edited by hand is kept as <file>.orig before it is replaced;
files that a tool wrote beside its inventory (artifacts, credentials) stay.`,
  async run(context) {
    const { args, paths } = context;
    const named = args.values.get("tool") ?? TOOLS;
    const tools = TOOLS.filter((tool) => named.includes(tool));
    const loaded = await loadChosenInventory(context);
    const model = requireModel(loaded);
    for (const problem of loaded.problems) context.err(`${describeProblem(problem)}\n`);
    const isDry = args.flags.has("diff") || args.flags.has("check");
    // Everything is rendered before anything is written: a mistake leaves no tool ahead of the others.
    const rendered = tools.map((tool) => ({ tool, files: toolFiles(model, tool) }));
    let changed = 0;
    for (const { tool, files } of rendered) {
      const folder = toolFolder(clusterFolders(paths, loaded.cluster), tool);
      const changes = isDry ? preview(context, files, folder) : write(context, files, folder, tool);
      changed += changes.filter(({ kind }) => kind !== "unchanged").length;
    }
    if (isDry) context.out(changed === 0 ? "nothing would change\n" : `${changed} file(s) would change\n`);
    return changed > 0 && args.flags.has("check") ? EXIT.input : EXIT.done;
  },
};

function preview({ args, paths, out }: TaskContext, files: FileSet, folder: string): readonly Change[] {
  const shown = relative(paths.root, folder);
  const changes = compareFileSet(folder, files);
  for (const change of changes.filter(({ kind }) => kind !== "unchanged")) {
    out(`${changeLine(shown, change)}\n`);
    if (args.flags.has("diff")) out(unifiedDiff(shown, change));
  }
  return changes;
}

function write(context: TaskContext, files: FileSet, folder: string, tool: ToolName): readonly Change[] {
  const { paths, out, err } = context;
  const shown = relative(paths.root, folder);
  const { changes, saved } = writeFileSet(folder, files, PRIVATE_FOLDERS[tool]);
  if (changes.length > 0) out(`${shown}: ${summary(changes)}\n`);
  else out(`${shown}: not used by this cluster\n`);
  for (const [path, name] of saved) {
    err(`${shown}/${path} was edited by hand: kept as ${shown}/${name}\n`);
  }
  return changes;
}

function summary(changes: readonly Change[]): string {
  const kinds = ["added", "changed", "removed", "unchanged"] as const;
  const counts = kinds.map(
    (kind) => [changes.filter((change) => change.kind === kind).length, kind] as const,
  );
  return counts
    .filter(([count]) => count > 0)
    .map(([count, kind]) => `${count} ${kind}`)
    .join(", ");
}
