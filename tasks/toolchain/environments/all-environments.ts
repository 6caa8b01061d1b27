/** The Ansible of every tool, built side by side. */
import { join } from "node:path";
import { InterruptedError, type KubeMagicError, VendorError } from "../../core/errors.ts";
import { readLock } from "../pins/lock-file.ts";
import { type Pin, readManifest, sourceNamed } from "../pins/pins.ts";
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

export interface EnvironmentResult {
  /** Source of vendor.yml, or custom. */
  readonly source: string;
  /** Hash of the pinned requirements. */
  readonly key?: string;
  readonly environment?: AnsibleEnvironment;
  /** Why there is none, when that stops nobody who did not ask for this tool. */
  readonly problem?: KubeMagicError;
}

export interface EnvironmentsOptions extends Omit<EnvironmentOptions, "folder"> {
  readonly vendorFolder: string;
  /** Also the one of our own playbooks. */
  readonly custom: boolean;
  /** A tool that was asked for by name must work here; another may lack its Python. */
  readonly required: (source: string) => boolean;
}

export function environmentsFolder(vendorFolder: string): string {
  return join(vendorFolder, ".environments");
}

/** @throws VendorError when an environment could not be built though this machine has a Python for it. */
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
        if (error instanceof NoPythonError && !options.required(source))
          return { source, key, problem: error };
        throw error;
      }
    }),
  );
  const failures = results.flatMap((result) =>
    result.status === "rejected" ? [result.reason as unknown] : [],
  );
  const [first] = failures;
  if (failures.length > 1 && failures.every((failure) => failure instanceof VendorError)) {
    const errors = failures as readonly VendorError[];
    throw new VendorError(`${errors.length} of ${wanted.length} Ansible environments could not be built`, {
      output: errors
        .map(({ message, output }) => `  ${message}${output === undefined ? "" : `\n${output}`}`)
        .join("\n"),
      ...(errors[0]?.remedy === undefined ? {} : { remedy: errors[0].remedy }),
      cause: first,
    });
  }
  if (first !== undefined) throw failures.find((failure) => failure instanceof InterruptedError) ?? first;
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

/**
 * What a tool of vendor.yml needs, in the version that is brought (or would be).
 * @throws InputError for an unknown tool.
 */
export function environmentOf(vendorFolder: string, tool: string): EnvironmentSpec {
  if (tool === "custom") return customEnvironment(vendorFolder);
  const source = sourceNamed(readManifest(vendorFolder), tool);
  const version = readLock(vendorFolder).get(tool)?.version ?? source.default;
  const needs = (source.versions.get(version) ?? source.versions.get(source.default))?.ansible;
  if (needs === undefined) {
    throw new VendorError(`vendor/vendor.yml names no Ansible for ${tool} ${version}`, {
      remedy: "add ansible: { requirements, core, python } to that version",
    });
  }
  return toolEnvironment(vendorFolder, needs);
}

/** The Ansible of a tool: built when `build` says so, else only if it is there. */
export async function ansibleOf(
  tool: string,
  options: Omit<EnvironmentOptions, "folder"> & { readonly vendorFolder: string; readonly build: boolean },
): Promise<AnsibleEnvironment | undefined> {
  const spec = environmentOf(options.vendorFolder, tool);
  const folder = environmentsFolder(options.vendorFolder);
  return options.build
    ? await ensureEnvironment(spec, { ...options, folder })
    : existingEnvironment(spec, { folder });
}
