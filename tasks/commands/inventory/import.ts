/** npm run inventory:import: an existing inventory becomes a central one, with the proof of what it says. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describeProblem } from "../../cli/describe.ts";
import { optionValue, type Task, type TaskContext } from "../../cli/task.ts";
import { EXIT, InputError, VendorError } from "../../core/errors.ts";
import { parseIp } from "../../core/ip.ts";
import type { ToolName } from "../../core/model.ts";
import { toolInventory } from "../../deploy/tool-files.ts";
import { type Imported, importInventory } from "../../import/import-inventory.ts";
import { requireFree, writeCluster } from "../../import/new-cluster.ts";
import { conflictText, proofText } from "../../import/prove/report.ts";
import { findSources, nameFromPlaces, ORIGINS, type OriginName } from "../../import/read/find-sources.ts";
import { shortPath } from "../../import/read/read-inventory.ts";
import { ansibleOf } from "../../toolchain/environments/all-environments.ts";
import { toolRules } from "../../toolchain/tool-rules.ts";

export const task: Task = {
  positionals: { usage: "DIR [DIR…]", complete: "folder" },
  options: {
    from: {
      type: "string",
      value: "SOURCE",
      choices: ORIGINS,
      required: true,
      help: "name the tool that the inventory is for",
    },
    name: {
      type: "string",
      value: "NAME",
      help: "write to this folder of inventories/",
      default: "the name in the source",
    },
    domain: {
      type: "string",
      value: "DOMAIN",
      help: "set the DNS domain",
      default: "guessed from host names",
    },
    address: {
      type: "string",
      multiple: true,
      value: "HOST=IP",
      help: "set the address of a host (repeatable)",
      default: "as in the source",
    },
    "accept-differences": { type: "boolean", help: "write the files even if values are lost or wrong" },
    check: { type: "boolean", help: "compare and list only, write nothing" },
  },
  description: `Turns inventories of kubespray, ceph-ansible or openshift-ansible, or all of them in the layout of kube-magic's
predecessor (--from kube-magic), into inventories/NAME/*.yml. The tool's own Ansible reads the source and our rendering of the
result; every variable of every host is compared, and every difference is listed. Nothing is overwritten. Exit code 2,
and nothing is written, when something would be lost.`,
  async run(context) {
    const { args, paths, out, err } = context;
    const from = originNamed(optionValue(args, "from"));
    const places = args.positionals.map((place) => resolve(place));
    if (places.length === 0)
      throw new InputError("inventory:import: the folder of the inventory is missing", {
        remedy: `npm run inventory:import -- --from ${from} DIR`,
      });
    const name = optionValue(args, "name");
    if (name !== undefined) requireFree(paths.inventories, name);
    const domain = optionValue(args, "domain");
    const addresses = addressesOf(args.values.get("address") ?? []);
    const sources = findSources(from, places);
    const scratch = mkdtempSync(join(tmpdir(), "kube-magic-import-"));
    try {
      const imported = await importInventory({
        sources,
        ...(name === undefined ? {} : { name }),
        ...(domain === undefined ? {} : { domain }),
        fallbackName: nameFromPlaces(places) ?? "imported",
        addresses,
        inventoryOf: toolInventory,
        bin: binaries(context),
        env: context.env,
        inventories: paths.inventories,
        scratch,
        moreRules: toolRules(paths.vendor),
        origin: [
          `Imported from ${places.map(shortPath).join(", ")}`,
          `by "npm run inventory:import -- --from ${from}". These files are yours now: edit them.`,
        ],
      });
      requireFree(paths.inventories, imported.name);
      for (const problem of imported.problems) err(`${describeProblem(problem)}\n`);
      out(reportOf(imported));
      return conclude(context, imported);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  },
};

function reportOf({ differences, conflicts, notes }: Imported): string {
  const proofs = [...differences].map(([tool, rows]) =>
    proofText(tool, rows, new Set(rows.flatMap(({ hosts }) => hosts)).size),
  );
  return [...proofs, conflictText(conflicts), ...notes.map((note) => `${note}\n`)]
    .filter((text) => text !== "")
    .join("\n");
}

function conclude(
  { args, paths, out, err }: TaskContext,
  { name, files, differences, problems }: Imported,
): number {
  const lost = [...differences.values()].flat().filter(({ verdict }) => verdict === "lost").length;
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const isBad = lost + errors > 0 && !args.flags.has("accept-differences");
  if (isBad) {
    err(`nothing is written: ${lost} lost, ${errors} ${errors === 1 ? "error" : "errors"} to correct\n`);
    err("  → correct the source, or add --accept-differences to write the files with these differences\n");
    return EXIT.input;
  }
  if (args.flags.has("check")) {
    out("nothing is written: --check\n");
    return EXIT.done;
  }
  writeCluster(paths.inventories, name, files);
  out(`inventories/${name}: ${[...files.keys()].join(", ")}\n  → npm run validate -- --cluster ${name}\n`);
  return EXIT.done;
}

/** The parser has refused all others. */
function originNamed(from: string | undefined): OriginName {
  const found = ORIGINS.find((name) => name === from);
  if (found === undefined) throw new Error(`unknown source ${from}`);
  return found;
}

function addressesOf(pairs: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    pairs.map((pair) => {
      const [host = "", ip = ""] = pair.split("=");
      if (host === "" || parseIp(ip) === undefined)
        throw new InputError(`inventory:import: --address ${pair} is not HOST=IP`, {
          remedy: "for example: --address node1=10.0.0.1",
        });
      return [host.toLowerCase(), ip];
    }),
  );
}

/** The tool's own Ansible when it is built, else ours: both can read an inventory. */
function binaries({ paths, env, err }: TaskContext): (tool: ToolName) => Promise<string> {
  const options = { vendorFolder: paths.vendor, env, progress: (message: string) => err(`${message}\n`) };
  return async (tool) => {
    const environment =
      (tool === "custom" ? undefined : await ansibleOf(tool, { ...options, build: false })) ??
      (await ansibleOf("custom", { ...options, build: true }));
    if (environment === undefined)
      throw new VendorError("no Ansible is installed to read the inventory with", { remedy: "npm run init" });
    return environment.bin;
  };
}
