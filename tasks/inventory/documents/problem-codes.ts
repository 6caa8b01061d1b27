/** Codes of problems that are not found by a rule: those of reading files and of the schema. docs/rules.md lists them. */

/** A code and its text in docs/rules.md. */
export interface CodeDoc {
  readonly code: string;
  readonly title: string;
  readonly rationale: string;
}

/** Problems of reading a file. */
export const READING_CODES: readonly CodeDoc[] = [
  ["KM001", "A file cannot be read", "The file is missing, is a directory, or you may not read it."],
  ["KM002", "A file is too large", "The limit is 4 MiB. An inventory of 10,000 hosts has about 2 MB."],
  ["KM003", "A file is not UTF-8", "Ansible reads only UTF-8."],
  [
    "KM004",
    "A character that YAML forbids",
    "A control character, a NUL byte, or an invisible line separator.",
  ],
  [
    "KM005",
    "Not YAML",
    "The text is not valid YAML. Text that only some YAML readers accept is refused too, because Ansible has to read it.",
  ],
  [
    "KM006",
    "A tab where YAML needs spaces",
    "YAML allows tabs only in comments, in quoted text and in block texts.",
  ],
  [
    "KM007",
    "A key is written twice",
    "YAML readers keep the last value and drop the other without a warning.",
  ],
  ["KM008", "More than one document", "Ansible reads only files with one document."],
  [
    "KM009",
    "An alias or anchor is wrong",
    "An alias needs an anchor of the same name above it, in the same file.",
  ],
  [
    "KM010",
    "Too many values",
    "The limit is 1,000,000 values in one file. Aliases of aliases multiply the values.",
  ],
  ["KM011", "Nested too deeply", "The limit is 100 levels. Most often a bracket is not closed."],
  [
    "KM012",
    "An unquoted date",
    "Ansible turns it into a date, which prints in another form. Quote it to keep the text.",
  ],
  [
    "KM013",
    "A tag that is not supported",
    "Supported are !vault, !unsafe, !!str, !!int, !!float, !!bool and !!null.",
  ],
  [
    "KM014",
    "A value that does not fit its tag",
    "For example, !!int with a word, or !vault without its header.",
  ],
  [
    "KM015",
    "A key that is not text",
    "YAML reads yes, no, on, off, null and numbers as other types: quote them.",
  ],
  [
    "KM016",
    "A special value",
    "<< merges a map into this one, so it needs a map as its value. Quote it to mean the text.",
  ],
  ["KM018", "A file is not a map", "Every file is a map of sections."],
  ["KM019", "A --set that cannot be read", "Write it as --set path=value."],
].map(asDoc);

/** Problems that the schema finds. */
export const SCHEMA_CODES: readonly CodeDoc[] = [
  ["KM100", "An unknown key", "The key would have no effect; most often it is misspelt."],
  ["KM101", "A value of the wrong type", "For example, a number where text is expected: quote it."],
  ["KM102", "A value is missing", "The key has no default."],
  ["KM103", "A value that is not possible", "For example, an address with a part above 255."],
  ["KM110", "A host range is malformed", "Write it as name[first:last], with one range that counts upwards."],
  [
    "KM111",
    "A range in a single host's field",
    "A range in a field counts with the range in the host's name, and this name has none.",
  ],
  ["KM112", "Ranges of different lengths", "Each host of a range needs its own address."],
  ["KM113", "A host is declared twice", "Two ranges contain the host, or a range and its own entry."],
].map(asDoc);

function asDoc(row: string[]): CodeDoc {
  const [code = "", title = "", rationale = ""] = row;
  return { code, title, rationale };
}
