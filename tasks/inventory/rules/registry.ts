/** The cluster's own image registry. */
import { hostsWith } from "../../core/model.ts";
import type { Rule } from "./rule-type.ts";

export const registryHosts: Rule = {
  code: "KM530",
  severity: "error",
  title: "The registry needs exactly one host",
  rationale: "Images are stored on the host's disk: none has them, or two have different ones.",
  *check(model) {
    const hosts = hostsWith(model, "registry");
    if (model.registry === undefined || hosts.length === 1) return;
    const names = hosts.map(({ name }) => name).join(", ");
    const message =
      hosts.length === 0
        ? "the section registry is there, and no host has the role registry"
        : `${names} have the role registry, and images are stored on one of them`;
    yield { path: ["registry"], at: "key", message, remedy: "give the role registry to one host" };
  },
};

export const registryRoleWithoutSection: Rule = {
  code: "KM531",
  severity: "warning",
  title: "A host has the role registry, and nothing is declared",
  rationale: "Without the section registry nothing is installed.",
  *check(model) {
    const [host] = hostsWith(model, "registry");
    if (model.registry !== undefined || host === undefined) return;
    const message = `${host.name} has the role registry, and there is no section registry: nothing is installed`;
    yield { path: ["hosts", host.name, "roles"], message, remedy: "write registry: {} to have the defaults" };
  },
};

export const mirrorOfItself: Rule = {
  code: "KM532",
  severity: "error",
  title: "The registry is named as a mirror of itself",
  rationale: "Nodes would look for its images where they look already, and nowhere else.",
  *check({ registry }) {
    for (const [index, mirror] of (registry?.mirrors ?? []).entries()) {
      if (mirror !== registry?.domain && mirror !== `${registry?.domain}:${registry?.port}`) continue;
      const message = `${mirror} is the registry itself`;
      yield {
        path: ["registry", "mirrors", index],
        message,
        remedy: "name registries of others, such as docker.io",
      };
    }
  },
};
