/** Checks before a phase changes anything, and after it has ended. */
import { setTimeout as sleep } from "node:timers/promises";
import { askCeph } from "../ceph/ask.ts";
import { type HealthFinding, judgeHealth, judgeHealthAfter } from "../ceph/health.ts";
import { GateError } from "../core/errors.ts";
import type { GateName, PhaseSpec } from "../phases/spec.ts";
import { lastDone, refusedSinceDone } from "../report/history.ts";
import type { Refusal } from "../run/run-phase.ts";
import type { ClusterContext } from "./prepare.ts";

export interface GateOptions {
  readonly cluster: Pick<ClusterContext, "model" | "runs">;
  readonly env: NodeJS.ProcessEnv;
  readonly notice: (message: string) => void;
  /** Print what a gate refuses, and continue. */
  readonly ignored: boolean;
  /** The user has interrupted the run. */
  readonly isStopped: () => boolean;
  /** For tests: in place of real monitors and of real waiting times. */
  readonly ask?: typeof askCeph;
  readonly patienceMs?: number;
  readonly pollMs?: number;
}

type Moment = "before" | "after";
type Gate = Readonly<Record<Moment, (spec: PhaseSpec) => Promise<Refusal | undefined>>>;

/** The function that a run asks around each phase. */
export function gatekeeper(
  options: GateOptions,
): (spec: PhaseSpec, moment: Moment) => Promise<Refusal | undefined> {
  const gates: Readonly<Record<GateName, Gate>> = { "ceph-health": cephHealth(options) };
  return async (spec, moment) => {
    for (const name of (moment === "before" ? spec.gatesBefore : spec.gatesAfter) ?? []) {
      const refusal = await gates[name][moment](spec);
      if (refusal === undefined) continue;
      if (!options.ignored) return refusal;
      const { message, output } = refusal.error;
      options.notice(`${message} (ignored, as asked)${output === undefined ? "" : `\n${output}`}`);
    }
    return undefined;
  };
}

/** Recovery after a restart takes seconds; a healthy cluster answers at once. */
const PATIENCE_MS = 120_000;
const POLL_MS = 3000;
/** A shorter wait is not reported. */
const QUIET_MS = 10_000;

function cephHealth(options: GateOptions): Gate {
  const { cluster, env, notice, isStopped, ask = askCeph } = options;
  /** Phase → codes of the warnings that were there before it. */
  const earlier = new Map<string, ReadonlySet<string>>();

  return {
    async before(spec) {
      if (cluster.model.ceph === undefined) return undefined;
      const answer = await ask(cluster.model, env);
      if (answer.kind === "absent") {
        if (spec.name !== "ceph")
          notice("Ceph has not been deployed yet → npm run deploy:ceph, then repeat this phase");
        return undefined;
      }
      if (answer.kind === "silent") {
        // Before a first deployment there is nothing to protect.
        const isFirst = spec.name === "ceph" && lastDone(cluster.runs, "ceph") === undefined;
        return isFirst ? undefined : silence(spec, answer.reasons);
      }
      // Without an OSD there is no data: an unfinished deployment may continue, and its warnings are not old ones.
      if (answer.status.osdmap.num_osds === 0 && spec.name === "ceph") return undefined;
      const { blocking, warnings } = judgeHealth(answer.status);
      const refused = refusedSinceDone(cluster.runs, spec.name);
      earlier.set(spec.name, new Set(warnings.map(({ code }) => code).filter((code) => !refused.has(code))));
      if (blocking.length === 0) return undefined;
      return refuse(
        spec,
        "Ceph is not healthy enough to change its hosts; nothing was changed",
        blocking,
        "npm run ceph:status, and ceph health detail on a monitor; repair Ceph, then repeat the command; --ignore-gates continues without this check",
      );
    },

    async after(spec) {
      if (cluster.model.ceph === undefined) return undefined;
      const patienceMs = options.patienceMs ?? PATIENCE_MS;
      const deadline = Date.now() + patienceMs;
      for (let isReported = false; ; ) {
        const answer = await ask(cluster.model, env);
        if (answer.kind === "absent")
          return refuse(spec, "no monitor has Ceph's admin key", [], "npm run deploy:ceph");
        const verdict =
          answer.kind === "status"
            ? judgeHealthAfter(answer.status, earlier.get(spec.name) ?? new Set())
            : undefined;
        if (verdict?.blocking.length === 0) {
          for (const finding of verdict.warnings)
            notice(`Ceph, as before this run: ${finding.code}: ${finding.message}`);
          return undefined;
        }
        if (Date.now() < deadline && !isStopped()) {
          if (!isReported && Date.now() > deadline - patienceMs + QUIET_MS) {
            const codes = verdict?.blocking.map(({ code }) => code).join(", ") ?? "no answer";
            notice(`waiting until Ceph is healthy, at most ${patienceMs / 1000} s: ${codes}`);
            isReported = true;
          }
          await sleep(options.pollMs ?? POLL_MS);
          continue;
        }
        if (answer.kind === "silent") return silence(spec, answer.reasons);
        return refuse(
          spec,
          "Ceph is not healthy after the phase",
          verdict?.blocking ?? [],
          "ceph health detail on a monitor shows more; repair Ceph, then repeat the command. To accept a warning: ceph health mute CODE, or --ignore-gates once",
        );
      }
    },
  };
}

function silence(spec: PhaseSpec, reasons: readonly string[]): Refusal {
  return {
    error: new GateError(`${spec.name}: no monitor of Ceph answers`, {
      output: reasons.map((line) => `  ${line}`).join("\n"),
      remedy:
        "start the monitors (systemctl start ceph-mon.target on their hosts); --ignore-gates continues without this check",
    }),
    codes: [],
  };
}

function refuse(spec: PhaseSpec, what: string, findings: readonly HealthFinding[], remedy: string): Refusal {
  const lines = findings.map(({ code, message }) => `  ${code}: ${message}`);
  return {
    error: new GateError(`${spec.name}: ${what}`, {
      ...(lines.length === 0 ? {} : { output: lines.join("\n") }),
      remedy,
    }),
    codes: findings.map(({ code }) => code),
  };
}
