/** Runs one of our monitoring plugins as Nagios does: exit code and the first line are all that counts. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./environment.ts";

export interface PluginResult {
  /** 0 OK · 1 WARNING · 2 CRITICAL · 3 UNKNOWN */
  readonly code: number;
  /** What is told; the text before the performance data. */
  readonly text: string;
  /** Label → value with unit and limits, as written. */
  readonly figures: Readonly<Record<string, string>>;
  readonly stderr: string;
}

const plugins = (role: string): string => join(ROOT, "custom", "roles", role, "files", "plugins");

/** Where a plugin lies in this repository; on a host all of them are in one folder. */
export function pluginPath(name: string): string {
  const own = join(plugins("nrpe"), name);
  return existsSync(own) ? own : join(plugins("nagios_server"), name);
}

export function runPlugin(name: string, args: readonly string[] = []): Promise<PluginResult> {
  const env = { ...process.env, PYTHONPATH: plugins("nrpe") };
  return new Promise((resolve) => {
    execFile(
      "python3",
      ["-B", pluginPath(name), ...args],
      { env, encoding: "utf8" },
      (error, stdout, stderr) => {
        const [text = "", performance = ""] = (stdout.split("\n")[0] ?? "").split(" | ");
        const figures = Object.fromEntries(
          [...performance.matchAll(/'([^']+)'=(\S+)/g)].map(([, label = "", value = ""]) => [label, value]),
        );
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ code, text, figures, stderr });
      },
    );
  });
}
