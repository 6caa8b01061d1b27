/** What must hold before a phase changes anything, and what it must leave behind. */
import { setTimeout as sleep } from "node:timers/promises";
import { askCeph } from "../ceph/ask.ts";
import { type HealthFinding, judgeHealth } from "../ceph/health.ts";
import { GateError } from "../core/errors.ts";
import type { GateName, PhaseSpec } from "../phases/spec.ts";
import { lastDone } from "../report/history.ts";
import type { ClusterContext } from "./prepare.ts";

export interface GateOptions {
  readonly cluster: ClusterContext;
  readonly env: NodeJS.ProcessEnv;
  readonly notice: (message: string) => void;
  /** What a gate says is only printed. */
  readonly ignored: boolean;
  /** The user does not want to wait any longer. */
  readonly isStopped: () => boolean;
}

type Moment = "before" | "after";
type Gate = (spec: PhaseSpec, moment: Moment, options: GateOptions) => Promise<GateError | undefined>;

const GATES: Readonly<Record<GateName, Gate>> = { "ceph-health": cephHealth };

/** The function that a run asks around each phase. */
export function gatekeeper(
  options: GateOptions,
): (spec: PhaseSpec, moment: Moment) => Promise<GateError | undefined> {
  return async (spec, moment) => {
    for (const name of (moment === "before" ? spec.gatesBefore : spec.gatesAfter) ?? []) {
      const refusal = await GATES[name](spec, moment, options);
      if (refusal === undefined) continue;
      if (!options.ignored) return refusal;
      options.notice(`${refusal.message} (ignored, as asked)`);
    }
    return undefined;
  };
}

/** Recovery after a restart takes seconds; a cluster that is well says so at once. */
const SETTLE_MS = 120_000;
const POLL_MS = 3000;

async function cephHealth(
  spec: PhaseSpec,
  moment: Moment,
  options: GateOptions,
): Promise<GateError | undefined> {
  const { cluster, env, notice, isStopped } = options;
  if (cluster.model.ceph === undefined) return undefined;
  const deadline = Date.now() + (moment === "after" ? SETTLE_MS : 0);
  const refuse = (what: string, findings: readonly string[], remedy: string): GateError =>
    new GateError(`${spec.name}: ${what}`, {
      output: findings.map((line) => `  ${line}`).join("\n"),
      remedy,
    });
  for (;;) {
    const answer = await askCeph(cluster.model, env);
    if (answer.kind === "absent") {
      if (moment === "after") return refuse("no monitor has Ceph's admin key", [], "npm run deploy:ceph");
      if (spec.name !== "ceph")
        notice("Ceph has not been deployed yet: npm run deploy:ceph, then this phase again");
      return undefined;
    }
    if (answer.kind === "silent") {
      // Before a first deployment there is nothing to protect.
      if (moment === "before" && spec.name === "ceph" && lastDone(cluster.runs, "ceph") === undefined)
        return undefined;
      if (Date.now() < deadline && !isStopped()) {
        await sleep(POLL_MS);
        continue;
      }
      return refuse(
        "no monitor of Ceph answers",
        answer.reasons,
        "start the monitors (systemctl start ceph-mon.target on their hosts); --ignore-gates goes on all the same",
      );
    }
    const { blocking, warnings } = judgeHealth(answer.status);
    // Without an OSD there is no data: an unfinished deployment goes on.
    const isEmpty = answer.status.osdmap.num_osds === 0 && moment === "before" && spec.name === "ceph";
    if (blocking.length === 0 || isEmpty) {
      if (moment === "after") for (const finding of warnings) notice(`Ceph: ${text(finding)}`);
      return undefined;
    }
    if (Date.now() < deadline && !isStopped()) {
      await sleep(POLL_MS);
      continue;
    }
    return refuse(
      moment === "before"
        ? "Ceph is not healthy enough for its hosts to be worked on; nothing was changed"
        : "Ceph is not healthy after the phase",
      blocking.map(text),
      "npm run ceph:status shows it; ceph health detail on a monitor says more; --ignore-gates goes on all the same",
    );
  }
}

function text({ code, message }: HealthFinding): string {
  return `${code}: ${message}`;
}
