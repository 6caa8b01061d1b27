import { defineConfig } from "vitest/config";

/** One project per kind of test; each has its own folder and its own patience. */
const project = (name: string, timeoutSeconds: number, serial: boolean) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutSeconds * 1000,
    hookTimeout: timeoutSeconds * 1000,
    fileParallelism: !serial,
  },
});

export default defineConfig({
  test: {
    projects: [
      project("unit", 30, false),
      project("integration", 180, false),
      project("lab", 600, true),
      project("upstream", 600, true),
    ],
  },
});
