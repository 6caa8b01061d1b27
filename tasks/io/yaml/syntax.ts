/** js-yaml's parse errors → problems with a remedy. */
import type { YAMLException } from "js-yaml";
import type { Problem } from "../../core/problem.ts";
import { problemAt, type SourceText } from "./source.ts";

export function syntaxProblem(source: SourceText, error: YAMLException): Problem {
  const { text } = source;
  const at = Math.min(error.mark?.position ?? 0, text.length);
  const reason = error.reason;
  const line = source.lineAt(at);
  const before = text.slice(0, at);
  if (/\btab\b/.test(reason) || (line.match(/^[ ]*\t/) !== null && /indent/.test(reason))) {
    const start = at - (source.origin(at, at).column - 1) + Math.max(0, line.indexOf("\t"));
    return problemAt(source, start, start + 1, {
      code: "KM006",
      message: "a tab stands where YAML needs spaces",
      remedy: "indent with spaces only",
    });
  }
  if (reason.startsWith("nesting exceeded")) {
    return problemAt(source, at, at + 1, {
      code: "KM011",
      message: `maps and lists are nested deeper than ${DEEPEST} levels`,
      remedy: "check for an unclosed bracket, or flatten the structure",
    });
  }
  const [message, remedy] = explain(reason, text, at, before);
  return problemAt(source, at, at + 1, { code: "KM005", message, remedy });
}

/** js-yaml counts a level or two for each level of maps. */
export const DEEPEST = 100;

function explain(reason: string, text: string, at: number, before: string): [string, string] {
  const character = text.charAt(at);
  if (reason.startsWith("missed comma")) {
    if (character === "[" && /[\w.:]$/.test(before)) {
      return ["a [ inside { } or [ ] begins a list", 'quote a range there: ip: "10.0.0.[1:4]"'];
    }
    return [
      "a comma is missing between two entries of { } or [ ]",
      "add it, or quote a value that holds , [ ] { or }",
    ];
  }
  if (reason.startsWith("unexpected end of the stream within a flow")) {
    return ["a { or [ is never closed", "add the missing } or ]"];
  }
  if (reason === "deficient indentation") {
    return [
      "a { or [ or a quote above is not closed, or this line is not indented",
      "close it, or indent the line",
    ];
  }
  if (/unexpected end of the (stream|document) within a (single|double) quoted/.test(reason)) {
    return ["a quote is never closed", "add the closing quote; write '' for a quote inside single quotes"];
  }
  if (character === "@" || character === "`") return [`a value cannot begin with ${character}`, "quote it"];
  if (character === "%") return ["a value cannot begin with %", "quote it"];
  if (reason.startsWith("unknown escape")) {
    return [`\\${character} is no escape of YAML`, "double the backslash, or use single quotes"];
  }
  if (character === ":" && /:\s.*$/.test(before.slice(before.lastIndexOf("\n") + 1))) {
    return ['a second ": " on one line', "quote a value that holds a colon followed by a space"];
  }
  if (
    reason.includes("indentation") ||
    reason.startsWith("expected ':'") ||
    reason.includes("multiline key")
  ) {
    return [
      `the indentation or a colon is wrong here (${reason})`,
      'line up the keys of one map, and write "key: value" with a space after the colon',
    ];
  }
  if (reason.startsWith("end of the stream or a document separator")) {
    return [
      "this line does not belong to what stands above it",
      'line it up with its neighbours, or check that the line above reads "key:" or "key: value"',
    ];
  }
  return [`this is not YAML: ${reason}`, "correct the line, or quote the value"];
}
