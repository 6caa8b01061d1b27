/**
 * openshift-ansible's inventory (release-3.11). The phase prep-hosts sets up the load balancers, so the group `lb` is empty,
 * and the name of the API resolves to our virtual address.
 */
import { isIpv6 } from "../core/ip.ts";
import { type ClusterModel, type Host, hostsWith, type OpenShift } from "../core/model.ts";
import type { ValueMap } from "../core/value.ts";
import { nodeGroupsOf } from "./openshift-node-groups.ts";
import { groupOf, type ToolInventory } from "./tool-inventory.ts";

/** The inventory; undefined when the orchestrator is not openshift. */
export function openShiftInventory(model: ClusterModel): ToolInventory | undefined {
  const { openshift } = model;
  if (model.orchestrator !== "openshift" || openshift === undefined) return undefined;
  const masters = hostsWith(model, "control-plane");
  // Masters are nodes too: their control plane runs in pods.
  const nodes = hostsWith(model, "control-plane", "worker", "infra");
  const { groups: nodeGroups, nameOf } = nodeGroupsOf(nodes);
  const parts = {
    masters: groupOf(masters),
    nodes: groupOf(nodes),
    etcd: groupOf(hostsWith(model, "etcd")),
    lb: {},
    nfs: {},
    glusterfs: {},
    new_masters: {},
    new_nodes: {},
    new_etcd: {},
  };
  return {
    hosts: hostsWith(model, "control-plane", "etcd", "worker", "infra"),
    hostVariables: (host) => hostVariables(host, nameOf(host)),
    groups: { ...parts, OSEv3: { children: Object.keys(parts) } },
    variables: {
      OSEv3: {
        ...clusterVariables(model, openshift),
        ...networkVariables(model),
        openshift_node_groups: nodeGroups,
      },
    },
  };
}

function hostVariables(host: Host, nodeGroup: string | undefined): ValueMap {
  return {
    ...(host.ssh.user === "root" ? {} : { ansible_become: true }),
    ...(nodeGroup === undefined ? {} : { openshift_node_group_name: nodeGroup }),
  };
}

function clusterVariables({ api, etcd, versions }: ClusterModel, openshift: OpenShift): ValueMap {
  return {
    openshift_deployment_type: openshift.deploymentType,
    openshift_release: versions.openshift ?? "3.11",
    openshift_master_cluster_hostname: api.domain,
    openshift_master_cluster_public_hostname: api.domain,
    // Upstream listens on this port and writes it into every URL, so the load balancers must use the same port.
    openshift_master_api_port: String(api.backendPort),
    openshift_master_console_port: String(api.backendPort),
    openshift_master_default_subdomain: openshift.subdomain,
    etcd_quota_backend_bytes: etcd.quotaBytes,
  };
}

function networkVariables({ network: { pods, services, proxy } }: ClusterModel): ValueMap {
  // Release 3.11 is IPv4 only.
  const pod = pods.find((cidr) => !isIpv6(cidr));
  const service = services.find((cidr) => !isIpv6(cidr));
  return {
    ...(pod === undefined ? {} : { osm_cluster_network_cidr: pod }),
    ...(service === undefined ? {} : { openshift_portal_net: service }),
    ...(proxy?.http === undefined ? {} : { openshift_http_proxy: proxy.http }),
    ...(proxy?.https === undefined ? {} : { openshift_https_proxy: proxy.https }),
    ...(proxy === undefined || proxy.no.length === 0 ? {} : { openshift_no_proxy: proxy.no.join(",") }),
  };
}
