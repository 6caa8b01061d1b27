/** The demo's numbered steps, each of them a command that the user could type. */
import { parseArguments } from "../cli/parse.ts";
import type { TaskContext } from "../cli/task.ts";
import { EXIT, PhaseError } from "../core/errors.ts";
import { REGISTRY } from "../main/registry.ts";

export interface Script {
  /** Announces something that is no command of ours. */
  heading(title: string, command?: string): void;
  /** Runs a command of ours as the user would. @throws PhaseError when it ends with anything but 0. */
  step(title: string, command: string, ...argv: readonly string[]): Promise<void>;
  /** The same without a heading. @returns the exit code. */
  run(command: string, ...argv: readonly string[]): Promise<number>;
}

export function startScript(context: TaskContext): Script {
  let number = 0;
  const heading = (title: string, command?: string): void => {
    number++;
    context.out(`\n━━ ${number}. ${title}${command === undefined ? "" : `   (${command})`}\n`);
  };
  const run = async (command: string, ...argv: readonly string[]): Promise<number> => {
    const entry = REGISTRY[command];
    if (entry === undefined) throw new Error(`no command ${command}`);
    const { task } = await entry.load();
    return (await task.run({ ...context, args: parseArguments(command, task, argv) })) ?? EXIT.done;
  };
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
