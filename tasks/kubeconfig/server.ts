/** The address of the API in a kubeconfig, and whether the API's certificate covers it. */
import { X509Certificate } from "node:crypto";
import { lookup } from "node:dns/promises";
import { InputError } from "../core/errors.ts";
import { ipVersion } from "../core/ip.ts";
import type { ApiEndpoint } from "../core/model.ts";

export interface ServerChoice {
  /** https://host:port */
  readonly url: string;
  /** Notes for the user. */
  readonly notes: readonly string[];
  /** Absent when the certificate could not be read. */
  readonly verifies?: boolean;
}

export interface ServerQuestion {
  readonly api: ApiEndpoint;
  /** PEM of the certificate that the API serves. */
  readonly certificate?: string | undefined;
  /** `domain`, `vip` or an URL. */
  readonly asked?: string | undefined;
  /** Whether api.domain has an address on this machine. */
  readonly isResolved: boolean;
}

/**
 * The API's name, or its virtual address when the controller does not resolve the name, or the certificate lacks it.
 * @throws InputError for an address that does not exist or an invalid URL
 */
export function chooseServer({ api, certificate, asked, isResolved }: ServerQuestion): ServerChoice {
  const known = certificate === undefined ? undefined : parseCertificate(certificate);
  const host = askedHost(api, asked) ?? preferred(api, known, isResolved);
  const url =
    asked?.includes("://") === true ? asked : urlOf(host, api.local === true ? api.backendPort : api.port);
  if (known === undefined)
    return { url, notes: ["the API's certificate could not be read, so it was not checked"] };
  const notes = expiry(known);
  if (names(known, host)) {
    const why = isResolved ? "is not in the API's certificate" : "does not resolve on this machine";
    if (asked === undefined && host !== api.domain) notes.push(`${api.domain} ${why}: ${host} is used`);
    return { url, notes, verifies: true };
  }
  return {
    url,
    verifies: false,
    notes: [
      ...notes,
      `kubectl will refuse ${host}: the API's certificate names only ${namesOf(known).join(", ") || "nothing"}`,
    ],
  };
}

/** Asks this machine's resolver, /etc/hosts included. */
export async function isResolved(host: string): Promise<boolean> {
  return await lookup(host).then(
    () => true,
    () => false,
  );
}

function askedHost(api: ApiEndpoint, asked: string | undefined): string | undefined {
  if (asked === undefined) return undefined;
  if (asked === "domain") return api.domain;
  if (asked === "vip") {
    if (api.vip !== undefined) return api.vip;
    throw new InputError("--server vip: the cluster has no api.vip", {
      remedy: "use --server domain, or an URL",
    });
  }
  const url = URL.canParse(asked) ? new URL(asked) : undefined;
  if (url?.protocol === "https:" && url.hostname !== "") return url.hostname.replace(/^\[|\]$/g, "");
  throw new InputError(`--server: "${asked}" is neither domain nor vip nor an https URL`, {
    remedy: "write it as https://host:port",
  });
}

function preferred(api: ApiEndpoint, certificate: X509Certificate | undefined, isKnown: boolean): string {
  if (certificate === undefined || api.vip === undefined) return api.domain;
  if (isKnown && names(certificate, api.domain)) return api.domain;
  return names(certificate, api.vip) ? api.vip : api.domain;
}

function urlOf(host: string, port: number): string {
  return `https://${ipVersion(host) === 6 ? `[${host}]` : host}:${port}`;
}

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** As a client checks it: Go, and so kubectl, reads subjectAltName only. */
function names(certificate: X509Certificate, host: string): boolean {
  if (ipVersion(host) !== undefined) return certificate.checkIP(host) !== undefined;
  return certificate.checkHost(host, { subject: "never" }) !== undefined;
}

function namesOf(certificate: X509Certificate): string[] {
  return (certificate.subjectAltName ?? "")
    .split(/, */)
    .map((name) => name.replace(/^(?:DNS|IP Address):/, ""))
    .filter((name) => name !== "");
}

function expiry(certificate: X509Certificate): string[] {
  const days = Math.floor((Date.parse(certificate.validTo) - Date.now()) / 86_400_000);
  if (days < 0) return [`the API's certificate expired on ${certificate.validTo}: npm run certs:renew`];
  return days < 14 ? [`the API's certificate expires in ${days} days: npm run certs:renew`] : [];
}
