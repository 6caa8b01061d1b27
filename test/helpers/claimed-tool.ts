/** A site that claims to have a vendored tool and its Ansible: for what happens before that tool runs. */
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environmentSpecOf } from "../../tasks/toolchain/environments/all-environments.ts";
import { requirementsKey } from "../../tasks/toolchain/environments/environment-spec.ts";
import { ROOT } from "./environment.ts";
import { play, type Site } from "./site.ts";

export interface ClaimedTool {
  readonly tool: string;
  readonly version: string;
  /** The tool's playbook, relative to its tree; it only pings. */
  readonly playbook: string;
  /** Our own playbooks, without ending; they only ping. */
  readonly ours: readonly string[];
  /** Version of the Ansible; absent: that of our own. */
  readonly ansibleCore?: string;
}

const HEX = "0".repeat(40);
const PING = play("    - ansible.builtin.ping:\n");

export function claimTool({ root }: Site, { tool, version, playbook, ours, ansibleCore }: ClaimedTool): void {
  const vendor = join(root, "vendor");
  cpSync(join(ROOT, "vendor", "vendor.yml"), join(vendor, "vendor.yml"));
  symlinkSync(join(ROOT, "vendor", "patches"), join(vendor, "patches"));
  writeFileSync(
    join(vendor, "vendor.lock.yml"),
    `version: 1
sources:
  ${tool}: { version: ${version}, selected: true, commit: "${HEX}", tree: "${HEX}", patchSet: "000000000000" }
`,
  );
  mkdirSync(join(vendor, tool));
  writeFileSync(join(vendor, tool, playbook), PING);
  for (const name of ours) writeFileSync(join(root, "custom", "playbooks", `${name}.yml`), PING);
  const own = join(vendor, ".environments");
  rmSync(own);
  mkdirSync(own);
  const custom = readFileSync(join(ROOT, "vendor", ".environments", "custom.json"), "utf8");
  writeFileSync(join(own, "custom.json"), custom);
  const spec = environmentSpecOf(vendor, tool);
  const pointer = {
    ...JSON.parse(custom),
    key: requirementsKey(spec),
    name: spec.name,
    ...(ansibleCore === undefined ? {} : { ansibleCore }),
  };
  writeFileSync(join(own, `${spec.name}.json`), JSON.stringify(pointer));
}
