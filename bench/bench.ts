/** What a benchmark is: data, and one function that reports rows. */

export interface Row {
  readonly what: string;
  /** Measured value; the unit is seconds, MB, or a bare ratio. */
  readonly value: number;
  readonly unit: "s" | "MB" | "x";
  /** The value may not be above this; without it the row only informs. */
  readonly limit?: number;
}

export type Report = (row: Row) => void;

export interface Bench {
  readonly name: string;
  readonly title: string;
  /** What the machine must have; a reason to skip, or undefined when all is there. */
  needs(): string | undefined;
  run(report: Report): Promise<void>;
}
