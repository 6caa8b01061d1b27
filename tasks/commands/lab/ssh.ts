/** npm run lab:ssh */

import { chosenLab, LAB_OPTION } from "../../cli/lab-option.ts";
import type { Task } from "../../cli/task.ts";
import { InputError } from "../../core/errors.ts";
import { labPlaces } from "../../lab/places.ts";
import { sshAttached } from "../../lab/ssh.ts";

export const task: Task = {
  options: { lab: LAB_OPTION },
  positionals: { usage: "HOST [COMMAND…]", complete: "lab-host" },
  commandFollows: true,
  description: `Opens a shell as root on a host of the lab, or runs one command there and ends with its exit code. One word is a
line for the host's shell ("ip a | grep 198"), several words are a command and its arguments.`,
  async run({ args, env, isTerminal }) {
    const [host, ...words] = [...args.positionals, ...args.rest];
    if (host === undefined) {
      throw new InputError("lab:ssh needs a host", { remedy: "npm run lab:ssh -- HOST [COMMAND…]" });
    }
    return sshAttached(labPlaces(chosenLab(args), env), host, words, isTerminal);
  },
};
