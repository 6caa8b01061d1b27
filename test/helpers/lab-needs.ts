/** Why a suite on real hosts cannot run, or should not run now. Both say it, too, and return true when it is to be skipped. */
import { labPlaces } from "../../tasks/lab/places.ts";
import { obstacles } from "../../tasks/lab/requirements.ts";

/** For a suite that every test run has. */
export function skipsLab(suite: string, lab: string, more: readonly string[] = []): boolean {
  const reasons = [...obstacles(labPlaces(lab)), ...more];
  if (reasons.length > 0) console.warn(`the tests of ${suite} are skipped: ${reasons.join(" ")}`);
  return reasons.length > 0;
}

/** For one of five minutes and more, which runs when it is asked for. */
export function skipsLongLab(suite: string, lab: string): boolean {
  const isAskedFor = process.env.KUBE_MAGIC_TEST_LONG === "1";
  const how = "it takes five minutes or more: KUBE_MAGIC_TEST_LONG=1 npm run test:lab";
  return skipsLab(suite, lab, isAskedFor ? [] : [how]);
}
