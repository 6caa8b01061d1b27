/** The hosts that a backup command works on. */
import { closest } from "../core/closest.ts";
import { InputError } from "../core/errors.ts";
import type { ClusterModel, Host } from "../core/model.ts";

/** @throws InputError when the cluster has no backups. */
export function requireBackups(model: ClusterModel): void {
  if (model.backup !== undefined) return;
  throw new InputError(`${model.name} has no section backup: no host is backed up`, {
    remedy:
      "add backup: { repository: { kind: sftp } } and a host with the role backup, then npm run deploy:post -- --tags backup",
  });
}

/** The named hosts, or all. @throws InputError for an unknown name. */
export function chosenHosts(model: ClusterModel, words: readonly string[]): readonly Host[] {
  requireBackups(model);
  const names = [...new Set(words.flatMap((word) => word.split(",")).filter((word) => word !== ""))];
  return names.length === 0 ? model.hosts : names.map((name) => hostNamed(model, name));
}

export function hostNamed(model: ClusterModel, name: string): Host {
  const host = model.hosts.find((one) => one.name === name);
  if (host !== undefined) return host;
  const names = model.hosts.map((one) => one.name);
  const near = closest(name, names);
  throw new InputError(
    `no host "${name}" in ${model.name}${near === undefined ? "" : `, did you mean "${near}"?`}`,
    {
      remedy: "npm run backup:list shows them",
    },
  );
}
