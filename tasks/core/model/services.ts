/** Services around the cluster. Each is absent until the central inventory declares its section. */

export const RECORD_TYPES = ["A", "AAAA", "CNAME", "MX", "SRV", "TXT"] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

/** A record of the site's own, as written: names without a trailing dot are relative to the cluster's domain. */
export interface ExtraRecord {
  readonly name: string;
  readonly type: RecordType;
  readonly value: string;
}

/** Name servers for the cluster's own names, on the hosts with role dns: the first is primary. */
export interface Dns {
  /** Seconds that an answer may be cached. */
  readonly ttl: number;
  /** Mailbox of the one responsible, as a DNS name: hostmaster.example.com. */
  readonly contact: string;
  /** Where all other questions go; empty: the root servers. Never one of our own. */
  readonly forwarders: readonly string[];
  /** Networks that may ask for names of others, beside machines and pods. */
  readonly clients: readonly string[];
  readonly dnssecValidation: boolean;
  /** The wildcard name of the applications; absent when there is nothing that it could point at. */
  readonly ingress?: { readonly domain: string; readonly addresses: readonly string[] };
  readonly records: readonly ExtraRecord[];
}

/** The name servers of every host. */
export interface Resolver {
  /** One or two addresses, the preferred one first. */
  readonly servers: readonly string[];
  readonly search: readonly string[];
  /** Servers of our own know the cluster's names: then that is what is asked of them before a host relies on them. */
  readonly own: boolean;
}

export interface Registry {
  /** Name that images carry, with the port. */
  readonly domain: string;
  readonly port: number;
  readonly user: string;
  /** Registries whose images are looked for in ours first, such as docker.io. */
  readonly mirrors: readonly string[];
  readonly storageDir: string;
  /** A certificate with less than this is renewed. */
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
  /** Number of the routing table that is ours. */
  readonly table: number;
}
