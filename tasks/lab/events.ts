/** Events of lab:up, lab:down and lab:kill, and their text. */

export type LabEvent =
  | { readonly kind: "base"; readonly state: "cached" | "building"; readonly folder: string }
  | { readonly kind: "base"; readonly state: "built"; readonly folder: string; readonly seconds: number }
  | { readonly kind: "booting"; readonly hosts: readonly string[] }
  | { readonly kind: "up"; readonly host: string; readonly ip: string; readonly seconds: number }
  | { readonly kind: "killed"; readonly host: string; readonly ip: string; readonly was: boolean }
  | { readonly kind: "inventory"; readonly file: string; readonly state: "written" | "kept" | "edited" }
  | { readonly kind: "removed"; readonly what: string }
  | { readonly kind: "note"; readonly text: string };

export type LabEvents = (event: LabEvent) => void;

/** One line for people. */
export function describeLabEvent(event: LabEvent): string {
  switch (event.kind) {
    case "base":
      if (event.state === "built") return `base: built (${event.seconds.toFixed(1)} s)`;
      return event.state === "cached" ? "base: cached" : "base: building (once; about 20 s)";
    case "booting":
      return event.hosts.length === 0 ? "hosts: all running" : `hosts: ${event.hosts.length} booting`;
    case "up":
      return `${event.host} ${event.ip} up (${event.seconds.toFixed(1)} s)`;
    case "killed":
      return event.was ? `${event.host} ${event.ip} power cut` : `${event.host} ${event.ip} was not running`;
    case "inventory":
      if (event.state === "edited") return `inventory: ${event.file} was edited by hand: not changed`;
      return `inventory: ${event.file}${event.state === "kept" ? " (unchanged)" : ""}`;
    case "removed":
      return `removed: ${event.what}`;
    case "note":
      return event.text;
  }
}
