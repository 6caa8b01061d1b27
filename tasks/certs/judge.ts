/** Certificates → days until they expire, and the command that renews them. Pure. */
import { X509Certificate } from "node:crypto";
import type { FoundFile, HostCertificates, Owner } from "./collect.ts";

export type CertificateState = "expired" | "not-yet-valid" | "expiring" | "unreadable" | "garbage" | "ok";

export interface JudgedCertificate {
  /** Hosts that have this certificate at this path. */
  readonly hosts: readonly string[];
  readonly owner: Owner;
  readonly path: string;
  readonly state: CertificateState;
  /** Whole days until it expires; negative when it has expired. Absent when there is no certificate. */
  readonly daysLeft?: number;
  /** ISO 8601. */
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly subject?: string;
  readonly issuer?: string;
  readonly isAuthority: boolean;
  readonly fingerprint?: string;
  /** Why it is unreadable or garbage. */
  readonly problem?: string;
  /** What renews it. */
  readonly renewal: string;
}

const DAY_MS = 86_400_000;

/** Worst first. @param days fewer left than these, and it is `expiring` */
export function judgeCertificates(
  hosts: readonly HostCertificates[],
  now: Date,
  days: number,
): readonly JudgedCertificate[] {
  const all = new Map<string, JudgedCertificate>();
  for (const file of hosts.flatMap(({ files }) => files)) {
    for (const judged of judgeFile(file, now, days)) {
      const key = `${judged.path} ${judged.fingerprint ?? `${file.host} ${judged.problem}`}`;
      const known = all.get(key);
      all.set(key, known === undefined ? judged : { ...known, hosts: [...known.hosts, ...judged.hosts] });
    }
  }
  return [...all.values()].sort(
    (a, b) =>
      rank(a) - rank(b) || a.path.localeCompare(b.path) || a.hosts.join().localeCompare(b.hosts.join()),
  );
}

/** A file that cannot be read comes first. */
function rank({ daysLeft }: JudgedCertificate): number {
  return daysLeft ?? Number.NEGATIVE_INFINITY;
}

function judgeFile(file: FoundFile, now: Date, days: number): readonly JudgedCertificate[] {
  const base = { hosts: [file.host], owner: file.owner, path: file.path };
  const broken = (state: "unreadable" | "garbage", problem: string): JudgedCertificate[] => [
    { ...base, state, problem, isAuthority: false, renewal: renewalOf(file.owner, false) },
  ];
  if (file.unreadable !== undefined) return broken("unreadable", file.unreadable);
  if (file.certificates.length === 0)
    return broken(
      "garbage",
      file.isKubeconfig ? "contains no client certificate" : "contains no certificate",
    );
  const parsed = file.certificates.map(parse);
  const [first] = parsed;
  if (first === undefined || parsed.some((one) => one === undefined))
    return broken("garbage", "contains a block that is not a certificate");
  // A chain: the host's certificate first, then its authorities. The one that expires first counts.
  return [judgeChain(base, file.owner, parsed as readonly X509Certificate[], now, days)];
}

function judgeChain(
  base: Pick<JudgedCertificate, "hosts" | "owner" | "path">,
  owner: Owner,
  chain: readonly X509Certificate[],
  now: Date,
  days: number,
): JudgedCertificate {
  const [own] = chain as readonly [X509Certificate, ...X509Certificate[]];
  const shortest = chain.reduce((a, b) => (Date.parse(b.validTo) < Date.parse(a.validTo) ? b : a));
  const latest = chain.reduce((a, b) => (Date.parse(b.validFrom) > Date.parse(a.validFrom) ? b : a));
  const end = Date.parse(shortest.validTo);
  const begin = Date.parse(latest.validFrom);
  const daysLeft = Math.floor((end - now.getTime()) / DAY_MS);
  const state =
    end <= now.getTime()
      ? "expired"
      : begin > now.getTime()
        ? "not-yet-valid"
        : daysLeft < days
          ? "expiring"
          : "ok";
  return {
    ...base,
    state,
    daysLeft,
    notBefore: new Date(begin).toISOString(),
    notAfter: new Date(end).toISOString(),
    subject: oneLine(own.subject),
    issuer: oneLine(own.issuer),
    isAuthority: own.ca,
    fingerprint: own.fingerprint256,
    renewal: renewalOf(owner, own.ca),
  };
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** Node prints one attribute a line. */
function oneLine(name: string | undefined): string {
  return (name ?? "").split("\n").join(", ");
}

/** The command that renews it, or the service that does. No command renews a certificate authority. */
export function renewalOf(owner: Owner, isAuthority: boolean): string {
  if (isAuthority && owner !== "registry" && owner !== "nrpe")
    return "a certificate authority: every certificate and client that depends on it changes with it; follow docs/certificates.md";
  switch (owner) {
    case "kubernetes":
    case "etcd":
    case "registry":
    case "openshift":
      return `npm run certs:renew -- ${owner}`;
    case "kubelet":
      return "the kubelet renews it: systemctl restart kubelet, then journalctl -u kubelet";
    case "nrpe":
      return "npm run deploy:post -- --tags monitoring";
    case "haproxy":
      return "not managed by kube-magic: replace the file, then systemctl reload haproxy";
  }
}

/** Everything but `ok`; exit code 3 reports it. */
export function isBad({ state }: JudgedCertificate): boolean {
  return state !== "ok";
}
