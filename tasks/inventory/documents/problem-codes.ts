/** Codes of problems that no rule owns: reading files, and the schema. docs/rules.md lists them. */

export interface CodeDoc {
  readonly code: string;
  readonly title: string;
  readonly rationale: string;
}

export const READING_CODES: readonly CodeDoc[] = [
  ["KM001", "A file cannot be read", "It is missing, a directory, or not readable for you."],
  ["KM002", "A file is too large", "The limit is 4 MiB; an inventory of 10,000 hosts has about 2 MB."],
  ["KM003", "A file is not UTF-8", "Ansible reads UTF-8 only."],
  ["KM004", "A character that YAML forbids", "Control characters, NUL bytes and invisible line separators."],
  ["KM005", "Not YAML", "What only some YAML readers accept is refused too: Ansible has to read it."],
  [
    "KM006",
    "A tab where YAML needs spaces",
    "Tabs are allowed in comments, in quotes and in block texts only.",
  ],
  ["KM007", "A key is written twice", "YAML readers keep the last one and say nothing."],
  ["KM008", "More than one document", "Ansible reads files of one document."],
  ["KM009", "An alias or anchor is wrong", "Anchors are known below their definition, in the same file."],
  ["KM010", "Too many values", "The limit is 1,000,000 in one file; aliases of aliases multiply."],
  [
    "KM011",
    "Nested too deeply",
    "The limit is 100 levels, as js-yaml counts them; most often a bracket is not closed.",
  ],
  ["KM012", "An unquoted date", "Ansible makes a date object of it, which prints in another form."],
  ["KM013", "A tag that is not supported", "!vault, !unsafe, !!str, !!int, !!float, !!bool and !!null are."],
  ["KM014", "A value that does not fit its tag", "Such as !!int with a word, or !vault without its header."],
  [
    "KM015",
    "A key that is not text",
    "YAML reads yes, no, on, off, null and numbers as something else: quote them.",
  ],
  ["KM016", "A special value", "<< merges maps and belongs in front of one; quote it to mean the text."],
  ["KM018", "A file is no map", "Every file is a map of sections."],
  ["KM019", "A --set that cannot be read", "It is --set path=value."],
].map(asDoc);

export const SCHEMA_CODES: readonly CodeDoc[] = [
  ["KM100", "An unknown key", "It would have no effect; most often it is misspelt."],
  ["KM101", "A value of the wrong type", "Such as a number where text is expected: quote it."],
  ["KM102", "A value is missing", "It has no default."],
  ["KM103", "A value that is not possible", "Such as an address with a part above 255."],
  ["KM110", "A host range is malformed", "It is name[first:last], with one range, counting upwards."],
  ["KM111", "A range in a single host's field", "Fields count along with the name; the name has no range."],
  ["KM112", "Ranges of different lengths", "Each host of a range needs an address of its own."],
  ["KM113", "A host is declared twice", "By a range and by its name, or by two ranges."],
].map(asDoc);

function asDoc(row: string[]): CodeDoc {
  const [code = "", title = "", rationale = ""] = row;
  return { code, title, rationale };
}
