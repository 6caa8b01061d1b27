/** Writes numbers as text that Python reads as the same type: 1 stays an integer, 1.0 a float. */

/** Text for values that have no digits. */
export interface FloatNames {
  readonly infinity: string;
  readonly nan: string;
}

/** Digits only, never an exponent. */
export function integerText(value: number): string {
  return Number.isSafeInteger(value) ? String(value + 0) : BigInt(value).toString();
}

/** Always with a point, and with a signed exponent: YAML 1.1 takes `1e3` for a string. */
export function floatText(value: number, names: FloatNames): string {
  if (Number.isNaN(value)) return names.nan;
  if (!Number.isFinite(value)) return (value < 0 ? "-" : "") + names.infinity;
  const [digits = "", exponent] = (Object.is(value, -0) ? "-0" : String(value)).split("e");
  const pointed = digits.includes(".") ? digits : `${digits}.0`;
  return exponent === undefined ? pointed : `${pointed}e${exponent}`;
}
