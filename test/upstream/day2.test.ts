/** Every playbook that a deploy or a day-2 action calls, loaded from the real trees under each tool's own Ansible. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { NO_FLAGS, type RunFlags } from "../../tasks/ansible/command.ts";
import type { TaskContext } from "../../tasks/cli/task.ts";
import { type ClusterModel, TOOLS, type ToolName } from "../../tasks/core/model.ts";
import { pathsAt } from "../../tasks/core/paths.ts";
import { actionNamed } from "../../tasks/day2/actions.ts";
import { phasesOf, recoveryInventory } from "../../tasks/day2/steps.ts";
import { type ClusterContext, makePlan } from "../../tasks/deploy/prepare.ts";
import { toolFiles } from "../../tasks/deploy/tool-files.ts";
import { writeFileSet } from "../../tasks/io/file-set.ts";
import { CATALOG } from "../../tasks/phases/catalog.ts";
import type { PhaseSpec } from "../../tasks/phases/spec.ts";
import { inventoryFiles } from "../../tasks/render/inventory-files.ts";
import { installableVersions } from "../../tasks/toolchain/catalog/kubernetes-versions.ts";
import { findAnsibleOf, findTree } from "../helpers/ansible.ts";
import { ROOT } from "../helpers/environment.ts";
import { aCluster } from "../helpers/model.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const KUBERNETES = aCluster();
const OPENSHIFT = aCluster({ orchestrator: "openshift" });
const PATHS = pathsAt(ROOT);

interface Loaded {
  /** `tool playbook` → what Ansible listed. */
  readonly text: string;
  readonly tasks: number;
}

/** What the very commands of a plan would do: their plays, hosts and tasks. No host is contacted. */
function load(
  model: ClusterModel,
  specs: readonly PhaseSpec[],
  flags: RunFlags,
  broken: readonly string[] = [],
) {
  const build = temporaryFolder();
  const files = new Map(TOOLS.map((tool) => [tool, toolFiles(model, tool)] as const));
  const recovery = broken.length === 0 ? undefined : recoveryInventory(model, broken);
  if (recovery !== undefined) files.set("kubespray", inventoryFiles(model, "kubespray", recovery));
  for (const [tool, set] of files) writeFileSet(join(build, tool), set);
  const cluster: ClusterContext = {
    model,
    files,
    build,
    runs: join(build, "runs"),
    lock: join(build, "lock"),
  };
  const environments = new Map(
    TOOLS.flatMap((tool) => {
      const found = findAnsibleOf(tool);
      return found === undefined ? [] : [[tool, { ...found, ansibleCore: "" }] as const];
    }),
  );
  const context = { paths: PATHS } as TaskContext;
  const plan = makePlan(context, cluster, {
    phases: specs,
    flags,
    resume: false,
    environments: environments as never,
  });
  return plan.flatMap(({ commands }) =>
    commands.map((command): Loaded => {
      const [program, ...rest] = command.argv;
      const run = spawnSync(program, [...rest, "--list-hosts", "--list-tasks"], {
        cwd: command.cwd,
        encoding: "utf8",
        maxBuffer: 1 << 26,
        env: { ...process.env, ...command.env, LC_ALL: "C.UTF-8", ANSIBLE_CALLBACK_PLUGINS: "" },
      });
      expect(run.status, `${rest.join(" ")}\n${run.stderr}`).toBe(0);
      return {
        text: run.stdout,
        tasks: run.stdout.split("\n").filter((line) => /TAGS: \[/.test(line)).length,
      };
    }),
  );
}

function here(...tools: readonly ToolName[]): boolean {
  const missing = tools.filter((tool) => findTree(tool) === undefined || findAnsibleOf(tool) === undefined);
  if (missing.length > 0) console.warn(`skipped: ${missing.join(", ")} not here: npm run init`);
  return missing.length === 0;
}

const phase = (name: string): PhaseSpec => CATALOG.find((one) => one.name === name) as PhaseSpec;
const versions = installableVersions(PATHS.vendor);
const stepsOf = (action: string, names: readonly string[], options: Record<string, string> = {}) =>
  phasesOf(actionNamed(action), {
    model: KUBERNETES,
    names,
    options,
    flags: new Set(),
    installed: {},
    installable: versions,
  });

describe.skipIf(!here("kubespray"))("kubespray", () => {
  it("installs: facts of all hosts come before a limited run, whose groups stay whole", () => {
    const [facts, cluster] = load(KUBERNETES, [phase("kube")], {
      ...NO_FLAGS,
      limit: "worker1",
      tags: "preinstall",
    });
    expect(facts?.text).toMatch(/master1/);
    expect(facts?.text).toMatch(/worker2/);
    expect(cluster?.tasks).toBeGreaterThan(30);
    expect(cluster?.text).not.toMatch(/^ {6}worker2$/m);
  });

  it("knows the versions that it installs", () => {
    expect(versions).toContain("1.35.4");
    expect(versions.length).toBeGreaterThan(10);
  });

  it.each<[string, readonly string[], number, Record<string, string>?]>([
    ["kube:upgrade", [], 200, { from: "1.34.7", to: "1.35.4" }],
    ["kube:scale", ["worker1"], 100],
    ["node:remove", ["worker1"], 20],
    ["kube:reset", [], 30],
  ])("%s %j loads", (action, names, least, options) => {
    const loaded = load(KUBERNETES, stepsOf(action, names, options), NO_FLAGS);
    expect(Math.max(...loaded.map(({ tasks }) => tasks))).toBeGreaterThan(least);
  });

  it("node:remove touches the named host alone", () => {
    const text = load(KUBERNETES, stepsOf("node:remove", ["worker1"]), NO_FLAGS)[0]?.text ?? "";
    const play = text.split(/^ {2}play #/m).find((one) => one.includes("Reset node")) ?? "";
    expect(play).toMatch(/hosts \(1\):\n\s+worker1\n/);
  });

  it("kube:recover works on the first host that survives", () => {
    const all = load(KUBERNETES, stepsOf("kube:recover", ["master1"]), NO_FLAGS, ["master1"]);
    const play =
      (all.at(-1)?.text ?? "").split(/^ {2}play #/m).find((one) => one.includes("Recover etcd")) ?? "";
    expect(play).toMatch(/hosts \(1\):\n\s+master2\n/);
  });
});

describe.skipIf(!here("ceph-ansible"))("ceph-ansible", () => {
  it.each([
    ["ceph:upgrade", [], 50],
    ["ceph:add-osd", ["ceph1"], 50],
    ["ceph:remove-osd", ["0", "1"], 10],
    ["ceph:purge", [], 30],
  ] as const)("%s %j loads", (action, names, least) => {
    const loaded = load(KUBERNETES, stepsOf(action, names), NO_FLAGS);
    expect(Math.max(...loaded.map(({ tasks }) => tasks))).toBeGreaterThan(least);
  });
});

describe.skipIf(!here("openshift-ansible"))("openshift-ansible", () => {
  it("prerequisites and deploy_cluster load with our inventory under Ansible 2.9", () => {
    const [prerequisites, deploy] = load(OPENSHIFT, [phase("openshift")], NO_FLAGS);
    expect(prerequisites?.tasks).toBeGreaterThan(20);
    expect(deploy?.tasks).toBeGreaterThan(200);
    expect(prerequisites?.text).toMatch(/master1/);
  });
});
