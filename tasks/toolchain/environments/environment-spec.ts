/** What an Ansible environment has to be (the spec), and what one is. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { VendorError } from "../../core/errors.ts";
import type { AnsibleNeeds } from "../pins/pins.ts";
import type { VersionRange } from "../version-range.ts";

/** What the Ansible of one tool has to be. */
export interface EnvironmentSpec {
  readonly name: string;
  /** Requirements with hashes, absolute path. */
  readonly requirements: string;
  readonly ansibleCore: VersionRange;
  readonly python: VersionRange;
  /** Python modules and collections that an installed Ansible must have too. */
  readonly modules: readonly string[];
  readonly collections: readonly string[];
}

/** An Ansible that fits a spec. */
export interface AnsibleEnvironment {
  readonly name: string;
  /** Folder with ansible-playbook and ansible-inventory; absolute. */
  readonly bin: string;
  readonly ansibleCore: string;
  readonly origin: "built" | "installed";
  /** Version of the Python that runs it, such as 3.11.7. */
  readonly python?: string;
  /** Why an installed Ansible was used instead of a built one. */
  readonly why?: string;
}

/** Where to build environments, and how. */
export interface EnvironmentOptions {
  /** Folder of all environments. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly progress: (message: string) => void;
  readonly signal?: AbortSignal;
  /** Build from wheels only, never from an index. */
  readonly offline?: boolean;
}

/** The Ansible that runs our own playbooks. */
export function customEnvironment(vendorFolder: string): EnvironmentSpec {
  return {
    name: "custom",
    requirements: join(vendorFolder, "requirements", "custom.txt"),
    ansibleCore: { min: "2.18", below: "2.22" },
    python: { min: "3.11", below: "3.14" },
    modules: [],
    collections: [],
  };
}

/** The Ansible of a tool of vendor.yml. It is named after its requirements, so that two versions of a tool can have two. */
export function toolEnvironment(vendorFolder: string, needs: AnsibleNeeds): EnvironmentSpec {
  return {
    name: needs.requirements,
    requirements: join(vendorFolder, "requirements", `${needs.requirements}.txt`),
    ansibleCore: needs.core,
    python: needs.python,
    modules: needs.modules,
    collections: needs.collections,
  };
}

/** Hash of the pinned requirements that an environment is built from. @throws VendorError when the file is missing. */
export function requirementsKey(spec: Pick<EnvironmentSpec, "name" | "requirements">): string {
  if (!existsSync(spec.requirements)) {
    throw new VendorError(`the pinned requirements of ${spec.name} are missing: ${spec.requirements}`, {
      remedy:
        "restore the file: git checkout -- vendor/requirements, or correct its name in vendor/vendor.yml",
    });
  }
  return createHash("sha256").update(readFileSync(spec.requirements)).digest("hex").slice(0, 12);
}
