/** Eight real hosts from nothing, with the base image cached. */
import type { Bench } from "./bench.ts";
import { labNeeds, withBenchLab } from "./bench-lab.ts";

export const bench: Bench = {
  name: "lab",
  title: "real hosts on this machine",
  needs: labNeeds,
  run: (report) =>
    withBenchLab(async ({ up, down }) => {
      await up(); // Makes the base when it is not cached.
      await down();
      report({ what: "lab:up of eight hosts, base cached", value: await up(), unit: "s", limit: 30 });
      report({ what: "lab:up again, nothing to do", value: await up(), unit: "s" });
      report({ what: "lab:down", value: await down(), unit: "s" });
    }),
};
