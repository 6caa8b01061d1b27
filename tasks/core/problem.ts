/** Problems of files that the user writes. */

/** A position in a file; line and column count from 1, length in characters. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** A mistake in a file or an option. Problems are collected and shown all at once. */
export interface Problem {
  /** Stable, searchable: KM001-KM099 reading, KM1xx schema and rules. Listed in docs/rules.md. */
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  /** How to correct the mistake, as an imperative sentence. */
  readonly remedy: string;
  /** Path in the central inventory, such as `hosts.master1.ip`. */
  readonly path?: string;
  readonly origin?: Origin;
  /** The text of the line at `origin`, for the caret. */
  readonly line?: string;
}
