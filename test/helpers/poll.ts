/** Waiting for a condition on real hosts, instead of for a time in which it probably holds. */

export interface PollOptions {
  /** Deadline. */
  readonly seconds?: number;
  readonly intervalMs?: number;
  /** What was there instead, for the message. */
  readonly instead?: () => Promise<unknown>;
}

/** @throws when the condition does not hold before the deadline (default: 20 s). */
export async function until(
  condition: () => Promise<boolean>,
  { seconds = 20, intervalMs = 200, instead }: PollOptions = {},
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      const found = instead === undefined ? "" : `; instead: ${JSON.stringify(await instead())}`;
      throw new Error(`not within ${seconds} s: ${condition}${found}`);
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}
