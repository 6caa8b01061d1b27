/** A deploy on the lab: through us, by hand with the same settings, and by hand with Ansible's plain defaults. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NO_FLAGS, playbookCommand } from "../tasks/ansible/command.ts";
import { ansibleForTests, ROOT } from "../test/helpers/environment.ts";
import type { Bench } from "./bench.ts";
import { LAB, labNeeds, withBenchLab } from "./bench-lab.ts";
import { measure } from "./measure.ts";

const ROUNDS = 5;

export const bench: Bench = {
  name: "deploy",
  title: `prep-hosts again on eight converged lab hosts, best of ${ROUNDS}`,
  needs: labNeeds,
  run: (report) =>
    withBenchLab(async ({ folder, up }) => {
      report({
        what: "lab:up of eight hosts (with the base, when it was not cached)",
        value: await up(),
        unit: "s",
      });
      const ours = ["node", join(ROOT, "bin", "kube-magic.mjs"), "deploy", "prep-hosts", "-c", LAB];
      measure(ours);
      const hand = await byHand();
      const plain = plainDefaults(folder, hand.argv);
      // In turn, so that a disturbance of the machine hits all of them alike.
      const rounds = Array.from({ length: ROUNDS }, () => ({
        ours: measure(ours).seconds,
        hand: measure(hand.argv, hand.env).seconds,
        plain: measure(plain.argv, plain.env).seconds,
      }));
      const best = (key: "ours" | "hand" | "plain"): number => Math.min(...rounds.map((round) => round[key]));
      report({ what: "through kube-magic", value: best("ours"), unit: "s" });
      report({ what: "ansible-playbook by hand, our settings", value: best("hand"), unit: "s" });
      report({ what: "ansible-playbook by hand, plain defaults", value: best("plain"), unit: "s" });
      report({
        what: "what kube-magic adds",
        value: best("ours") - best("hand"),
        unit: "s",
        limit: Math.max(1, 0.05 * best("hand")),
      });
      report({
        what: "through kube-magic / plain defaults",
        value: best("ours") / best("plain"),
        unit: "x",
        limit: 0.6,
      });
    }),
};

interface Invocation {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** The very command that a deploy runs, without us around it. */
async function byHand(): Promise<Invocation> {
  const build = join(ROOT, "build", LAB);
  const command = playbookCommand({
    tool: "custom",
    bin: (await ansibleForTests()).bin,
    tree: join(ROOT, "custom"),
    playbook: "playbooks/prep-hosts.yml",
    inventory: join(build, "custom", "hosts.yml"),
    clusterBuild: build,
    callbacks: join(ROOT, "custom", "plugins", "callback"),
    hostCount: 8,
    modulesId: readFileSync(join(build, "modules", "custom", "made-of"), "utf8"),
    extraVars: {},
    flags: NO_FLAGS,
  });
  const argv = ["env", "-C", command.cwd, ...command.argv];
  return { argv, env: { ...process.env, ...command.env, LC_ALL: "C.UTF-8" } };
}

/** What a user has who knows the playbook and no settings: only the path that it cannot run without. */
function plainDefaults(folder: string, argv: readonly string[]): Invocation {
  const custom = join(ROOT, "custom");
  const config = join(folder, "plain", "ansible.cfg");
  mkdirSync(join(folder, "plain"));
  writeFileSync(config, `[defaults]\ncollections_path=${custom}/.collections\n`);
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith("ANSIBLE_"));
  return { argv, env: { ...Object.fromEntries(env), ANSIBLE_CONFIG: config, LC_ALL: "C.UTF-8" } };
}
