/** npm run vars */

import type { Task } from "../cli/task.ts";
import { closest } from "../core/closest.ts";
import { EXIT, InputError, VendorError } from "../core/errors.ts";
import { TOOLS, type ToolName } from "../core/model.ts";
import type { Variable } from "../toolchain/catalog/build.ts";
import { loadCatalogs } from "../toolchain/catalog/load.ts";

export const task: Task = {
  description: `Searches the variables of a tool, as the roles of the version in vendor/ define them: name, default, file and meaning.
Each word must occur in the name. In the inventory they belong under tools.TOOL.GROUP.`,
  positionals: { usage: "[TOOL] [WORD…]", complete: TOOLS },
  options: { json: { type: "boolean", help: "print one object for programs" } },
  async run({ args, paths, out }) {
    const [first, ...rest] = args.positionals;
    const tool = TOOLS.find((name) => name === first);
    const words = (tool === undefined ? args.positionals : rest).map((word) => word.toLowerCase());
    const wanted: readonly ToolName[] = tool === undefined ? TOOLS : [tool];
    const catalogs = loadCatalogs(paths.vendor, wanted);
    if (catalogs.size === 0) {
      if (first !== undefined && tool === undefined && rest.length > 0) throw unknownTool(first);
      throw new VendorError(
        tool === undefined ? "no tool is in vendor/ yet" : `${tool} is not in vendor/ yet`,
        {
          remedy: "npm run init",
        },
      );
    }
    const found = [...catalogs].flatMap(([name, { variables, version }]) =>
      variables
        .filter((variable) => words.every((word) => variable.name.toLowerCase().includes(word)))
        .map((variable) => ({ tool: name, version, ...variable })),
    );
    if (args.flags.has("json")) {
      out(`${JSON.stringify({ version: 1, variables: found }, null, 2)}\n`);
      return EXIT.done;
    }
    for (const variable of found.slice(0, MOST)) out(describe(variable));
    if (found.length > MOST) out(`… and ${found.length - MOST} more: add a word, or use --json for all\n`);
    if (found.length === 0) {
      const parts = new Set(
        [...catalogs.values()].flatMap(({ variables }) =>
          variables.flatMap(({ name }) => name.toLowerCase().split("_")),
        ),
      );
      const meant = words.map((word) =>
        word
          .split("_")
          .map((part) => nearest(part, parts))
          .join("_"),
      );
      throw new InputError(`no variable has ${words.join(" and ")} in its name`, {
        remedy:
          meant.join(" ") === words.join(" ")
            ? "use fewer or shorter words"
            : `did you mean ${meant.join(" ")}?`,
      });
    }
    return EXIT.done;
  },
};

function nearest(part: string, parts: ReadonlySet<string>): string {
  return parts.has(part) || part === "" ? part : (closest(part, parts) ?? part);
}

const MOST = 40;

function describe({
  tool,
  name,
  file,
  line,
  default: preset,
  type,
  about,
}: Variable & { tool: string }): string {
  const lines = [`${name} = ${preset ?? "(not set)"}${type === undefined ? "" : `  [${type}]`}`];
  if (about !== undefined) lines.push(`    ${about}`);
  lines.push(`    vendor/${tool}/${file}:${line}`);
  return `${lines.join("\n")}\n`;
}

function unknownTool(name: string): InputError {
  const near = closest(name, TOOLS);
  return new InputError(
    `vars: unknown tool "${name}"${near === undefined ? "" : `, did you mean "${near}"?`}`,
    {
      remedy: `choose from: ${TOOLS.join(", ")}`,
    },
  );
}
