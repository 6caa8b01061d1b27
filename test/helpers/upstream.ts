/** The real upstream trees, brought once by the real init into a site below build/, from KUBE_MAGIC_MIRROR. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./environment.ts";
import type { Ended } from "./start-command.ts";
import { plainEnvironment } from "./vendor.ts";

export const MIRROR = process.env.KUBE_MAGIC_MIRROR;
export const NO_MIRROR = "needs the upstream repositories: KUBE_MAGIC_MIRROR=DIR|URL";

export interface UpstreamSite {
  readonly root: string;
  readonly vendor: string;
  run(...args: readonly string[]): Ended;
  read(path: string): string;
}

/** A site with our vendor.yml, patches and requirements; environments are shared with the repository's own. */
export function anUpstreamSite(root: string, environments: "shared" | "own" = "shared"): UpstreamSite {
  const vendor = join(root, "vendor");
  mkdirSync(vendor, { recursive: true });
  for (const name of ["vendor.yml", "patches", "requirements"])
    cpSync(join(ROOT, "vendor", name), join(vendor, name), { recursive: true });
  mkdirSync(join(ROOT, "vendor", ".environments"), { recursive: true });
  if (environments === "shared" && !existsSync(join(vendor, ".environments")))
    symlinkSync(join(ROOT, "vendor", ".environments"), join(vendor, ".environments"));
  return {
    root,
    vendor,
    read: (path) => readFileSync(join(root, path), "utf8"),
    run(...args) {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [join(ROOT, "bin", "kube-magic.mjs"), ...args],
        {
          encoding: "utf8",
          maxBuffer: 1 << 28,
          env: {
            ...plainEnvironment(),
            ...(MIRROR === undefined ? {} : { KUBE_MAGIC_MIRROR: MIRROR }),
            KUBE_MAGIC_ROOT: root,
          },
        },
      );
      return { code: status ?? 137, stdout, stderr };
    },
  };
}
