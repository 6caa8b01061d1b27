/** The Ansible of every tool, all built at the same time. */
import { join } from "node:path";
import { InterruptedError, type KubeMagicError, VendorError } from "../../core/errors.ts";
import { readLock } from "../pins/lock-file.ts";
import { type Pin, readPins, sourceNamed } from "../pins/pins.ts";
import {
  type AnsibleEnvironment,
  customEnvironment,
  type EnvironmentOptions,
  type EnvironmentSpec,
  ensureEnvironment,
  existingEnvironment,
  toolEnvironment,
} from "./ensure-environment.ts";
import { requirementsKey } from "./environment-spec.ts";
import { NoPythonError } from "./find-python.ts";

/** What became of the environment of one tool. */
export interface EnvironmentResult {
  /** Source of vendor.yml, or custom. */
  readonly source: string;
  /** Hash of the pinned requirements. */
  readonly key?: string;
  readonly environment?: AnsibleEnvironment;
  /** Why there is no environment. Only for tools that the user did not name: for those it is an error. */
  readonly problem?: KubeMagicError;
}

/** Which environments to build, and how. */
export interface EnvironmentsOptions extends Omit<EnvironmentOptions, "folder"> {
  readonly vendorFolder: string;
  /** Build the environment of our own playbooks too. */
  readonly custom: boolean;
  /** True for a tool that the user named: then a missing Python is an error. */
  readonly isRequired: (source: string) => boolean;
}

/** Folder of all environments. */
export function environmentsFolder(vendorFolder: string): string {
  return join(vendorFolder, ".environments");
}

/**
 * Builds what is missing.
 * @throws VendorError when an environment could not be built, although this machine has a Python for it.
 */
export async function ensureEnvironments(
  chosen: readonly { readonly pin: Pin }[],
  options: EnvironmentsOptions,
): Promise<readonly EnvironmentResult[]> {
  const { vendorFolder } = options;
  const wanted = [
    ...chosen.flatMap(({ pin }): (readonly [string, EnvironmentSpec])[] =>
      pin.ansible === undefined ? [] : [[pin.source, toolEnvironment(vendorFolder, pin.ansible)]],
    ),
    ...(options.custom ? [["custom", customEnvironment(vendorFolder)] as const] : []),
  ];
  const results = await Promise.allSettled(
    wanted.map(async ([source, spec]): Promise<EnvironmentResult> => {
      const key = requirementsKey(spec);
      try {
        const folder = environmentsFolder(vendorFolder);
        return { source, key, environment: await ensureEnvironment(spec, { ...options, folder }) };
      } catch (error) {
        if (error instanceof NoPythonError && !options.isRequired(source))
          return { source, key, problem: error };
        throw error;
      }
    }),
  );
  const failures = results.flatMap((result) =>
    result.status === "rejected" ? [result.reason as unknown] : [],
  );
  if (failures.length > 0) throw combined(failures, wanted.length);
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

function combined(failures: readonly unknown[], count: number): unknown {
  const [first] = failures;
  const errors = failures.filter((failure) => failure instanceof VendorError);
  if (failures.length === 1 || errors.length < failures.length)
    return failures.find((failure) => failure instanceof InterruptedError) ?? first;
  return new VendorError(`${errors.length} of ${count} Ansible environments could not be built`, {
    output: errors
      .map(({ message, output }) => `  ${message}${output === undefined ? "" : `\n${output}`}`)
      .join("\n"),
    ...(errors[0]?.remedy === undefined ? {} : { remedy: errors[0].remedy }),
    cause: first,
  });
}

/**
 * The Ansible that a tool needs, in its installed version, else in its default version.
 * @throws InputError for an unknown tool.
 */
export function environmentSpecOf(vendorFolder: string, tool: string): EnvironmentSpec {
  if (tool === "custom") return customEnvironment(vendorFolder);
  const source = sourceNamed(readPins(vendorFolder), tool);
  const version = readLock(vendorFolder).get(tool)?.version ?? source.default;
  const needs = (source.versions.get(version) ?? source.versions.get(source.default))?.ansible;
  if (needs === undefined) {
    throw new VendorError(`vendor/vendor.yml has no Ansible for ${tool} ${version}`, {
      remedy: "add ansible: { requirements, core, python } to that version in vendor/vendor.yml",
    });
  }
  return toolEnvironment(vendorFolder, needs);
}

/** The Ansible of a tool. With `build`, a missing one is built; without it, undefined when missing. */
export async function ansibleOf(
  tool: string,
  options: Omit<EnvironmentOptions, "folder"> & { readonly vendorFolder: string; readonly build: boolean },
): Promise<AnsibleEnvironment | undefined> {
  const spec = environmentSpecOf(options.vendorFolder, tool);
  const folder = environmentsFolder(options.vendorFolder);
  return options.build
    ? await ensureEnvironment(spec, { ...options, folder })
    : existingEnvironment(spec, { folder });
}
