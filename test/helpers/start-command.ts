/** The real command line in a process of its own, to be waited for, read from and killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./environment.ts";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  /** Resolves once standard output holds the text. */
  says(text: string): Promise<void>;
  readonly ended: Promise<Ended>;
}

export function startCommand(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  const child = spawn(process.execPath, [join(ROOT, "bin", "kube-magic.mjs"), ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const waiting: { text: string; done: () => void }[] = [];
  child.stdout.on("data", (data) => {
    stdout += data;
    for (const { text, done } of waiting) if (stdout.includes(text)) done();
  });
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  const ended = new Promise<Ended>((done) =>
    child.once("close", (code) => done({ code: code ?? 137, stdout, stderr })),
  );
  return {
    child,
    ended,
    says: (text) =>
      new Promise((done, fail) => {
        if (stdout.includes(text)) return done();
        waiting.push({ text, done });
        void ended.then(() => fail(new Error(`ended without saying "${text}":\n${stdout}${stderr}`)));
      }),
  };
}
