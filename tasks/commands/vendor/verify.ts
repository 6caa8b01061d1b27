/** npm run vendor:verify */
import type { Task } from "../../cli/task.ts";
import { EXIT, VendorError } from "../../core/errors.ts";
import { vendorStatus } from "../../toolchain/status.ts";

export const task: Task = {
  description: `Reads every file of the vendored trees and asks every Ansible for its version: is everything exactly what vendor.yml pins,
what vendor/patches/ changes and what vendor.lock.yml records? Exit code 4 when anything differs. Changes nothing.`,
  options: {},
  async run({ paths, env, out }) {
    const { sources, environments } = await vendorStatus({ vendorFolder: paths.vendor, env, deep: true });
    const differences = [
      ...sources.flatMap(({ pin, differences }) => differences.map((text) => `${pin.source}: ${text}`)),
      ...environments.flatMap(({ source, differences }) =>
        differences.map((text) => `ansible of ${source}: ${text}`),
      ),
    ];
    if (differences.length > 0) {
      throw new VendorError(`${differences.length} difference(s) in vendor/`, {
        output: differences.join("\n"),
        remedy:
          "npm run init repairs the trees; it never overwrites local changes, and prints how to keep or drop them",
      });
    }
    const fetched = sources.filter(({ tree }) => tree.kind === "present");
    const built = environments.filter(({ environment }) => environment !== undefined);
    out(
      fetched.length + built.length === 0
        ? "nothing is in vendor/ yet → npm run init\n"
        : `${fetched.length} trees and ${built.length} Ansible environments match their pins\n`,
    );
    return EXIT.done;
  },
};
