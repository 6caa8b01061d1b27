/** Runs kube-magic-backup on a host and follows the events that it prints. */
import type { z } from "zod";
import type { ClusterModel, Host } from "../core/model.ts";
import { checkOutput } from "../core/program-output.ts";
import { shellCommand } from "../core/shell-words.ts";
import { type HostAnswer, lastLine, type NoAnswer } from "../hosts/answer.ts";
import { askHost } from "../hosts/ask.ts";
import { eachHost } from "../hosts/each-host.ts";
import { type ProgramEvent, programEvent } from "./answers.ts";

export type Outcome<Report> =
  | { readonly kind: "done"; readonly host: string; readonly report: Report }
  /** The program ran and gave its reason; `code` is one of our own exit codes. */
  | {
      readonly kind: "failed";
      readonly host: string;
      readonly code: number;
      readonly failure: string;
      readonly message: string;
    }
  /** The host did not answer, or the program is not installed on it. */
  | {
      readonly kind: "silent";
      readonly host: string;
      readonly absent: boolean;
      readonly why: NoAnswer["why"] | "absent";
      readonly message: string;
      readonly remedy: string;
    };

export type Unsuccessful = Exclude<Outcome<never>, { kind: "done" }>;

/** As long as the systemd unit may take: a backup of a large database over a slow line may take hours. */
const SECONDS = 6 * 3600;

/** The program's command line. @param words its command and options */
export function programWords(words: readonly string[]): readonly string[] {
  return ["kube-magic-backup", "--json", ...words];
}

export interface BackupQuestion<Report> {
  readonly model: ClusterModel;
  /** The program's command and options. */
  readonly words: readonly string[];
  readonly report: z.ZodType<Report>;
  readonly env: NodeJS.ProcessEnv;
  /** Ends the connection; the program on the host still finishes a backup that it has started. */
  readonly signal?: AbortSignal;
  readonly onStep?: (host: string, message: string) => void;
}

/** Runs the program on one host. */
export async function runProgram<Report>(
  host: Host,
  { model, words, report, env, signal, onStep }: BackupQuestion<Report>,
): Promise<Outcome<Report>> {
  let last: ProgramEvent | undefined;
  const script = `command -v kube-magic-backup >/dev/null || { section absent echo yes; exit 0; }
exec ${shellCommand(programWords(words))}`;
  const answer = await askHost(model, host, script, {
    env,
    seconds: SECONDS,
    ...(signal === undefined ? {} : { signal }),
    onLine(line) {
      for (const event of eventsIn(line)) {
        if (event.event === "step") onStep?.(host.name, event.message);
        else last = event;
      }
    },
  });
  return outcomeOf(host.name, answer, last, report);
}

/** On all hosts, a few at a time: each is one stream into the backup host. */
export function runProgramOnHosts<Report>(
  hosts: readonly Host[],
  question: BackupQuestion<Report>,
): Promise<readonly Outcome<Report>[]> {
  return eachHost(hosts, AT_ONCE, (host) => runProgram(host, question));
}
const AT_ONCE = 8;

/** Pure: what the program's last event and its exit code mean. */
export function outcomeOf<Report>(
  host: string,
  answer: HostAnswer,
  last: ProgramEvent | undefined,
  schema: z.ZodType<Report>,
): Outcome<Report> {
  if (last?.event === "failure")
    return { kind: "failed", host, code: 5, ...codeIn(answer), failure: last.kind, message: last.message };
  if (answer.kind === "no-answer") return silent(host, answer);
  if (answer.sections.has("absent")) return notDeployed(host);
  const unexpected = (message: string): Outcome<Report> => ({
    kind: "failed",
    host,
    code: 5,
    failure: "unexpected",
    message,
  });
  if (answer.code !== 0 || last?.event !== "done")
    return unexpected(lastLine(answer.stderr) || `kube-magic-backup ended with exit code ${answer.code}`);
  const { data, problem } = checkOutput(schema, last.report);
  return problem === undefined ? { kind: "done", host, report: data } : unexpected(problem);
}

function codeIn(answer: HostAnswer): { readonly code?: number } {
  return answer.kind === "ran" ? { code: answer.code } : {};
}

type Silent = Extract<Unsuccessful, { kind: "silent" }>;

/** The outcome on a host that could not be asked. */
export function silent(host: string, { why, reason, remedy }: NoAnswer): Silent {
  return { kind: "silent", host, absent: false, why, message: reason, remedy };
}

/** The outcome on a host without the program. */
export function notDeployed(host: string): Silent {
  return {
    kind: "silent",
    host,
    absent: true,
    why: "absent",
    message: "backups are not deployed on this host",
    remedy: "npm run deploy:post -- --tags backup",
  };
}

/** The event in a line of output; none in any other line. */
export function eventsIn(line: string): readonly ProgramEvent[] {
  try {
    const { data } = checkOutput(programEvent, JSON.parse(line));
    return data === undefined ? [] : [data];
  } catch {
    return [];
  }
}
