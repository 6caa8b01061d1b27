/** From the command line to a plan: model, rendered inventories, environment, commands. Nothing is changed on any host. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type PlaybookCommand, playbookCommand, type RunFlags } from "../ansible/command.ts";
import { loadChosenInventory } from "../cli/inventory-options.ts";
import type { TaskContext } from "../cli/task.ts";
import type { FileSet } from "../core/file-set.ts";
import { type ClusterModel, TOOLS, type ToolName } from "../core/model.ts";
import { type ClusterFolders, clusterFolders, type Paths } from "../core/paths.ts";
import { requireModel } from "../inventory/load.ts";
import { hashTree } from "../io/tree-hash.ts";
import { type PlanFacts, type PlannedPhase, planPhases } from "../phases/plan.ts";
import type { PhaseSpec } from "../phases/spec.ts";
import { render } from "../render/renderers.ts";
import { lastDone } from "../report/history.ts";
import {
  type AnsibleEnvironment,
  customEnvironment,
  ensureEnvironment,
  existingEnvironment,
} from "../vendor/environment.ts";

/** The file that a tool gets with -i; group_vars are found beside it. */
export const INVENTORY = "hosts.yml";

export interface ClusterContext extends ClusterFolders {
  readonly model: ClusterModel;
  readonly files: ReadonlyMap<ToolName, FileSet>;
}

/** @throws InputError with every problem of the central inventory. */
export async function loadCluster(context: TaskContext): Promise<ClusterContext> {
  const loaded = await loadChosenInventory(context);
  const model = requireModel(loaded);
  const warnings = loaded.problems.length;
  if (warnings > 0)
    context.err(`${warnings} warning(s) in inventories/${loaded.cluster}: npm run validate shows them\n`);
  const files = new Map(TOOLS.map((tool) => [tool, render(model, tool)]));
  return { model, files, ...clusterFolders(context.paths, loaded.cluster) };
}

/** The environment of our own Ansible; built when `build` says so, else only if it is there. */
export async function customAnsible(
  context: TaskContext,
  build: boolean,
): Promise<AnsibleEnvironment | undefined> {
  const spec = customEnvironment(context.paths.vendor);
  const options = {
    folder: join(context.paths.vendor, ".environments"),
    env: context.env,
    progress: (message: string) => context.err(`${message}\n`),
  };
  return build ? await ensureEnvironment(spec, options) : existingEnvironment(spec, options);
}

export interface PlanRequest {
  readonly phases: readonly PhaseSpec[];
  readonly flags: RunFlags;
  readonly resume: boolean;
  readonly environment: AnsibleEnvironment | undefined;
}

export function makePlan(
  context: TaskContext,
  cluster: ClusterContext,
  request: PlanRequest,
): readonly PlannedPhase[] {
  const { paths } = context;
  const treeHash = new Map<string, string>();
  const commands = (spec: PhaseSpec): readonly PlaybookCommand[] =>
    spec.playbooks.map((playbook) =>
      playbookCommand({
        tool: spec.tool,
        bin: request.environment?.bin ?? join(paths.vendor, ".environments", spec.tool, "bin"),
        tree: treeOf(paths, spec.tool),
        playbook,
        inventory: join(cluster.build, spec.tool, INVENTORY),
        clusterBuild: cluster.build,
        callbacks: join(paths.custom, "plugins", "callback"),
        hostCount: cluster.model.hosts.length,
        extraVars: spec.extraVars(cluster.model),
        flags: request.flags,
      }),
    );
  const hashOfTree = (tree: string): string => {
    const known = treeHash.get(tree) ?? (existsSync(tree) ? hashTree(tree) : "");
    treeHash.set(tree, known);
    return known;
  };
  const facts: PlanFacts = {
    hostCount: Object.fromEntries(
      TOOLS.map((tool) => [tool, filesOf(cluster, tool).size === 0 ? 0 : cluster.model.hosts.length]),
    ) as Record<ToolName, number>,
    missing: (spec) => missingFrom(paths, spec),
    commands,
    fingerprint: (spec) =>
      fingerprint({
        argv: commands(spec).map(({ argv }) => argv.slice(1)),
        files: [...filesOf(cluster, spec.tool)],
        tree: hashOfTree(treeOf(paths, spec.tool)),
        ansible: request.environment?.ansibleCore,
      }),
    ...(request.resume
      ? { doneIn: (spec: PhaseSpec, print: string) => lastDone(cluster.runs, spec.name, print)?.run.id }
      : {}),
  };
  return planPhases(cluster.model, request.phases, facts);
}

/** The folder that a tool's playbooks run in. */
export function treeOf(paths: Paths, tool: ToolName): string {
  return tool === "custom" ? paths.custom : join(paths.vendor, tool);
}

function missingFrom(
  paths: Paths,
  spec: PhaseSpec,
): { readonly reason: string; readonly remedy: string } | undefined {
  const tree = treeOf(paths, spec.tool);
  if (!existsSync(tree))
    return { reason: `vendor tree missing: vendor/${spec.tool}`, remedy: "npm run init" };
  const absent = spec.playbooks.find((playbook) => !existsSync(join(tree, playbook)));
  if (absent === undefined) return undefined;
  return spec.tool === "custom"
    ? {
        reason: `this version has no ${spec.name} phase yet: custom/${absent} is missing`,
        remedy: "update kube-magic, or leave the phase out",
      }
    : { reason: `vendor tree incomplete: vendor/${spec.tool}/${absent} is missing`, remedy: "npm run init" };
}

function filesOf(cluster: ClusterContext, tool: ToolName): FileSet {
  return cluster.files.get(tool) ?? new Map();
}

function fingerprint(inputs: unknown): string {
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 32);
}
