/** npm run deploy, npm run deploy:<phase> */
import { YES_OPTION } from "../cli/confirm.ts";
import { INVENTORY_OPTIONS } from "../cli/inventory-options.ts";
import { isPartial, RUN_OPTIONS, runFlags, SELECT_OPTIONS } from "../cli/run-options.ts";
import type { Task, TaskContext } from "../cli/task.ts";
import { optionValue } from "../cli/task.ts";
import { EXIT, VendorError } from "../core/errors.ts";
import { execute } from "../deploy/execute.ts";
import { ansibleFor, loadCluster, makePlan } from "../deploy/prepare.ts";
import { refuseSystems, sentence } from "../deploy/systems.ts";
import type { PlannedPhase } from "../phases/plan.ts";
import { selectPhases } from "../phases/select.ts";
import { toolsOf } from "../phases/steps.ts";
import { restoreLeftOut } from "../toolchain/trees/restore-omitted.ts";

export const task: Task = {
  description: `Runs the phases of a deploy in order: all, or those named. Each ends in build/<cluster>/runs/, with its
log and its events. A phase that fails stops the run; mend the cause and go on with --resume.`,
  positionals: "[PHASE…]",
  options: {
    ...INVENTORY_OPTIONS,
    ...SELECT_OPTIONS,
    ...RUN_OPTIONS,
    "ignore-gates": { type: "boolean", help: "go on where a gate says no, such as Ceph's health" },
    ...YES_OPTION,
  },
  async run(context) {
    const { args } = context;
    const only = [...args.positionals, ...(args.values.get("only") ?? [])];
    const from = optionValue(args, "from");
    const phases = selectPhases({ only, ...(from === undefined ? {} : { from }) });
    const flags = runFlags(args);
    const cluster = await loadCluster(context);
    // Without its Ansible the plan is only good for finding out what else is missing.
    refuseBlocked(
      makePlan(context, cluster, { phases, flags, resume: false, environments: new Map() }),
      only.length > 0,
    );
    const wanted = phases.filter(({ when }) => when(cluster.model) === true);
    const tools = wanted.flatMap((spec) => toolsOf(spec, cluster.model));
    for (const { tool, reads } of wanted)
      if (reads !== undefined)
        await restoreLeftOut(context.paths.vendor, tool, reads(cluster.model), context.env);
    const environments = await ansibleFor(context, tools, true);
    const plan = makePlan(context, cluster, {
      phases,
      flags,
      resume: args.flags.has("resume"),
      environments,
    });
    const running = plan.filter(({ decision }) => decision.kind === "run");
    if (running.length === 0) {
      for (const { spec, decision } of plan)
        if (decision.kind === "skip") context.out(`${spec.name}: skipped, ${decision.reason}\n`);
      return EXIT.done;
    }
    const ignored = await refuseSystems(
      context,
      cluster,
      running.map(({ spec }) => spec),
      environments,
      flags.limit,
      args.flags.has("ignore-gates"),
    );
    for (const finding of ignored) context.err(`note: ${sentence(finding)} (ignored, as asked)\n`);
    if (only.length === 0 && !flags.check && !args.flags.has("yes")) {
      const names = running.map(({ spec }) => spec.name).join(", ");
      await context.confirm({
        kind: "yes",
        text: `Deploy ${names} on the ${cluster.model.hosts.length} hosts of ${cluster.model.name}?`,
      });
    }
    await execute(context, cluster, {
      command: describe(context),
      plan,
      flags,
      partial: isPartial(flags),
      again: again(context),
      ignoreGates: args.flags.has("ignore-gates"),
    });
    return EXIT.done;
  },
};

/** @throws VendorError when a phase that should run cannot. */
function refuseBlocked(plan: readonly PlannedPhase[], named: boolean): void {
  const blocked = plan.flatMap(({ spec, decision }) =>
    decision.kind === "blocked" ? [{ name: spec.name, ...decision }] : [],
  );
  const [first] = blocked;
  if (first === undefined) return;
  const others = blocked.slice(1).map(({ name, reason }) => `${name}: ${reason}`);
  throw new VendorError(`${first.name}: ${first.reason}`, {
    remedy: named ? first.remedy : `${first.remedy}; or deploy what is there: npm run deploy:prep-hosts`,
    ...(others.length === 0 ? {} : { output: others.join("\n") }),
  });
}

function describe(context: TaskContext): string {
  const { flags, values, positionals } = context.args;
  // Values of extra variables may be secret; their names are not worth the risk of parsing.
  const options = [...values].flatMap(([key, given]) =>
    given.map((value) => `--${key} ${key === "extra-vars" || key === "set" ? "…" : value}`),
  );
  return ["deploy", ...positionals, ...[...flags].map((flag) => `--${flag}`), ...options].join(" ");
}

function again(context: TaskContext): string {
  const { values, positionals } = context.args;
  const [phase, ...more] = positionals;
  const script =
    phase !== undefined && more.length === 0 ? `deploy:${phase}` : ["deploy --", ...positionals].join(" ");
  const cluster = values.get("cluster")?.at(-1);
  const words = [
    ...(script.includes("--") ? [] : ["--"]),
    ...(cluster === undefined ? [] : ["--cluster", cluster]),
    "--resume",
  ];
  return `npm run ${script} ${words.join(" ")}`;
}
