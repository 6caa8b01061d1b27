/** The layer below images that need more than their program: a small Debian with the tools for packet filters. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { capture } from "../../io/command/capture.ts";
import { readPackageSource } from "../package-source.ts";
import { storeLayer } from "./compress.ts";
import { commandFailed } from "./failures.ts";
import type { Layer } from "./oci.ts";
import type { BaseLayer } from "./plan.ts";
import { readRecord, type StorePlaces, writeRecord } from "./store.ts";

/** The layer, made once for all images. @throws VendorError when Debian's mirror cannot be reached. */
export async function ensureBaseLayer(store: StorePlaces, base: BaseLayer): Promise<Layer> {
  const found = readRecord(store, "base", base.key);
  if (found !== undefined) return found.layer;
  mkdirSync(store.work, { recursive: true });
  const tarFile = join(store.work, "base.tar");
  if (existsSync(tarFile)) rmSync(tarFile);
  const { mirror, proxy } = await readPackageSource();
  const result = await capture(
    [
      ...(["setpriv", "--pdeathsig", "KILL", "nice", "-n", "19"] as const),
      ...["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"],
      ...["mmdebstrap", "--mode=root", "--variant=minbase", "--format=tar"],
      `--include=${base.packages.join(",")}`,
      // A container runtime makes /dev itself, and a host that is a container may not create devices.
      "--skip=output/dev",
      ...["doc", "man", "locale", "info"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
      ...(proxy === undefined ? [] : [`--aptopt=Acquire::http::Proxy "${proxy}"`]),
      ...[base.suite, tarFile, `deb ${mirror} ${base.suite} main`],
    ],
    { env: { ...process.env, SOURCE_DATE_EPOCH: "0", TMPDIR: store.work } },
  );
  if (result.code !== 0) throw commandFailed("the Debian layer of the images could not be made", result);
  const layer = await storeLayer(store, tarFile);
  rmSync(tarFile);
  writeRecord(store, base.key, { kind: "base", layer });
  return layer;
}
