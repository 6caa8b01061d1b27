/** Waiting for a host: first its sshd, then that its systemd says it has started everything. */
import { PhaseError } from "../core/errors.ts";
import { capture } from "../io/command/capture.ts";
import { consoleTail } from "./container.ts";
import { hostPlaces, type LabPlaces } from "./places.ts";
import { isAlive, type ProcessId } from "./processes.ts";
import { answers, sshCommand } from "./ssh.ts";
import type { LabHost } from "./topology.ts";

/** How long units may take to start, ms. A unit that hangs, such as an etcd without its peers, does not fail lab:up. */
const STARTING_MS = 20_000;

/** @throws PhaseError with the end of its console when it dies or does not get ready in time. */
export async function waitReady(
  places: LabPlaces,
  host: LabHost,
  launcher: ProcessId,
  timeoutMs = 90_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last = "sshd does not answer";
  while (Date.now() < deadline) {
    if (!isAlive(launcher)) throw failed(places, host, "stopped while it booted");
    if (await answers(host.ip, 22, 1000)) {
      // The host itself limits the wait; then systemd reports its state at once.
      const remote = `timeout ${STARTING_MS / 1000} systemctl is-system-running --wait || systemctl is-system-running`;
      const result = await capture([...sshCommand(places, host.ip), "--", remote], {
        timeoutMs: Math.max(1000, deadline - Date.now()),
      });
      const state = result.stdout.trim().split("\n").at(-1) ?? "";
      // degraded: some unit failed, but everything has been started.
      if (["running", "degraded", "starting"].includes(state)) return;
      last = state || result.stderr.trim() || last;
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  throw failed(places, host, `not ready after ${timeoutMs / 1000} s: ${last}`);
}

function failed(places: LabPlaces, host: LabHost, what: string): PhaseError {
  return new PhaseError(`lab host ${host.name} (${host.ip}) ${what}`, {
    output: consoleTail(places, host.name),
    remedy: `Read its console: ${hostPlaces(places, host.name).console}. To retry: npm run lab:up`,
  });
}
