/** Work on all hosts at once. */

/** Waits for all of them, also when one fails: no work is still running when the error is reported. @throws the first error. */
export async function waitForAll<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(work);
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}
