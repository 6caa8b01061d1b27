/** Rules about Ceph: daemons, disks and pools. */
import { type ClusterModel, type Host, hostsWith } from "../../core/model.ts";
import type { Rule } from "./rule-type.ts";

export const cephWithoutMonitor: Rule = {
  code: "KM156",
  severity: "error",
  title: "Ceph without a monitor",
  rationale: "Every Ceph daemon asks the monitors for the state of the cluster.",
  *check(model) {
    const [first] = hostsWith(model, "ceph-mgr", "ceph-osd", "ceph-mds", "ceph-rgw");
    if (first === undefined || hostsWith(model, "ceph-mon").length > 0) return;
    const message = `${first.name} has a Ceph role, but no host has the role ceph-mon`;
    yield {
      path: ["hosts", first.name, "roles"],
      message,
      remedy: "give the role ceph-mon to one or three hosts",
    };
  },
};

export const cephWithoutOsd: Rule = {
  code: "KM157",
  severity: "warning",
  title: "Ceph without OSDs",
  rationale: "Monitors store no data.",
  *check(model) {
    const [first] = hostsWith(model, "ceph-mon");
    if (first === undefined || hostsWith(model, "ceph-osd").length > 0) return;
    const message = "there are Ceph monitors, but no host has the role ceph-osd";
    yield {
      path: ["hosts", first.name, "roles"],
      message,
      remedy: "give some hosts the role ceph-osd, and devices",
    };
  },
};

/** Variables of ceph-ansible that select the disks. */
const DISK_VARIABLES = ["devices", "lvm_volumes", "osd_auto_discovery"];

export const osdWithoutDevices: Rule = {
  code: "KM158",
  severity: "error",
  title: "An OSD host without disks",
  rationale: "ceph-ansible fails on an OSD host without devices, lvm_volumes and osd_auto_discovery.",
  *check(model) {
    if (model.ceph?.osdBackend === "lab-file") return;
    const { groups, hosts } = model.tools["ceph-ansible"];
    const isSetForAll = hasDisks(groups.all) || hasDisks(groups.osds);
    for (const host of hostsWith(model, "ceph-osd")) {
      if (host.devices.length > 0 || isSetForAll || hasDisks(hosts[host.name])) continue;
      const message = `${host.name} has the role ceph-osd, but no devices`;
      const remedy =
        "add devices: [/dev/…], or set lvm_volumes or osd_auto_discovery under tools.ceph-ansible";
      yield { path: ["hosts", host.name], message, remedy };
    }
  },
};

function hasDisks(variables: Readonly<Record<string, unknown>> | undefined): boolean {
  return variables !== undefined && DISK_VARIABLES.some((name) => Object.hasOwn(variables, name));
}

export const unusedDevices: Rule = {
  code: "KM159",
  severity: "warning",
  title: "Disks on a host without the role ceph-osd",
  rationale: "Only hosts with the role ceph-osd use their devices. Most often the role was forgotten.",
  *check(model: ClusterModel) {
    const isIdle = ({ devices, roles }: Host) => devices.length > 0 && !roles.includes("ceph-osd");
    for (const host of model.hosts.filter(isIdle)) {
      const message = `${host.name} has devices, but not the role ceph-osd`;
      yield {
        path: ["hosts", host.name, "devices"],
        message,
        remedy: "add the role ceph-osd, or remove the devices",
      };
    }
  },
};

export const sameDevice: Rule = {
  code: "KM160",
  severity: "error",
  title: "A disk or a pool is listed twice",
  rationale:
    "A second OSD on one disk, or a second pool with one name, fails in the middle of the deployment.",
  *check(model) {
    for (const { name, devices } of model.hosts) {
      const twice = devices.findIndex((device, index) => devices.indexOf(device) !== index);
      if (twice < 0) continue;
      const message = `${devices[twice]} is listed twice for ${name}`;
      yield { path: ["hosts", name, "devices", twice], message, remedy: "remove one of them" };
    }
    const pools = (model.ceph?.pools ?? []).map(({ name }) => name);
    const twice = pools.findIndex((pool, index) => pools.indexOf(pool) !== index);
    if (twice < 0) return;
    const message = `the pool ${pools[twice]} is listed twice`;
    yield { path: ["storage", "ceph", "pools", twice], message, remedy: "remove one of them" };
  },
};
