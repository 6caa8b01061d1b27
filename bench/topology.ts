/** The default lab under another name and network, so that a benchmark never touches the user's own lab. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../test/helpers/environment.ts";

/** @param network the first three numbers of a /24 */
export function benchTopology(folder: string, name: string, network: string): string {
  const file = join(folder, "topology.yml");
  const text = readFileSync(join(ROOT, "lab", "topology.yml"), "utf8");
  writeFileSync(file, text.replace(/^name: .*/m, `name: ${name}`).replaceAll("198.18.0.", `${network}.`));
  return file;
}
