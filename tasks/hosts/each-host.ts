/** The same work on many hosts, a few at a time: each is one SSH connection. */
import type { Host } from "../core/model.ts";

/** @returns the results in the order of the hosts. @throws what the work throws. */
export async function eachHost<Result>(
  hosts: readonly Host[],
  atOnce: number,
  work: (host: Host) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = [...hosts.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, host] = next;
      results[index] = await work(host);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, hosts.length) }, worker));
  return results;
}
