/**
 * The gate for YAML (js-yaml). Reads a file as Ansible would, refuses what Ansible would silently misread, and
 * remembers where everything was written.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { parseEvents, YAMLException } from "js-yaml";
import type { Problem } from "../core/problem.ts";
import { type ComposeOptions, compose } from "./yaml/compose.ts";
import { SourceText } from "./yaml/source.ts";
import { checkStrictness } from "./yaml/strictness.ts";
import { DEEPEST, syntaxProblem } from "./yaml/syntax.ts";
import { checkCharacters, decode, LARGEST_FILE_BYTES, tooLarge, wholeFile } from "./yaml/text.ts";
import type { YamlNode } from "./yaml/tree.ts";

export { SourceText } from "./yaml/source.ts";
export * from "./yaml/tree.ts";
export type { ComposeOptions };

export interface YamlReading {
  /** Absent for an empty file, and when a problem made reading on pointless. */
  readonly root?: YamlNode;
  /** Codes KM001-KM099, in the order of the file. */
  readonly problems: readonly Problem[];
}

/** Reads one YAML file. Never throws for what is in it or about it. */
export async function readYamlFile(
  path: string,
  shownAs: string,
  options: ComposeOptions = {},
): Promise<YamlReading> {
  let bytes: Uint8Array;
  try {
    const { size, isFile } = await stat(path).then((found) => ({ size: found.size, isFile: found.isFile() }));
    if (size > LARGEST_FILE_BYTES) return { problems: [wholeFile(shownAs, tooLarge(size))] };
    if (!isFile) return { problems: [unreadable(shownAs, { code: "EISDIR" })] };
    bytes = await readFile(path);
  } catch (error) {
    return { problems: [unreadable(shownAs, error)] };
  }
  const decoded = decode(shownAs, bytes);
  if (decoded.source === undefined) return { problems: [decoded.problem] };
  return readSource(decoded.source, options);
}

/** The `.yml` and `.yaml` files of a folder, sorted by name, hidden ones left out. */
export async function listYamlFiles(
  folder: string,
  shownAs: string,
  { isOptional }: { isOptional: boolean },
): Promise<{ readonly files: readonly string[]; readonly problems: readonly Problem[] }> {
  try {
    const names = await readdir(folder);
    return { files: names.filter((name) => /^[^.].*\.ya?ml$/.test(name)).sort(), problems: [] };
  } catch (error) {
    if (isOptional && (error as NodeJS.ErrnoException).code === "ENOENT") return { files: [], problems: [] };
    return { files: [], problems: [unreadable(shownAs, error)] };
  }
}

/** Reads YAML from a string. */
export function readYaml(source: SourceText, options: ComposeOptions = {}): YamlReading {
  // A byte order mark is fine as the very first character; decoding a file's bytes removes it.
  const isMarked = source.text.startsWith("\ufeff");
  const checked = checkCharacters(isMarked ? new SourceText(source.file, source.text.slice(1)) : source);
  return checked.source === undefined ? { problems: [checked.problem] } : readSource(checked.source, options);
}

function readSource(source: SourceText, options: ComposeOptions): YamlReading {
  try {
    const events = parseEvents(source.text, { maxDepth: DEEPEST });
    const refused = checkStrictness(source, events);
    const composed = compose(source, events, options);
    return { ...composed, problems: [...refused, ...composed.problems] };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { problems: [syntaxProblem(source, error)] };
  }
}

function unreadable(file: string, error: unknown): Problem {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, readonly [string, string]>> = {
    ENOENT: ["it does not exist", "create it, or remove the dangling link"],
    EACCES: ["permission to read it is missing", "make it readable for the user who runs kube-magic"],
    ENOTDIR: ["this is not a folder", "replace it by a folder"],
    EISDIR: ["this is not a regular file", "replace it by a file; a directory may not end in .yml"],
    ELOOP: ["the symbolic links lead in a circle", "remove the link"],
  };
  const [reason, remedy] = reasons[code ?? ""] ?? [`it cannot be read: ${message}`, "make it readable"];
  return wholeFile(file, { code: "KM001", message: reason, remedy });
}
