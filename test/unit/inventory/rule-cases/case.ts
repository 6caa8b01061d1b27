/** What a rule is shown: laid over a good cluster, `breaks` is found, and `fine` is not. */
export interface Case {
  readonly breaks: string;
  /** The place of the finding in the text of `breaks`, when it is worth checking. */
  readonly at?: string;
  /** A near miss that is fine. */
  readonly fine: string;
}
