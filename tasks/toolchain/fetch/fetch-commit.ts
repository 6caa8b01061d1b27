/** The pinned commit and no other, from its own repository or a mirror of it. */
import { VendorError } from "../../core/errors.ts";
import { type Git, GitFailure } from "../../io/git.ts";
import { type Pin, pinText } from "../pins/pins.ts";
import { originOf } from "./mirror.ts";

export interface FetchOptions {
  readonly mirror: string | undefined;
  readonly offline: boolean;
  readonly progress: (message: string) => void;
}

/** Into a new, empty folder. @throws VendorError naming the pin, what is wrong with it or the repository, and what to do. */
export async function fetchCommit(pin: Pin, git: Git, options: FetchOptions): Promise<void> {
  const origin = originOf(pin, options.mirror, process.cwd());
  if (options.offline && !origin.local) {
    throw new VendorError(
      `${pinText(pin)} is not here, and --offline forbids to fetch it from ${origin.shownAs}`,
      {
        remedy: "leave --offline out, or name a folder of repositories: --mirror DIR",
      },
    );
  }
  options.progress(
    `${pin.source}: fetching ${pin.version} (${pin.commit.slice(0, 9)}) from ${origin.shownAs}`,
  );
  try {
    await git.init();
    const target = await git.resolve(origin.url, pin.ref, pin.version);
    if (target === undefined) {
      throw new VendorError(`${pinText(pin)}: ${origin.shownAs} has no ${pin.ref} ${pin.version}`, {
        remedy: "update the mirror, or correct the version in vendor/vendor.yml",
      });
    }
    if (pin.ref === "tag" && target !== pin.commit) {
      throw new VendorError(
        `${pinText(pin)}: the tag ${pin.version} of ${origin.shownAs} is another commit, ${target.slice(0, 9)}: it was moved, or the repository is not what it seems`,
        { remedy: "find out why; nothing was brought. Only then change the commit in vendor/vendor.yml" },
      );
    }
    const came = await git.fetch(origin.url, pin.commit, { kind: pin.ref, name: pin.version });
    if (came !== pin.commit)
      throw new VendorError(`${pinText(pin)}: ${origin.shownAs} gave the commit ${came} instead`, {
        remedy: "do not use that repository before you know why",
      });
    await git.checkout(pin.commit, pin.leftOut);
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw new VendorError(`${pinText(pin)} cannot be fetched from ${origin.shownAs}: ${error.reason}`, {
      remedy: error.remedy ?? "check the repository: git ls-remote URL",
      output: error.message.split("\n").slice(-6).join("\n"),
      cause: error,
    });
  }
}
