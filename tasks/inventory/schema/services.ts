/** Schema of the services around the cluster. Each section is optional: what is not declared is not deployed. */
import { z } from "zod";
import { RECORD_TYPES } from "../../core/model/services.ts";
import { isRecordValue } from "../../core/zones.ts";
import { absolutePath, cidr, cidrs, dnsName, interfaceName, ipAddress, port } from "./fields.ts";

/** Owner names may have underscores (_ldap._tcp) and a wildcard in front. */
const RECORD_NAME =
  /^(@|(\*|[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?)(\.[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?)*\.?)$/;
const isTarget = (text: string): boolean =>
  text.length <= 253 && RECORD_NAME.test(text) && !text.startsWith("*");

const VALUE_OF: Readonly<Record<(typeof RECORD_TYPES)[number], string>> = {
  A: "an IPv4 address",
  AAAA: "an IPv6 address",
  CNAME: "a name",
  MX: "a number and a name, such as 10 mail",
  SRV: "priority, weight, port and a name, such as 0 5 636 ldap1",
  TXT: "text of at most 4096 bytes",
};

const record = z
  .strictObject({
    name: z
      .string()
      .regex(RECORD_NAME, { error: ({ input }) => `"${input}" cannot be the name of a record` })
      .max(253)
      .describe("Relative to the domain; absolute with a last dot; @ for the domain itself."),
    type: z.enum(RECORD_TYPES).describe("Type of the record."),
    value: z
      .string()
      .describe(
        "As in a zone file: an address, a name, `10 mail` for MX, `0 5 636 ldap1` for SRV; for TXT any text.",
      ),
  })
  .check((context) => {
    const { type, value } = context.value;
    if (isRecordValue(type, value, isTarget)) return;
    context.issues.push({
      code: "custom",
      input: value,
      path: ["value"],
      message: `"${value}" is no value of a record of type ${type}`,
      params: { remedy: `write ${VALUE_OF[type]}` },
      continue: true,
    });
  });

export const dns = z
  .strictObject({
    ttl: z.int().min(30).max(604_800).default(300).describe("Seconds for which an answer may be kept."),
    contact: dnsName()
      .optional()
      .describe("Mailbox of the one responsible, written as a name. Default: hostmaster.<domain>."),
    forwarders: z
      .array(ipAddress())
      .optional()
      .describe(
        "Servers that know all other names. Default: network.dns.servers without our own; empty: the root servers.",
      ),
    clients: z
      .array(cidr())
      .default([])
      .describe("Networks that may ask for other names too, beside network.machines and network.pods."),
    dnssecValidation: z
      .boolean()
      .default(false)
      .describe(
        "Refuse answers with wrong signatures. Off by default: forwarders of a site often know names that the public root denies.",
      ),
    ingress: z
      .strictObject({
        domain: dnsName()
          .optional()
          .describe(
            "Wildcard domain of the applications. Default: apps.<domain>, with openshift its subdomain.",
          ),
        addresses: z
          .array(ipAddress())
          .optional()
          .describe(
            "What it stands for. Default: loadBalancer.edgeVips, else the infra hosts, else the workers.",
          ),
      })
      .prefault({})
      .describe("Names of the applications."),
    records: z
      .array(record)
      .default([])
      .describe("Records of your own, beside those of hosts, API and applications."),
  })
  .optional()
  .describe(
    "Name servers for the cluster's names, on the hosts with role dns: forward and reverse, the first host is primary.",
  );

export const resolver = z
  .strictObject({
    servers: z
      .array(ipAddress())
      .optional()
      .describe("At most two. Default: the hosts with role dns, else network.dns.servers."),
    search: z.array(dnsName()).optional().describe("Search domains. Default: domain and network.dns.search."),
  })
  .optional()
  .describe(
    "Sets the name servers of every host, after asking them; off unless the section is there: resolver: {}.",
  );

export const registry = z
  .strictObject({
    domain: dnsName().optional().describe("Name of the registry. Default: registry.<domain>."),
    port: port().default(5000).describe("TCP port, part of every image's name."),
    user: z
      .string()
      .regex(/^[a-z0-9][-a-z0-9_.]{0,31}$/, {
        error: ({ input }) => `"${input}" cannot be the user of a registry`,
      })
      .default("kube-magic")
      .describe("User of the registry; its password is generated."),
    mirrors: z
      .array(
        z
          .string()
          .regex(/^[a-z0-9][-a-z0-9.]*(:\d{1,5})?$/, { error: ({ input }) => `"${input}" is no registry` }),
      )
      .default([])
      .describe(
        "Registries whose images nodes look for in this one first, such as docker.io; fill it yourself.",
      ),
    storageDir: absolutePath().default("/var/lib/docker-registry").describe("Folder of the images."),
    renewBeforeDays: z
      .int()
      .min(1)
      .max(300)
      .default(30)
      .describe(
        "A certificate with fewer days left is renewed by the next deploy of post; it is made for 397 days.",
      ),
    garbageCollection: z
      .enum(["weekly", "never"])
      .default("weekly")
      .describe("Removes what no image refers to, on Sunday night; the registry is down for it."),
  })
  .optional()
  .describe("An image registry with TLS of our own CA and a password, on the host with role registry.");

export const routes = z
  .strictObject({
    podNetworks: z
      .record(z.string(), cidrs())
      .default({})
      .describe("Host → the network of its pods; one per address family."),
    fromApi: z
      .boolean()
      .default(true)
      .describe("Ask the Kubernetes API for the network of every node that is not listed, when it is there."),
  })
  .optional()
  .describe(
    "Persistent routes to the pods of every other node, for clusters whose network plugin makes none.",
  );

export const edge = z
  .strictObject({
    interface: interfaceName().describe("Interface of the load balancers that faces the outside."),
    networks: cidrs().describe("Network on that interface; one per address family."),
    gateways: z
      .union([ipAddress(), z.array(ipAddress()).min(1)])
      .describe("Router on that interface; one per address family."),
    table: z.int().min(1).max(252).default(200).describe("Number of a routing table that nobody else uses."),
  })
  .optional()
  .describe(
    "Interface for traffic from outside: loadBalancer.edgeVips inside its networks live on it, and replies leave through it.",
  );
