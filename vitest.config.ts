import { defineConfig } from "vitest/config";

/** One project per kind of test; each has its own folder and its own patience. */
const project = (name: string, timeoutSeconds: number, serial: boolean, retry = 0) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutSeconds * 1000,
    hookTimeout: timeoutSeconds * 1000,
    fileParallelism: !serial,
    retry,
  },
});

export default defineConfig({
  test: {
    projects: [
      project("unit", 30, false),
      project("integration", 300, false),
      // Real hosts on a machine that others use as well: a second try tells a slow moment from a fault.
      project("lab", 600, true, 1),
      project("upstream", 600, true),
    ],
  },
});
