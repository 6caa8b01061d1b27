/** Small pieces of text that several reports share. */
import type { HostStats } from "../core/events.ts";
import type { TaskView } from "./progress-state.ts";

/** 9 s · 1 min 05 s · 2 h 03 min */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${seconds < 10 ? seconds.toFixed(1) : whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
}

/** 950 B · 18.4 MiB · 4 GiB */
export function size(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  return `${Number((bytes / 1024 ** step).toFixed(1))} ${units[step]}`;
}

/** `3 ok, 1 changed`; only what is not zero. */
export function counts(task: TaskView): string {
  const parts = (["ok", "changed", "failed", "skipped"] as const).flatMap((key) =>
    task[key] > 0 ? [`${task[key]} ${key}`] : [],
  );
  return parts.join(", ");
}

/** Columns padded to their widest cell, two spaces apart. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** `8 hosts: 120 ok, 14 changed`; failures and unreachable hosts only when there are any. */
export function hostTotals(stats: Readonly<Record<string, HostStats>>): string {
  const all = Object.values(stats);
  const sum = (key: keyof HostStats): number => all.reduce((total, host) => total + host[key], 0);
  const extra = (["failures", "unreachable"] as const).flatMap((key) =>
    sum(key) > 0 ? [`${sum(key)} ${key}`] : [],
  );
  return [`${all.length} hosts: ${sum("ok")} ok`, `${sum("changed")} changed`, ...extra].join(", ");
}
