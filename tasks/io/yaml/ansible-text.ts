/** Where js-yaml reads a scalar's text in another way than PyYAML, or reads what PyYAML refuses. */
import { CHOMPING_MODE, SCALAR_STYLE, type ScalarEvent } from "js-yaml";
import type { Complaint, SourceText } from "./source.ts";

type Complain = (start: number, end: number, complaint: Complaint) => void;

/** @param decoded the text as js-yaml has it. @returns the text as PyYAML has it. */
export function scalarText(
  source: SourceText,
  event: ScalarEvent,
  decoded: string,
  complain: Complain,
): string {
  const { style, valueStart, valueEnd } = event;
  if (style === SCALAR_STYLE.DOUBLE_QUOTED && !event.fast)
    checkEscapes(source, valueStart, valueEnd, complain);
  const isBlock = style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK;
  if (isBlock && event.chomping !== CHOMPING_MODE.STRIP && valueEnd === source.text.length) {
    // A file that ends without a line break: PyYAML adds none.
    if (!/[\r\n]$/.test(source.text)) return decoded.replace(/\n$/, "");
  }
  return decoded;
}

function checkEscapes(source: SourceText, start: number, end: number, complain: Complain): void {
  const escapes = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[\s\S])/g;
  for (const found of source.text.slice(start, end).matchAll(escapes)) {
    const hex = found[1] ?? found[2];
    const code = hex === undefined ? 0 : Number.parseInt(hex, 16);
    if (code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) continue;
    complain(start + found.index, start + found.index + found[0].length, {
      code: "KM004",
      message: `the escape ${found[0]} is no character`,
      remedy: "write the character itself, or \\U and its eight digits",
    });
  }
}
