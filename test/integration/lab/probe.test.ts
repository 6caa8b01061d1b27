/** The client that measures how long an address is gone, against the stand-in for an API server. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { capture } from "../../../tasks/io/command/capture.ts";
import { startProbe } from "../../../tasks/lab/probe.ts";
import { ROOT } from "../../helpers/environment.ts";

const PORT = 47443;
const SERVER = join(ROOT, "test/fixtures/apiserver-stand-in/apiserver_stand_in.py");

describe("probe", () => {
  let folder: string;
  let server: ChildProcess | undefined;
  const start = (): void => {
    server = spawn("python3", [SERVER, String(PORT), join(folder, "tls.crt"), join(folder, "tls.key")], {
      stdio: "inherit",
    });
  };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "kube-magic-probe-"));
    const key = [
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-keyout",
      join(folder, "tls.key"),
    ];
    const made = await capture([
      ...(["openssl", "req", "-x509", "-subj", "/CN=stand-in", ...key] as const),
      ...["-out", join(folder, "tls.crt")],
    ]);
    expect(made.code, made.stderr).toBe(0);
  });
  afterAll(() => {
    server?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("records who answered, and for how long nobody did", async () => {
    start();
    const probe = startProbe({ host: "127.0.0.1", port: PORT, intervalMs: 20, timeoutMs: 300 });
    await probe.answered(0, 10_000);
    server?.kill("SIGKILL");
    const killed = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 600));
    start();
    const back = await probe.answered(killed + 300, 10_000);
    const { longestGap, failures, backends, requests, answers } = await probe.stop();
    // A request that is under way at the kill is reset; all later ones are refused.
    expect(failures.ECONNREFUSED).toBeGreaterThan(0);
    expect(Object.keys(backends)).toHaveLength(1);
    expect(requests).toBe(answers + Object.values(failures).reduce((sum, count) => sum + count, 0));
    expect(longestGap?.ms).toBeGreaterThanOrEqual(550);
    expect(longestGap?.from).toBeLessThanOrEqual(killed + 250);
    expect(longestGap?.to).toBeLessThanOrEqual(back.endedAt);
  });

  it("gives up on a server that never answers", async () => {
    const probe = startProbe({ host: "127.0.0.1", port: 9, intervalMs: 50, timeoutMs: 100 });
    await expect(probe.answered(0, 300)).rejects.toThrow("no answer from 127.0.0.1:9");
    expect((await probe.stop()).answers).toBe(0);
  });
});
