/** Wall time and peak memory of a child process, with no help from outside: the kernel counts for us. */
import { spawnSync } from "node:child_process";

export interface Measured {
  readonly seconds: number;
  /** Peak resident memory, in MB. */
  readonly megabytes: number;
  readonly stdout: string;
}

// Runs argv and writes "seconds kilobytes" of that child to descriptor 3.
const METER = `
import os, resource, subprocess, sys, time
start = time.monotonic()
code = subprocess.call(sys.argv[1:])
seconds = time.monotonic() - start
print("%.4f %d" % (seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss), file=os.fdopen(3, "w"))
sys.exit(code)
`;

/** Runs a command once. @throws when it fails. */
export function measure(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): Measured {
  const run = spawnSync("python3", ["-c", METER, ...argv], {
    encoding: "utf8",
    env,
    maxBuffer: 1 << 30,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  if (run.status !== 0) throw new Error(`${argv.join(" ")} failed:\n${run.stderr}`);
  const [seconds = 0, kilobytes = 0] = String(run.output[3]).trim().split(" ").map(Number);
  return { seconds, megabytes: kilobytes / 1024, stdout: run.stdout };
}

/**
 * The best of several rounds for each command; memory is the highest seen. The commands take turns, so that a
 * disturbance of the machine hits all of them alike.
 */
export function measureInTurn(
  rounds: number,
  commands: readonly (readonly string[])[],
  env?: NodeJS.ProcessEnv,
): Measured[] {
  const runs = Array.from({ length: rounds }, () => commands.map((argv) => measure(argv, env)));
  return commands.map((_, index) => {
    const own = runs.flatMap((round) => round[index] ?? []);
    const best = own.reduce((a, b) => (b.seconds < a.seconds ? b : a));
    return { ...best, megabytes: Math.max(...own.map(({ megabytes }) => megabytes)) };
  });
}
