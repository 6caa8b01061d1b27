/** `{version}` and its parts in the texts of programs.yml. */

export interface Placeholders {
  /** v1.34.4 */
  readonly version: string;
  /** 1.34.4 */
  readonly number: string;
  readonly major: string;
  readonly minor: string;
  readonly patch: string;
  /** Go's name: amd64, arm64. */
  readonly arch: string;
}

/** @param version with its v, such as v1.34.4. */
export function placeholders(version: string, arch: string): Placeholders {
  const number = version.replace(/^v/, "");
  const [major = "", minor = "", patch = ""] = number.split(".");
  return { version, number, major, minor, patch, arch };
}

/** Replaces each known placeholder; another one is a mistake in the data, and stays to be seen. */
export function fill(text: string, values: Placeholders): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? values[name as keyof Placeholders] : whole,
  );
}
