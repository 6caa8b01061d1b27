/** The completion script of zsh. */
import { type CommandOffer, type Offer, quoted } from "./candidates.ts";

export function zshScript(commands: readonly CommandOffer[]): string {
  return `#compdef kube-magic kube-magic.mjs
# Completion of kube-magic for zsh: source <(kube-magic completion zsh), after compinit
_kube_magic_names() {
  local at
  local -a choice names
  for ((at = 3; at < CURRENT - 1; at++)); do
    case "\${words[at]}" in
      -c | --cluster) choice+=(--cluster "\${words[at + 1]}") ;;
      --lab) choice+=(--lab "\${words[at + 1]}") ;;
    esac
  done
  names=(\${(f)"$("\${words[1]}" completion --names "$1" $choice 2>/dev/null)"})
  compset -P '*,'
  compadd -- $names
}

_kube_magic_words() {
  compset -P '*,'
  compadd -- "$@"
}

_kube_magic() {
  local -a found
  local command="\${words[2]}" previous="\${words[CURRENT - 1]}"
  if ((CURRENT == 2)); then
    found=(
${commands.map(({ name, summary }) => `      ${described(name, summary)}`).join("\n")}
    )
    _describe -t commands command found
    return
  fi
  if compset -P 1 '--*='; then
    previous="\${IPREFIX%=}"
  fi
  case "$command $previous" in
${commands.flatMap(valueCases).join("\n")}
  esac
  if [[ $PREFIX == -* ]]; then
    case "$command" in
${commands.map(optionCase).join("\n")}
    esac
    _describe -o -t options option found
    return
  fi
  case "$command" in
${commands.flatMap(wordCase).join("\n")}
  esac
}

if [[ \${funcstack[1]} == _kube_magic ]]; then
  _kube_magic "$@"
else
  compdef _kube_magic kube-magic kube-magic.mjs
fi
`;
}

/** `name:description`, as _describe reads it. */
function described(name: string, text: string): string {
  return quoted(`${name.replaceAll(":", "\\:")}:${text}`);
}

function valueCases({ name, options }: CommandOffer): readonly string[] {
  return options.flatMap(({ flags, value }) =>
    value === undefined
      ? []
      : [`    ${flags.map((flag) => quoted(`${name} ${flag}`)).join(" | ")}) ${action(value)}; return ;;`],
  );
}

function optionCase({ name, options }: CommandOffer): string {
  const found = options.flatMap(({ flags, help }) => flags.map((flag) => described(flag, help)));
  return `      ${quoted(name)}) found=(${found.join(" ")}) ;;`;
}

function wordCase({ name, words }: CommandOffer): readonly string[] {
  return words.kind === "nothing" ? [] : [`    ${quoted(name)}) ${action(words)} ;;`];
}

function action(offer: Offer): string {
  switch (offer.kind) {
    case "words":
      return `_kube_magic_words ${offer.words.map(quoted).join(" ")}`;
    case "names":
      return `_kube_magic_names ${offer.list}`;
    case "files":
      return "_files";
    case "folders":
      return "_files -/";
    case "nothing":
      return "_message value";
  }
}
