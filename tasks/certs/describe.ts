/** Certificates as a table. */
import { table } from "../report/text.ts";
import type { HostCertificates } from "./collect.ts";
import { isBad, type JudgedCertificate } from "./judge.ts";

/** Seconds of difference between clocks that do no harm. */
const SKEW = 120;

export function describeCertificates(
  cluster: string,
  hosts: readonly HostCertificates[],
  certificates: readonly JudgedCertificate[],
): string {
  const bad = certificates.filter(isBad);
  const head = `${cluster}: ${certificates.length} certificates on ${hosts.length} hosts, ${bad.length === 0 ? "all good" : `${bad.length} not good`}`;
  const rows = certificates.map((one) => [
    one.daysLeft === undefined ? "-" : String(one.daysLeft),
    one.state,
    one.hosts.join(","),
    one.owner,
    one.path,
    one.problem ?? one.subject ?? "",
  ]);
  const lines = [
    head,
    ...(rows.length === 0
      ? []
      : [table([["days left", "state", "hosts", "of", "file", "subject"], ...rows])]),
  ];
  const remedies = new Map<string, number>();
  for (const { renewal } of bad) remedies.set(renewal, (remedies.get(renewal) ?? 0) + 1);
  for (const [renewal, count] of remedies) lines.push(`  → ${count} × ${renewal}`);
  for (const { host, silent, clockSkew } of hosts) {
    if (silent !== undefined) lines.push(`critical: ${host}: ${silent}`);
    else if (Math.abs(clockSkew) > SKEW)
      lines.push(
        `warning: ${host}: its clock is ${Math.abs(clockSkew)} s ${clockSkew > 0 ? "ahead of" : "behind"} the controller's: certificates become valid and expire at a different time on it`,
      );
  }
  return `${lines.join("\n")}\n`;
}
