/** Variables of post/monitoring.yml. The definitions themselves are files: see nagios/. */
import { type ClusterModel, hostsWith } from "../core/model.ts";
import type { ValueMap } from "../core/value.ts";
import { nrpeCommands } from "./nagios/catalog.ts";

/** An empty map without the section `monitoring`. */
export function monitoringVariables(model: ClusterModel): ValueMap {
  const { monitoring } = model;
  if (monitoring === undefined) return {};
  const servers = hostsWith(model, "nagios").flatMap(({ ip, ip6 }) => (ip6 === undefined ? [ip] : [ip, ip6]));
  return {
    servers,
    commands: nrpeCommands(model, monitoring).map(({ name, roles, argv, sudo }) => ({
      name,
      roles,
      argv,
      sudo,
    })),
    definitions: "{{ inventory_dir }}/nagios",
    web_user: monitoring.web.user,
    web_allowed: monitoring.web.allowed,
    ceph_user: model.ceph === undefined ? "" : CEPH_NAGIOS_USER,
  };
}

/** Ceph's user for the checks, who may read the cluster's state and no data. */
const CEPH_NAGIOS_USER = "client.nagios";
