/** The demo's numbered steps, each of them a command that the user could type. */
import { EXIT, PhaseError } from "../core/errors.ts";

export interface Script {
  /** Announces something that is no command of ours. */
  heading(title: string, command?: string): void;
  /** Runs a command of ours as the user would. @throws PhaseError when it ends with anything but 0. */
  step(title: string, command: string, ...argv: readonly string[]): Promise<void>;
  /** The same without a heading. @returns the exit code. */
  run(command: string, ...argv: readonly string[]): Promise<number>;
}

/** Runs one of our commands, as the user would. @returns its exit code. */
export type RunCommand = (name: string, argv: readonly string[]) => Promise<number>;

export function startScript(out: (text: string) => void, runCommand: RunCommand): Script {
  let number = 0;
  const heading = (title: string, command?: string): void => {
    number++;
    out(`\n━━ ${number}. ${title}${command === undefined ? "" : `   (${command})`}\n`);
  };
  const run = (command: string, ...argv: readonly string[]): Promise<number> => runCommand(command, argv);
  return {
    heading,
    run,
    async step(title, command, ...argv) {
      heading(title, `npm run ${command}`);
      const code = await run(command, ...argv);
      if (code === EXIT.done) return;
      throw new PhaseError(`the demo stopped: ${command} ended with ${code}`, {
        remedy: `npm run ${command} -- ${argv.join(" ")}`,
      });
    },
  };
}
