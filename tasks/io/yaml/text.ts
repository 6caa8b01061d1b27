/** Bytes → text that is worth parsing: size, encoding, characters. */
import type { Problem } from "../../core/problem.ts";
import { type Complaint, problemAt, SourceText } from "./source.ts";

/** A hand-written inventory of 10,000 hosts has about 2 MB. */
export const LARGEST_FILE_BYTES = 4 * 1024 * 1024;

export type TextOrProblem =
  | { readonly source: SourceText; readonly problem?: undefined }
  | { readonly source?: undefined; readonly problem: Problem };

/** Decodes a file's bytes. PyYAML refuses the same characters, in comments too. */
export function decode(file: string, bytes: Uint8Array): TextOrProblem {
  if (bytes.length > LARGEST_FILE_BYTES) return { problem: wholeFile(file, tooLarge(bytes.length)) };
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return {
      problem: wholeFile(file, {
        code: "KM003",
        message: "the file is encoded as UTF-16",
        remedy: "save it as UTF-8",
      }),
    };
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { problem: invalidUtf8(file, bytes) };
  }
  return checkCharacters(new SourceText(file, text));
}

export function tooLarge(bytes: number): Complaint {
  const limit = LARGEST_FILE_BYTES / 1024 / 1024;
  return {
    code: "KM002",
    message: `the file has ${(bytes / 1024 / 1024).toFixed(1)} MiB, more than the limit of ${limit} MiB`,
    remedy: "check that this is an inventory file; write many alike hosts as a range, such as compute[1:400]",
  };
}

// C0 and C1 controls, lone surrogates, U+FFFE and U+FFFF. NEL and the Unicode line separators are printable, but
// PyYAML breaks lines at them and editors do not: a value would silently change. A byte order mark that is not the
// first character (of two files put together) is read in two ways by PyYAML itself.
const FORBIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\p{Surrogate}/u;

export function checkCharacters(source: SourceText): TextOrProblem {
  const found = FORBIDDEN.exec(source.text);
  if (found === null) return { source };
  const code = found[0].codePointAt(0) ?? 0;
  const isNul = code === 0;
  return {
    problem: problemAt(source, found.index, found.index + 1, {
      code: "KM004",
      message: isNul
        ? "the file holds a NUL byte: it is binary, or was cut off while being written"
        : `the invisible character U+${code.toString(16).toUpperCase().padStart(4, "0")} is not allowed in YAML`,
      remedy: isNul
        ? "restore the file from a good copy"
        : "delete it, or write it as an escape in double quotes",
    }),
  };
}

function invalidUtf8(file: string, bytes: Uint8Array): Problem {
  const before = longestText(bytes);
  const bad = new TextEncoder().encode(before).length;
  const after = new TextDecoder("latin1").decode(bytes.subarray(bad, bad + 200)).split(/[\r\n]/, 1)[0] ?? "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal must not act on them
  const source = new SourceText(file, before + after.replace(/[\x00-\x1f\x7f-\x9f]/g, "\ufffd"));
  return problemAt(source, before.length, before.length + 1, {
    code: "KM003",
    message: `byte 0x${(bytes[bad] ?? 0).toString(16).padStart(2, "0")} is not UTF-8`,
    remedy: "save the file as UTF-8; an editor set to ISO-8859-1 or Windows-1252 writes such bytes",
  });
}

/** The text up to the first byte that is no UTF-8, by halving: a prefix of good text is good. */
function longestText(bytes: Uint8Array): string {
  let best = "";
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    try {
      const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
      best = decoder.decode(bytes.subarray(0, middle), { stream: true });
      low = middle;
    } catch {
      high = middle - 1;
    }
  }
  return best;
}

export function wholeFile(file: string, complaint: Complaint): Problem {
  return { ...complaint, severity: "error", origin: { file, line: 1, column: 1, length: 1 } };
}
