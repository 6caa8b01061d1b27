/** The default lab's eight hosts under another name and network, so that a benchmark never touches the user's own lab. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labDown } from "../tasks/lab/down.ts";
import { labPlaces } from "../tasks/lab/places.ts";
import { obstacles } from "../tasks/lab/requirements.ts";
import { labUp } from "../tasks/lab/up.ts";
import { ROOT } from "../test/helpers/environment.ts";

/** Also the cluster's name. */
export const LAB = "kmbench";
const NETWORK = "198.18.4.";

export interface BenchLab {
  /** For files of the benchmark; gone with the lab. */
  readonly folder: string;
  /** Seconds that it took. */
  up(): Promise<number>;
  /** Seconds that it took. */
  down(): Promise<number>;
}

/** What this machine lacks for a lab, in words; undefined when nothing. */
export const labNeeds = (): string | undefined => obstacles(labPlaces(LAB)).join(" ") || undefined;

/** Gives a lab that is not up yet, and takes it away when `use` is done, whatever happened. */
export async function withBenchLab(use: (lab: BenchLab) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kube-magic-bench-"));
  const topologyFile = join(folder, "topology.yml");
  const text = readFileSync(join(ROOT, "lab", "topology.yml"), "utf8");
  writeFileSync(topologyFile, text.replace(/^name: .*/m, `name: ${LAB}`).replaceAll("198.18.0.", NETWORK));
  const up = (): Promise<unknown> => labUp({ topologyFile, inventories: join(ROOT, "inventories") });
  const down = (): Promise<unknown> => labDown({ name: LAB });
  try {
    await use({ folder, up: () => seconds(up), down: () => seconds(down) });
  } finally {
    await down();
    rmSync(join(ROOT, "build", LAB), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
