/** npm run demo: the whole spine on real hosts, then the loss of a load balancer; or what stands around a cluster. */
import { join, resolve } from "node:path";
import type { Task, TaskContext } from "../cli/task.ts";
import { optionValue } from "../cli/task.ts";
import { ensurePrograms } from "../controller/install.ts";
import { EXIT, InputError } from "../core/errors.ts";
import { loseTheOwner } from "../demo/failover.ts";
import { showPost } from "../demo/post.ts";
import { type Script, startScript } from "../demo/script.ts";
import { standIn } from "../demo/stand-in.ts";
import { readTopology } from "../lab/topology.ts";

export const task: Task = {
  description: `Starts the lab's hosts, validates and renders their inventory, checks the hosts, prints the plan, deploys prep-hosts,
and then cuts the power of the load balancer that owns the API address while a client sends requests. Stand-ins answer
in place of kube-apiserver, which npm run deploy:kube installs.
With --post, on a lab of its own: etcd, Nagios and backups. etcd stops on one host, Nagios turns red and green again,
and a restore drill runs.`,
  options: {
    topology: {
      type: "string",
      value: "FILE",
      help: "read the hosts of the lab from this file",
      default: "lab/topology.yml",
      complete: "file",
    },
    post: { type: "boolean", help: "show monitoring and backups, on the hosts of lab/post.yml" },
  },
  async run(context) {
    const started = Date.now();
    await ensurePrograms(["lab", "ansible"], {
      env: context.env,
      note: (text) => context.err(`${text}\n`),
    });
    const script = startScript(context.out, context.runCommand);
    const given = optionValue(context.args, "topology");
    if (!context.args.flags.has("post")) {
      await showSpine(context, script, given);
      farewell(context, started, undefined, "prep-hosts");
      return EXIT.done;
    }
    if (given !== undefined) {
      throw new InputError("--post uses the lab of lab/post.yml", { remedy: "npm run demo -- --post" });
    }
    const name = await showPost(context, script);
    farewell(context, started, name, "post");
    return EXIT.done;
  },
};

async function showSpine(context: TaskContext, script: Script, given: string | undefined): Promise<void> {
  const { name } = readTopology(resolve(given ?? join(context.paths.root, "lab", "topology.yml")));
  const chosen = given === undefined ? [] : ["--topology", given];
  await script.step("Real hosts", "lab:up", ...chosen);
  await script.step("The inventory is checked: every problem at once", "validate", "-c", name);
  await script.step("Each tool's own inventory", "render", "-c", name);
  await script.step("What a deploy would run", "plan", "prep-hosts", "-c", name);
  await script.step("Every host is checked", "preflight", "-c", name);
  await script.step("HAProxy and keepalived in front of the API", "deploy", "prep-hosts", "-c", name);
  script.heading("Stand-ins for kube-apiserver on the control planes");
  const api = await standIn(context, name, "present");
  try {
    script.heading("The power of the API address's owner is cut", "npm run lab:kill -- HOST");
    await loseTheOwner({ lab: name, api, context });
  } finally {
    await standIn(context, name, "absent");
  }
}

/** @param lab named only where commands would not find it by themselves. */
function farewell({ out }: TaskContext, started: number, lab: string | undefined, phase: string): void {
  const cluster = lab === undefined ? "" : ` -- -c ${lab}`;
  const lines = [
    [`npm run status${cluster}`, "see what ran, and when"],
    [`npm run lab:ssh -- ${lab === undefined ? "" : `--lab ${lab} `}lb1`, "look around on a host"],
    [`npm run deploy:${phase}${cluster}`, "deploy again: changes nothing"],
    [`npm run lab:down${lab === undefined ? "" : ` -- --lab ${lab}`}`, "remove the lab"],
  ] as const;
  const width = Math.max(...lines.map(([command]) => command.length));
  out(`\nDone in ${Math.round((Date.now() - started) / 1000)} s. The lab still runs:
${lines.map(([command, what]) => `  ${command.padEnd(width)}   ${what}\n`).join("")}Next, your own machines: copy inventories/example, then npm run validate.\n`);
}
