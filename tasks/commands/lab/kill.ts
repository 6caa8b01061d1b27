/** npm run lab:kill */

import { chosenLab, LAB_OPTION } from "../../cli/lab-option.ts";
import type { Task } from "../../cli/task.ts";
import { LAB_HOSTS } from "../../cli/words.ts";
import { InputError } from "../../core/errors.ts";
import { labPlaces } from "../../lab/places.ts";
import { killHost } from "../../lab/power.ts";
import { labHost } from "../../lab/ssh.ts";

export const task: Task = {
  options: { lab: LAB_OPTION },
  positionals: LAB_HOSTS,
  description: `Cuts the power of hosts: their processes end at once, and the other hosts lose them from the network. The disks stay;
npm run lab:start boots the hosts again.`,
  async run({ args, env, out }) {
    const hosts = [...args.positionals, ...args.rest];
    const places = labPlaces(chosenLab(args), env);
    if (hosts.length === 0)
      throw new InputError("lab:kill needs a host", { remedy: "npm run lab:kill -- HOST…" });
    for (const host of hosts) labHost(places, host);
    for (const host of hosts) {
      out((await killHost(places, host)) ? `${host}: power cut\n` : `${host}: was not running\n`);
    }
    return undefined;
  },
};
