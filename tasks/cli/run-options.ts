/** Flags that several commands share, and what they mean. */
import type { RunFlags } from "../ansible/command.ts";
import { type OptionSpec, optionValue, type ParsedArguments } from "./task.ts";

export const RUN_OPTIONS = {
  check: { type: "boolean", short: "C", help: "change nothing, tell what would change" },
  diff: { type: "boolean", short: "D", help: "show changes of files" },
  limit: { type: "string", short: "l", value: "PATTERN", help: "only these hosts" },
  tags: { type: "string", short: "t", value: "TAG[,TAG]", help: "only tasks with these tags" },
  "skip-tags": { type: "string", value: "TAG[,TAG]", help: "leave out tasks with these tags" },
  "extra-vars": {
    type: "string",
    short: "e",
    multiple: true,
    value: "VARS",
    help: "passed on to ansible-playbook; not for secrets",
  },
  verbose: { type: "boolean", short: "v", help: "more detail in the log (ansible-playbook -vv)" },
} as const satisfies Record<string, OptionSpec>;

export const SELECT_OPTIONS = {
  from: { type: "string", value: "PHASE", help: "this phase and all after it" },
  only: {
    type: "string",
    multiple: true,
    separated: true,
    value: "PHASE[,PHASE]",
    help: "only these phases",
  },
  resume: { type: "boolean", help: "skip phases that are done with the very same inputs" },
} as const satisfies Record<string, OptionSpec>;

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

/** Whether the flags make a phase touch less, or other things, than it is meant to. */
export function isPartial(flags: RunFlags): boolean {
  return (
    flags.limit !== undefined ||
    flags.tags !== undefined ||
    flags.skipTags !== undefined ||
    flags.extraVars.length > 0
  );
}
