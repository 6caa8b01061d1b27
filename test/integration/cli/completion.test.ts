import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SHELLS, type Shell } from "../../../tasks/cli/completion/candidates.ts";
import { ROOT } from "../../helpers/environment.ts";

/** A site with one cluster of its own, so that --cluster and HOST have something to offer. */
let root: string;
let env: NodeJS.ProcessEnv;
const scripts = new Map<Shell, string>();

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "kube-magic-completion-"));
  const bin = join(root, "bin");
  for (const folder of [bin, join(root, "vendor")]) mkdirSync(folder);
  for (const cluster of ["_defaults", "example"])
    cpSync(join(ROOT, "inventories", cluster), join(root, "inventories", cluster), { recursive: true });
  symlinkSync(join(ROOT, "bin", "kube-magic.mjs"), join(bin, "kube-magic"));
  env = {
    ...process.env,
    PATH: `${bin}:${process.env.PATH}`,
    KUBE_MAGIC_ROOT: root,
    KUBE_MAGIC_CLUSTER: "example",
  };
  for (const shell of SHELLS) {
    const path = join(root, `completion.${shell}`);
    writeFileSync(path, execFileSync("kube-magic", ["completion", shell], { env }));
    scripts.set(shell, path);
  }
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function installed(shell: Shell): boolean {
  try {
    execFileSync(shell, ["-c", "exit 0"]);
    return true;
  } catch {
    return false;
  }
}

const run = (shell: Shell, program: string): string =>
  execFileSync(shell, [...(shell === "zsh" ? ["-f"] : []), "-c", program], { env, encoding: "utf8" });

/** What the shell would put in place of the word before the cursor, whole words. */
const COMPLETE: Readonly<Record<Shell, (line: string) => readonly string[]>> = {
  bash: (line) => {
    const program = `source ${scripts.get("bash")}
      COMP_LINE=${JSON.stringify(line)}; COMP_POINT=\${#COMP_LINE}; _kube_magic; printf '%s\\n' "\${COMPREPLY[@]}"`;
    // Bash replaces what follows the last colon or equal sign.
    const kept = /[^\s]*[:=]/.exec(line.slice(line.lastIndexOf(" ") + 1))?.[0] ?? "";
    return run("bash", program)
      .split("\n")
      .filter(Boolean)
      .map((rest) => kept + rest);
  },
  fish: (line) => {
    const program = `source ${scripts.get("fish")}; complete -C ${JSON.stringify(line)}`;
    return run("fish", program)
      .split("\n")
      .filter(Boolean)
      .map((row) => row.split("\t")[0] ?? "");
  },
  // A real interactive zsh in a pseudo-terminal; its own commands for completion are replaced by ones that print.
  zsh: (line) => {
    const program = `zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell 'PS1=; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; source ${scripts.get("zsh")}'
      zpty -w shell 'zstyle ":completion:*" list-grouped no; LISTMAX=0'
      zpty -w shell 'compadd() { local -a kept; builtin compadd -O kept "$@"; print -r -- "<"\${^kept}">" >>${root}/zsh.found; builtin compadd "$@" }'
      zpty -w shell 'over() { print -r -- over >>${root}/zsh.found }; zle -N over; bindkey "^X^O" over'
      : >${root}/zsh.found
      zpty -n -w shell ${JSON.stringify(line)}$'\\t\\C-x\\C-o'
      for try in {1..100}; do [[ $(<${root}/zsh.found) == *over* ]] && break; zpty -r -t shell ignored; sleep 0.1; done
      zpty -d shell
      cat ${root}/zsh.found`;
    return [...run("zsh", program).matchAll(/<(.+?)>/g)].map(([, word = ""]) => word.replaceAll("\\:", ":"));
  },
};

describe.each(SHELLS)("completion in %s", (shell) => {
  const offers = (line: string): readonly string[] => COMPLETE[shell](line);

  test.skipIf(!installed(shell)).each<[string, readonly string[], readonly string[]]>([
    ["kube-magic etcd:s", ["etcd:snapshot", "etcd:status"], ["etcd:defrag"]],
    ["kube-magic val", ["validate"], ["explain"]],
    ["kube-magic etcd:status --f", ["--format"], ["--cluster"]],
    ["kube-magic plan --format ", ["text", "json"], ["--format"]],
    ["kube-magic plan --only kube,po", [shell === "zsh" ? "post" : "kube,post"], ["ceph"]],
    ["kube-magic deploy pr", ["prep-hosts", "prometheus"], ["kube"]],
    ["kube-magic validate -c ex", ["example"], ["_defaults"]],
    ["kube-magic node:remove mas", ["master1", "master2", "master3"], ["lb1"]],
    ["kube-magic certs:renew ", ["kubernetes", "etcd", "registry", "openshift"], ["master1"]],
    ["kube-magic completion ", ["bash", "zsh", "fish"], ["clusters"]],
    ["kube-magic kube:upgrade --to ", [], ["master1"]],
  ])("of `%s` offers %j and not %j", (line, wanted, unwanted) => {
    const found = offers(line);
    expect(found).toEqual(expect.arrayContaining([...wanted]));
    for (const word of unwanted) expect(found).not.toContain(word);
  });
});

test("a value that is joined with an equal sign is completed in bash", () => {
  expect(COMPLETE.bash("kube-magic plan --format=j")).toEqual(["--format=json"]);
});
