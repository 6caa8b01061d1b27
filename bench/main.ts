/**
 * npm run bench [-- NAME…]: every benchmark, or the named ones, as a table. Ratios are taken within one run, so that
 * they hold on any machine. Exit code 1 when a limit is passed.
 *
 * A new benchmark is a file that exports `bench: Bench`, and a line in BENCHES.
 */
import type { Bench, Row } from "./bench.ts";

const BENCHES: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  render: () => import("./render.ts"),
  readback: () => import("./readback.ts"),
  init: () => import("./init.ts"),
  startup: () => import("./startup.ts"),
  lab: () => import("./lab.ts"),
  deploy: () => import("./deploy.ts"),
  etcd: () => import("./etcd.ts"),
  nagios: () => import("./nagios.ts"),
  backup: () => import("./backup.ts"),
};

async function main(wanted: readonly string[]): Promise<number> {
  const unknown = wanted.filter((name) => BENCHES[name] === undefined);
  if (unknown.length > 0) {
    console.error(`unknown benchmark ${unknown.join(", ")}; there are: ${Object.keys(BENCHES).join(", ")}`);
    return 2;
  }
  let passed = 0;
  for (const [name, load] of Object.entries(BENCHES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const { bench } = await load();
    console.log(`\n${bench.name}: ${bench.title}`);
    const missing = bench.needs();
    if (missing !== undefined) {
      console.log(`  skipped: ${missing}`);
      continue;
    }
    await bench.run((row) => {
      console.log(line(row));
      if (row.limit !== undefined && row.value > row.limit) passed++;
    });
  }
  if (passed > 0) console.log(`\n${passed} over the limit`);
  return passed > 0 ? 1 : 0;
}

function line({ what, value, unit, limit }: Row): string {
  const digits = unit === "MB" ? 0 : 2;
  const verdict = limit === undefined ? "" : `  ${value <= limit ? "ok  " : "OVER"}  limit ${limit} ${unit}`;
  return `  ${what.padEnd(58)} ${value.toFixed(digits).padStart(8)} ${unit.padEnd(2)}${verdict}`;
}

process.exitCode = await main(process.argv.slice(2));
