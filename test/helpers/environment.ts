/** The project's own Ansible for tests: the very environment that a deploy uses, built on first need. */
import { join, resolve } from "node:path";
import {
  type AnsibleEnvironment,
  customEnvironment,
  ensureEnvironment,
} from "../../tasks/toolchain/environments/ensure-environment.ts";

export const ROOT = resolve(import.meta.dirname, "../..");

export async function ansibleForTests(): Promise<AnsibleEnvironment> {
  const vendor = join(ROOT, "vendor");
  return await ensureEnvironment(customEnvironment(vendor), {
    folder: join(vendor, ".environments"),
    env: process.env,
    progress: (message) => console.error(message),
  });
}
