/** Words for a POSIX shell. */

/**
 * A word that a shell, Python's shlex and Ansible read back as it is: left alone when nothing in it needs quotes.
 * The text must not contain a NUL byte: a shell cannot read one.
 */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : inQuotes(text);
}

/** A command and its arguments as one line. */
export function shellCommand(words: readonly string[]): string {
  // A first word such as `a=b` would be read as an assignment.
  return words
    .map((word, index) => (index === 0 && word.includes("=") ? inQuotes(word) : shellWord(word)))
    .join(" ");
}

/** In single quotes. An apostrophe ends them, is written in double quotes, and single quotes begin again. */
function inQuotes(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
