/** The services on machines, and which of them are not worth asking while another one fails. */

import { commandName, type Monitoring } from "../../core/model/monitoring.ts";
import type { ClusterModel, Role } from "../../core/model.ts";
import { type Check, checksOf, type Probe } from "./catalog.ts";
import { EVERY_HOST } from "./hosts.ts";
import { argument, type NagiosObject } from "./objects.ts";
import { CONTACT_GROUP } from "./people.ts";

/** The check that is critical when NRPE does not answer. */
const HEARTBEAT = "nrpe";

export function services(model: ClusterModel, monitoring: Monitoring): NagiosObject[] {
  const checks = checksOf(model, monitoring);
  // What others stand on is asked as often as one that has failed is asked again: so it is the first to know, and those
  // that it stops have not called anybody yet.
  const leading = new Set([HEARTBEAT, ...checks.flatMap(({ after }) => after ?? [])]);
  return [
    template(monitoring),
    ...checks.map(({ name, roles, probe }) =>
      service(
        name,
        {
          hostgroup_name: groupsOf(roles),
          ...(leading.has(name) ? { check_interval: monitoring.retrySeconds } : {}),
        },
        checkCommand(name, probe),
      ),
    ),
  ];
}

/** `where` names hosts or host groups. */
export function service(name: string, where: NagiosObject["fields"], command: string): NagiosObject {
  return {
    kind: "service",
    fields: { use: "kube-magic-service", service_description: name, ...where, check_command: command },
  };
}

function template({ intervalSeconds, retrySeconds, attempts, repeatSeconds }: Monitoring): NagiosObject {
  return {
    kind: "service",
    fields: {
      name: "kube-magic-service",
      register: 0,
      check_interval: intervalSeconds,
      retry_interval: retrySeconds,
      max_check_attempts: attempts,
      check_period: "always",
      notification_period: "always",
      notification_interval: repeatSeconds,
      notification_options: "w,u,c,r,f",
      // UNKNOWN means that the check could not run: another service reports the reason.
      flap_detection_options: "o,w,c",
      contact_groups: CONTACT_GROUP,
    },
  };
}

const groupsOf = (roles: readonly Role[]): readonly string[] => (roles.length === 0 ? [EVERY_HOST] : roles);

function checkCommand(name: string, probe: Probe): string {
  if (probe.kind === "nrpe") return `kube_magic_ask!${commandName(name)}`;
  return [probe.command, ...probe.args.map(argument)].join("!");
}

/**
 * Without an answer from NRPE, none of its checks can run, so they are not executed and send no message; the same holds for
 * a check that depends on another one. Nagios itself stops the checks of a dead host.
 */
export function dependencies(model: ClusterModel, monitoring: Monitoring): NagiosObject[] {
  const checks = checksOf(model, monitoring);
  const onNrpe = new Map<string, Check[]>();
  for (const check of checks) {
    if (check.probe.kind !== "nrpe") continue;
    const groups = groupsOf(check.roles).join(",");
    onNrpe.set(groups, [...(onNrpe.get(groups) ?? []), check]);
  }
  return [
    ...[...onNrpe.values()].map((group) => dependency(group, HEARTBEAT, "w,u,c")),
    ...checks.flatMap((check) =>
      check.after === undefined ? [] : [dependency([check], check.after, "u,c")],
    ),
  ];
}

function dependency(dependents: readonly Check[], master: string, states: string): NagiosObject {
  return serviceDependency(
    { hostgroup_name: groupsOf(dependents[0]?.roles ?? []) },
    master,
    dependents.map(({ name }) => name),
    states,
  );
}

/** Services that are left alone while another one of the same host is in one of the states. */
export function serviceDependency(
  where: NagiosObject["fields"],
  master: string,
  dependents: readonly string[],
  states: string,
): NagiosObject {
  return {
    kind: "servicedependency",
    fields: {
      ...where,
      service_description: master,
      dependent_service_description: dependents,
      execution_failure_criteria: states,
      notification_failure_criteria: states,
    },
  };
}
