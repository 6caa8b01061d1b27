/** What every action on etcd is given, and how it does a step on a member. */
import { GateError, InterruptedError, PhaseError } from "../core/errors.ts";
import type { ClusterModel, Host } from "../core/model.ts";
import type { Stop } from "../core/stop.ts";
import { runOnHost, type Section } from "../hosts/script.ts";
import { PRELUDE, settingsVariables } from "./host-script.ts";
import { lastError } from "./read-answers.ts";

export interface EtcdAction {
  readonly model: ClusterModel;
  readonly env: NodeJS.ProcessEnv;
  readonly stop: Stop;
  /** A line of progress. */
  readonly say: (line: string) => void;
}

export interface StepOptions {
  readonly variables?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  /** False for a host that need not have etcd: the script runs without the prelude. */
  readonly needsEtcd?: boolean;
}

export interface StepResult {
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

/**
 * Runs a script on one member, behind the prelude that finds its settings.
 * @throws GateError when the host cannot be asked at all; what its sections say is for the caller to judge.
 */
export async function onMember(
  { model, env, stop }: EtcdAction,
  host: Host,
  script: string,
  { variables = {}, timeoutSeconds = LONG_SECONDS, needsEtcd = true }: StepOptions = {},
): Promise<StepResult> {
  const whole = needsEtcd ? `${PRELUDE}\npatience=${LONG_SECONDS}\n${script}` : script;
  const answer = await runOnHost(model, host, whole, {
    env,
    timeoutMs: timeoutSeconds * 1000,
    signal: stop.now,
    variables: { ...settingsVariables(model), ...variables },
  });
  if (stop.now.aborted)
    throw new InterruptedError(`interrupted in the middle of a step on ${host.name}`, {
      remedy: "npm run etcd:status shows how it is; the same command again goes on",
    });
  if (answer.kind === "unreachable")
    throw new GateError(`${host.name}: ${answer.reason}`, {
      remedy: "npm run preflight says what is wrong with the host",
    });
  const { sections, code } = answer;
  const text = (section: string): string => sections.get(section)?.text.trim() ?? "";
  if (sections.has("absent"))
    throw new GateError(`${host.name}: no etcd here: none of ${text("absent")} exists`, {
      remedy: "npm run deploy:kube installs it; etcd.settingsFile names another place of its settings",
    });
  return {
    code,
    text,
    did: (section) => sections.get(section)?.code === 0,
    reason: (section) => lastError((sections.get(section) as Section | undefined)?.text ?? "did not run"),
  };
}

/** A step that must end well. @throws PhaseError naming host and reason. */
export function required(
  result: StepResult,
  host: Host,
  section: string,
  doing: string,
  remedy: string,
): string {
  if (result.did(section)) return result.text(section);
  throw new PhaseError(`${host.name}: ${doing} failed: ${result.reason(section)}`, { remedy });
}
