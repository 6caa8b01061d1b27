/** Bringing the three tools, against three full clones one after the other; and what the second run costs. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { originOf } from "../tasks/toolchain/fetch/mirror.ts";
import { readPins } from "../tasks/toolchain/pins/pins.ts";
import { anUpstreamSite, MIRROR, NO_MIRROR } from "../test/helpers/upstream.ts";
import { plainEnvironment } from "../test/helpers/vendor.ts";
import type { Bench } from "./bench.ts";
import { type Measured, measure } from "./measure.ts";

const RUNS = 3;
const TOOLS = ["kubespray", "ceph-ansible", "openshift-ansible"];
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const KUBE_MAGIC = join(ROOT, "bin", "kube-magic.mjs");

export const bench: Bench = {
  name: "init",
  title: "kubespray, ceph-ansible and openshift-ansible from a mirror",
  needs: () => (MIRROR === undefined ? NO_MIRROR : undefined),
  async run(report) {
    const folder = mkdtempSync(join(tmpdir(), "kube-magic-bench-"));
    try {
      // In turn, so that a disturbance of the machine hits both of them alike.
      const rounds = Array.from({ length: RUNS }, (_, round) => {
        const clones = join(folder, `clones-${round}`);
        const root = join(folder, `site-${round}`);
        const cloning = cloneAll(clones);
        const init = initInto(root);
        const again = initInto(root);
        const vendor = join(root, "vendor");
        return {
          cloning,
          init,
          again,
          clones: diskUse(clones),
          site: diskUse(vendor),
          cloneObjects: diskUse(...TOOLS.map((tool) => join(clones, tool, ".git"))),
          siteObjects: diskUse(...TOOLS.map((tool) => join(vendor, tool, ".git"))),
        };
      });
      const least = (values: readonly number[]): number => Math.min(...values);
      const init = least(rounds.map((round) => round.init.seconds));
      const cloning = least(rounds.map((round) => round.cloning));
      const [first] = rounds;
      report({ what: "init --trees-only: fetch, verify, patch, in parallel", value: init, unit: "s" });
      report({ what: "three times git clone, checked out at the same commits", value: cloning, unit: "s" });
      report({ what: "init / git clone, time", value: init / cloning, unit: "x", limit: 0.25 });
      report({ what: "vendor/ after init", value: first?.site ?? 0, unit: "MB" });
      report({ what: "three clones", value: first?.clones ?? 0, unit: "MB" });
      // Whole folders: working files, git's store, and here our patches and pinned requirements too.
      report({
        what: "init / git clone, disk",
        value: (first?.site ?? 0) / (first?.clones ?? 1),
        unit: "x",
        limit: 0.25,
      });
      const objects = (first?.siteObjects ?? 0) / (first?.cloneObjects ?? 1);
      report({ what: "init / git clone, git's store alone", value: objects, unit: "x" });
      report({
        what: "init again, nothing to do",
        value: least(rounds.map((round) => round.again.seconds)),
        unit: "s",
        limit: 0.5,
      });
      const cold = least(rounds.map((_, round) => catalog(join(folder, `site-${round}`), true)));
      const cached = least(rounds.map((_, round) => catalog(join(folder, `site-${round}`), false)));
      report({ what: "catalog of all three trees, cold (npm run vars)", value: cold, unit: "s", limit: 2 });
      report({ what: "catalog of all three trees, cached: the whole command", value: cached, unit: "s" });
      const idle = least(rounds.map(() => measure([process.execPath, KUBE_MAGIC, "vars", "--help"]).seconds));
      report({ what: "catalog of all three trees, cached", value: cached - idle, unit: "s", limit: 0.2 });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** With the same checkout at the end, and no hard links into the mirror. */
function cloneAll(folder: string): number {
  mkdirSync(folder);
  let seconds = 0;
  for (const { name, tool, versions, default: preset } of readPins(join(ROOT, "vendor")).sources.values()) {
    const pin = versions.get(preset);
    if (name !== tool || pin === undefined) continue;
    const { url } = originOf(pin, MIRROR, process.cwd());
    const into = join(folder, name);
    seconds += measure(["git", "clone", "--quiet", "--no-checkout", url, into], plainEnvironment()).seconds;
    seconds += measure(["git", "-C", into, "checkout", "--quiet", pin.commit], plainEnvironment()).seconds;
  }
  return seconds;
}

function initInto(root: string): Measured {
  anUpstreamSite(root);
  const env = { ...plainEnvironment(), KUBE_MAGIC_ROOT: root, KUBE_MAGIC_MIRROR: MIRROR };
  return measure([process.execPath, KUBE_MAGIC, "init", "--trees-only"], env);
}

function catalog(root: string, cold: boolean): number {
  if (cold) rmSync(join(root, "vendor", ".cache"), { recursive: true, force: true });
  const env = { ...plainEnvironment(), KUBE_MAGIC_ROOT: root };
  return measure([process.execPath, KUBE_MAGIC, "vars", "etcd_quota_backend"], env).seconds;
}

/** Of the folder's own files: what is shared with other sites by a link does not count. */
function diskUse(...folders: readonly string[]): number {
  const { stdout } = spawnSync("du", ["-skc", ...folders], { encoding: "utf8" });
  return Number(stdout.trim().split("\n").at(-1)?.split("\t")[0]) / 1024;
}
