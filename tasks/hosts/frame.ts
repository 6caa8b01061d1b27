/** A script with marks around it, which separate its output from other text, and its end from a broken connection. */
import { randomBytes } from "node:crypto";
import { shellWord } from "../core/shell-words.ts";
import type { Section } from "./answer.ts";

export interface Frame {
  /** For the standard input of `sh -s`. */
  readonly script: string;
  /** Calls `onLine` with each whole line that the script prints. */
  listener(onLine: (line: string) => void): (text: string) => void;
  read(stdout: string): Reading;
}

export interface Reading {
  readonly began: boolean;
  /** The script's exit code; absent when it did not come to its end. */
  readonly code?: number;
  readonly sections: ReadonlyMap<string, Section>;
  readonly text: string;
}

/**
 * The whole script is read before any of it runs: half a script, after a broken connection, does nothing. It runs in a
 * subshell, whose end is reported whatever ends it.
 */
export function framed(script: string, variables: Readonly<Record<string, string>>): Frame {
  // Nothing that a host prints can hold it.
  const mark = `@@${randomBytes(8).toString("hex")}`;
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${shellWord(value)}`);
  return {
    script: `{
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/opt/bin
LC_ALL=C; export PATH LC_ALL; umask 077
section() {
  printf '\\n${mark} begin %s\\n' "$1"; shift
  "$@" 2>&1; printf '\\n${mark} end %s\\n' "$?"
}
${assignments.join("\n")}
printf '\\n${mark} ready\\n'
(
${script}
)
printf '\\n${mark} done %s\\n' "$?"
} </dev/null
`,
    listener(onLine) {
      let rest = "";
      let began = false;
      return (text) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          if (line.startsWith(mark)) began = true;
          else if (began) onLine(line);
        }
      };
    },
    read: (stdout) => read(mark, stdout),
  };
}

function read(mark: string, stdout: string): Reading {
  const start = stdout.indexOf(`\n${mark} ready\n`);
  if (start < 0) return { began: false, sections: new Map(), text: "" };
  const sections = new Map<string, Section>();
  const pattern = new RegExp(`\\n${mark} begin (\\S+)\\n([\\s\\S]*?)\\n${mark} end (\\d+)\\n`, "g");
  const rest = stdout
    .slice(start + `\n${mark} ready\n`.length)
    .replaceAll(pattern, (_all, name: string, text: string, code: string) => {
      sections.set(name, { code: Number(code), text });
      return "";
    });
  const end = rest.lastIndexOf(`\n${mark} done `);
  if (end < 0) return { began: true, sections, text: rest };
  const code = Number.parseInt(rest.slice(end + `\n${mark} done `.length), 10);
  return { began: true, code, sections, text: rest.slice(0, end) };
}
