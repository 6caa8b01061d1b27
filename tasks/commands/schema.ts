/** npm run schema: writes what is generated from the inventory's schema and rules. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Task } from "../cli/task.ts";
import { EXIT } from "../core/errors.ts";
import { generatedDocuments } from "../inventory/documents/generated-documents.ts";
import { TOOL_CODES } from "../toolchain/tool-rules.ts";

export const task: Task = {
  options: { check: { type: "boolean", help: "compare only, exit 2 when a file is out of date" } },
  description: `Writes inventories/cluster.schema.json (completion and checks in editors), docs/inventory.md and docs/rules.md from
the schema and the rules in tasks/inventory. For developers of kube-magic.`,
  async run({ args, paths, out }) {
    let isStale = false;
    for (const [name, content] of generatedDocuments(TOOL_CODES)) {
      const path = join(paths.root, name);
      const before = await readFile(path, "utf8").catch(() => undefined);
      if (before === content) continue;
      isStale = true;
      out(args.flags.has("check") ? `out of date: ${name}\n` : `written: ${name}\n`);
      if (args.flags.has("check")) continue;
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
    if (!isStale) out("everything is up to date\n");
    return isStale && args.flags.has("check") ? EXIT.input : EXIT.done;
  },
};
