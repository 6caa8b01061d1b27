/** The playbooks of a phase for one cluster, in order, each with its tool. */
import type { ClusterModel, ToolName } from "../core/model.ts";
import type { ValueMap } from "../core/value.ts";
import type { PhaseSpec, PlaybookStep } from "./spec.ts";

export interface Step {
  readonly tool: ToolName;
  readonly playbook: string;
  readonly extraVars: ValueMap;
  readonly tags?: string;
}

export function stepsOf(spec: PhaseSpec, model: ClusterModel): readonly Step[] {
  return spec.playbooks
    .map((entry): PlaybookStep => (typeof entry === "string" ? { playbook: entry } : entry))
    .filter(({ when }) => when?.(model) !== false)
    .map(({ playbook, tool = spec.tool, extraVars, tags }) => ({
      tool,
      playbook,
      extraVars: { ...(tool === spec.tool ? spec.extraVars(model) : {}), ...extraVars?.(model) },
      ...(tags === undefined ? {} : { tags }),
    }));
}

/** Every tool that a phase runs, its own first. */
export function toolsOf(spec: PhaseSpec, model: ClusterModel): readonly ToolName[] {
  return [...new Set([spec.tool, ...stepsOf(spec, model).map(({ tool }) => tool)])];
}
