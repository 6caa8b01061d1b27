/** The differences between two texts, line by line (Myers' shortest edit script). */

/** One line of a diff. */
export interface DiffLine {
  readonly kind: "same" | "removed" | "added";
  /** Index of the line in the old text (same, removed) or the new one (added). */
  readonly index: number;
}

/** A changed region with its context. */
export interface Hunk {
  /** Index of the first line of the hunk in the old and in the new text. */
  readonly oldStart: number;
  readonly newStart: number;
  readonly lines: readonly DiffLine[];
}

/** With more edits than this, the whole text is shown as replaced, because the time grows with the square of the edits. */
const MOST_EDITS = 1000;

/** Changed regions with `context` unchanged lines around each. */
export function diffLines(before: readonly string[], after: readonly string[], context = 3): Hunk[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const shortest = Math.min(before.length, after.length) - head;
  while (tail < shortest && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const oldMiddle = before.slice(head, before.length - tail);
  const newMiddle = after.slice(head, after.length - tail);
  const middle = editScript(oldMiddle, newMiddle).map(({ kind, index }) => ({ kind, index: index + head }));
  const same = (from: number, count: number): DiffLine[] =>
    Array.from({ length: count }, (_, offset) => ({ kind: "same", index: from + offset }));
  return hunks([...same(0, head), ...middle, ...same(before.length - tail, tail)], context);
}

function editScript(before: readonly string[], after: readonly string[]): DiffLine[] {
  const trace = shortestPath(before, after);
  if (trace === undefined) return [...all("removed", before.length), ...all("added", after.length)];
  const lines: DiffLine[] = [];
  let x = before.length;
  let y = after.length;
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const reach = trace[edits] ?? new Map<number, number>();
    const k = x - y;
    const down = k === -edits || (k !== edits && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
    const fromX = reach.get(down ? k + 1 : k - 1) ?? 0;
    const fromY = fromX - (down ? k + 1 : k - 1);
    while (x > fromX && y > fromY && x > 0 && y > 0) lines.push({ kind: "same", index: --x }) && y--;
    if (edits === 0) break;
    if (down) lines.push({ kind: "added", index: --y });
    else lines.push({ kind: "removed", index: --x });
  }
  return lines.reverse();
}

/** For each number of edits, the furthest point on each diagonal before it; undefined when there are too many edits. */
function shortestPath(
  before: readonly string[],
  after: readonly string[],
): Map<number, number>[] | undefined {
  const reach = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let edits = 0; edits <= Math.min(before.length + after.length, MOST_EDITS); edits++) {
    trace.push(new Map(reach));
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
      let x = down ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0) + 1;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x++;
      reach.set(k, x);
      if (x >= before.length && x - k >= after.length) return trace;
    }
  }
  return undefined;
}

function all(kind: "removed" | "added", count: number): DiffLine[] {
  return Array.from({ length: count }, (_, index) => ({ kind, index }));
}

function hunks(lines: readonly DiffLine[], context: number): Hunk[] {
  const found: Hunk[] = [];
  let [oldIndex, newIndex] = [0, 0];
  let open: { oldStart: number; newStart: number; lines: DiffLine[] } | undefined;
  let quiet = 0;
  lines.forEach((line, position) => {
    if (line.kind === "same") {
      quiet++;
      if (open !== undefined && quiet > 2 * context) {
        open.lines.splice(open.lines.length - context);
        found.push(open);
        open = undefined;
      }
    } else {
      if (open === undefined) {
        const before = Math.min(context, quiet);
        open = {
          oldStart: oldIndex - before,
          newStart: newIndex - before,
          lines: lines.slice(position - before, position),
        };
      }
      quiet = 0;
    }
    open?.lines.push(line);
    if (line.kind !== "added") oldIndex++;
    if (line.kind !== "removed") newIndex++;
  });
  if (open !== undefined) {
    if (quiet > context) open.lines.splice(open.lines.length - (quiet - context));
    found.push(open);
  }
  return found;
}
