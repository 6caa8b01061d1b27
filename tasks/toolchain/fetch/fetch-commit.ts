/** Fetches the pinned commit and no other, from its own repository or from a mirror of it. */
import { VendorError } from "../../core/errors.ts";
import { type Git, GitFailure } from "../../io/git.ts";
import { type Pin, pinText } from "../pins/pins.ts";
import { originOf } from "./mirror.ts";

/** Where to fetch from, and how to report progress. */
export interface FetchOptions {
  /** Folder or URL of --mirror; undefined: the source's own URL. */
  readonly mirror: string | undefined;
  /** Refuse every fetch that needs the network. */
  readonly offline: boolean;
  readonly progress: (message: string) => void;
}

/**
 * Fetches a pin into a new, empty folder and checks it out.
 * @throws VendorError that names the pin, what is wrong with it or the repository, and what to do.
 */
export async function fetchCommit(pin: Pin, git: Git, options: FetchOptions): Promise<void> {
  const origin = originOf(pin, options.mirror, process.cwd());
  if (options.offline && !origin.local) {
    throw new VendorError(
      `${pinText(pin)} is not installed, and --offline forbids fetching it from ${origin.shownAs}`,
      { remedy: "leave --offline out, or name a folder of repositories: npm run init -- --mirror DIR" },
    );
  }
  options.progress(
    `${pin.source}: fetching ${pin.version} (${pin.commit.slice(0, 9)}) from ${origin.shownAs}`,
  );
  try {
    await git.init();
    refuseWrongTarget(pin, origin.shownAs, await git.resolve(origin.url, pin.ref, pin.version));
    const fetched = await git.fetch(origin.url, pin.commit, { kind: pin.ref, name: pin.version });
    if (fetched !== pin.commit)
      throw new VendorError(`${pinText(pin)}: ${origin.shownAs} returned the commit ${fetched} instead`, {
        remedy: "do not use that repository until you have found out why",
      });
    await git.checkout(pin.commit, pin.leftOut);
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw new VendorError(`${pinText(pin)} cannot be fetched from ${origin.shownAs}: ${error.reason}`, {
      remedy: error.remedy ?? `check the repository: git ls-remote ${origin.shownAs}`,
      output: error.message.split("\n").slice(-6).join("\n"),
      cause: error,
    });
  }
}

/** A tag must resolve to the pinned commit; a branch moves, so it only has to exist. */
function refuseWrongTarget(pin: Pin, repository: string, target: string | undefined): void {
  if (target === undefined) {
    throw new VendorError(`${pinText(pin)}: ${repository} has no ${pin.ref} ${pin.version}`, {
      remedy: "update the mirror, or correct the version in vendor/vendor.yml",
    });
  }
  if (pin.ref !== "tag" || target === pin.commit) return;
  throw new VendorError(
    `${pinText(pin)}: the tag ${pin.version} of ${repository} is another commit, ${target.slice(0, 9)}: the tag was moved, or the repository was tampered with; nothing was fetched`,
    { remedy: "find out why the tag differs; only then change the commit in vendor/vendor.yml" },
  );
}
