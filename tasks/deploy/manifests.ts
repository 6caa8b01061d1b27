/** Before the post phase: objects for the cluster, from the inventory, the output of Ceph and the site's secrets. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RunFlags } from "../ansible/command.ts";
import { decryptText, encryptText, isVaulted } from "../ansible/vault.ts";
import type { FileSet, RenderedFile } from "../core/file-set.ts";
import type { ClusterModel } from "../core/model.ts";
import { outputFile } from "../core/paths.ts";
import { writeFileSet } from "../io/file-set.ts";
import { readOptional } from "../io/files.ts";
import { readAuthority, readPassword } from "../ldap/secret.ts";
import { type Material, manifestFiles } from "../manifests/files.ts";
import { readOutput } from "../run/read-output.ts";
import type { ClusterContext } from "./prepare.ts";

export interface ManifestOptions {
  /** Folder with ansible-vault. */
  readonly bin: string;
  readonly env: NodeJS.ProcessEnv;
  readonly notice: (message: string) => void;
}

/** The tag of the playbook that applies them. */
const TAG = "cluster";

/** False when the user's tags leave out the playbook that applies them. */
export function needsManifests({ tags, skipTags }: RunFlags): boolean {
  const has = (list: string | undefined): boolean => list?.split(",").includes(TAG) === true;
  return (tags === undefined || has(tags) || tags.includes("manifests_")) && !has(skipTags);
}

/**
 * Writes build/<cluster>/manifests/. Secrets are in files of their own, 0600; with a vault password configured they are
 * encrypted as well.
 * @throws InputError when a secret cannot be read, GateError when the output of Ceph is damaged
 */
export async function writeManifests(
  { model, build }: Pick<ClusterContext, "model" | "build">,
  options: ManifestOptions,
): Promise<void> {
  const folder = join(build, "manifests");
  const files = manifestFiles(model, await gather(model, build, options));
  const { saved } = writeFileSet(folder, await encryptedWhereSecret(folder, files, options));
  for (const [file, kept] of saved) options.notice(`manifests/${file} was edited by hand: kept as ${kept}`);
}

async function gather(model: ClusterModel, build: string, options: ManifestOptions): Promise<Material> {
  const { ldap } = model;
  const { bin, env } = options;
  const hasClasses = (model.ceph?.storageClasses.length ?? 0) > 0;
  const hasOutput = existsSync(outputFile({ build }, "ceph"));
  if (hasClasses && !hasOutput)
    options.notice(
      "storage classes are left out, because the output of Ceph is missing → npm run deploy:prep-hosts",
    );
  const authority = ldap === undefined ? "" : readAuthority(ldap);
  return {
    ...(hasClasses && hasOutput ? { ceph: await readOutput({ build }, "ceph", options) } : {}),
    ...(ldap === undefined || model.orchestrator !== "openshift"
      ? {}
      : {
          ldap: {
            ...(ldap.bind === undefined
              ? {}
              : { password: await readPassword(ldap, { bin: () => Promise.resolve(bin), env }) }),
            ...(authority === "" ? {} : { authority }),
          },
        }),
  };
}

/** Encrypting the same text twice gives two texts, so a file with the same content stays. */
async function encryptedWhereSecret(
  folder: string,
  files: FileSet,
  { bin, env }: ManifestOptions,
): Promise<FileSet> {
  if ((env.ANSIBLE_VAULT_PASSWORD_FILE ?? "") === "") return files;
  const result = new Map<string, RenderedFile>();
  for (const [name, file] of files) {
    if (file.mode !== 0o600) {
      result.set(name, file);
      continue;
    }
    const before = readOptional(join(folder, name))?.toString() ?? "";
    const current = isVaulted(before) ? await decryptText(before, name, bin, env).catch(() => "") : "";
    result.set(name, {
      ...file,
      content: current === file.content ? before : await encryptText(file.content, bin, env),
    });
  }
  return result;
}
