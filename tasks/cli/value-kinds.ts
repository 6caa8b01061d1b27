/** Values with a fixed form: numbers and percentages. The parser refuses others before anything else happens. */

interface ValueKind {
  /** Completes "… is not". */
  readonly what: string;
  readonly example: string;
  readonly accepts: (text: string) => boolean;
}

const wholeNumber = (text: string, least: number): boolean => /^\d{1,7}$/.test(text) && Number(text) >= least;
const share = (text: string): boolean =>
  /^\d{1,3}(\.\d+)?%$/.test(text) && Number.parseFloat(text) > 0 && Number.parseFloat(text) <= 100;

export const VALUE_KINDS = {
  count: { what: "a whole number above 0", example: "10", accepts: (text) => wholeNumber(text, 1) },
  days: { what: "a whole number of days", example: "30", accepts: (text) => wholeNumber(text, 0) },
  seconds: { what: "a whole number of seconds", example: "360", accepts: (text) => wholeNumber(text, 0) },
  percent: {
    what: "a number above 0 and up to 100",
    example: "80",
    accepts: (text) => /^\d{1,3}(\.\d+)?$/.test(text) && share(`${text}%`),
  },
  share: { what: "a percentage", example: "10%", accepts: share },
  "count-or-share": {
    what: "a whole number or a percentage",
    example: "20%",
    accepts: (text) => wholeNumber(text, 1) || share(text),
  },
} as const satisfies Readonly<Record<string, ValueKind>>;

export type ValueKindName = keyof typeof VALUE_KINDS;
