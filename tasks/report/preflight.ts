/** What the preflight role found, as it arrives by set_stats, and its table. */
import { table } from "./text.ts";

export interface Finding {
  readonly host: string;
  readonly check: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly remedy: string;
}

/** Findings out of the playbook's statistics; anything of another shape is left out. */
export function readFindings(value: unknown): readonly Finding[] {
  return Array.isArray(value) ? value.filter(isFinding) : [];
}

/** Errors first, then by host. */
export function preflightTable(findings: readonly Finding[]): string {
  const sorted = [...findings].sort(
    (a, b) => a.severity.localeCompare(b.severity) || a.host.localeCompare(b.host),
  );
  const rows = sorted.map((finding) => [
    finding.host,
    finding.severity,
    finding.check,
    finding.message,
    finding.remedy,
  ]);
  return table([["HOST", "", "CHECK", "FOUND", "REMEDY"], ...rows]);
}

function isFinding(value: unknown): value is Finding {
  return (
    typeof value === "object" &&
    value !== null &&
    ["host", "check", "message", "remedy"].every(
      (key) => typeof (value as Record<string, unknown>)[key] === "string",
    ) &&
    ["error", "warning"].includes((value as Finding).severity)
  );
}
