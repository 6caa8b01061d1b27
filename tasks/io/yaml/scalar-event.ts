/** One scalar event → its value and its place. */
import {
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
import type { Complaint, SourceText } from "./source.ts";
import { resolveTagged } from "./tags.ts";
import type { Place, ScalarNode } from "./tree.ts";

interface Surroundings {
  /** Where the value stands when nothing is written. */
  readonly empty: Place;
  readonly isInFlow: boolean;
  readonly isKey: boolean;
  readonly isRoot: boolean;
}

export function readScalar(
  source: SourceText,
  event: ScalarEvent,
  around: Surroundings,
  report: Report,
): ScalarNode {
  const place = placeOf(source, event, around.empty);
  const decoded = getScalarValue(source.text, event);
  const text = scalarText(source, event, decoded, around.isInFlow, report);
  if (around.isRoot && isBlock(event)) {
    // js-yaml and PyYAML disagree on its indentation.
    report(place, {
      code: "KM005",
      message: "a block text needs a key",
      remedy: 'write "key: |" and indent the text',
    });
  }
  if (around.isKey && place.end - place.start > LONGEST_KEY) {
    report(place, {
      code: "KM005",
      message: `the key is longer than ${LONGEST_KEY} characters`,
      remedy: "check for a missing quote or line break",
    });
  }
  if (around.isKey && around.isInFlow && endsOnAnotherLine(place)) {
    report(place, {
      code: "KM005",
      message: "a key inside { } and its colon must stand on one line",
      remedy: "put them on one line, or check for a missing comma or bracket",
    });
  }
  const isSpecial = around.isKey && specialKey(source, event) !== undefined;
  const value = isSpecial
    ? text
    : meaningOf(source, event, text, (complaint) => {
        report(place, complaint);
        return text;
      });
  return { kind: "scalar", ...place, value };
}

function endsOnAnotherLine({ source, start, end }: Place): boolean {
  const colon = /(?:\s|#.*)*:/y;
  colon.lastIndex = end;
  return colon.test(source.text) && /[\r\n]/.test(source.text.slice(start, colon.lastIndex));
}

/** PyYAML's limit for a key without a question mark. */
const LONGEST_KEY = 1024;

/** The two keys with a meaning of their own: `<<` merges, and `=` is plain text as a key only. */
export function specialKey(source: SourceText, event: ScalarEvent): "<<" | "=" | undefined {
  if (event.style !== SCALAR_STYLE.PLAIN || event.tagStart >= 0) return undefined;
  const text = source.text.slice(event.valueStart, event.valueEnd);
  return text === "<<" || text === "=" ? text : undefined;
}

function meaningOf(
  source: SourceText,
  event: ScalarEvent,
  text: string,
  complain: (c: Complaint) => string,
): Scalar {
  if (event.tagStart >= 0)
    return resolveTagged(source.text.slice(event.tagStart, event.tagEnd), text, complain);
  if (event.style !== SCALAR_STYLE.PLAIN) return text;
  const resolved = resolvePlain(text);
  const remedy = `quote it: "${text}"`;
  switch (resolved.as) {
    case "date":
      return complain({ code: "KM012", message: `Ansible reads ${text} as a date, not as text`, remedy });
    case "merge":
    case "value":
      return complain({
        code: "KM016",
        message: `an unquoted ${text} has a special meaning in YAML and is no value`,
        remedy,
      });
    case "broken-int":
      return complain({
        code: "KM014",
        message: `${text} begins like a number but has no digits; PyYAML fails on it`,
        remedy,
      });
    default:
      return resolved.value;
  }
}

function placeOf(source: SourceText, event: ScalarEvent, empty: Place): Place {
  const { valueStart, valueEnd, tagStart, tagEnd } = event;
  if (valueStart < 0) {
    return tagStart >= 0
      ? { source, start: tagStart, end: tagEnd }
      : { source, start: empty.start, end: empty.end };
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

/** Lists and maps take no tags but their own. */
export function checkCollectionTag(
  source: SourceText,
  event: SequenceEvent | MappingEvent,
  report: Report,
): void {
  if (event.tagStart < 0) return;
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
