/** Where a source is fetched from: its own URL, or its repository in a mirror. */
import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { VendorError } from "../../core/errors.ts";
import { type Pin, pinText } from "../pins/pins.ts";

/** A repository to fetch from. */
export interface Origin {
  readonly url: string;
  /** True when fetching needs no network. */
  readonly local: boolean;
  /** For messages. */
  readonly shownAs: string;
}

/**
 * The repository of a pin.
 * @param mirror a folder with bare repositories (`owner+name`, holding one in `repo` or `.git`, or `owner/name.git`), or
 *   the URL below which they are served as `owner/name`.
 * @throws VendorError when the mirror is a folder without that repository. It never falls back to the network.
 */
export function originOf(pin: Pin, mirror: string | undefined, cwd: string): Origin {
  if (mirror === undefined || mirror === "")
    return { url: pin.url, local: pin.url.startsWith("file:"), shownAs: pin.url };
  const [owner, name] = ownerAndName(pin.url);
  if (/^[a-z+]+:\/\//i.test(mirror)) {
    const url = `${mirror.replace(/\/+$/, "")}/${owner}/${name}.git`;
    return { url, local: mirror.startsWith("file:"), shownAs: url };
  }
  const folder = isAbsolute(mirror) ? mirror : resolve(cwd, mirror);
  if (!existsSync(folder)) {
    throw new VendorError(`the mirror ${mirror} does not exist`, {
      remedy: "correct --mirror or KUBE_MAGIC_MIRROR, or leave it out to fetch from the source's own URL",
    });
  }
  for (const base of [
    `${owner}+${name}`,
    `${owner}+${name}.git`,
    `${owner}/${name}.git`,
    `${owner}/${name}`,
    `${name}.git`,
  ]) {
    for (const inside of ["", ".git", "repo", "repo/.git"]) {
      const path = join(folder, base, inside);
      if (existsSync(join(path, "HEAD")) && existsSync(join(path, "objects")))
        return { url: pathToFileURL(path).href, local: true, shownAs: `${mirror}/${base}` };
    }
  }
  throw new VendorError(`${pinText(pin)}: the mirror ${mirror} has no repository for it`, {
    remedy: `create it: git clone --mirror ${pin.url} ${join(mirror, `${owner}+${name}`)}`,
  });
}

/** The last two parts of a URL's path, without .git. */
function ownerAndName(url: string): readonly [owner: string, name: string] {
  const parts = url
    .replace(/\/+$/, "")
    .replace(/\.git$/, "")
    .split(/[/:]/);
  return [parts.at(-2) ?? "", parts.at(-1) ?? ""];
}
