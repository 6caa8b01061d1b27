/** npm run ceph:status */
import { askCeph, type CephAnswer } from "../../ceph/ask.ts";
import { type CephStatus, judgeHealth } from "../../ceph/health.ts";
import { FORMAT_OPTION, wantsJson } from "../../cli/format-option.ts";
import { INVENTORY_OPTIONS } from "../../cli/inventory-options.ts";
import type { Task } from "../../cli/task.ts";
import { EXIT, GateError, InputError } from "../../core/errors.ts";
import { requireModel } from "../../inventory/load.ts";
import { loadChosenInventory } from "../../inventory/load-chosen.ts";
import { table } from "../../report/text.ts";

export const task: Task = {
  description: `Asks the first monitor that answers for Ceph's health, monitors, managers, OSDs, placement groups and space.
Exit code 3 when Ceph does not answer, or when data has fewer copies than it should.`,
  options: {
    ...INVENTORY_OPTIONS,
    ...FORMAT_OPTION,
  },
  async run(context) {
    const model = requireModel(await loadChosenInventory(context));
    if (model.ceph === undefined) {
      throw new InputError(`${model.name} has no Ceph`, {
        remedy: "give hosts the roles ceph-mon and ceph-osd",
      });
    }
    const answer = await askCeph(model, context.env);
    const verdict = answer.kind === "status" ? judgeHealth(answer.status) : undefined;
    if (wantsJson(context.args)) {
      context.out(`${JSON.stringify({ cluster: model.name, ...answer, ...verdict }, null, 2)}\n`);
      return verdict?.blocking.length === 0 ? EXIT.done : EXIT.gate;
    }
    context.out(describe(model.name, requireStatus(answer)));
    return verdict?.blocking.length === 0 ? EXIT.done : EXIT.gate;
  },
};

function requireStatus(answer: CephAnswer): CephStatus {
  if (answer.kind === "status") return answer.status;
  if (answer.kind === "absent")
    throw new GateError("Ceph has not been deployed yet", { remedy: "npm run deploy:ceph" });
  throw new GateError("no monitor of Ceph answers", {
    output: answer.reasons.map((reason) => `  ${reason}`).join("\n"),
    remedy: "npm run preflight shows which hosts answer",
  });
}

function describe(cluster: string, status: CephStatus): string {
  const { health, quorum_names: quorum, monmap, mgrmap, osdmap, pgmap } = status;
  const { blocking, warnings } = judgeHealth(status);
  const states = pgmap.pgs_by_state.map(({ state_name: state, count }) => `${count} ${state}`).join(", ");
  const rows = [
    ["  monitors", `${quorum.length} of ${monmap.num_mons} in quorum: ${quorum.join(", ")}`],
    ["  managers", mgrmap.available ? `one active, ${mgrmap.num_standbys} standing by` : "none active"],
    ["  OSDs", `${osdmap.num_up_osds} up and ${osdmap.num_in_osds} in, of ${osdmap.num_osds}`],
    ["  groups", states === "" ? "none" : states],
    ["  space", `${gibibytes(pgmap.bytes_used)} used of ${gibibytes(pgmap.bytes_total)}`],
    ["  fsid", status.fsid],
  ];
  const findings = [...blocking, ...warnings].map(({ code, message }) => `  ${code}: ${message}\n`);
  return `${cluster}: ${health.status}\n${findings.join("")}${table(rows)}\n`;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
