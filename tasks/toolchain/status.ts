/** Compares vendor/ with its pins: for vendor:status, and for vendor:verify, which reads every byte. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openGit } from "../io/git.ts";
import { ansibleProblems } from "./compatibility/check.ts";
import { environmentsFolder } from "./environments/all-environments.ts";
import {
  type AnsibleEnvironment,
  customEnvironment,
  type EnvironmentSpec,
  existingEnvironment,
  toolEnvironment,
} from "./environments/ensure-environment.ts";
import { requirementsKey } from "./environments/environment-spec.ts";
import { ansibleVersion, missingParts } from "./environments/installed-ansible.ts";
import { incomingFolder } from "./fetch/install-source.ts";
import { contentsFromPatches, treeHash } from "./fetch/patched-tree.ts";
import { listChanges } from "./fetch/refusals.ts";
import { type PatchReport, planPatches } from "./patches/plan.ts";
import { readPatches } from "./patches/read.ts";
import { type ChosenVersion, chooseVersions } from "./pins/choose-versions.ts";
import { type LockedSource, readLock, type VendorLock } from "./pins/lock-file.ts";
import { type Pin, type Pins, pinText, readPins } from "./pins/pins.ts";
import { inspectTree, type TreeState } from "./trees/tree-state.ts";

/** One source, compared with its pin. */
export interface SourceStatus {
  readonly pin: Pin;
  readonly locked?: LockedSource;
  readonly tree: TreeState;
  /** What differs, one phrase each; empty when nothing does. */
  readonly differences: readonly string[];
}

/** The Ansible environment of one tool, compared with its spec. */
export interface EnvironmentStatus {
  readonly source: string;
  readonly spec: EnvironmentSpec;
  readonly environment?: AnsibleEnvironment;
  readonly differences: readonly string[];
}

/** What to compare, and how thoroughly. */
export interface StatusOptions {
  readonly vendorFolder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Read every file and run every Ansible, instead of trusting file times and pointer files. */
  readonly deep: boolean;
}

/** All sources and all environments. */
export interface VendorStatus {
  readonly sources: readonly SourceStatus[];
  readonly environments: readonly EnvironmentStatus[];
}

/** Compares; changes nothing. @throws InputError when vendor.yml, the lock file or a patch cannot be read. */
export async function vendorStatus(options: StatusOptions): Promise<VendorStatus> {
  const lock = readLock(options.vendorFolder);
  const chosen = currentVersions(readPins(options.vendorFolder), lock);
  const [sources, environments] = await Promise.all([
    Promise.all(chosen.map(({ pin, newer }) => sourceStatus(pin, newer, lock.get(pin.source), options))),
    Promise.all(
      [
        ...chosen.flatMap(({ pin }): (readonly [string, EnvironmentSpec])[] =>
          pin.ansible === undefined ? [] : [[pin.source, toolEnvironment(options.vendorFolder, pin.ansible)]],
        ),
        ["custom", customEnvironment(options.vendorFolder)] as const,
      ].map(([source, spec]) => environmentStatus(source, spec, lock.get(source), options)),
    ),
  ]);
  return { sources, environments };
}

function currentVersions(pins: Pins, lock: VendorLock): readonly ChosenVersion[] {
  return chooseVersions(pins, lock, { only: [], refs: new Map(), update: false });
}

async function sourceStatus(
  pin: Pin,
  newer: Pin | undefined,
  locked: LockedSource | undefined,
  { vendorFolder, env, deep }: StatusOptions,
): Promise<SourceStatus> {
  const folder = join(vendorFolder, pin.folder);
  const place = `vendor/${pin.folder}`;
  const tree = await inspectTree(folder, contentsFromPatches(locked), { env });
  const status = { pin, ...(locked === undefined ? {} : { locked }), tree };
  const differences: string[] = [];
  if (tree.kind === "absent" && locked !== undefined) differences.push(`${place} is missing`);
  if (tree.kind === "foreign") differences.push(`${place} was not created by kube-magic`);
  if (tree.kind !== "present") return { ...status, differences };
  if (locked === undefined) differences.push(`${place} is not in vendor.lock.yml`);
  if (tree.commit !== pin.commit)
    differences.push(`${place} is at ${tree.commit.slice(0, 9)}, not at ${pinText(pin)}`);
  if (newer !== undefined) differences.push(`vendor.yml pins ${pinText(newer)}`);
  if (tree.changes.length > 0) differences.push(`${place} has local changes:\n${listChanges(tree.changes)}`);
  if (locked !== undefined && locked.patchSet !== readPatches(vendorFolder, pin.source).hash)
    differences.push(`patches of ${pin.source} have changed since the last init`);
  if (deep && locked !== undefined && differences.length === 0) {
    const scratch = incomingFolder(vendorFolder);
    const found = await treeHash(folder, Object.keys(locked.files), { env, scratch });
    if (found !== locked.tree)
      differences.push(
        `the files of ${place} have the hash ${found.slice(0, 9)}, but vendor.lock.yml has ${locked.tree.slice(0, 9)}`,
      );
  }
  return { ...status, differences };
}

async function environmentStatus(
  source: string,
  spec: EnvironmentSpec,
  locked: LockedSource | undefined,
  { vendorFolder, env, deep }: StatusOptions,
): Promise<EnvironmentStatus> {
  const environment = !existsSync(spec.requirements)
    ? undefined
    : existingEnvironment(spec, { folder: environmentsFolder(vendorFolder) });
  const status = { source, spec, ...(environment === undefined ? {} : { environment }) };
  const differences: string[] = [];
  if (!existsSync(spec.requirements))
    return { ...status, differences: [`requirements/${spec.name}.txt is missing`] };
  const key = requirementsKey(spec);
  if (locked?.ansible !== undefined && locked.ansible !== key)
    differences.push(`requirements/${spec.name}.txt has changed since the last init`);
  if (environment === undefined) {
    if (locked?.ansible !== undefined) differences.push(`the Ansible of ${source} is missing`);
    return { ...status, differences };
  }
  const known = {
    core: environment.ansibleCore,
    ...(environment.python === undefined ? {} : { python: environment.python }),
  };
  const problems = ansibleProblems(source, locked?.version ?? "", spec.ansibleCore, known);
  differences.push(...problems.map(({ message }) => message));
  if (deep) {
    const [version, missing] = await Promise.all([
      ansibleVersion(environment.bin, env),
      missingParts(spec, environment.bin, env),
    ]);
    if (version !== environment.ansibleCore)
      differences.push(
        `its ansible-playbook is version ${version ?? "(it does not run)"}, not ${environment.ansibleCore}`,
      );
    if (missing.length > 0) differences.push(`its Ansible does not have ${missing.join(", ")}`);
  }
  return { ...status, differences };
}

/** The patches of one source. */
export interface SourcePatches {
  readonly pin: Pin;
  readonly reports: readonly PatchReport[];
  /** False when there is no tree to compare them with. */
  readonly judged: boolean;
  /** Names of the patches that are in the tree now. */
  readonly applied: ReadonlySet<string>;
}

/** How each patch fits the installed commit, without the patches that are applied now. */
export async function patchesOfAll(
  options: Pick<StatusOptions, "vendorFolder" | "env">,
): Promise<readonly SourcePatches[]> {
  const { vendorFolder, env } = options;
  const lock = readLock(vendorFolder);
  const chosen = currentVersions(readPins(vendorFolder), lock);
  return await Promise.all(
    chosen.map(async ({ pin }): Promise<SourcePatches> => {
      const { patches, hash } = readPatches(vendorFolder, pin.source);
      const locked = lock.get(pin.source);
      const applied = new Set(locked?.patchSet === hash ? locked.patches : []);
      const folder = join(vendorFolder, pin.folder);
      const tree = await inspectTree(folder, new Map(), { env });
      if (tree.kind !== "present" || tree.commit !== pin.commit)
        return {
          pin,
          applied,
          judged: false,
          reports: patches.map((patch) => ({ patch, status: { kind: "other-version" } })),
        };
      const git = openGit(folder, { env });
      const { reports } = await planPatches(patches, pin.version, (path) => git.committed(path), { env });
      return { pin, applied, judged: true, reports };
    }),
  );
}
