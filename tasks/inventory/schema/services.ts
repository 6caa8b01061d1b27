/** Schema of the services around the cluster. Each section is optional: a service without its section is not deployed. */
import { z } from "zod";
import { RECORD_TYPES } from "../../core/model/services.ts";
import { isRecordValue } from "../../core/zones.ts";
import { absolutePath, cidr, cidrs, dnsName, interfaceName, ipAddress, port } from "./fields.ts";

/** Names of records may contain underscores (_ldap._tcp) and begin with a wildcard. */
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
      .describe("Relative to the domain; absolute with a dot at its end; @ for the domain itself."),
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
      message: `"${value}" cannot be the value of a record of type ${type}`,
      params: { remedy: `write ${VALUE_OF[type]}` },
      continue: true,
    });
  });

/** The section dns. */
export const dns = z
  .strictObject({
    ttl: z.int().min(30).max(604_800).default(300).describe("How many seconds a client may cache an answer."),
    contact: dnsName()
      .optional()
      .describe("Mailbox of the person responsible, written as a DNS name. Default: hostmaster.<domain>."),
    forwarders: z
      .array(ipAddress())
      .optional()
      .describe(
        "Servers to ask for all other names. Default: network.dns.servers without our own servers. An empty list: the root servers.",
      ),
    clients: z
      .array(cidr())
      .default([])
      .describe("More networks that may ask for other names, beside network.machines and network.pods."),
    dnssecValidation: z
      .boolean()
      .default(false)
      .describe(
        "Refuse answers with wrong signatures. Off by default, because a site's forwarders often answer for names that the public DNS does not have.",
      ),
    ingress: z
      .strictObject({
        domain: dnsName()
          .optional()
          .describe("Wildcard domain of the applications. Default: openshift.subdomain, else apps.<domain>."),
        addresses: z
          .array(ipAddress())
          .optional()
          .describe(
            "Addresses of that domain. Default: loadBalancer.edgeVips, else the infra hosts, else the workers.",
          ),
      })
      .prefault({})
      .describe("Names of the applications."),
    records: z
      .array(record)
      .default([])
      .describe("Your own records, beside those of the hosts, the API and the applications."),
  })
  .optional()
  .describe(
    "Name servers on the hosts with the role dns, for the names and the addresses of the cluster. The first host is the primary server.",
  );

/** The section resolver. */
export const resolver = z
  .strictObject({
    servers: z
      .array(ipAddress())
      .optional()
      .describe("At most two addresses. Default: the hosts with the role dns, else network.dns.servers."),
    search: z.array(dnsName()).optional().describe("Search domains. Default: domain and network.dns.search."),
  })
  .optional()
  .describe(
    "Sets the name servers of every host, after a test that they answer. Without the section they stay as they are; resolver: {} has the defaults.",
  );

/** The section registry. */
export const registry = z
  .strictObject({
    domain: dnsName().optional().describe("Name of the registry. Default: registry.<domain>."),
    port: port().default(5000).describe("TCP port; it is part of the name of every image."),
    user: z
      .string()
      .regex(/^[a-z0-9][-a-z0-9_.]{0,31}$/, {
        error: ({ input }) => `"${input}" cannot be the user of a registry`,
      })
      .default("kube-magic")
      .describe("User of the registry; its password is generated."),
    mirrors: z
      .array(
        z.string().regex(/^[a-z0-9][-a-z0-9.]*(:\d{1,5})?$/, {
          error: ({ input }) => `"${input}" cannot be the name of a registry`,
        }),
      )
      .default([])
      .describe(
        "Registries, for example docker.io, whose images the nodes look up in this registry first. You have to push the images yourself.",
      ),
    storageDir: absolutePath().default("/var/lib/docker-registry").describe("Folder for the images."),
    renewBeforeDays: z
      .int()
      .min(1)
      .max(300)
      .default(30)
      .describe(
        "The next deploy:post renews a certificate with fewer days left. A certificate is valid for 397 days.",
      ),
    garbageCollection: z
      .enum(["weekly", "never"])
      .default("weekly")
      .describe("weekly: remove unused data on Sunday night; the registry is not available meanwhile."),
  })
  .optional()
  .describe(
    "An image registry on the host with the role registry, with a password and with TLS from our own certificate authority.",
  );

/** The section routes. */
export const routes = z
  .strictObject({
    podNetworks: z
      .record(z.string(), cidrs())
      .default({})
      .describe("Host → the network of its pods, one per address family."),
    fromApi: z
      .boolean()
      .default(true)
      .describe(
        "Ask the Kubernetes API, if it is available, for the networks of the nodes that are not listed.",
      ),
  })
  .optional()
  .describe(
    "Persistent routes on every node to the pods of the other nodes, for network plugins that make no routes.",
  );

/** The section edge. */
export const edge = z
  .strictObject({
    interface: interfaceName().describe("Interface of the load balancers for traffic from outside."),
    networks: cidrs().describe("Network on that interface, one per address family."),
    gateways: z
      .union([ipAddress(), z.array(ipAddress()).min(1)])
      .describe("Router on that interface, one per address family."),
    table: z.int().min(1).max(252).default(200).describe("Number of a routing table that nothing else uses."),
  })
  .optional()
  .describe(
    "A separate interface of the load balancers for traffic from outside. It has the loadBalancer.edgeVips inside its networks, and replies leave through it.",
  );
