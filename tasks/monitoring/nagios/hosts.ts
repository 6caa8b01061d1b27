/** The machines, the things that are watched like one, and the groups they are in. */

import type { Monitoring } from "../../core/model/monitoring.ts";
import { type ClusterModel, type Host, hostsWith, ROLES } from "../../core/model.ts";
import { virtualAddresses } from "./catalog.ts";
import type { NagiosObject } from "./objects.ts";
import { CONTACT_GROUP } from "./people.ts";

/** Every machine of the inventory. */
export const EVERY_HOST = "every-host";
/** A virtual address, Ceph, Kubernetes: capitals, because no machine's name has any. */
export const CEPH = "Ceph";
export const KUBERNETES = "Kubernetes";
export const vipHost = (name: string): string => `VIP-${name}`;
const gatewayHost = (zone: string): string => `Gateway-${word(zone)}`;
const zoneGroup = (zone: string): string => `zone-${word(zone)}`;

/** Nagios forbids some characters in names, and a comma divides lists. */
function word(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]/g, "-");
}

export function hosts(model: ClusterModel, monitoring: Monitoring): NagiosObject[] {
  const gateways = gatewaysOf(model, monitoring);
  return [
    template(monitoring),
    ...groups(model),
    ...[...gateways].map(([zone, address]) =>
      thing(gatewayHost(zone), `Router of zone ${zone}`, { address }),
    ),
    ...model.hosts.map((host) => machine(host, gateways)),
    ...things(model),
  ];
}

function template({ intervalSeconds, retrySeconds, attempts, repeatSeconds }: Monitoring): NagiosObject {
  return {
    kind: "host",
    fields: {
      name: "kube-magic-host",
      register: 0,
      check_command: "kube_magic_alive",
      check_interval: intervalSeconds,
      retry_interval: retrySeconds,
      max_check_attempts: attempts,
      check_period: "always",
      notification_period: "always",
      notification_interval: repeatSeconds,
      notification_options: "d,r,f",
      contact_groups: CONTACT_GROUP,
    },
  };
}

function machine(host: Host, gateways: ReadonlyMap<string, string>): NagiosObject {
  const { name, ip, roles, zone, ssh } = host;
  const gateway = zone !== undefined && gateways.has(zone) ? gatewayHost(zone) : undefined;
  return {
    kind: "host",
    fields: {
      use: "kube-magic-host",
      host_name: name,
      alias: roles.length === 0 ? name : `${name} (${roles.join(", ")})`,
      address: ip,
      hostgroups: [EVERY_HOST, ...roles, ...(zone === undefined ? [] : [zoneGroup(zone)])],
      parents: gateway,
      _ssh_port: ssh.port,
    },
  };
}

function groups(model: ClusterModel): NagiosObject[] {
  const zones = new Map(
    model.hosts.flatMap(({ zone }) => (zone === undefined ? [] : [[zoneGroup(zone), zone]])),
  );
  const group = (name: string, alias: string): NagiosObject => ({
    kind: "hostgroup",
    fields: { hostgroup_name: name, alias },
  });
  return [
    group(EVERY_HOST, `All of ${model.name}`),
    ...ROLES.filter((role) => hostsWith(model, role).length > 0).map((role) => group(role, `Role ${role}`)),
    ...[...zones].map(([name, zone]) => group(name, `Zone ${zone}`)),
  ];
}

/** The routers between Nagios and the hosts: not the one of its own zone. */
function gatewaysOf(model: ClusterModel, { gateways }: Monitoring): Map<string, string> {
  const own = hostsWith(model, "nagios")[0]?.zone;
  const inUse = new Set(model.hosts.map(({ zone }) => zone));
  return new Map(Object.entries(gateways).filter(([zone]) => zone !== own && inUse.has(zone)));
}

const ASSUMED = { check_command: "kube_magic_assumed!'watched through its services'" };

/** Addresses and clusters that are watched like a host. With all its parents down, one is unreachable and sends no message. */
function things(model: ClusterModel): NagiosObject[] {
  const names = (...roles: Parameters<typeof hostsWith>[1][]) =>
    hostsWith(model, ...roles).map(({ name }) => name);
  const balancers = names("load-balancer");
  const vips = virtualAddresses(model).map(({ name, address }) =>
    thing(vipHost(name), `Virtual address ${name}`, { address, parents: balancers }),
  );
  return [
    ...vips,
    ...(model.ceph === undefined
      ? []
      : [thing(CEPH, `Ceph of ${model.name}`, { ...ASSUMED, address: CEPH, parents: names("ceph-mon") })]),
  ];
}

/** Kubernetes as a host that always counts as up; its services have the checks. */
export function kubernetesHost(model: ClusterModel): NagiosObject {
  const { vip, domain } = model.api;
  return thing(KUBERNETES, `Kubernetes of ${model.name}`, {
    ...ASSUMED,
    address: vip ?? domain,
    parents: vip === undefined ? hostsWith(model, "control-plane").map(({ name }) => name) : [vipHost("api")],
  });
}

function thing(name: string, alias: string, fields: NagiosObject["fields"]): NagiosObject {
  return { kind: "host", fields: { use: "kube-magic-host", host_name: name, alias, ...fields } };
}
