/** Errors → text for people. */
import type { KubeMagicError } from "../core/errors.ts";
import type { Problem } from "../core/problem.ts";

/** Message first, then what it is about, then what to do. Never a stack trace. */
export function describeError(error: KubeMagicError): string {
  const parts = error.problems.map(describeProblem);
  parts.push(`error: ${error.message}`);
  if (error.output !== undefined) parts.push(error.output.trimEnd());
  if (error.remedy !== undefined) parts.push(`  → ${error.remedy}`);
  return `${parts.join("\n")}\n`;
}

/** `file:line:col`, the offending line, a caret, the remedy. */
export function describeProblem(problem: Problem): string {
  const at = problem.origin;
  const where = at === undefined ? "" : `${at.file}:${at.line}:${at.column}: `;
  const lines = [`${where}${problem.severity} ${problem.code}: ${problem.message}`];
  if (at !== undefined && problem.line !== undefined) {
    const gutter = String(at.line);
    const { text, column, length } = excerpt(problem.line, at.column, Math.max(1, at.length));
    const pad = text.slice(0, column - 1).replace(/[^\t]/g, " ");
    lines.push(` ${gutter} | ${text}`, ` ${" ".repeat(gutter.length)} | ${pad}${"^".repeat(length)}`);
  }
  lines.push(`  → ${problem.remedy}`);
  return `${lines.join("\n")}\n`;
}

const LONGEST_LINE = 160;

/** A long line (a minified file, a binary one) cut around the place, so that the caret stays in sight. */
function excerpt(
  line: string,
  column: number,
  length: number,
): { text: string; column: number; length: number } {
  if (line.length <= LONGEST_LINE) return { text: line, column, length };
  const from = Math.max(0, column - 1 - LONGEST_LINE / 4);
  const head = from > 0 ? "…" : "";
  const tail = from + LONGEST_LINE < line.length ? "…" : "";
  const shown = line.slice(from, from + LONGEST_LINE);
  const start = column - from + head.length;
  return {
    text: head + shown + tail,
    column: start,
    length: Math.min(length, LONGEST_LINE - (column - 1 - from)),
  };
}

/** An exception that no user can cause: say that it is ours, and keep the stack. */
export function describeBug(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `This is a bug in kube-magic, not in your inventory. Please report it with the text below.\n${stack}\n`;
}
