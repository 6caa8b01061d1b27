/** npm run lab:up */
import { join, resolve } from "node:path";
import { type OptionSpec, optionValue, type Task } from "../../cli/task.ts";
import { describeLabEvent } from "../../lab/events.ts";
import { labUp } from "../../lab/up.ts";

const topology: OptionSpec = {
  type: "string",
  value: "FILE",
  help: "read the hosts of the lab from this file",
  default: "lab/topology.yml",
  complete: "file",
};

export const task: Task = {
  options: { topology },
  description: `Starts real Debian hosts on this machine to deploy onto, each with systemd, sshd and its own address, and writes
inventories/<name>/cluster.yml for them. A second run repairs what is missing. Labs with other names and networks run
side by side. Needs root.`,
  async run({ args, paths, env, out, err }) {
    const started = Date.now();
    const lab = await labUp({
      topologyFile: resolve(optionValue(args, "topology") ?? join(paths.root, "lab/topology.yml")),
      inventories: paths.inventories,
      env,
      events: (event) => err(`${describeLabEvent(event)}\n`),
    });
    const { name, hosts } = lab.topology;
    out(`lab ${name}: ${hosts.length} hosts ready in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
    const own = name === "lab" ? "" : ` --lab ${name}`;
    const dashed = own === "" ? "" : ` --${own}`;
    out(
      `  → npm run lab:ssh --${own} ${hosts[0]?.name}     npm run lab:status${dashed}     npm run lab:down${dashed}\n`,
    );
    return undefined;
  },
};
