/** Why a suite on real hosts cannot run, or should not run now. */
import { labPlaces } from "../../tasks/lab/places.ts";
import { obstacles } from "../../tasks/lab/requirements.ts";

/**
 * Says it, too. A suite of eight minutes and more runs when it is asked for: KUBE_MAGIC_TEST_LONG=1 npm run test:lab.
 * @returns true when the suite is to be skipped
 */
export function skipsLongLab(suite: string, lab: string): boolean {
  const reasons = [...obstacles(labPlaces(lab))];
  if (process.env.KUBE_MAGIC_TEST_LONG !== "1")
    reasons.push("it takes eight minutes or more: KUBE_MAGIC_TEST_LONG=1 npm run test:lab");
  if (reasons.length > 0) console.warn(`the tests of ${suite} are skipped: ${reasons.join(" ")}`);
  return reasons.length > 0;
}
