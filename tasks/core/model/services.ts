/** Services around the cluster. Each is absent when the central inventory does not have its section. */

/** Types of records that a user can add. */
export const RECORD_TYPES = ["A", "AAAA", "CNAME", "MX", "SRV", "TXT"] as const;
/** Type of a record. */
export type RecordType = (typeof RECORD_TYPES)[number];

/** A record that the user adds. Names without a dot at their end are relative to the cluster's domain. */
export interface ExtraRecord {
  readonly name: string;
  readonly type: RecordType;
  readonly value: string;
}

/** Name servers for the cluster's own names, on the hosts with the role dns. The first one is the primary server. */
export interface Dns {
  /** Seconds that an answer may be cached. */
  readonly ttl: number;
  /** Mailbox of the person responsible, as a DNS name: hostmaster.example.com. */
  readonly contact: string;
  /** Servers for all other names; empty: the root servers. Never one of our own. */
  readonly forwarders: readonly string[];
  /** More networks that may ask for other names, beside machines and pods. */
  readonly clients: readonly string[];
  readonly dnssecValidation: boolean;
  /** Wildcard domain of the applications; absent when it would have no address. */
  readonly ingress?: { readonly domain: string; readonly addresses: readonly string[] };
  readonly records: readonly ExtraRecord[];
}

/** The name servers of every host. */
export interface Resolver {
  /** One or two addresses, the preferred one first. */
  readonly servers: readonly string[];
  readonly search: readonly string[];
  /** True when a server is our own: then a name of the cluster is resolved as a test, before a host uses the servers. */
  readonly own: boolean;
}

/** The image registry. */
export interface Registry {
  /** First part of the name of every image, together with the port. */
  readonly domain: string;
  readonly port: number;
  readonly user: string;
  /** Registries, such as docker.io, whose images the nodes look up in ours first. */
  readonly mirrors: readonly string[];
  readonly storageDir: string;
  /** A certificate that expires in fewer days is renewed. */
  readonly renewBeforeDays: number;
  readonly garbageCollection: "weekly" | "never";
}

/** Routes to the pods of each node, for clusters without an overlay. */
export interface Routes {
  /** Host name → its pod networks, one per address family. */
  readonly podNetworks: Readonly<Record<string, readonly string[]>>;
  /** Ask the API for the networks of nodes that are not listed. */
  readonly fromApi: boolean;
}

/** The interface of the load balancers for traffic from outside. */
export interface Edge {
  readonly interface: string;
  /** Networks on that interface; replies from their addresses leave through it. */
  readonly networks: readonly string[];
  /** Router on that interface, one per address family. */
  readonly gateways: readonly string[];
  /** Number of our routing table. */
  readonly table: number;
}
