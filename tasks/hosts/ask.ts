/** Runs a shell script on a host over one SSH connection. It travels on standard input: a command line is public. */
import type { ClusterModel, Host } from "../core/model.ts";
import { capture } from "../io/command/capture.ts";
import { type HostAnswer, noAnswer } from "./answer.ts";
import { framed } from "./frame.ts";
import { asRoot, sshCommandTo } from "./ssh-command.ts";

export interface AskOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Time limit. The script may still run on the host after it. */
  readonly seconds: number;
  /** Ends the connection. With it, a Ctrl-C of the terminal does not reach ssh: the caller decides. */
  readonly signal?: AbortSignal;
  /** Shell variables that the script begins with. The place for secrets. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Called with each line of standard output as it comes. */
  readonly onLine?: (line: string) => void;
  /** As the user who logs in, in place of root. */
  readonly asUser?: boolean;
}

/**
 * Asks one host. The script is POSIX shell; `section NAME COMMAND…` in it keeps the output and the exit code of a command
 * apart from all else. Standard input is empty.
 */
export function askHost(
  model: ClusterModel,
  host: Host,
  script: string,
  options: AskOptions,
): Promise<HostAnswer> {
  const shell = options.asUser === true ? "sh -s" : asRoot(host, "sh -s");
  return run(host, [...sshCommandTo(model, host), shell], script, options);
}

/** Asks this machine in the same way, as the user who runs kube-magic. */
export function askController(script: string, options: AskOptions): Promise<HostAnswer> {
  return run(undefined, ["sh", "-s"], script, options);
}

async function run(
  host: Host | undefined,
  argv: readonly [string, ...string[]],
  script: string,
  { env, seconds, signal, variables = {}, onLine }: AskOptions,
): Promise<HostAnswer> {
  const frame = framed(script, variables);
  const { code, stdout, stderr, timedOut } = await capture(argv, {
    env,
    input: frame.script,
    timeoutMs: seconds * 1000,
    ...(signal === undefined ? {} : { signal, detached: true }),
    ...(onLine === undefined ? {} : { onStdout: frame.listener(onLine) }),
  });
  const reading = frame.read(stdout);
  if (reading.code !== undefined)
    return { kind: "ran", code: reading.code, sections: reading.sections, text: reading.text, stderr };
  return noAnswer({
    host,
    began: reading.began,
    code,
    stderr,
    timedOut,
    stopped: signal?.aborted === true,
    seconds,
  });
}
