/** A position in a source file; line and column count from 1, length in characters. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** Something wrong with what the user wrote. Problems are collected and shown all at once. */
export interface Problem {
  /** Stable, searchable: KM001-KM099 reading, KM1xx schema and rules. Listed in docs/rules.md. */
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  /** What to do about it, as an imperative sentence. */
  readonly remedy: string;
  /** Path in the central inventory, such as `hosts.master1.ip`. */
  readonly path?: string;
  readonly origin?: Origin;
  /** The text of the line at `origin`, for the caret. */
  readonly line?: string;
}
