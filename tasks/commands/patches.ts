/** npm run patches */
import type { Task } from "../cli/task.ts";
import { EXIT, VendorError } from "../core/errors.ts";
import type { PatchReport } from "../toolchain/patches/plan.ts";
import { patchesOfAll } from "../toolchain/status.ts";
import { rangeText } from "../toolchain/version-range.ts";

export const task: Task = {
  description: `Lists the patches in vendor/patches/ and how each fits the commit in vendor/: applied, retired (upstream contains it:
delete the patch), for another version, or in conflict, with the file and the expected text. Exit code 4 when a patch
is in conflict. Changes nothing; npm run init applies patches.`,
  options: {
    verbose: { type: "boolean", short: "v", help: "print the reason, the link and when to retire each" },
  },
  async run({ args, paths, env, out }) {
    const verbose = args.flags.has("verbose");
    let conflicts = 0;
    let open = 0;
    for (const { pin, reports, judged, applied } of await patchesOfAll({ vendorFolder: paths.vendor, env })) {
      if (reports.length === 0) continue;
      const note = judged ? "" : ": not in vendor/ yet, so its patches are not judged → npm run init";
      out(`${pin.source} ${pin.version}${note}\n`);
      for (const report of reports) {
        if (report.status.kind === "conflict") conflicts += 1;
        const isOpen = report.status.kind === "applied" && !applied.has(report.patch.name);
        if (isOpen) open += 1;
        out(describe(report, judged ? (isOpen ? "fits" : report.status.kind) : "unknown", verbose));
      }
    }
    if (open > 0) out(`\n${open} patch(es) fit but are not applied yet → npm run init\n`);
    if (conflicts > 0) {
      throw new VendorError(`${conflicts} patch(es) do not fit`, {
        remedy: "correct the patch for the new version, limit its versions, or remove it",
      });
    }
    return EXIT.done;
  },
};

function describe({ patch, status }: PatchReport, said: string, verbose: boolean): string {
  const versions = patch.versions === undefined ? "all versions" : rangeText(patch.versions);
  const state = said === "other-version" ? `for ${versions}` : said;
  const lines = [`  ${state.padEnd(10)}  ${patch.name}: ${patch.title}`];
  if (status.kind === "conflict")
    lines.push(`    ${status.file}`, `    expected ${status.expected}`, `    found    ${status.found}`);
  if (status.kind === "retired") lines.push(`    upstream contains it: delete the patch`);
  if (verbose) {
    lines.push(`    why      ${patch.why.replace(/\s+/g, " ").trim()}`, `    versions ${versions}`);
    if (patch.link !== undefined) lines.push(`    link     ${patch.link}`);
    lines.push(`    retire   ${patch.retire}`);
  }
  return `${lines.join("\n")}\n`;
}
