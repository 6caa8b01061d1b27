/** npm run monitoring:status */
import { FORMAT_OPTION, wantsJson } from "../../cli/format-option.ts";
import { INVENTORY_OPTIONS } from "../../cli/inventory-options.ts";
import type { Task } from "../../cli/task.ts";
import { EXIT, GateError, InputError } from "../../core/errors.ts";
import { requireModel } from "../../inventory/load.ts";
import { loadChosenInventory } from "../../inventory/load-chosen.ts";
import { askNagios, type MonitoringAnswer } from "../../monitoring/ask.ts";
import {
  bySeverity,
  isHandled,
  isStale,
  isUrgent,
  type MonitoringEntry,
  type MonitoringState,
  withoutDeadHosts,
} from "../../monitoring/state.ts";
import { duration, table } from "../../report/text.ts";

export const task: Task = {
  description: `Asks Nagios over SSH for every problem. Exit code 3 when a critical problem is not acknowledged, or when Nagios does not
answer or no longer checks.`,
  options: {
    ...INVENTORY_OPTIONS,
    all: { type: "boolean", help: "list what is OK, too" },
    ...FORMAT_OPTION,
  },
  async run(context) {
    const model = requireModel(await loadChosenInventory(context));
    if (model.monitoring === undefined) {
      throw new InputError(`${model.name} has no monitoring`, {
        remedy: "add a section monitoring and a host with the role nagios",
      });
    }
    const answer = await askNagios(model, context.env, { all: context.args.flags.has("all") });
    const isWell =
      answer.kind === "state" && !isStale(answer.state) && !answer.state.entries.some((one) => isUrgent(one));
    const code = isWell ? EXIT.done : EXIT.gate;
    if (wantsJson(context.args)) {
      context.out(`${JSON.stringify({ cluster: model.name, ...answer }, null, 2)}\n`);
      return code;
    }
    const { host, state } = requireState(answer);
    context.out(describe(model.name, host, state));
    return code;
  },
};

function requireState(answer: MonitoringAnswer): Extract<MonitoringAnswer, { kind: "state" }> {
  if (answer.kind === "absent") {
    throw new GateError("Nagios has not been deployed yet", {
      remedy: "npm run deploy:post -- --tags monitoring",
    });
  }
  if (answer.kind === "silent") {
    throw new GateError("no Nagios host answers", {
      output: answer.reasons.map((reason) => `  ${reason}`).join("\n"),
      remedy: "npm run preflight shows which hosts answer",
    });
  }
  if (isStale(answer.state)) {
    const silent = duration(answer.state.now - answer.state.written);
    throw new GateError(`Nagios on ${answer.host} has written nothing for ${silent}: nothing is monitored`, {
      remedy: `systemctl status nagios4 on ${answer.host}, then npm run deploy:post -- --tags monitoring`,
    });
  }
  return answer;
}

function describe(cluster: string, host: string, state: MonitoringState): string {
  const wrong = state.entries.filter((one) => one.state !== "OK");
  const reported = withoutDeadHosts(wrong);
  const counted = ["CRITICAL", "WARNING", "UNKNOWN", "PENDING"].flatMap((name) => {
    const count = reported.filter((one) => one.state === name).length;
    return count === 0 ? [] : [`${count} ${name.toLowerCase()}`];
  });
  const total = state.hosts + state.services;
  const head = `${cluster}: ${[...counted, `${total - wrong.length} of ${total} well`].join(", ")}`;
  const seen = `${host}, ${duration(Math.max(0, state.now - state.written))} ago`;
  const silent = state.notifications ? "" : "  Notifications are switched off: Nagios sends no messages.\n";
  const rows = bySeverity(withoutDeadHosts(state.entries)).map((one) => row(one, state.now));
  return `${head} (${seen})\n${silent}${rows.length === 0 ? "" : `${table(rows)}\n`}`;
}

function row(one: MonitoringEntry, now: number): string[] {
  const marks = [
    ...(one.flapping ? ["flapping"] : []),
    ...(isHandled(one) ? [one.downtime ? "in downtime" : "acknowledged"] : []),
    ...(one.hard || one.state === "PENDING" ? [] : ["not confirmed yet"]),
  ];
  const output = one.output.length > 120 ? `${one.output.slice(0, 117)}...` : one.output;
  return [
    `  ${one.state}`,
    one.host,
    one.service ?? "(host)",
    one.since === 0 ? "" : duration(Math.max(0, now - one.since)),
    [...marks.map((mark) => `[${mark}]`), output].join(" "),
  ];
}
