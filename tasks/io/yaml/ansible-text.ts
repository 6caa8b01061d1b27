/** Where js-yaml reads a scalar's text in another way than PyYAML, or reads what PyYAML refuses. */
import { CHOMPING_MODE, SCALAR_STYLE, type ScalarEvent } from "js-yaml";
import type { Report } from "./frames.ts";
import type { SourceText } from "./source.ts";

/**
 * @param decoded the text as js-yaml has it.
 * @param isInFlow inside { } or [ ].
 * @returns the text as PyYAML has it.
 */
export function scalarText(
  source: SourceText,
  event: ScalarEvent,
  decoded: string,
  isInFlow: boolean,
  report: Report,
): string {
  const { style, valueStart, valueEnd } = event;
  if (style === SCALAR_STYLE.DOUBLE_QUOTED && !event.fast) checkEscapes(source, valueStart, valueEnd, report);
  if (style === SCALAR_STYLE.PLAIN && isInFlow && valueStart >= 0) checkFlowText(source, event, report);
  const isBlock = style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK;
  if (isBlock && /^(?: *(?:\r\n?|\n))* *\t/.test(source.text.slice(valueStart, valueEnd))) {
    report(
      { source, start: valueStart, end: valueEnd },
      {
        code: "KM006",
        message: "a block text may not begin with a tab",
        remedy: "indent it with spaces; write text that begins with a tab in double quotes, with \\t",
      },
    );
  }
  if (isBlock && event.chomping !== CHOMPING_MODE.STRIP && valueEnd === source.text.length) {
    // A file that ends without a line break: PyYAML adds none.
    if (!/[\r\n]$/.test(source.text)) return decoded.replace(/\n$/, "");
  }
  return decoded;
}

function checkEscapes(source: SourceText, start: number, end: number, report: Report): void {
  const escapes = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[\s\S])/g;
  for (const found of source.text.slice(start, end).matchAll(escapes)) {
    const hex = found[1] ?? found[2];
    const code = hex === undefined ? 0 : Number.parseInt(hex, 16);
    if (code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) continue;
    report(
      { source, start: start + found.index, end: start + found.index + found[0].length },
      {
        code: "KM004",
        message: `the escape ${found[0]} is no character`,
        remedy: "write the character itself, or \\U and its eight digits",
      },
    );
  }
}

function checkFlowText(source: SourceText, { valueStart, valueEnd }: ScalarEvent, report: Report): void {
  const text = source.text.slice(valueStart, valueEnd);
  if (/^:[,[\]{}]/.test(source.text.slice(valueEnd, valueEnd + 2))) {
    report(
      { source, start: valueEnd, end: valueEnd + 1 },
      {
        code: "KM005",
        message: "a blank is missing after this colon",
        remedy: "write key: value, or quote the text",
      },
    );
  }
  if (!text.startsWith(":") && !text.includes("?")) return;
  report(
    { source, start: valueStart, end: valueEnd },
    {
      code: "KM005",
      message: text.includes("?")
        ? "PyYAML does not read an unquoted ? inside { } or [ ]"
        : "a text inside { } or [ ] cannot begin with a colon",
      remedy: `quote it: ${JSON.stringify(text)}`,
    },
  );
}
