/** npm run lab:start */

import { chosenLab, LAB_OPTION } from "../../cli/lab-option.ts";
import type { Task } from "../../cli/task.ts";
import { LAB_HOSTS } from "../../cli/words.ts";
import { InputError } from "../../core/errors.ts";
import { labPlaces } from "../../lab/places.ts";
import { startHost } from "../../lab/power.ts";
import { labHost } from "../../lab/ssh.ts";

export const task: Task = {
  options: { lab: LAB_OPTION },
  positionals: LAB_HOSTS,
  description: `Boots hosts that npm run lab:kill stopped, or that stopped by themselves, with their old disks, and waits until they answer.`,
  async run({ args, env, out }) {
    const hosts = [...args.positionals, ...args.rest];
    const places = labPlaces(chosenLab(args), env);
    if (hosts.length === 0)
      throw new InputError("lab:start needs a host", { remedy: "npm run lab:start -- HOST…" });
    for (const host of hosts) labHost(places, host);
    for (const host of hosts) {
      const started = Date.now();
      const booted = await startHost(places, host);
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      out(booted ? `${host}: up (${seconds} s)\n` : `${host}: was running\n`);
    }
    return undefined;
  },
};
