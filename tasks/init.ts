/** npm run init */
import type { Task } from "./cli/task.ts";
import { EXIT } from "./core/errors.ts";
import { customAnsible } from "./deploy/prepare.ts";

export const task: Task = {
  description:
    "Builds what deploys need on this machine: the Ansible of our own playbooks, from hash-pinned requirements.",
  options: {},
  async run(context) {
    const environment = await customAnsible(context, true);
    if (environment !== undefined) {
      const why = environment.why === undefined ? "" : ` (${environment.why})`;
      context.out(
        `custom: ansible-core ${environment.ansibleCore}, ${environment.origin}${why}, ${environment.bin}\n`,
      );
    }
    return EXIT.done;
  },
};
