/** What must hold before a phase changes anything, and what it must leave behind. */
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
  /** What a gate says is only printed. */
  readonly ignored: boolean;
  /** The user does not want to wait any longer. */
  readonly isStopped: () => boolean;
  /** In place of asking real monitors, and of waiting as long as real ones need. */
  readonly ask?: typeof askCeph;
  readonly settleMs?: number;
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

/** Recovery after a restart takes seconds; a cluster that is well says so at once. */
const SETTLE_MS = 120_000;
const POLL_MS = 3000;
/** A wait that is shorter is no news. */
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
          notice("Ceph has not been deployed yet: npm run deploy:ceph, then this phase again");
        return undefined;
      }
      if (answer.kind === "silent") {
        // Before a first deployment there is nothing to protect.
        const isFirst = spec.name === "ceph" && lastDone(cluster.runs, "ceph") === undefined;
        return isFirst ? undefined : silence(spec, answer.reasons);
      }
      // Without an OSD there is no data: an unfinished deployment goes on, and nothing that it says now is old.
      if (answer.status.osdmap.num_osds === 0 && spec.name === "ceph") return undefined;
      const { blocking, warnings } = judgeHealth(answer.status);
      const refused = refusedSinceDone(cluster.runs, spec.name);
      earlier.set(spec.name, new Set(warnings.map(({ code }) => code).filter((code) => !refused.has(code))));
      if (blocking.length === 0) return undefined;
      return refuse(
        spec,
        "Ceph is not healthy enough for its hosts to be worked on; nothing was changed",
        blocking,
        "npm run ceph:status shows it; ceph health detail on a monitor says more; --ignore-gates goes on all the same",
      );
    },

    async after(spec) {
      if (cluster.model.ceph === undefined) return undefined;
      const settleMs = options.settleMs ?? SETTLE_MS;
      const deadline = Date.now() + settleMs;
      for (let hasTold = false; ; ) {
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
          if (!hasTold && Date.now() > deadline - settleMs + QUIET_MS) {
            const codes = verdict?.blocking.map(({ code }) => code).join(", ") ?? "no answer";
            notice(`waiting for Ceph to settle, at most ${settleMs / 1000} s: ${codes}`);
            hasTold = true;
          }
          await sleep(options.pollMs ?? POLL_MS);
          continue;
        }
        if (answer.kind === "silent") return silence(spec, answer.reasons);
        return refuse(
          spec,
          "Ceph is not healthy after the phase",
          verdict?.blocking ?? [],
          "ceph health detail on a monitor says more; mend it, then the same again. A warning that you can live with: ceph health mute CODE, or --ignore-gates once",
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
        "start the monitors (systemctl start ceph-mon.target on their hosts); --ignore-gates goes on all the same",
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
