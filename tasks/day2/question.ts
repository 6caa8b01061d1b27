/** What is asked before an action on a running cluster. Pure. */
import type { Question } from "../core/session.ts";

export interface Asking {
  /** Verb first. */
  readonly title: string;
  /** `name`: what is lost cannot be recovered, so the name has to be typed. */
  readonly confirm: "question" | "name";
}

/** @param name the cluster's */
export function questionOf({ title, confirm }: Asking, name: string): Question {
  return confirm === "name"
    ? { kind: "name", name, text: `This cannot be undone. Type the cluster's name, ${name}, to continue:` }
    : { kind: "yes", text: `${title} on ${name}?` };
}
