/**
 * The cluster → Nagios' object files. Services hang on host groups: a thousand hosts need a thousand host definitions and
 * thirty services, and Nagios multiplies them out itself.
 */
import type { FileSet, RenderedFile } from "../../core/file-set.ts";
import type { ClusterModel } from "../../core/model.ts";
import { cephServices, kubernetes, vipServices } from "./cluster-services.ts";
import { commands } from "./commands.ts";
import { hosts } from "./hosts.ts";
import { type NagiosObject, objectsText } from "./objects.ts";
import { people } from "./people.ts";
import { dependencies, services } from "./services.ts";

/** Relative to build/<cluster>/custom/; nothing without the section `monitoring`. */
export function nagiosFiles(model: ClusterModel): FileSet {
  const { monitoring } = model;
  if (monitoring === undefined) return new Map();
  const header = `# Generated from the central inventory of ${model.name} by "npm run render": do not edit, the next render overwrites it.`;
  const files: Readonly<Record<string, readonly NagiosObject[]>> = {
    people: people(monitoring),
    commands: commands(monitoring),
    hosts: hosts(model, monitoring),
    services: [...services(model, monitoring), ...dependencies(model, monitoring)],
    cluster: [...vipServices(model), ...cephServices(model, monitoring)],
    // A separate file: it needs a token, which exists only once Kubernetes runs.
    kubernetes: kubernetes(model, monitoring),
  };
  const rendered = Object.entries(files)
    .filter(([, objects]) => objects.length > 0)
    .map(([name, objects]): [string, RenderedFile] => [
      `nagios/${name}.cfg`,
      { content: objectsText(header, objects) },
    ]);
  const site: [string, RenderedFile][] =
    monitoring.definitions === ""
      ? []
      : [["nagios/site.cfg", { content: `${header}\n${monitoring.definitions.trimEnd()}\n` }]];
  return new Map([...rendered, ...site]);
}
