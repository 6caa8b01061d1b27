/** lab:status: which hosts run, and which answer. */
import type { Role } from "../core/model.ts";
import { capture } from "../io/command/capture.ts";
import { findHost } from "./container.ts";
import type { LabPlaces } from "./places.ts";
import { requireRoot } from "./requirements.ts";
import { answers, sshCommand } from "./ssh.ts";
import { readHost, requireState } from "./state.ts";

export interface HostStatus {
  readonly host: string;
  readonly ip: string;
  /** killed: by lab:kill; stopped: by itself; unreachable: it runs, but its sshd does not answer. */
  readonly state: "running" | "killed" | "stopped" | "unreachable";
  readonly pid: number | null;
  /** Whether a login with the lab's key works. */
  readonly ssh: boolean;
  readonly roles: readonly Role[];
}

/** @throws InputError when there is no such lab. */
export async function labStatus(places: LabPlaces): Promise<readonly HostStatus[]> {
  const { topology } = requireState(places);
  requireRoot();
  return Promise.all(
    topology.hosts.map(async ({ name, ip, roles }) => {
      const running = findHost(places, name);
      const common = { host: name, ip, pid: running?.pid ?? null, roles };
      if (running === undefined) {
        const state = readHost(places, name)?.killed ? "killed" : "stopped";
        return { ...common, state, ssh: false } as const;
      }
      const reached = await answers(ip, 22, 2000);
      const ssh = reached && (await capture([...sshCommand(places, ip), "--", "true"])).code === 0;
      return { ...common, state: reached ? "running" : "unreachable", ssh } as const;
    }),
  );
}
