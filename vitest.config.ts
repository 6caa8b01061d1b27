import { defineConfig } from "vitest/config";

interface Kind {
  readonly timeoutSeconds: number;
  /** Test files at a time; absent: as many as the machine has cores. */
  readonly workers?: number;
}

/** One project per kind of test; each has its own folder and its own time limit for a test. */
const project = (name: string, { timeoutSeconds, workers }: Kind) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutSeconds * 1000,
    hookTimeout: timeoutSeconds * 1000,
    fileParallelism: workers !== 1,
    ...(workers === undefined ? {} : { maxWorkers: workers }),
  },
});

export default defineConfig({
  test: {
    projects: [
      project("unit", { timeoutSeconds: 30 }),
      project("integration", { timeoutSeconds: 300 }),
      // One lab at a time: two make probes of a tenth of a second late on a machine with two cores. No retry: it would
      // run on what a failure left.
      project("lab", { timeoutSeconds: 600, workers: 1 }),
      project("upstream", { timeoutSeconds: 600, workers: 1 }),
    ],
  },
});
