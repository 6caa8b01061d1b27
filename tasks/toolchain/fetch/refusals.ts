/** What init refuses to do to a tree, and what to do instead. */
import { VendorError } from "../../core/errors.ts";
import type { PatchPlan } from "../patches/plan.ts";
import type { LockedSource } from "../pins/lock-file.ts";
import { type Pin, pinText } from "../pins/pins.ts";
import type { LocalChange } from "../trees/tree-state.ts";

/** Local changes and a commit that was checked out by hand are never overwritten. @throws VendorError that lists them. */
export function refuseLocalChanges(
  pin: Pin,
  changes: readonly LocalChange[],
  commit: string,
  locked: LockedSource | undefined,
  ourCommits: ReadonlyMap<string, string>,
): void {
  const place = `vendor/${pin.folder}`;
  const serious = changes.filter(({ kind }) => kind !== "missing");
  if (serious.length > 0) {
    const [first] = serious;
    throw new VendorError(
      `${pinText(pin)}: ${place} has ${serious.length} local change(s), and init never overwrites those`,
      {
        output: listChanges(serious),
        remedy: `to keep them as a patch: git -C ${place} diff -- ${first?.path} > vendor/patches/${pin.source}/NAME.patch; then, or to discard them: rm -r ${place} && npm run init`,
      },
    );
  }
  if (commit === pin.commit || commit === locked?.commit || ourCommits.has(commit)) return;
  throw new VendorError(
    `${pinText(pin)}: ${place} is at another commit, ${commit.slice(0, 9)}, which was checked out by hand; init never overwrites that`,
    {
      remedy: `to keep it, add the commit to vendor/vendor.yml as a version of ${pin.source}; to discard it: rm -r ${place} && npm run init`,
    },
  );
}

/** The error for a folder that init did not create. */
export function foreignFolderError(pin: Pin, files: readonly string[]): VendorError {
  return new VendorError(
    `${pinText(pin)}: vendor/${pin.folder} was not created by kube-magic, so init does not overwrite it`,
    {
      output: `  it contains ${files.slice(0, 5).join(", ")}${files.length > 5 ? ` and ${files.length - 5} more` : ""}`,
      remedy: `move it away: mv vendor/${pin.folder} /somewhere/else`,
    },
  );
}

/** One line a change; the first twelve. */
export function listChanges(changes: readonly LocalChange[]): string {
  const lines = changes.slice(0, 12).map(({ path, kind }) => `  ${kind.padEnd(8)}  ${path}`);
  return [...lines, ...(changes.length > 12 ? [`  and ${changes.length - 12} more`] : [])].join("\n");
}

/** All patches fit, or none is applied. @throws VendorError that lists every patch that does not fit. */
export function refuseConflicts(pin: Pin, plan: PatchPlan): void {
  const conflicts = plan.reports.flatMap(({ patch, status }) =>
    status.kind === "conflict" ? [{ name: patch.name, ...status }] : [],
  );
  if (conflicts.length === 0) return;
  throw new VendorError(`${pinText(pin)}: ${conflicts.length} patch(es) do not fit, so none was applied`, {
    output: conflicts
      .map(
        ({ name, file, expected, found }) =>
          `  ${name}: ${file}\n    expected ${expected}\n    found    ${found}`,
      )
      .join("\n"),
    remedy: `correct or delete vendor/patches/${pin.source}/${conflicts[0]?.name}, then: npm run init (all patches: npm run patches)`,
  });
}
