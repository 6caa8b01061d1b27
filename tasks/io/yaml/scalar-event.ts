/** One scalar event → its value and its place. */
import {
  COLLECTION_STYLE,
  type CollectionStyle,
  EVENT_ID,
  getScalarValue,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from "js-yaml";
import type { Scalar } from "../../core/value.ts";
import { scalarText } from "./ansible-text.ts";
import type { Report } from "./frames.ts";
import { resolvePlain } from "./scalars.ts";
import type { SourceText } from "./source.ts";
import { resolveTagged } from "./tags.ts";
import type { Place, ScalarNode } from "./tree.ts";

/** @param isInFlow inside { } or [ ]. */
export function readScalar(place: Place, event: ScalarEvent, isInFlow: boolean, report: Report): ScalarNode {
  const { source, start, end } = place;
  const decoded = event.fast
    ? source.text.slice(event.valueStart, event.valueEnd)
    : getScalarValue(source.text, event);
  const text = scalarText(source, event, decoded, isInFlow, report);
  return { kind: "scalar", source, start, end, value: meaningOf(place, event, text, report) };
}

function meaningOf(place: Place, event: ScalarEvent, text: string, report: Report): Scalar {
  if (event.tagStart >= 0) {
    const tag = place.source.text.slice(event.tagStart, event.tagEnd);
    const tagPlace = { source: place.source, start: event.tagStart, end: event.tagEnd };
    checkPropertyEnd(tagPlace, report);
    return resolveTagged(tag, text, (complaint) => {
      report(complaint.code === "KM013" ? tagPlace : place, complaint);
      return text;
    });
  }
  if (event.style !== SCALAR_STYLE.PLAIN) return text;
  const resolved = resolvePlain(text);
  if ("value" in resolved) return resolved.value;
  report(place, { ...UNREADABLE[resolved.as](text), remedy: `quote it: "${text}"` });
  return text;
}

const special = (text: string) => ({
  code: "KM016",
  message: `an unquoted ${text} has a special meaning in YAML and is no value`,
});

const UNREADABLE = {
  date: (text: string) => ({ code: "KM012", message: `Ansible reads ${text} as a date, not as text` }),
  merge: special,
  value: special,
  "broken-int": (text: string) => ({
    code: "KM014",
    message: `${text} begins like a number but has no digits; PyYAML fails on it`,
  }),
};

/** The two keys with a meaning of their own: `<<` merges, and `=` is plain text as a key only. */
export function specialKey(source: SourceText, event: ScalarEvent): "<<" | "=" | undefined {
  if (event.style !== SCALAR_STYLE.PLAIN || event.tagStart >= 0) return undefined;
  const text = source.text.slice(event.valueStart, event.valueEnd);
  return text === "<<" || text === "=" ? text : undefined;
}

/** @param empty the key whose value is not written, or the offset where an item stands that is not. */
export function placeOf(source: SourceText, event: ScalarEvent, empty: Place | number): Place {
  const { valueStart, valueEnd, tagStart, tagEnd } = event;
  if (valueStart < 0) {
    if (tagStart >= 0) return { source, start: tagStart, end: tagEnd };
    if (typeof empty === "number") return { source, start: empty, end: empty };
    return { source, start: empty.start, end: empty.end };
  }
  if (event.style === SCALAR_STYLE.PLAIN) return { source, start: valueStart, end: valueEnd };
  if (!isBlock(event)) return { source, start: valueStart - 1, end: valueEnd + 1 };
  const content = /\S/g;
  content.lastIndex = valueStart;
  const start = content.exec(source.text)?.index ?? valueStart;
  return { source, start: Math.min(start, valueEnd), end: valueEnd };
}

function isBlock({ style }: ScalarEvent): boolean {
  return style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK;
}

/** PyYAML's limit for a key without a question mark. */
const LONGEST_KEY = 1024;

export function checkKeyText(place: Place, style: CollectionStyle, report: Report): void {
  if (place.end - place.start > LONGEST_KEY) {
    report(place, {
      code: "KM005",
      message: `the key is longer than ${LONGEST_KEY} characters`,
      remedy: "check for a missing quote or line break",
    });
  }
  if (style === COLLECTION_STYLE.BLOCK && !beginsItsLine(place)) {
    report(place, {
      code: "KM005",
      message: "a key of a map must begin its line",
      remedy: "put it on a line of its own, or quote the whole value before it",
    });
  }
  if (style === COLLECTION_STYLE.FLOW && endsOnAnotherLine(place)) {
    report(place, {
      code: "KM005",
      message: "a key inside { } and its colon must stand on one line",
      remedy: "put them on one line, or check for a missing comma or bracket",
    });
  }
}

/** Only indicators, anchors and tags may stand before a key: `- key: value`, not `- "" key: value`. */
function beginsItsLine({ source: { text }, start }: Place): boolean {
  let line = start;
  while (line > 0 && text[line - 1] !== "\n" && text[line - 1] !== "\r") line -= 1;
  return line === start || /^ *(?:[-?:] +)*(?:[&!]\S* +)*$/.test(text.slice(line, start));
}

function endsOnAnotherLine({ source, start, end }: Place): boolean {
  const colon = /(?:\s|#.*)*:/y;
  colon.lastIndex = end;
  return colon.test(source.text) && /[\r\n]/.test(source.text.slice(start, colon.lastIndex));
}

/** js-yaml and PyYAML disagree on the indentation of a block text that is the whole document. */
export function checkRootText(place: Place, event: ScalarEvent, report: Report): void {
  if (!isBlock(event)) return;
  report(place, {
    code: "KM005",
    message: "a block text needs a key",
    remedy: 'write "key: |" and indent the text',
  });
}

/** js-yaml lets a value follow an anchor, an alias or a tag without a blank: `&a[b]`. */
export function checkPropertyEnd(place: Place, report: Report): void {
  const next = place.source.text.charAt(place.end);
  const isTag = place.source.text.charAt(place.start) === "!";
  if (next === "" || /\s/.test(next) || (!isTag && /[,\]}]/.test(next))) return;
  report(place, {
    code: "KM005",
    message: "a blank is missing after this anchor, alias or tag",
    remedy: "put a blank between it and the value",
  });
}

/** Lists and maps take no tags but their own. */
export function checkCollectionTag(
  source: SourceText,
  event: SequenceEvent | MappingEvent,
  report: Report,
): void {
  if (event.tagStart < 0) return;
  checkPropertyEnd({ source, start: event.tagStart, end: event.tagEnd }, report);
  const tag = source.text.slice(event.tagStart, event.tagEnd);
  if (tag === (event.type === EVENT_ID.MAPPING ? "!!map" : "!!seq")) return;
  report(
    { source, start: event.tagStart, end: event.tagEnd },
    {
      code: "KM013",
      message: `the tag ${tag} is not supported on a map or list`,
      remedy:
        tag === "!unsafe" || tag === "!vault"
          ? `put ${tag} on each string inside instead`
          : "remove the tag; write a plain map or list",
    },
  );
}
