/** The completion script of fish. */
import { type CommandOffer, type NameList, type Offer, type OptionOffer, quoted } from "./candidates.ts";

export function fishScript(commands: readonly CommandOffer[]): string {
  return `# Completion of kube-magic for fish: kube-magic completion fish | source
function __kube_magic_command
    set -l words (commandline -opc)
    test (count $words) -ge 2; and echo $words[2]
end

function __kube_magic_is
    set -l command (__kube_magic_command)
    test "$command" = "$argv[1]"
end

# A comma separates values: what stands before the last one is kept.
function __kube_magic_words
    set -l token (commandline -ct | string replace -r '^--[^=]*=' '')
    set -l lead (string replace -r '[^,]*$' '' -- "$token")
    for word in $argv
        echo "$lead$word"
    end
end

function __kube_magic_names
    set -l words (commandline -opc)
    set -l choice
    for at in (seq 3 (math (count $words) - 1))
        switch $words[$at]
            case -c --cluster
                set -a choice --cluster $words[(math $at + 1)]
            case --lab
                set -a choice --lab $words[(math $at + 1)]
        end
    end
    __kube_magic_words ($words[1] completion --names $argv[1] $choice 2>/dev/null)
end

for program in kube-magic kube-magic.mjs
    complete -c $program -f
${commands.flatMap(commandLines).join("\n")}
end
`;
}

function commandLines({ name, summary, options, words }: CommandOffer): readonly string[] {
  const here = `complete -c $program -n ${quoted(`__kube_magic_is ${name}`)}`;
  return [
    `    complete -c $program -n '__kube_magic_is ""' -a ${quoted(name)} -d ${quoted(summary)}`,
    ...options.map((option) => `    ${here} ${optionWords(option)}`),
    ...(words.kind === "nothing" ? [] : [`    ${here}${candidates(words)}`]),
  ];
}

function optionWords({ flags, help, value }: OptionOffer): string {
  const [long = "", short] = flags;
  const names = `-l ${long.replace(/^--/, "")}${short === undefined ? "" : ` -s ${short.replace(/^-/, "")}`}`;
  const needs = value === undefined ? "" : ` -r${candidates(value)}`;
  return `${names} -d ${quoted(help)}${needs}`;
}

function candidates(offer: Offer): string {
  switch (offer.kind) {
    case "words":
      return ` -f -a ${quoted(`(__kube_magic_words ${offer.words.join(" ")})`)}`;
    case "names":
      return ` -f -a ${quoted(namesOf(offer.list))}`;
    case "files":
      return " -F";
    case "folders":
      return " -f -a '(__fish_complete_directories)'";
    case "nothing":
      return " -f";
  }
}

function namesOf(list: NameList): string {
  return `(__kube_magic_names ${list})`;
}
