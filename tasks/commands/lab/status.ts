/** npm run lab:status */

import { FORMAT_OPTION, wantsJson } from "../../cli/format-option.ts";
import { chosenLab, LAB_OPTION } from "../../cli/lab-option.ts";
import type { Task } from "../../cli/task.ts";
import { labPlaces } from "../../lab/places.ts";
import { type HostStatus, labStatus } from "../../lab/status.ts";

export const task: Task = {
  options: {
    lab: LAB_OPTION,
    ...FORMAT_OPTION,
  },
  description: `Lists each host of the lab with its address, the process that runs it, whether a login works, and its state: running,
killed (by npm run lab:kill), stopped (by itself) or unreachable (it runs, but its sshd does not answer).`,
  async run({ args, env, out }) {
    const name = chosenLab(args);
    const hosts = await labStatus(labPlaces(name, env));
    out(wantsJson(args) ? `${JSON.stringify({ lab: name, hosts }, undefined, 2)}\n` : table(hosts));
    return undefined;
  },
};

function table(hosts: readonly HostStatus[]): string {
  const rows = [
    ["HOST", "ADDRESS", "STATE", "PID", "SSH", "ROLES"],
    ...hosts.map((host) => [
      host.host,
      host.ip,
      host.state,
      String(host.pid ?? "-"),
      host.ssh ? "ok" : "-",
      host.roles.join(", "),
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
