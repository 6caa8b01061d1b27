/**
 * The Ansible of a tool: its own virtual environment from hash-pinned requirements or, when that cannot be built, an
 * installed Ansible that has all that the tool needs. Never any other.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InterruptedError, VendorError } from "../../core/errors.ts";
import { onDisk, writeAtomic } from "../../io/files.ts";
import { acquireLock } from "../../io/lock.ts";
import { rangeText } from "../version-range.ts";
import { buildEnvironment } from "./build-environment.ts";
import {
  type AnsibleEnvironment,
  type EnvironmentOptions,
  type EnvironmentSpec,
  requirementsKey,
} from "./environment-spec.ts";
import { installedAnsible } from "./installed-ansible.ts";

export {
  type AnsibleEnvironment,
  customEnvironment,
  type EnvironmentOptions,
  type EnvironmentSpec,
  toolEnvironment,
} from "./environment-spec.ts";

/** The environment if it is built already. Reads two small files, and starts no process. */
export function existingEnvironment(
  spec: EnvironmentSpec,
  options: Pick<EnvironmentOptions, "folder">,
): AnsibleEnvironment | undefined {
  const pointer = join(options.folder, `${spec.name}.json`);
  if (!existsSync(pointer)) return undefined;
  try {
    const found = JSON.parse(readFileSync(pointer, "utf8")) as AnsibleEnvironment & { key: string };
    const { key, ...environment } = found;
    if (key !== requirementsKey(spec) || !existsSync(join(environment.bin, "ansible-playbook")))
      return undefined;
    return environment;
  } catch {
    return undefined; // The pointer file is damaged: build again.
  }
}

/**
 * The environment; builds it first when it is missing.
 * @throws VendorError when it can neither be built nor replaced by an installed Ansible.
 */
export async function ensureEnvironment(
  spec: EnvironmentSpec,
  options: EnvironmentOptions,
): Promise<AnsibleEnvironment> {
  const existing = existingEnvironment(spec, options);
  if (existing !== undefined) return existing;
  onDisk(options.folder, () => mkdirSync(options.folder, { recursive: true }));
  const lock = await acquireLock(
    join(options.folder, `${spec.name}.lock`),
    `building the Ansible environment of ${spec.name}`,
  );
  try {
    const environment = await buildOrFallBack(spec, options);
    const pointer = { key: requirementsKey(spec), ...environment };
    writeAtomic(join(options.folder, `${spec.name}.json`), `${JSON.stringify(pointer, null, 2)}\n`);
    return environment;
  } finally {
    lock.release();
  }
}

async function buildOrFallBack(
  spec: EnvironmentSpec,
  options: EnvironmentOptions,
): Promise<AnsibleEnvironment> {
  try {
    return await buildEnvironment(spec, requirementsKey(spec), options);
  } catch (error) {
    if (options.signal?.aborted === true)
      throw new InterruptedError(`building the Ansible of ${spec.name} was interrupted`, {
        remedy: "npm run init",
      });
    if (!(error instanceof VendorError)) throw error;
    const installed = await installedAnsible(spec, options.env);
    if ("environment" in installed) {
      options.progress(
        `${spec.name}: using the installed ansible-core ${installed.environment.ansibleCore}, because ${error.message}`,
      );
      return { ...installed.environment, why: error.message };
    }
    const Kind = error.constructor as typeof VendorError;
    throw new Kind(`no Ansible for ${spec.name}: ${error.message}`, {
      remedy: `${error.remedy ?? "correct the cause, then: npm run init"}; or install ansible-core ${rangeText(spec.ansibleCore)}${installed.instead}`,
      cause: error,
      ...(error.output === undefined ? {} : { output: error.output }),
    });
  }
}
