/** Hides secrets in the text of YAML, JSON and INI files, line by line, so that a diff can be shown. */
import { isSecretName } from "./secret.ts";

const HIDDEN = "(hidden)";

/** The same number of lines, with values of secret names, encrypted values and passwords in URLs hidden. */
export function maskLines(lines: readonly string[]): string[] {
  let hiddenBelow = -1;
  return lines.map((line) => {
    const indent = line.search(/\S/);
    // Deeper lines belong to the value above.
    if (hiddenBelow >= 0 && (indent < 0 || indent > hiddenBelow)) {
      return indent < 0 ? line : " ".repeat(indent) + HIDDEN;
    }
    const { text, isOpen } = maskLine(line);
    hiddenBelow = isOpen ? indentOfKey(line) : -1;
    return text;
  });
}

const NAME = /(["']?)([A-Za-z0-9_.-]+)\1\s*[:=]\s*(?=\S|$)/g;
const WHOLE_STRING = /"(?:[^"\\]|\\.)*"(?=\s*(?:[,}\]]|$))/y;

/** One line; `isOpen` when the hidden value may continue on the lines below. */
function maskLine(line: string): { text: string; isOpen: boolean } {
  let text = "";
  let position = 0;
  NAME.lastIndex = 0;
  for (let found = NAME.exec(line); found !== null; found = NAME.exec(line)) {
    const [whole, , name = ""] = found;
    const start = found.index + whole.length;
    const isVault = /!vault\b/y.test(line.slice(start));
    if (!isVault && name !== "__ansible_vault" && !isSecretName(name)) {
      // The value may contain the next name.
      continue;
    }
    text += line.slice(position, start);
    WHOLE_STRING.lastIndex = start;
    const value = WHOLE_STRING.exec(line);
    if (value === null) return { text: hideUrls(text + HIDDEN), isOpen: true };
    text += value[0] === '""' ? value[0] : `"${HIDDEN}"`;
    position = start + value[0].length;
    NAME.lastIndex = position;
  }
  const rest = line.slice(position);
  const vault = rest.search(/!vault\b/);
  if (vault >= 0) return { text: hideUrls(text + rest.slice(0, vault) + HIDDEN), isOpen: true };
  return { text: hideUrls(text + rest), isOpen: false };
}

/** In `- key: value`, lines below belong to the value when they are deeper than the key, not than the dash. */
function indentOfKey(line: string): number {
  return /^[\s-]*/.exec(line)?.[0].length ?? 0;
}

function hideUrls(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*:)[^\s/@"']+@/gi, `$1${HIDDEN}@`);
}
