/** How long an operator waits for a word about etcd: three real members, asked over SSH. */

import { join } from "node:path";
import { labPlaces } from "../tasks/lab/places.ts";
import { obstacles } from "../tasks/lab/requirements.ts";
import { ROOT } from "../test/helpers/environment.ts";
import { etcdLab } from "../test/helpers/etcd-lab.ts";
import type { Bench } from "./bench.ts";
import { measureInTurn } from "./measure.ts";

const LAB = "kmetcd";
const RUNS = 5;

export const bench: Bench = {
  name: "etcd",
  title: `three members in kubespray's layout, best of ${RUNS}`,
  needs: () => obstacles(labPlaces(LAB)).join(" ") || undefined,
  async run(report) {
    const lab = await etcdLab(LAB, "198.18.12", "trixie");
    try {
      await lab.install();
      const command = ["node", join(ROOT, "bin", "kube-magic.mjs")];
      const env = { ...process.env, KUBE_MAGIC_ROOT: lab.root };
      const [status] = measureInTurn(RUNS, [[...command, "etcd:status", "--cluster", LAB]], env);
      report({ what: "etcd:status of three members", value: status?.seconds ?? 0, unit: "s", limit: 2 });
      const [certificates] = measureInTurn(RUNS, [[...command, "certs:status", "--cluster", LAB]], env);
      report({ what: "certs:status of three hosts", value: certificates?.seconds ?? 0, unit: "s" });
    } finally {
      await lab.down();
    }
  },
};
