/** npm run explain: where a value comes from, what it overrode, which rendered files carry it. */
import { INVENTORY_OPTIONS } from "../cli/inventory-options.ts";
import type { Task } from "../cli/task.ts";
import { EXIT, InputError } from "../core/errors.ts";
import { parsePath } from "../core/path.ts";
import { explain } from "../deploy/explain.ts";
import { loadChosenInventory } from "../inventory/load-chosen.ts";

export const task: Task = {
  options: INVENTORY_OPTIONS,
  positionals: { usage: "PATH" },
  description: `Shows where a value of the inventory comes from, what it overrode, and which rendered files carry it.
Write PATH with dots: hosts.master1.ip, network.dns.servers[0], 'hosts.w1.labels["a.b/c"]'. For a path that names a
map, all values below it are listed.`,
  async run(context) {
    const text = context.args.positionals[0];
    const path = text === undefined ? undefined : parsePath(text);
    if (text === undefined || path === undefined || context.args.positionals.length > 1) {
      throw new InputError(`explain: ${text === undefined ? "a path is missing" : "give one path"}`, {
        remedy: "for example: npm run explain -- hosts.master1.ip",
      });
    }
    context.out(explain(await loadChosenInventory(context), path));
    return EXIT.done;
  },
};
