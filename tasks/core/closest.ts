/** The "did you mean" of every message. */
import { distance } from "fastest-levenshtein";

/** The candidate nearest to `word`; undefined when none is near. Near: at most two edits, or a third of the word's letters. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const away = distance(word.toLowerCase(), candidate.toLowerCase());
    if (away < bestDistance) {
      best = candidate;
      bestDistance = away;
    }
  }
  return best;
}
