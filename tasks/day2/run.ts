/** The one way of every day-2 action: refuse or plan, show, ask, run as a deploy runs. */
import { shortLine } from "../ansible/command.ts";
import { INVENTORY_OPTIONS } from "../cli/inventory-options.ts";
import { optionValue, type Task, type TaskContext } from "../cli/task.ts";
import { EXIT, GateError, InputError, VendorError } from "../core/errors.ts";
import { execute } from "../deploy/execute.ts";
import { RUN_OPTIONS, runFlags } from "../deploy/options.ts";
import { ansibleFor, type ClusterContext, loadCluster, makePlan } from "../deploy/prepare.ts";
import { askInventory } from "../deploy/systems.ts";
import type { PlannedPhase } from "../phases/plan.ts";
import { inventoryFiles } from "../render/inventory-files.ts";
import { broughtVersions } from "../toolchain/identity.ts";
import { installableVersions } from "../toolchain/kubernetes-versions.ts";
import type { Action, Request } from "./action.ts";
import { actionNamed } from "./actions.ts";
import { confirmAction } from "./confirm.ts";
import { refusalOf } from "./guards.ts";
import { phasesOf, recoveryInventory } from "./steps.ts";

const { limit: _limit, tags: _tags, "skip-tags": _skipTags, ...SHARED } = RUN_OPTIONS;

export function dayTwoTask(name: string): Task {
  const action = actionNamed(name);
  return {
    description: `${action.description}\nPrints its plan first, and asks.`,
    ...(action.names === undefined ? {} : { positionals: action.names }),
    options: {
      ...INVENTORY_OPTIONS,
      ...action.options,
      ...SHARED,
      plan: { type: "boolean", help: "print the plan and end" },
      "ignore-gates": { type: "boolean", help: "go on where a gate says no, such as Ceph's health" },
      ...(action.confirm === "name"
        ? {
            confirm: {
              type: "string",
              value: "NAME",
              help: "the cluster's name, in place of typing it",
            } as const,
          }
        : { yes: { type: "boolean", short: "y", help: "do not ask" } as const }),
    },
    run: (context) => run(context, action),
  };
}

async function run(context: TaskContext, action: Action): Promise<number> {
  const flags = runFlags(context.args);
  const loaded = await loadCluster(context);
  const request = await requestOf(context, loaded, action);
  refuse(action, request);
  const cluster = withBroken(loaded, action, request);
  const phases = phasesOf(action, request);
  const plan = async (build: boolean): Promise<readonly PlannedPhase[]> =>
    makePlan(context, cluster, {
      phases,
      flags,
      resume: false,
      environments: await ansibleFor(
        context,
        phases.map(({ tool }) => tool),
        build,
      ),
    });
  const planned = await plan(false);
  refuseBlocked(planned);
  context.out(describe(context, action, request, planned));
  if (context.args.flags.has("plan")) return EXIT.done;
  if (!flags.check) await confirmAction(context, action, cluster.model.name);
  await execute(context, cluster, {
    command: [action.name, ...request.names].join(" "),
    plan: await plan(true),
    flags,
    partial: true,
    again: `npm run ${action.name} -- ${[...context.args.positionals, "…"].join(" ")}, the same command again`,
    ignoreGates: context.args.flags.has("ignore-gates"),
  });
  for (const line of action.afterwards?.(request) ?? []) context.out(`now: ${line}\n`);
  return EXIT.done;
}

async function requestOf(context: TaskContext, cluster: ClusterContext, action: Action): Promise<Request> {
  const { args, paths } = context;
  const names = [
    ...new Set(args.positionals.flatMap((word) => word.split(",")).filter((word) => word !== "")),
  ];
  const options = Object.keys(action.options).flatMap((key) => {
    const value = optionValue(args, key);
    return value === undefined ? [] : [[key, value] as const];
  });
  const toolVersion = broughtVersions(paths.vendor).get(action.tool);
  const asks = action.asksVersions === true && optionValue(args, "from") === undefined;
  return {
    model: cluster.model,
    names,
    options: Object.fromEntries(options),
    flags: args.flags,
    installed: asks ? await versionsOn(context, cluster) : {},
    installable: installableVersions(paths.vendor),
    ...(toolVersion === undefined ? {} : { toolVersion }),
  };
}

/** The kubelet's version on every host that has one. */
async function versionsOn(
  context: TaskContext,
  cluster: ClusterContext,
): Promise<Readonly<Record<string, string>>> {
  if (cluster.model.orchestrator !== "kubernetes") return {};
  const line = "PATH=$PATH:/usr/local/bin:/opt/bin; kubelet --version 2>/dev/null || true";
  const answers = await askInventory(context, cluster, "kubespray", "k8s_cluster", line);
  const silent = answers.filter(({ text }) => text === undefined);
  if (silent.length > 0)
    throw new GateError(
      `${silent.map(({ host }) => host).join(", ")}: cannot be asked for the version that runs`,
      {
        output: silent.map(({ host, problem }) => `  ${host}: ${problem}`).join("\n"),
        remedy:
          "an upgrade needs every host: npm run preflight says what is wrong, node:remove --dead takes out a dead one",
      },
    );
  return Object.fromEntries(
    answers.flatMap(({ host, text = "" }) => {
      const version = /Kubernetes v(\d+\.\d+\.\d+)/.exec(text)?.[1];
      return version === undefined ? [] : [[host, version]];
    }),
  );
}

/** @throws InputError or GateError for the first guard that says no. */
function refuse(action: Action, request: Request): void {
  if (action.names === undefined && request.names.length > 0)
    throw new InputError(`${action.name} takes no names`, { remedy: `npm run ${action.name} -- --help` });
  const refusal = refusalOf(action.guards, request);
  if (refusal === undefined) return;
  const Kind = refusal.kind === "input" ? InputError : GateError;
  throw new Kind(`${action.name}: ${refusal.message}`, { remedy: refusal.remedy });
}

function refuseBlocked(plan: readonly PlannedPhase[]): void {
  for (const { spec, decision } of plan) {
    if (decision.kind === "blocked")
      throw new VendorError(`${spec.name}: ${decision.reason}`, { remedy: decision.remedy });
    if (decision.kind === "skip")
      throw new InputError(`${spec.name}: ${decision.reason}`, {
        remedy: "npm run validate shows the inventory",
      });
  }
}

function withBroken(cluster: ClusterContext, action: Action, request: Request): ClusterContext {
  const broken = action.broken?.(request) ?? [];
  const inventory = broken.length === 0 ? undefined : recoveryInventory(cluster.model, broken);
  if (inventory === undefined) return cluster;
  const files = new Map(cluster.files).set(
    "kubespray",
    inventoryFiles(cluster.model, "kubespray", inventory),
  );
  return { ...cluster, files };
}

function describe(
  context: TaskContext,
  action: Action,
  request: Request,
  plan: readonly PlannedPhase[],
): string {
  const steps = plan.map(({ spec, commands }, index) =>
    [
      `${index + 1}. ${spec.title} (${spec.tool})`,
      ...commands.map((command) => `   $ ${shortLine(command, context.paths.root)}`),
    ].join("\n"),
  );
  const notes = (action.notes?.(request) ?? []).map((note) => `note: ${note}`);
  return `${[`${action.title}: ${request.model.name}`, ...steps, ...notes].join("\n")}\n`;
}
