/** npm run plan */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shellLine, shortLine } from "../ansible/command.ts";
import { listPlays, type PlayMatch } from "../ansible/list-plays.ts";
import { INVENTORY_OPTIONS } from "../cli/inventory-options.ts";
import { RUN_OPTIONS, runFlags, SELECT_OPTIONS } from "../cli/run-options.ts";
import { optionValue, type Task } from "../cli/task.ts";
import { EXIT } from "../core/errors.ts";
import { ansibleFor, type ClusterContext, INVENTORY, loadCluster, makePlan } from "../deploy/prepare.ts";
import { writeFileSet } from "../io/file-set.ts";
import type { PlannedPhase } from "../phases/plan.ts";
import { selectPhases } from "../phases/select.ts";
import { toolsOf } from "../phases/steps.ts";
import { lastDone } from "../report/history.ts";
import { duration } from "../report/text.ts";
import { describeUnmatched } from "../report/unmatched.ts";

export const task: Task = {
  description: `Prints what a deploy would run, in order: the phases, the reason for each that is skipped, the exact
commands, and plays that would match no host. Changes nothing.`,
  positionals: "[PHASE…]",
  options: { ...INVENTORY_OPTIONS, ...SELECT_OPTIONS, ...RUN_OPTIONS },
  async run(context) {
    const { args } = context;
    const from = optionValue(args, "from");
    const only = [...args.positionals, ...(args.values.get("only") ?? [])];
    const phases = selectPhases({ only, ...(from === undefined ? {} : { from }) });
    const cluster = await loadCluster(context);
    const environments = await ansibleFor(
      context,
      phases
        .filter(({ when }) => when(cluster.model) === true)
        .flatMap((spec) => toolsOf(spec, cluster.model)),
      false,
    );
    const plan = makePlan(context, cluster, {
      phases,
      flags: runFlags(args),
      resume: args.flags.has("resume"),
      environments,
    });
    const { model } = cluster;
    context.out(`${model.name}: ${model.hosts.length} hosts, orchestrator ${model.orchestrator}\n`);
    const scratch = mkdtempSync(join(tmpdir(), "kube-magic-plan-"));
    try {
      for (const [index, phase] of plan.entries()) {
        const plays =
          phase.commands.some(({ tool }) => !environments.has(tool)) || phase.decision.kind !== "run"
            ? undefined
            : await playsOf(phase, cluster, scratch, context.env);
        const commands = phase.commands.map((command) =>
          args.flags.has("verbose") ? shellLine(command) : shortLine(command, context.paths.root),
        );
        context.out(
          `\n${describe(phase, index + 1, lastDone(cluster.runs, phase.spec.name), commands, plays, phase.spec.notes?.(model) ?? [], args.flags.has("verbose"))}\n`,
        );
      }
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
    if (!args.flags.has("verbose"))
      context.out(
        "\n--verbose prints the commands with their environment, to copy, and every play without hosts\n",
      );
    if (plan.some(({ spec, decision }) => decision.kind === "run" && !environments.has(spec.tool)))
      context.err("\nplays were not checked against the hosts: npm run init builds the Ansible for that\n");
    return EXIT.done;
  },
};

/** Asks Ansible itself, on an inventory rendered aside: planning must not touch build/. */
async function playsOf(
  phase: PlannedPhase,
  cluster: ClusterContext,
  scratch: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly PlayMatch[]> {
  for (const tool of new Set(phase.commands.map((command) => command.tool)))
    writeFileSet(join(scratch, tool), cluster.files.get(tool) ?? new Map());
  const lists = await Promise.all(
    phase.commands.map((command) => listPlays(command, join(scratch, command.tool, INVENTORY), env)),
  );
  return lists.flat();
}

function describe(
  phase: PlannedPhase,
  number: number,
  before: ReturnType<typeof lastDone>,
  commands: readonly string[],
  plays: readonly PlayMatch[] | undefined,
  notes: readonly string[],
  verbose: boolean,
): string {
  const { spec, decision } = phase;
  const head = `${number}. ${spec.name} (${spec.tool}): ${spec.title}`;
  if (decision.kind === "skip") return `${head}\n   skip: ${decision.reason}`;
  const lines = [head];
  if (decision.kind === "blocked") lines.push(`   cannot run: ${decision.reason}`, `   → ${decision.remedy}`);
  if (decision.kind === "run") lines.push(...commands.map((command) => `   $ ${command}`));
  lines.push(...notes.map((note) => `   ${note}`));
  if (before !== undefined) {
    const inputs =
      before.phase.fingerprint === phase.fingerprint ? "with the same inputs" : "inputs have changed since";
    lines.push(`   done before in ${duration(before.phase.seconds ?? 0)}, run ${before.run.id}, ${inputs}`);
  }
  if (plays !== undefined) lines.push(`   ${plays.length} plays`);
  const unmatched = (plays ?? []).filter(({ hosts }) => hosts === 0);
  if (verbose)
    lines.push(...unmatched.map(({ name, pattern }) => `   matches no host: play "${name}" (${pattern})`));
  else if (unmatched.length > 0) lines.push(`   ${describeUnmatched(unmatched)}`);
  return lines.join("\n");
}
