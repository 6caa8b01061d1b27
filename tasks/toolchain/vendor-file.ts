/** The files in vendor/ that people edit, as `readChecked` takes them. */
import type { InventoryPath } from "../core/path.ts";
import type { CheckedFile } from "../io/yaml/checked-file.ts";

const CODES = { unknownKey: "KM401", type: "KM403", missing: "KM402", value: "KM403" };

/** @param knownKeys the keys of its schema at a path, for "did you mean" */
export function vendorFile(
  shownAs: string,
  purpose: string,
  knownKeys: (path: InventoryPath) => readonly string[],
): CheckedFile {
  return {
    shownAs,
    purpose,
    reading: { codes: CODES, document: "the file", guide: "docs/vendor.md", knownKeys },
    whenMissing: "restore it: git checkout -- vendor/",
  };
}
