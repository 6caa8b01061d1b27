/** LDIF (RFC 2849), as ldapsearch prints it with -LLL: entries, one after the other. */

export interface LdapEntry {
  readonly dn: string;
  /** Attribute in lower case → its values; bytes that are no UTF-8 come out as replacement characters. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

export function parseLdif(text: string): LdapEntry[] {
  const entries: LdapEntry[] = [];
  let dn: string | undefined;
  let attributes = new Map<string, string[]>();
  const close = (): void => {
    if (dn !== undefined) entries.push({ dn, attributes });
    dn = undefined;
    attributes = new Map();
  };
  // A line that starts with a blank continues the line before it.
  for (const line of text.replace(/\n /g, "").split("\n")) {
    if (line === "") close();
    const found = /^([^:#\s][^:]*)(::?) ?(.*)$/s.exec(line);
    if (found === null) continue;
    const [, name = "", colons, rest = ""] = found;
    const value = colons === "::" ? Buffer.from(rest, "base64").toString("utf8") : rest;
    if (name === "dn") {
      close();
      dn = value;
    } else if (dn !== undefined) {
      const key = name.toLowerCase();
      attributes.set(key, [...(attributes.get(key) ?? []), value]);
    }
  }
  close();
  return entries;
}

/** All values of the first of these attributes that the entry has. */
export function valuesOf(entry: LdapEntry, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => entry.attributes.get(name.toLowerCase()) ?? []);
}

/** The first value of the first of these attributes that the entry has. */
export function firstValue(entry: LdapEntry, names: readonly string[]): string | undefined {
  for (const name of names) {
    const [value] =
      name.toLowerCase() === "dn" ? [entry.dn] : (entry.attributes.get(name.toLowerCase()) ?? []);
    if (value !== undefined) return value;
  }
  return undefined;
}
