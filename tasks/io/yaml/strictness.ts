/** What js-yaml accepts (YAML 1.2) and PyYAML refuses (YAML 1.1): a file that only we can read helps nobody. */
import { EVENT_ID, type Event, SCALAR_STYLE, type ScalarEvent } from "js-yaml";
import type { Problem } from "../../core/problem.ts";
import { problemAt, type SourceText } from "./source.ts";

/** The first problem of each kind; empty for a file that PyYAML reads too. */
export function checkStrictness(source: SourceText, events: readonly Event[]): Problem[] {
  return [...checkTabs(source, events), ...checkMarkers(source, events)];
}

/** Tabs may stand inside quotes, block texts and comments. Anywhere else PyYAML fails on them. */
function* checkTabs(source: SourceText, events: readonly Event[]): Generator<Problem> {
  const { text } = source;
  let tab = text.indexOf("\t");
  if (tab < 0) return;
  const scalars = events.filter((event): event is ScalarEvent => event.type === EVENT_ID.SCALAR);
  let next = 0;
  for (; tab >= 0; tab = text.indexOf("\t", tab + 1)) {
    while (next < scalars.length && (scalars[next] as ScalarEvent).valueEnd <= tab) next += 1;
    const scalar = scalars[next];
    const isInside = scalar !== undefined && scalar.valueStart >= 0 && scalar.valueStart <= tab;
    if (isInside && scalar.style !== SCALAR_STYLE.PLAIN) continue;
    const from = Math.max(lineStart(text, tab), next === 0 ? 0 : (scalars[next - 1] as ScalarEvent).valueEnd);
    if (!isInside && /(?:^|\s)#/.test(text.slice(from, tab))) continue;
    yield problemAt(source, tab, tab + 1, {
      code: "KM006",
      message: "a tab stands where YAML needs spaces",
      remedy: "replace tabs by spaces; a tab in a value belongs inside double quotes as \\t",
    });
    return;
  }
}

function lineStart(text: string, offset: number): number {
  return Math.max(text.lastIndexOf("\n", offset - 1), text.lastIndexOf("\r", offset - 1)) + 1;
}

/** Directives other than %YAML; an indented `---`; an end `...` before anything began. */
function* checkMarkers(source: SourceText, events: readonly Event[]): Generator<Problem> {
  const first = events.find((event) => "start" in event || ("valueStart" in event && event.valueStart >= 0));
  const start =
    first === undefined ? Number.POSITIVE_INFINITY : "start" in first ? first.start : firstOf(first);
  const marker = /^(?:[ ]+---|[ ]*%(?!YAML )|\.\.\.(?=\s|$))/m.exec(source.text.slice(0, start));
  if (marker === null) return;
  yield problemAt(source, marker.index, marker.index + marker[0].length, {
    code: "KM005",
    message: "this directive or document marker is not allowed here",
    remedy: "remove it; --- belongs at the very beginning of a line, ... and % directives are not needed",
  });
}

function firstOf(event: Event): number {
  return "valueStart" in event ? event.valueStart : 0;
}
