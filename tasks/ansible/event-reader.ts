/** Follows the event file of a run while Ansible appends to it. Lines may be torn: only whole ones count. */
import { closeSync, openSync, readSync } from "node:fs";
import type { PhaseEvent } from "../core/events.ts";

const ANSIBLE_KINDS: ReadonlySet<string> = new Set<PhaseEvent["kind"]>([
  "playbook-start",
  "play-start",
  "no-hosts-matched",
  "no-hosts-remaining",
  "task-start",
  "host-ok",
  "host-skipped",
  "host-failed",
  "host-unreachable",
  "host-retry",
  "stats",
]);

export interface EventReader {
  /** Reads what is new and hands over every whole line. */
  poll(): void;
  /** Lines that are not events: the machine died while it wrote them, or the disk was full. */
  readonly damaged: number;
  /** Bytes after the last whole line. */
  readonly pending: number;
  close(): void;
}

/** Starts after `from` bytes, and creates the file when it is missing. */
export function openEventReader(
  path: string,
  from: number,
  onEvent: (event: PhaseEvent) => void,
): EventReader {
  const file = openSync(path, "a+", 0o600);
  const chunk = Buffer.alloc(1 << 16);
  let offset = from;
  let rest: Buffer = Buffer.alloc(0);
  let damaged = 0;
  const take = (line: string): void => {
    if (line === "") return;
    const event = parse(line);
    if (event === undefined) damaged++;
    else if (ANSIBLE_KINDS.has(event.kind)) onEvent(event);
  };
  return {
    poll() {
      for (;;) {
        const read = readSync(file, chunk, 0, chunk.length, offset);
        if (read === 0) return;
        offset += read;
        const data = Buffer.concat([rest, chunk.subarray(0, read)]);
        const end = data.lastIndexOf(10) + 1;
        for (const line of data.subarray(0, end).toString("utf8").split("\n")) take(line);
        rest = Buffer.from(data.subarray(end));
      }
    },
    get damaged() {
      return damaged;
    },
    get pending() {
      return rest.length;
    },
    close: () => closeSync(file),
  };
}

function parse(line: string): PhaseEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && "kind" in value ? (value as PhaseEvent) : undefined;
  } catch {
    return undefined;
  }
}
