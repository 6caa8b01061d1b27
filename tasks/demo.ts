/** npm run demo: the whole spine on real hosts, then the loss of a load balancer. */
import { join, resolve } from "node:path";
import { parseArguments } from "./cli/parse.ts";
import { REGISTRY } from "./cli/registry.ts";
import type { Task, TaskContext } from "./cli/task.ts";
import { optionValue } from "./cli/task.ts";
import { EXIT, PhaseError } from "./core/errors.ts";
import { loseTheOwner } from "./demo/failover.ts";
import { standIn } from "./demo/stand-in.ts";
import { readTopology } from "./lab/topology.ts";

export const task: Task = {
  description: `Makes the lab's hosts, validates and renders its inventory, checks the hosts, prints the plan, deploys
prep-hosts, and then cuts the power of the load balancer that holds the API address while a client keeps asking it.
Stand-ins answer in place of kube-apiserver, which comes with deploy:kube.`,
  options: {
    topology: { type: "string", value: "FILE", help: "hosts to make (default: lab/topology.yml)" },
  },
  async run(context) {
    const { out } = context;
    const given = optionValue(context.args, "topology");
    const { name } = readTopology(resolve(given ?? join(context.paths.root, "lab", "topology.yml")));
    const chosen = given === undefined ? [] : ["--topology", given];
    let number = 0;
    const heading = (title: string, command?: string): void => {
      number++;
      out(`\n━━ ${number}. ${title}${command === undefined ? "" : `   (${command})`}\n`);
    };
    const step = async (title: string, command: string, ...argv: readonly string[]): Promise<void> => {
      heading(title, `npm run ${command}`);
      await runCommand(context, command.split(" ")[0] as string, argv);
    };
    const started = Date.now();
    await step("Real hosts", "lab:up", ...chosen);
    await step("Every problem of the inventory, at once", "validate", "-c", name);
    await step("Each tool's own inventory", "render", "-c", name);
    await step("What a deploy would run", "plan", "prep-hosts", "-c", name);
    await step("Every host is checked", "preflight", "-c", name);
    await step("HAProxy and keepalived in front of the API", "deploy", "prep-hosts", "-c", name);
    heading("Stand-ins for kube-apiserver on the control planes");
    const api = await standIn(context, name, "present");
    try {
      heading("The power of the API address's owner is cut", "npm run lab:kill -- HOST");
      await loseTheOwner({ lab: name, api, context });
    } finally {
      await standIn(context, name, "absent");
    }
    out(`\nDone in ${Math.round((Date.now() - started) / 1000)} s. The lab is still up:
  npm run status                  what was run, and when
  npm run lab:ssh -- lb1          have a look around
  npm run deploy:prep-hosts       again: changes nothing
  npm run lab:down                remove every trace
For your own machines: copy inventories/example, then npm run validate.\n`);
    return EXIT.done;
  },
};

/** Runs another command of ours as the user would. @throws PhaseError when it ends with anything but 0. */
async function runCommand(context: TaskContext, name: string, argv: readonly string[]): Promise<void> {
  const entry = REGISTRY[name];
  if (entry === undefined) throw new Error(`no command ${name}`);
  const { task: other } = await entry.load();
  const code = await other.run({ ...context, args: parseArguments(name, other, argv) });
  if (code !== undefined && code !== EXIT.done) {
    throw new PhaseError(`the demo stopped: ${name} ended with ${code}`, {
      remedy: `npm run ${name} -- ${argv.join(" ")}`,
    });
  }
}
