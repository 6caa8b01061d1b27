/**
 * Plays that matched no host. The tools' playbooks have plays for every possible kind of host, so most of these are no
 * fault. One line names the groups, where a group that should have hosts is easy to see.
 */

export interface UnmatchedPlay {
  readonly name: string;
  /** What it was written for, such as `rbdmirrors`. */
  readonly pattern: string;
}

const MOST_PATTERNS = 12;

/** `14 plays matched no host: nfss, rbdmirrors, monitoring`; each pattern once, in order. */
export function describeUnmatched(plays: readonly UnmatchedPlay[]): string {
  const patterns = [...new Set(plays.map(({ pattern }) => pattern))];
  const more = patterns.length - MOST_PATTERNS;
  const shown = patterns.slice(0, MOST_PATTERNS).join(", ");
  const count = plays.length === 1 ? "1 play" : `${plays.length} plays`;
  return `${count} matched no host: ${shown}${more > 0 ? ` and ${more} more` : ""}`;
}
