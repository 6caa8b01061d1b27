/** A text with a name, and the way from an offset in it to what people read: file, line, column. */
import { maskSecrets } from "../../core/mask.ts";
import type { Origin, Problem } from "../../core/problem.ts";

export class SourceText {
  /** As shown in messages. */
  readonly file: string;
  readonly text: string;
  readonly #firstLine: number;
  #starts: number[] | undefined;

  /** @param firstLine number of the first line, for a text that is not a file of its own (`--set`). */
  constructor(file: string, text: string, firstLine = 1) {
    this.file = file;
    this.text = text;
    this.#firstLine = firstLine;
  }

  /** Position of a stretch of text; its length ends with the line. */
  origin(start: number, end: number): Origin {
    const index = this.#lineIndex(start);
    const from = this.#lineStarts()[index] ?? 0;
    return {
      file: this.file,
      line: index + this.#firstLine,
      column: start - from + 1,
      length: Math.max(1, Math.min(end, from + this.#lineText(index).length) - start),
    };
  }

  /** The whole line that holds an offset, without its line break. */
  lineAt(offset: number): string {
    return this.#lineText(this.#lineIndex(offset));
  }

  #lineText(index: number): string {
    const starts = this.#lineStarts();
    return this.text.slice(starts[index] ?? 0, starts[index + 1] ?? this.text.length).replace(/[\r\n]+$/, "");
  }

  #lineIndex(offset: number): number {
    const starts = this.#lineStarts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #lineStarts(): readonly number[] {
    if (this.#starts === undefined) {
      this.#starts = [0];
      for (const lineBreak of this.text.matchAll(/\r\n?|\n/g)) {
        this.#starts.push(lineBreak.index + lineBreak[0].length);
      }
    }
    return this.#starts;
  }
}

/** What differs from one problem to the next. */
export interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** An error at a stretch of a source. */
export function problemAt(source: SourceText, start: number, end: number, complaint: Complaint): Problem {
  return {
    ...complaint,
    severity: "error",
    origin: source.origin(start, end),
    line: maskSecrets(source.lineAt(start)),
  };
}
