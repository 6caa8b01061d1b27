/** Schema of the central inventory. Strict: an unknown key is an error. Each field has a description for the docs. */
import { z } from "zod";
import { backup } from "./backup.ts";
import {
  absolutePath,
  cidrs,
  dnsName,
  hostAddress,
  interfaceName,
  ipAddress,
  port,
  size,
  url,
  version,
  vrid,
  word,
} from "./fields.ts";
import { host, ssh } from "./host.ts";
import { ldap } from "./ldap.ts";
import { monitoring } from "./monitoring.ts";
import { dns, edge, registry, resolver, routes } from "./services.ts";
import { storageClass } from "./storage-class.ts";
import { tools } from "./tools.ts";

const network = z
  .strictObject({
    machines: cidrs().describe("The network of the hosts: IPv4, IPv6, or a list with one of each."),
    pods: cidrs().default("10.233.64.0/18").describe("Network of the pods; one per address family."),
    services: cidrs().default("10.233.0.0/18").describe("Network of the services; one per address family."),
    dns: z
      .strictObject({
        servers: z.array(ipAddress()).default([]).describe("Nameservers of the hosts; at most two."),
        search: z.array(dnsName()).default([]).describe("Search domains of the hosts."),
      })
      .prefault({})
      .describe("Name resolution of the hosts."),
    ntp: z.array(hostAddress()).default([]).describe("Time servers; empty: the distribution's default."),
    proxy: z
      .strictObject({
        http: url().optional().describe("Proxy for http, such as http://proxy.example.com:3128."),
        https: url().optional().describe("Proxy for https."),
        no: z
          .array(word())
          .default([])
          .describe("Hosts, domains and networks that are reached without the proxy."),
      })
      .optional()
      .describe("Proxy to the internet; leave it out when the hosts reach it directly."),
  })
  .describe("Networks of the cluster, and services that the hosts use.");

const api = z
  .strictObject({
    vip: ipAddress()
      .optional()
      .describe(
        "Virtual address of the API, which one of the load balancers owns. Leave it out for an external load balancer, or for none.",
      ),
    port: port().optional().describe("TCP port of the API address. Default: 6443, with openshift 8443."),
    backendPort: port()
      .optional()
      .describe("TCP port of the API server on each control plane. Default: 6443, with openshift 8443."),
    domain: dnsName()
      .optional()
      .describe(
        "DNS name of the API. Without a virtual address and without load balancers, it is the name of an external load balancer. Default: api.<name>.<domain>.",
      ),
    vrid: vrid().default(101).describe("VRRP router id of the API address, unique in its network segment."),
  })
  .prefault({})
  .describe("The address that clients use for the Kubernetes or OpenShift API.");

const edgeVip = z.union([
  ipAddress(),
  z.strictObject({
    address: ipAddress().describe("The virtual address."),
    vrid: vrid().optional().describe("VRRP router id. Default: the ids after api.vrid, in order."),
  }),
]);

const loadBalancer = z
  .strictObject({
    unicast: z
      .boolean()
      .default(false)
      .describe("keepalived uses unicast between the load balancers. For networks that filter multicast."),
    interface: interfaceName()
      .optional()
      .describe("Interface for the virtual addresses. Default: the interface with the host's ip."),
    statsPort: port()
      .default(8404)
      .describe("TCP port of HAProxy's statistics page and of its Prometheus metrics."),
    edgeVips: z
      .array(edgeVip)
      .default([])
      .describe(
        "More virtual addresses for traffic into the cluster, spread evenly over the load balancers.",
      ),
  })
  .prefault({})
  .describe("HAProxy and keepalived in front of the API.");

const etcd = z
  .strictObject({
    quota: size().default("4Gi").describe("Largest database size, in bytes or as 4Gi; from 2Gi to 8Gi."),
    dataDir: absolutePath().default("/var/lib/etcd").describe("Folder of the database, on a fast disk."),
    deployment: z
      .enum(["host", "kubeadm"])
      .default("host")
      .describe(
        "host: etcd runs as a systemd service. kubeadm: etcd runs as static pods on the control planes.",
      ),
    settingsFile: absolutePath()
      .optional()
      .describe(
        "File with the settings of a member, like kubespray's /etc/etcd.env or like the manifest of a static pod. Default: /etc/etcd.env, or /etc/kubernetes/manifests/etcd.yaml.",
      ),
    snapshotFolder: absolutePath()
      .default("/var/backups/kube-magic-etcd")
      .describe("Folder on the members for a snapshot until it is fetched; empty at other times."),
  })
  .prefault({})
  .describe("The database of Kubernetes.");

const ceph = z
  .strictObject({
    origin: z
      .enum(["distro", "repository"])
      .default("distro")
      .describe("distro: packages of the distribution. repository: packages of download.ceph.com."),
    osdBackend: z
      .enum(["disks", "lab-file"])
      .default("disks")
      .describe(
        "disks: ceph-ansible makes an OSD of each of the host's devices. lab-file: one OSD per host in a file, only for labs without disks: the data is not safe.",
      ),
    publicNetworks: cidrs()
      .optional()
      .describe("Network of clients and monitors. Default: network.machines."),
    clusterNetworks: cidrs().optional().describe("Separate network for replication between OSDs, if any."),
    pools: z
      .array(
        z.strictObject({
          name: word().describe("Name of the pool."),
          application: z.enum(["rbd", "cephfs", "rgw"]).default("rbd").describe("What the pool is used for."),
        }),
      )
      .default([{ name: "kubernetes", application: "rbd" }])
      .describe("Pools to create."),
    storageClasses: z
      .array(storageClass)
      .optional()
      .describe(
        "Storage classes of the cluster. Default: one for each rbd pool; the first one is the default class.",
      ),
    dashboard: z.boolean().default(false).describe("Install the Ceph dashboard with Prometheus and Grafana."),
  })
  .prefault({})
  .describe("The Ceph cluster on the hosts with ceph roles.");

const openshift = z
  .strictObject({
    deploymentType: z
      .enum(["origin", "openshift-enterprise"])
      .default("origin")
      .describe("origin: OKD. openshift-enterprise: Red Hat's product, with a subscription."),
    subdomain: dnsName().optional().describe("Wildcard domain of the routes. Default: apps.<domain>."),
  })
  .prefault({})
  .describe("Settings for orchestrator openshift.");

const versions = z
  .strictObject({
    kubernetes: version()
      .optional()
      .describe('For example "1.35.4". Default: the newest version that the installed kubespray supports.'),
    ceph: z.string().min(1).optional().describe("Release name: reef or squid. Default: reef."),
    openshift: version().optional().describe('For example "3.11".'),
  })
  .prefault({})
  .describe("Versions to pin, always in quotes: YAML reads 1.30 as 1.3.");

/** The whole inventory of a cluster. */
export const clusterSchema = z
  .strictObject({
    name: dnsName().optional().describe("Short name of the cluster. Default: the name of its folder."),
    domain: dnsName().describe("DNS domain of the hosts."),
    orchestrator: z
      .enum(["kubernetes", "openshift", "none"])
      .default("kubernetes")
      .describe(
        "What runs on the hosts: kubernetes (kubespray), openshift (openshift-ansible), or none (Ceph only).",
      ),
    ssh: ssh.prefault({}),
    network,
    api,
    loadBalancer,
    etcd,
    storage: z.strictObject({ ceph }).prefault({}).describe("Storage clusters."),
    openshift,
    dns,
    resolver,
    registry,
    routes,
    edge,
    ldap: ldap.optional(),
    monitoring,
    backup: backup.optional(),
    versions,
    hosts: z
      .record(z.string(), host)
      .describe(
        "The machines: name → host. A range such as compute[1:4] means several hosts. The first control plane is set up first.",
      ),
    tools: tools.prefault({}),
  })
  .describe("A cluster, as written in inventories/<cluster>/*.yml.");

/** The central inventory after validation: types checked, defaults filled in. */
export type Settings = z.output<typeof clusterSchema>;
