/** A lab of one control plane, and a repository of its own around its inventory, for the real command line. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labDown } from "../../tasks/lab/down.ts";
import type { LabPlaces } from "../../tasks/lab/places.ts";
import { ssh } from "../../tasks/lab/ssh.ts";
import { labUp } from "../../tasks/lab/up.ts";
import { ansibleForTests, ROOT } from "./environment.ts";
import { type Ended, startCommand } from "./start-command.ts";

export interface InsideLab {
  readonly root: string;
  readonly places: LabPlaces;
  /** The cluster's folder below build/. */
  readonly build: string;
  /** The site's own layer. */
  configure(layer: string): void;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** A script for the host's bash, with something on its standard input. @throws with what it said */
  on(host: string, script: string, input?: string): Promise<string>;
  down(): Promise<void>;
}

export async function insideLab(name: string, topology: string): Promise<InsideLab> {
  await ansibleForTests();
  const root = mkdtempSync(join(tmpdir(), `kube-magic-${name}-`));
  const inventories = join(root, "inventories");
  cpSync(join(ROOT, "inventories", "_defaults"), join(inventories, "_defaults"), { recursive: true });
  mkdirSync(join(root, "vendor"));
  for (const folder of ["requirements", ".environments", "vendor.yml"])
    symlinkSync(join(ROOT, "vendor", folder), join(root, "vendor", folder));
  symlinkSync(join(ROOT, "custom"), join(root, "custom"));
  writeFileSync(join(root, "topology.yml"), topology);
  await labDown({ name });
  const { places } = await labUp({ topologyFile: join(root, "topology.yml"), inventories });
  const local = join(inventories, name, "local");
  mkdirSync(local, { recursive: true });
  return {
    root,
    places,
    build: join(root, "build", name),
    configure: (layer) => writeFileSync(join(local, "test.yml"), layer),
    run: (args, env = {}) =>
      startCommand(args, { KUBE_MAGIC_ROOT: root, KUBE_MAGIC_CLUSTER: name, ...env }).ended,
    on: async (host, script, input = "") => {
      const { code, stdout, stderr } = await ssh(places, host, ["bash", "-c", script], { input });
      if (code !== 0) throw new Error(`${host}: exit code ${code}: ${stderr}${stdout}`);
      return stdout;
    },
    async down() {
      await labDown({ name });
      rmSync(root, { recursive: true, force: true });
    },
  };
}
