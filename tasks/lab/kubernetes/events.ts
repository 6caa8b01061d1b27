/** What happens while programs are built, for a terminal. */

export type ProgramEvent =
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "waiting"; readonly owner: string }
  | { readonly kind: "start"; readonly programs: number; readonly items: number; readonly minutes: number }
  | { readonly kind: "building"; readonly what: string; readonly index: number; readonly of: number }
  | { readonly kind: "still building"; readonly what: string; readonly seconds: number }
  | { readonly kind: "built"; readonly what: string; readonly seconds: number; readonly bytes: number }
  | { readonly kind: "packed"; readonly what: string };

export type ProgramEvents = (event: ProgramEvent) => void;

/** One line for people. */
export function describeProgramEvent(event: ProgramEvent): string {
  switch (event.kind) {
    case "note":
      return event.text;
    case "waiting":
      return `waiting: ${event.owner}`;
    case "start":
      return `${event.items} files and images to make, ${event.programs} programs to build: ${aboutMinutes(event.minutes)} on two idle cores, more on busy ones`;
    case "building":
      return `[${event.index}/${event.of}] building ${event.what}`;
    case "still building":
      return `  ${event.what}: ${clock(event.seconds)} so far`;
    case "built":
      return `  ${event.what} built in ${clock(event.seconds)}, ${(event.bytes / 2 ** 20).toFixed(1)} MiB`;
    case "packed":
      return `packed ${event.what}`;
  }
}

/** `about 7 min`, or `less than a minute`. */
export function aboutMinutes(minutes: number): string {
  return minutes < 1 ? "less than a minute" : `about ${Math.ceil(minutes)} min`;
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
