/** Eight real hosts from nothing, with the base image cached. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labDown } from "../tasks/lab/down.ts";
import { labPlaces } from "../tasks/lab/places.ts";
import { obstacles } from "../tasks/lab/requirements.ts";
import { labUp } from "../tasks/lab/up.ts";
import { ROOT } from "../test/helpers/environment.ts";
import type { Bench } from "./bench.ts";
import { benchTopology } from "./topology.ts";

const LAB = "kmbench";

export const bench: Bench = {
  name: "lab",
  title: "real hosts on this machine",
  needs: () => obstacles(labPlaces(LAB)).join(" ") || undefined,
  async run(report) {
    const folder = mkdtempSync(join(tmpdir(), "kube-magic-bench-"));
    const topologyFile = benchTopology(folder, LAB, "198.18.4");
    const up = async (): Promise<number> => {
      const started = performance.now();
      await labUp({ topologyFile, inventories: join(ROOT, "inventories") });
      return (performance.now() - started) / 1000;
    };
    try {
      await up(); // Makes the base when it is not cached.
      await labDown({ name: LAB });
      report({ what: "lab:up of eight hosts, base cached", value: await up(), unit: "s", limit: 30 });
      report({ what: "lab:up again, nothing to do", value: await up(), unit: "s" });
    } finally {
      const started = performance.now();
      await labDown({ name: LAB });
      report({ what: "lab:down", value: (performance.now() - started) / 1000, unit: "s" });
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
