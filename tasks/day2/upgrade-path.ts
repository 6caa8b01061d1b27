/** Kubernetes moves one minor version at a time: the versions to stop at on the way. Pure. */
import { closest } from "../core/closest.ts";
import { compareVersions } from "../core/versions.ts";
import type { Refusal } from "./action.ts";

export type UpgradePath =
  | { readonly hops: readonly string[]; readonly from: string; readonly to: string }
  | { readonly refusal: Refusal };

/**
 * @param installed what runs on each host; the oldest counts, because a stopped upgrade leaves a mixture
 * @param installable what the vendored kubespray installs
 * @param tool the kubespray that it is, for messages
 */
export function upgradePath(
  installed: readonly string[],
  to: string,
  installable: readonly string[],
  tool: string,
): UpgradePath {
  const [from] = [...installed].sort(compareVersions);
  const newest = [...installed].sort(compareVersions).at(-1);
  if (from === undefined || newest === undefined)
    return refuse(
      "gate",
      "no host runs Kubernetes yet, or none can be asked",
      "npm run deploy:kube installs it; --from VERSION says what runs when the hosts cannot be asked",
    );
  const wrong = [from, to].find((version) => !/^\d+\.\d+\.\d+$/.test(version));
  if (wrong !== undefined)
    return refuse("input", `${wrong} is no version of Kubernetes`, "write it in full, without v: 1.35.4");
  if (compareVersions(to, newest) < 0)
    return refuse(
      "gate",
      `${to} is older than ${newest}, which runs now: Kubernetes cannot go back`,
      `choose a version after ${newest}`,
    );
  if (compareVersions(to, from) === 0)
    return refuse("gate", `every host runs ${to} already`, "nothing is to be done");
  if (minorOf(from)[0] !== minorOf(to)[0])
    return refuse("gate", `${from} to ${to} changes the major version`, "stay within one");
  if (!installable.includes(to)) {
    const near = closest(to, installable);
    return refuse(
      "gate",
      `kubespray ${tool} does not install ${to}, but ${spanOf(installable)}`,
      `${near === undefined ? "choose one of those" : `${near} is near`}, or another kubespray: npm run init -- --ref kubespray=VERSION`,
    );
  }
  const hops: string[] = [];
  const [major, first] = minorOf(from);
  const last = minorOf(to)[1];
  for (let minor = first + 1; minor < last; minor++) {
    const best = installable
      .filter((version) => version.startsWith(`${major}.${minor}.`))
      .sort(compareVersions)
      .at(-1);
    if (best === undefined)
      return refuse(
        "gate",
        `from ${from} the way to ${to} leads over ${major}.${minor}, which kubespray ${tool} does not install (${spanOf(installable)})`,
        `go to ${major}.${minor} first, with a kubespray that installs it: npm run init -- --ref kubespray=VERSION`,
      );
    hops.push(best);
  }
  // The kubespray at hand has to know the version that it starts from: it reads what the next minor changed.
  const oldest = [...installable].sort(compareVersions)[0] ?? to;
  if (first + 1 < minorOf(oldest)[1])
    return refuse(
      "gate",
      `${from} is too old for kubespray ${tool}, which installs ${spanOf(installable)}: that would skip a minor version`,
      `go to ${major}.${first + 1} first, with a kubespray that installs it: npm run init -- --ref kubespray=VERSION`,
    );
  return { hops: [...hops, to], from, to };
}

/** Newest version that can be installed. */
export function newestOf(versions: readonly string[]): string | undefined {
  return [...versions].sort(compareVersions).at(-1);
}

function spanOf(versions: readonly string[]): string {
  const sorted = [...versions].sort(compareVersions);
  return sorted.length === 0 ? "nothing that is known" : `${sorted[0]} to ${sorted.at(-1)}`;
}

function minorOf(version: string): readonly [number, number] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return [major, minor];
}

function refuse(kind: Refusal["kind"], message: string, remedy: string): { readonly refusal: Refusal } {
  return { refusal: { kind, message, remedy } };
}
