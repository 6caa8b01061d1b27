/** Day-2 actions on Ceph, all of them ceph-ansible's own playbooks. */
import type { Action } from "./action.ts";
import {
  areNumbers,
  canUpgradeCeph,
  hasCeph,
  haveDevices,
  hostsHaveRole,
  isOnDisks,
  someNames,
} from "./guards.ts";

/** ceph-ansible asks at the terminal unless told so. */
const SURE = { ireallymeanit: "yes" };

export const UPGRADE_CEPH: Action = {
  name: "ceph:upgrade",
  title: "Upgrade Ceph",
  tool: "ceph-ansible",
  confirm: "question",
  guards: [hasCeph, canUpgradeCeph],
  steps: () => [
    {
      name: "ceph-upgrade",
      title: "Upgrade Ceph, host by host",
      playbook: "infrastructure-playbooks/rolling_update.yml",
      extraVars: SURE,
      gatesBefore: ["ceph-health"],
    },
  ],
};

export const ADD_OSDS: Action = {
  name: "ceph:add-osd",
  title: "Add OSDs",
  tool: "ceph-ansible",
  confirm: "question",
  guards: [hasCeph, isOnDisks, someNames("host"), hostsHaveRole("ceph-osd"), haveDevices],
  steps: ({ names }) => [
    {
      name: "ceph-add-osd",
      title: `Add the OSDs of ${names.join(", ")}`,
      playbook: "site.yml",
      extraVars: { yes_i_know: true },
      limit: names.join(","),
    },
  ],
  notes: ({ model, names }) =>
    model.hosts
      .filter(({ name, devices }) => names.includes(name) && devices.length > 0)
      .map(
        ({ name, devices }) => `${name}: ${devices.join(", ")}; a device with data on it is refused by Ceph`,
      ),
};

export const REMOVE_OSDS: Action = {
  name: "ceph:remove-osd",
  title: "Remove OSDs",
  tool: "ceph-ansible",
  confirm: "question",
  guards: [hasCeph, isOnDisks, someNames("number"), areNumbers],
  steps: ({ names }) => [
    {
      name: "ceph-remove-osd",
      title: `Remove OSD ${names.join(", ")}`,
      playbook: "infrastructure-playbooks/shrink-osd.yml",
      extraVars: { ...SURE, osd_to_kill: names.join(",") },
      gatesBefore: ["ceph-health"],
    },
  ],
  notes: ({ names }) => [`the data of OSD ${names.join(", ")} is destroyed`],
};

export const PURGE_CEPH: Action = {
  name: "ceph:purge",
  title: "Remove Ceph and all its data",
  tool: "ceph-ansible",
  confirm: "name",
  guards: [hasCeph],
  steps: () => [
    {
      name: "ceph-purge",
      title: "Remove Ceph and all its data",
      playbook: "infrastructure-playbooks/purge-cluster.yml",
      extraVars: SURE,
    },
  ],
  notes: () => ["everything that is stored in Ceph is lost, on every host"],
};
