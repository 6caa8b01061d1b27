/** Variables of the roles registry and registry_trust. */
import { type ClusterModel, hostsWith } from "../../core/model.ts";
import type { ValueMap } from "../../core/value.ts";
import { hostDomain } from "../../core/zones.ts";

/** Empty without the section, so that playbooks need no guard. */
export function registryVariables(model: ClusterModel): ValueMap {
  const { registry } = model;
  const [host] = hostsWith(model, "registry");
  if (registry === undefined || host === undefined) return { kube_magic_registry: {} };
  const addresses = host.ip6 === undefined ? [host.ip] : [host.ip, host.ip6];
  return {
    kube_magic_registry: {
      domain: registry.domain,
      port: registry.port,
      user: registry.user,
      storage_dir: registry.storageDir,
      renew_before_days: registry.renewBeforeDays,
      garbage_collection: registry.garbageCollection,
      host: host.name,
      addresses,
      // Names in the certificate, beside the addresses.
      names: [...new Set([registry.domain, hostDomain(model, host), host.name])],
    },
  };
}
