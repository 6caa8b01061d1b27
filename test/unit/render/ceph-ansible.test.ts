import { describe, expect, it } from "vitest";
import type { CephStorage } from "../../../tasks/core/model.ts";
import { toolFiles } from "../../../tasks/deploy/tool-files.ts";
import { aCluster, aHost } from "../../helpers/model.ts";
import { hostsFile, membersOf, variablesOf } from "../../helpers/rendered.ts";

const CEPH: CephStorage = {
  osdBackend: "disks",
  origin: "repository",
  release: "squid",
  publicNetworks: ["10.42.0.0/16", "10.43.0.0/16"],
  clusterNetworks: ["10.99.0.0/24"],
  pools: [
    { name: "kubernetes", application: "rbd" },
    { name: "vms", application: "rbd" },
    { name: "files", application: "cephfs" },
  ],
  storageClasses: [],
  dashboard: false,
};
const HOSTS = [
  aHost("c1", 1, ["ceph-mon", "ceph-mgr", "ceph-osd"], { devices: ["/dev/vdb", "/dev/vdc"] }),
  aHost("c2", 2, ["ceph-mon", "ceph-rgw"]),
  aHost("w1", 3, ["worker"]),
];
const model = aCluster({ hosts: HOSTS, ceph: CEPH });

describe("ceph-ansible's inventory", () => {
  it("holds the hosts of Ceph and nobody else's", () => {
    expect(Object.keys(hostsFile(model, "ceph-ansible").hosts)).toEqual(["c1", "c2"]);
  });

  it("is empty for a cluster without Ceph", () => {
    expect(toolFiles(aCluster({ hosts: [aHost("w1", 1, ["worker"])] }), "ceph-ansible").size).toBe(0);
  });

  it("has the first monitor as its client, which makes pools and keys", () => {
    expect(membersOf(model, "ceph-ansible", "clients")).toEqual(["c1"]);
    expect(variablesOf(model, "ceph-ansible", "clients")).toEqual({
      user_config: true,
      pools: [
        { name: "kubernetes", application: "rbd" },
        { name: "vms", application: "rbd" },
        { name: "files", application: "cephfs" },
      ],
      keys: [
        {
          name: "client.kubernetes",
          caps: {
            mon: "profile rbd",
            osd: "profile rbd pool=kubernetes, profile rbd pool=vms",
            mgr: "profile rbd pool=kubernetes, profile rbd pool=vms",
          },
          mode: "0600",
        },
      ],
    });
  });

  it("without pools does not make upstream's test pools either", () => {
    const none = aCluster({ hosts: HOSTS, ceph: { ...CEPH, pools: [] } });
    expect(variablesOf(none, "ceph-ansible", "clients")).toEqual({ user_config: false, pools: [], keys: [] });
  });

  it("sets all that is mandatory, and no dashboard unless asked", () => {
    expect(variablesOf(model, "ceph-ansible")).toEqual({
      ceph_origin: "repository",
      ceph_repository: "community",
      ceph_stable_release: "squid",
      public_network: "10.42.0.0/16,10.43.0.0/16",
      cluster_network: "10.99.0.0/24",
      ip_version: "ipv4",
      dashboard_enabled: false,
      ceph_mgr_modules: ["iostat"],
      ceph_conf_overrides: { mon: { auth_allow_insecure_global_id_reclaim: false } },
      radosgw_address_block: "10.42.0.0/16,10.43.0.0/16",
    });
    expect(membersOf(model, "ceph-ansible", "monitoring")).toEqual([]);
  });

  it("gives each host its own devices", () => {
    expect(hostsFile(model, "ceph-ansible").hosts.c1).toMatchObject({ devices: ["/dev/vdb", "/dev/vdc"] });
    expect(hostsFile(model, "ceph-ansible").hosts.c2).not.toHaveProperty("devices");
  });

  it("leaves the OSDs of a lab to our own playbook, with as many copies as there are hosts", () => {
    const lab = aCluster({ hosts: HOSTS, ceph: { ...CEPH, osdBackend: "lab-file" } });
    expect(membersOf(lab, "ceph-ansible", "osds")).toEqual([]);
    expect(membersOf(lab, "custom", "osds")).toEqual(["c1"]);
    expect(hostsFile(lab, "ceph-ansible").hosts.c1).not.toHaveProperty("devices");
    expect(variablesOf(lab, "ceph-ansible").ceph_conf_overrides).toMatchObject({
      global: { osd_pool_default_size: 1, osd_pool_default_min_size: 1 },
    });
    expect(membersOf(model, "ceph-ansible", "osds")).toEqual(["c1"]);
  });
});
