/** Why a suite on real hosts is skipped. Both functions print the reasons, and return true when there is one. */
import { labPlaces } from "../../tasks/lab/places.ts";
import { obstacles } from "../../tasks/lab/requirements.ts";

/** For a suite that every test run includes. */
export function skipsLab(suite: string, lab: string, more: readonly string[] = []): boolean {
  const reasons = [...obstacles(labPlaces(lab)), ...more];
  if (reasons.length > 0) console.warn(`the tests of ${suite} are skipped: ${reasons.join(" ")}`);
  return reasons.length > 0;
}

/** For a suite of five minutes and more, which a quick test run leaves out. */
export function skipsLongLab(suite: string, lab: string): boolean {
  const isQuick = process.env.KUBE_MAGIC_TEST_QUICK === "1";
  return skipsLab(suite, lab, isQuick ? ["KUBE_MAGIC_TEST_QUICK=1 leaves the long suites out."] : []);
}
