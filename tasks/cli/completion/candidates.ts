/** What the completion scripts of all shells offer, from the commands themselves. Pure. */
import type { CommandEntry, Completion, OptionSpec } from "../task.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** Names that a script asks for while the user types: `kube-magic completion --names clusters`. */
export const NAME_LISTS = ["clusters", "hosts", "labs", "lab-hosts"] as const;
export type NameList = (typeof NAME_LISTS)[number];

export type Offer =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "names"; readonly list: NameList }
  | { readonly kind: "files" | "folders" }
  /** A value that nobody can guess. */
  | { readonly kind: "nothing" };

export interface OptionOffer {
  /** `--cluster`, and `-c` where it exists. */
  readonly flags: readonly string[];
  readonly help: string;
  /** Absent: the option takes no value. */
  readonly value?: Offer;
}

export interface CommandOffer {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionOffer[];
  /** For the words beside the flags. */
  readonly words: Offer;
}

export function commandOffers(commands: readonly CommandEntry[]): readonly CommandOffer[] {
  return commands.map(({ name, summary, task }) => ({
    name,
    summary,
    options: [
      ...Object.entries(task.options).map(([key, spec]) => optionOffer(key, spec)),
      { flags: ["--help", "-h"], help: "print the help of this command" },
    ],
    words: offerOf(task.positionals?.choices ?? task.positionals?.complete),
  }));
}

function optionOffer(key: string, spec: OptionSpec): OptionOffer {
  return {
    flags: [`--${key}`, ...(spec.short === undefined ? [] : [`-${spec.short}`])],
    help: spec.help,
    ...(spec.type === "boolean" ? {} : { value: offerOf(spec.choices ?? spec.complete) }),
  };
}

const NAMED: Readonly<Record<"cluster" | "host" | "lab" | "lab-host", NameList>> = {
  cluster: "clusters",
  host: "hosts",
  lab: "labs",
  "lab-host": "lab-hosts",
};

function offerOf(completion: Completion | undefined): Offer {
  if (completion === undefined) return { kind: "nothing" };
  if (typeof completion !== "string") return { kind: "words", words: completion };
  if (completion === "file") return { kind: "files" };
  return completion === "folder" ? { kind: "folders" } : { kind: "names", list: NAMED[completion] };
}

/** For a shell's single quotes. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
