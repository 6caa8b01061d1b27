/** What a rule is shown: laid over a good cluster, `breaks` is found, and `fine` is not. */
export interface Case {
  readonly breaks: string;
  /** The place of the finding in the text of `breaks`, when it is worth checking. */
  readonly at?: string;
  /** A near miss that is fine. */
  readonly fine: string;
}

/** A layer with one host. */
export const host = (name: string, rest: string): string => `hosts: { ${name}: { ${rest} } }`;

/** A layer with these lines as hosts. */
export const hosts = (...lines: string[]): string => `hosts:\n${lines.map((line) => `  ${line}\n`).join("")}`;
