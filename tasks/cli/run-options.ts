/** Flags that several commands share, and what they ask for. */
import type { RunFlags } from "../ansible/command.ts";
import type { DeployRequest } from "../deploy/plan-deploy.ts";
import { PHASE_NAMES } from "../phases/spec.ts";
import { type OptionSpec, optionValue, type ParsedArguments, type PositionalSpec } from "./task.ts";

export const RUN_OPTIONS = {
  check: { type: "boolean", short: "C", help: "report what would change and change nothing" },
  diff: { type: "boolean", short: "D", help: "show the changes of files line by line" },
  limit: {
    type: "string",
    short: "l",
    value: "PATTERN",
    help: "work on these hosts only",
    default: "all hosts",
    complete: "host",
  },
  tags: {
    type: "string",
    short: "t",
    value: "TAG[,TAG]",
    help: "run only tasks with these tags",
    default: "all",
  },
  "skip-tags": {
    type: "string",
    value: "TAG[,TAG]",
    help: "leave out tasks with these tags",
    default: "none",
  },
  "extra-vars": {
    type: "string",
    short: "e",
    multiple: true,
    value: "VARS",
    help: "pass variables to ansible-playbook, never secrets",
    default: "none",
  },
  verbose: { type: "boolean", short: "v", help: "write more detail to the log (ansible-playbook -vv)" },
} as const satisfies Record<string, OptionSpec>;

export const SELECT_OPTIONS = {
  from: {
    type: "string",
    value: "PHASE",
    choices: PHASE_NAMES,
    help: "start with this phase and run all after it",
    default: "the first",
  },
  only: {
    type: "string",
    multiple: true,
    separated: true,
    value: "PHASE[,PHASE]",
    choices: PHASE_NAMES,
    help: "run these phases only",
    default: "all",
  },
  resume: { type: "boolean", help: "skip phases that were done with the same inputs" },
} as const satisfies Record<string, OptionSpec>;

export const IGNORE_GATES_OPTION = {
  "ignore-gates": { type: "boolean", help: "continue when a gate refuses, such as Ceph's health" },
} as const satisfies Record<string, OptionSpec>;

/** For commands that take phases. */
export const PHASE_WORDS: PositionalSpec = { usage: "[PHASE…]", choices: PHASE_NAMES };

/** The phases and flags of `plan` and `deploy`. */
export function deployRequest(args: ParsedArguments): DeployRequest {
  const from = optionValue(args, "from");
  return {
    only: [...args.positionals, ...(args.values.get("only") ?? [])],
    ...(from === undefined ? {} : { from }),
    resume: args.flags.has("resume"),
    flags: runFlags(args),
  };
}

export function runFlags(args: ParsedArguments): RunFlags {
  const limit = optionValue(args, "limit");
  const tags = optionValue(args, "tags");
  const skipTags = optionValue(args, "skip-tags");
  return {
    check: args.flags.has("check"),
    diff: args.flags.has("diff"),
    verbose: args.flags.has("verbose"),
    extraVars: args.values.get("extra-vars") ?? [],
    ...(limit === undefined ? {} : { limit }),
    ...(tags === undefined ? {} : { tags }),
    ...(skipTags === undefined ? {} : { skipTags }),
  };
}
