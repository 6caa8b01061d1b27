/** From the command line to a plan: model, rendered inventories, environment, commands. Nothing is changed on any host. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type PlaybookCommand, playbookCommand, type RunFlags } from "../ansible/command.ts";
import type { FileSet } from "../core/file-set.ts";
import { type ClusterModel, TOOLS, type ToolName } from "../core/model.ts";
import { type ClusterFolders, clusterFolders, outputFile, type Paths, toolFolder } from "../core/paths.ts";
import type { Session } from "../core/session.ts";
import { requireModel } from "../inventory/load.ts";
import { loadChosenInventory } from "../inventory/load-chosen.ts";
import { hashTree } from "../io/tree-hash.ts";
import { type Missing, type PlanFacts, type PlannedPhase, planPhases } from "../phases/plan.ts";
import type { PhaseSpec } from "../phases/spec.ts";
import { stepsOf, toolsOf } from "../phases/steps.ts";
import { lastDone } from "../report/history.ts";
import { ansibleOf } from "../toolchain/environments/all-environments.ts";
import type { AnsibleEnvironment } from "../toolchain/environments/ensure-environment.ts";
import { toolRules } from "../toolchain/tool-rules.ts";
import { treeIdentity } from "../toolchain/trees/identity.ts";
import { toolFiles } from "./tool-files.ts";

/** The file that a tool gets with -i; group_vars are found beside it. */
export const INVENTORY = "hosts.yml";

export interface ClusterContext extends ClusterFolders {
  readonly model: ClusterModel;
  readonly files: ReadonlyMap<ToolName, FileSet>;
}

/** @throws InputError with every problem of the central inventory. */
export async function loadCluster(context: Session): Promise<ClusterContext> {
  const loaded = await loadChosenInventory(context, toolRules(context.paths.vendor));
  const model = requireModel(loaded);
  const warnings = loaded.problems.length;
  if (warnings > 0)
    context.err(`note: ${warnings} warning(s) in inventories/${loaded.cluster} → npm run validate\n`);
  const files = new Map(TOOLS.map((tool) => [tool, toolFiles(model, tool)]));
  return { model, files, ...clusterFolders(context.paths, loaded.cluster) };
}

/** The environment of our own Ansible. @param build make it when it is missing */
export async function customAnsible(
  context: Session,
  build: boolean,
): Promise<AnsibleEnvironment | undefined> {
  return (await ansibleFor(context, ["custom"], build)).get("custom");
}

/** The Ansible of each tool, where it exists. @param build make those that are missing */
export async function ansibleFor(
  context: Session,
  tools: Iterable<ToolName>,
  build: boolean,
): Promise<Environments> {
  const options = {
    vendorFolder: context.paths.vendor,
    env: context.env,
    progress: (message: string) => context.err(`${message}\n`),
    build,
  };
  const found = await Promise.all(
    [...new Set(tools)].map(async (tool) => [tool, await ansibleOf(tool, options)] as const),
  );
  return new Map(
    found.flatMap(([tool, environment]) => (environment === undefined ? [] : [[tool, environment]])),
  );
}

export type Environments = ReadonlyMap<ToolName, AnsibleEnvironment>;

export interface PlanRequest {
  readonly phases: readonly PhaseSpec[];
  readonly flags: RunFlags;
  readonly resume: boolean;
  /** Phases that the user named; default: all of them. */
  readonly named?: readonly string[];
  /** Those that exist; a phase without its own is planned with the folder that it would have. */
  readonly environments: Environments;
}

export function makePlan(
  context: Session,
  cluster: ClusterContext,
  request: PlanRequest,
): readonly PlannedPhase[] {
  const { paths } = context;
  const identities = new Map<ToolName, string>();
  const commandOf = (
    {
      tool,
      playbook,
      extraVars,
    }: Pick<ReturnType<typeof stepsOf>[number], "tool" | "playbook" | "extraVars">,
    flags: RunFlags,
  ): PlaybookCommand =>
    playbookCommand({
      tool,
      bin: request.environments.get(tool)?.bin ?? join(paths.vendor, ".environments", tool, "bin"),
      tree: treeOf(paths, tool),
      playbook,
      inventory: join(toolFolder(cluster, tool), INVENTORY),
      clusterBuild: cluster.build,
      callbacks: join(paths.custom, "plugins", "callback"),
      hostCount: cluster.model.hosts.length,
      modulesId: digest([request.environments.get(tool), identityOf(tool)]),
      extraVars,
      flags,
      ...(tool === "ceph-ansible" ? { collections: join(paths.vendor, "collections") } : {}),
    });
  const commands = (spec: PhaseSpec): readonly PlaybookCommand[] => {
    const { limit: asked, ...flags } = request.flags;
    const limit = asked ?? spec.limit;
    const { tags: _tags, skipTags: _skipTags, ...whole } = flags;
    const first = limit === undefined ? [] : (spec.beforeLimited ?? []);
    return [
      ...first.map((playbook) =>
        commandOf({ tool: spec.tool, playbook, extraVars: spec.extraVars(cluster.model) }, whole),
      ),
      ...stepsOf(spec, cluster.model).map((step) =>
        commandOf(step, {
          ...(step.tags === undefined ? {} : { tags: step.tags }),
          ...flags,
          ...(limit === undefined ? {} : { limit }),
        }),
      ),
    ];
  };
  const identityOf = (tool: ToolName): string => {
    const tree = treeOf(paths, tool);
    const known =
      identities.get(tool) ?? treeIdentity(paths.vendor, tool) ?? (existsSync(tree) ? hashTree(tree) : "");
    identities.set(tool, known);
    return known;
  };
  const facts: PlanFacts = {
    hostCount: Object.fromEntries(
      TOOLS.map((tool) => [tool, filesOf(cluster, tool).size === 0 ? 0 : cluster.model.hosts.length]),
    ) as Record<ToolName, number>,
    missing: (spec) => missingFrom(paths, spec, cluster.model),
    named: new Set(request.named ?? request.phases.map(({ name }) => name)),
    commands,
    fingerprint: (spec) =>
      digest({
        argv: commands(spec).map(({ argv }) => argv.slice(1)),
        tools: toolsOf(spec, cluster.model).map((tool) => ({
          files: [...filesOf(cluster, tool)],
          tree: identityOf(tool),
          ansible: request.environments.get(tool)?.ansibleCore,
        })),
      }),
    ...(request.resume
      ? {
          // A phase whose outputs are missing is not done: later phases need them.
          doneIn: (spec: PhaseSpec, print: string) =>
            spec.outputs?.(cluster.model).every((name) => existsSync(outputFile(cluster, name))) === false
              ? undefined
              : lastDone(cluster.runs, spec.name, print)?.run.id,
        }
      : {}),
  };
  return planPhases(cluster.model, request.phases, facts);
}

/** The folder that a tool's playbooks run in. */
export function treeOf(paths: Paths, tool: ToolName): string {
  return tool === "custom" ? paths.custom : join(paths.vendor, tool);
}

function missingFrom(paths: Paths, spec: PhaseSpec, model: ClusterModel): Missing | undefined {
  for (const { tool, playbook } of stepsOf(spec, model)) {
    const tree = treeOf(paths, tool);
    if (!existsSync(tree)) return { reason: `vendor tree missing: vendor/${tool}`, remedy: "npm run init" };
    if (existsSync(join(tree, playbook))) continue;
    if (tool !== "custom")
      return {
        reason: `vendor tree incomplete: vendor/${tool}/${playbook} is missing`,
        remedy: "npm run init",
      };
    return spec.announced === true
      ? {
          reason: "not in this version of kube-magic yet",
          remedy: "update kube-magic, or leave the phase out: npm run plan",
          announced: true,
        }
      : { reason: `custom/${playbook} is missing`, remedy: "git status shows what is missing in custom/" };
  }
  return undefined;
}

function filesOf(cluster: ClusterContext, tool: ToolName): FileSet {
  return cluster.files.get(tool) ?? new Map();
}

function digest(inputs: unknown): string {
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 32);
}
