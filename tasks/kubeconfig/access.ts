/** The credentials of one cluster, read from an administrator's kubeconfig and written under the cluster's name. */
import type { ValueMap } from "../core/value.ts";
import { toYaml } from "../core/yaml-text.ts";
import { bodyOf, type Entry, entryNamed, type Kubeconfig, type Section, textAt } from "./document.ts";

/** What an administrator needs to reach a cluster. `user` holds secrets. */
export interface Access {
  /** PEM of the certificate authority that signed the API's certificate. */
  readonly authority: string;
  /** As the control plane wrote it, often https://127.0.0.1:6443: useless on other machines. */
  readonly server: string;
  readonly user: ValueMap;
}

export type AccessReading =
  | { readonly access: Access; readonly problem?: undefined }
  | { readonly problem: string; readonly access?: undefined };

/** The cluster and user of the current context. */
export function accessOf(config: Kubeconfig): AccessReading {
  const context = entryNamed(config.contexts, config.currentContext) ?? only(config.contexts);
  if (context === undefined) return { problem: "it has no current context" };
  const body = bodyOf("contexts", context);
  const cluster = bodyOf("clusters", entryNamed(config.clusters, textAt(body, "cluster")));
  const user = bodyOf("users", entryNamed(config.users, textAt(body, "user")));
  const server = textAt(cluster, "server");
  if (server === "") return { problem: `its context ${context.name} names no cluster with a server` };
  const authority = pem(textAt(cluster, "certificate-authority-data"));
  if (authority === undefined) return { problem: "it does not contain the certificate authority" };
  const outside = ["client-certificate", "client-key", "tokenFile"].find((key) => user[key] !== undefined);
  if (outside !== undefined) return { problem: `its user names a file on the host (${outside})` };
  const certificate = textAt(user, "client-certificate-data");
  const hasCertificate = certificate !== "" && textAt(user, "client-key-data") !== "";
  if (!hasCertificate && textAt(user, "token") === "")
    return { problem: "its user has neither a certificate with its key nor a token" };
  if (certificate !== "" && pem(certificate) === undefined)
    return { problem: "its user's certificate is damaged" };
  // An incomplete file may still be valid YAML, and an incomplete key valid base64.
  if (hasCertificate && pem(textAt(user, "client-key-data"), "PRIVATE KEY") === undefined)
    return { problem: "its user's key is damaged" };
  return { access: { authority, server, user } };
}

function only(entries: readonly Entry[]): Entry | undefined {
  return entries.length === 1 ? entries[0] : undefined;
}

/** base64 → PEM text; undefined when it is incomplete. */
function pem(data: string, what = "CERTIFICATE"): string | undefined {
  const text = Buffer.from(data, "base64").toString("latin1");
  const isWhole = new RegExp(`-----BEGIN (?:[A-Z]+ )*${what}-----[^-]+-----END (?:[A-Z]+ )*${what}-----`);
  return isWhole.test(text) ? text : undefined;
}

/** The entries of one cluster, for a separate file or for the user's. */
export interface ClusterEntries {
  readonly entries: Readonly<Record<Section, Entry>>;
  readonly context: string;
}

/** @param server https://host:port */
export function entriesFor(access: Access, name: string, server: string): ClusterEntries {
  const user = `${name}-admin`;
  return {
    context: name,
    entries: {
      clusters: {
        cluster: { "certificate-authority-data": base64(access.authority), server },
        name,
      },
      contexts: { context: { cluster: name, user }, name },
      users: { name: user, user: access.user },
    },
  };
}

function base64(text: string): string {
  return Buffer.from(text, "latin1").toString("base64");
}

/** A whole kubeconfig with nothing but this cluster. */
export function kubeconfigText({ entries, context }: ClusterEntries): string {
  return toYaml({
    apiVersion: "v1",
    kind: "Config",
    clusters: [entries.clusters],
    contexts: [entries.contexts],
    "current-context": context,
    users: [entries.users],
  });
}
