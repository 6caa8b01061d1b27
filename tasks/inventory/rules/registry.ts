/** Rules about the cluster's own image registry. */
import { hostsWith } from "../../core/model.ts";
import type { Rule } from "./rule-type.ts";

export const registryHosts: Rule = {
  code: "KM530",
  severity: "error",
  title: "The registry needs exactly one host",
  rationale: "The images are on the disk of that host. Two hosts would have different images.",
  *check(model) {
    const hosts = hostsWith(model, "registry");
    if (model.registry === undefined || hosts.length === 1) return;
    const names = hosts.map(({ name }) => name).join(", ");
    const message =
      hosts.length === 0
        ? "there is a section registry, but no host has the role registry"
        : `${names} have the role registry, but only one host can store the images`;
    yield { path: ["registry"], at: "key", message, remedy: "give the role registry to one host" };
  },
};

export const registryRoleWithoutSection: Rule = {
  code: "KM531",
  severity: "warning",
  title: "A host has the role registry, but there is no section registry",
  rationale: "Without the section registry no registry is installed.",
  *check(model) {
    const [host] = hostsWith(model, "registry");
    if (model.registry !== undefined || host === undefined) return;
    const message = `${host.name} has the role registry, but there is no section registry: no registry is installed`;
    yield {
      path: ["hosts", host.name, "roles"],
      message,
      remedy: "add registry: {} for the defaults, or remove the role",
    };
  },
};

export const mirrorOfItself: Rule = {
  code: "KM532",
  severity: "error",
  title: "The registry is a mirror of itself",
  rationale: "Mirrors are other registries, whose images the nodes look up in this registry first.",
  *check({ registry }) {
    for (const [index, mirror] of (registry?.mirrors ?? []).entries()) {
      if (mirror !== registry?.domain && mirror !== `${registry?.domain}:${registry?.port}`) continue;
      const message = `${mirror} is the registry itself`;
      yield {
        path: ["registry", "mirrors", index],
        message,
        remedy: "list other registries, such as docker.io",
      };
    }
  },
};
