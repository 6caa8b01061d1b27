/** What every action on etcd is given, and how it runs a script on a member. */
import { GateError, InterruptedError, PhaseError } from "../core/errors.ts";
import type { ClusterModel, Host } from "../core/model.ts";
import type { Stop } from "../core/stop.ts";
import type { NoAnswer } from "../hosts/answer.ts";
import { askHost } from "../hosts/ask.ts";
import { PRELUDE, settingsVariables } from "./host-script.ts";
import { lastError } from "./read-answers.ts";

export interface EtcdAction {
  readonly model: ClusterModel;
  readonly env: NodeJS.ProcessEnv;
  readonly stop: Stop;
  /** A line of progress. */
  readonly say: (line: string) => void;
}

export interface ScriptOptions {
  readonly variables?: Readonly<Record<string, string>>;
  readonly seconds?: number;
  /** False for a host that need not have etcd: the script runs without the prelude. */
  readonly needsEtcd?: boolean;
}

export interface ScriptResult {
  readonly code: number;
  /** Trimmed output of a section; "" when it did not run. */
  readonly text: (section: string) => string;
  /** Whether a section ran and ended well. */
  readonly did: (section: string) => boolean;
  /** Why a section failed, in one line. */
  readonly reason: (section: string) => string;
}

/** Ten minutes: a database of 8 GiB on a slow disk takes some of them. */
const LONG_SECONDS = 600;
const REPEAT = "npm run etcd:status shows the members; repeat the command to continue";

/**
 * Runs a script on one member, behind the prelude that finds its settings.
 * @throws GateError when the host cannot be asked at all, PhaseError when the script did not come to its end; what its
 * sections mean is for the caller to judge.
 */
export async function runOnMember(
  { model, env, stop }: EtcdAction,
  host: Host,
  script: string,
  { variables = {}, seconds = LONG_SECONDS, needsEtcd = true }: ScriptOptions = {},
): Promise<ScriptResult> {
  const whole = needsEtcd ? `${PRELUDE}\npatience=${LONG_SECONDS}\n${script}` : script;
  const answer = await askHost(model, host, whole, {
    env,
    seconds,
    signal: stop.now,
    variables: { ...settingsVariables(model), ...variables },
  });
  if (stop.now.aborted)
    throw new InterruptedError(`interrupted in the middle of a step on ${host.name}`, { remedy: REPEAT });
  if (answer.kind === "no-answer") throw failureOf(host, answer);
  const { sections, code } = answer;
  const text = (section: string): string => sections.get(section)?.text.trim() ?? "";
  if (sections.has("absent"))
    throw new GateError(`${host.name}: no etcd: none of ${text("absent")} exists`, {
      remedy: "npm run deploy:kube installs it; etcd.settingsFile names another place of its settings",
    });
  return {
    code,
    text,
    did: (section) => sections.get(section)?.code === 0,
    reason: (section) => lastError(sections.get(section)?.text ?? "did not run"),
  };
}

function failureOf(host: Host, { why, reason, remedy }: NoAnswer): GateError | PhaseError {
  const message = `${host.name}: ${reason}`;
  return why === "unreachable" || why === "not-root"
    ? new GateError(message, { remedy })
    : new PhaseError(message, { remedy: REPEAT });
}

/** The output of a section that must have ended well. @throws PhaseError naming the host and the reason. */
export function requireDone(
  result: ScriptResult,
  host: Host,
  section: string,
  doing: string,
  remedy: string,
): string {
  if (result.did(section)) return result.text(section);
  throw new PhaseError(`${host.name}: ${doing} failed: ${result.reason(section)}`, { remedy });
}
