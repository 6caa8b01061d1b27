/** The completion script of bash 4.3 and newer. */
import { type CommandOffer, type Offer, quoted } from "./candidates.ts";

export function bashScript(commands: readonly CommandOffer[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  return `# Completion of kube-magic for bash: source <(kube-magic completion bash)
_kube_magic_names() {
  local at
  local -a choice=()
  for ((at = 2; at < \${#words[@]} - 1; at++)); do
    case "\${words[at]}" in
      -c | --cluster) choice+=(--cluster "\${words[at + 1]}") ;;
      --lab) choice+=(--lab "\${words[at + 1]}") ;;
    esac
  done
  "\${words[0]}" completion --names "$1" "\${choice[@]}" 2>/dev/null
}

# Candidates that begin with the current word. Bash splits words at colons and equal signs, so it wants the rest only.
_kube_magic_offer() {
  local candidate
  local broken="\${line##*[[:space:]]}"
  broken="\${broken%"\${broken##*[:=]}"}"
  for candidate in $1; do
    candidate="$lead$candidate"
    [[ $candidate == "$current"* ]] && COMPREPLY+=("\${candidate#"$broken"}")
  done
}

_kube_magic() {
  local line="\${COMP_LINE:0:COMP_POINT}" current="" lead="" previous command
  local -a words
  read -ra words <<<"$line"
  if [[ $line != *[[:space:]] ]]; then
    current="\${words[-1]}"
    unset 'words[-1]'
  fi
  COMPREPLY=()
  if ((\${#words[@]} < 2)); then
    _kube_magic_offer ${quoted(names)}
    return
  fi
  command="\${words[1]}"
  previous="\${words[-1]}"
  if [[ $current == --*=* ]]; then
    previous="\${current%%=*}"
    lead="$previous="
  fi
  [[ $current == *,* ]] && lead="\${current%"\${current##*,}"}"
  case "$command $previous" in
${commands.flatMap(valueCases).join("\n")}
  esac
  if [[ $current == -* ]]; then
    case "$command" in
${commands.map(({ name, options }) => `      ${quoted(name)}) _kube_magic_offer ${quoted(options.flatMap(({ flags }) => flags).join(" "))} ;;`).join("\n")}
    esac
    return
  fi
  case "$command" in
${commands.flatMap(wordCase).join("\n")}
  esac
}
complete -F _kube_magic kube-magic kube-magic.mjs
`;
}

function valueCases({ name, options }: CommandOffer): readonly string[] {
  return options.flatMap(({ flags, value }) =>
    value === undefined
      ? []
      : [`    ${flags.map((flag) => quoted(`${name} ${flag}`)).join(" | ")})${action(value)} return ;;`],
  );
}

function wordCase({ name, words }: CommandOffer): readonly string[] {
  return words.kind === "nothing" ? [] : [`    ${quoted(name)})${action(words).replace(/;$/, "")} ;;`];
}

function action(offer: Offer): string {
  switch (offer.kind) {
    case "words":
      return ` _kube_magic_offer ${quoted(offer.words.join(" "))};`;
    case "names":
      return ` _kube_magic_offer "$(_kube_magic_names ${offer.list})";`;
    case "files":
      return ' compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current");';
    case "folders":
      return ' compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$current");';
    case "nothing":
      return "";
  }
}
