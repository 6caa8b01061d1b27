/** What every workflow gets from its caller. */
import type { Paths } from "./paths.ts";

/** Which cluster the user means, and which of its values are overridden. */
export interface ClusterChoice {
  /** Value of --cluster; absent: KUBE_MAGIC_CLUSTER, or the only cluster that is not an example. */
  readonly name?: string;
  /** `PATH=VALUE`, in order. */
  readonly sets: readonly string[];
}

/** Asked before something changes. `name`: the answer is that name, because what is lost cannot be recovered. */
export type Question =
  | { readonly kind: "yes"; readonly text: string }
  | { readonly kind: "name"; readonly text: string; readonly name: string };

/** The command that runs, in the user's words. Values that may be secret are left out with `…`. */
export interface TypedCommand {
  /** For journals and locks: `deploy kube --check`. */
  readonly command: string;
  /** To paste: `npm run deploy:kube -- --check`. */
  readonly line: string;
  /** To paste after a failure: the same, with --resume where the command has it. */
  readonly resumeLine: string;
}

/** Places, environment, output, and a way to ask the user. */
export interface Session {
  readonly paths: Paths;
  readonly env: NodeJS.ProcessEnv;
  readonly choice: ClusterChoice;
  readonly typed: TypedCommand;
  /** Results, for people and pipes. */
  readonly out: (text: string) => void;
  /** Progress and notes. */
  readonly err: (text: string) => void;
  readonly isTerminal: boolean;
  /**
   * @throws InputError when the user cannot answer (no terminal) and no option gives the answer
   * @throws InterruptedError for any answer but the right one
   */
  confirm(question: Question): Promise<void>;
}
