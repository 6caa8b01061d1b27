/** npm run lab:down */

import { chosenLab, LAB_OPTION } from "../../cli/lab-option.ts";
import type { Task } from "../../cli/task.ts";
import { labDown } from "../../lab/down.ts";
import { describeLabEvent } from "../../lab/events.ts";

export const task: Task = {
  options: { lab: LAB_OPTION, purge: { type: "boolean", help: "remove the cached base images too" } },
  description: `Removes the hosts of a lab with their disks, its network and its generated inventory. The base image stays, so that the
next npm run lab:up is quick. Settings in inventories/<name>/local/ are yours and stay too.`,
  async run({ args, env, out, err }) {
    const started = Date.now();
    const name = chosenLab(args);
    await labDown({
      name,
      purge: args.flags.has("purge"),
      env,
      events: (event) => err(`${describeLabEvent(event)}\n`),
    });
    out(`lab ${name}: gone in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
    return undefined;
  },
};
