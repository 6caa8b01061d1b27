/** A lab with its inventory rendered as a deploy renders it, and our playbooks run on it as a deploy runs them. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  NO_FLAGS,
  type PlaybookCommand,
  playbookCommand,
  type RunFlags,
} from "../../tasks/ansible/command.ts";
import { type PlaybookOutcome, runPlaybook } from "../../tasks/ansible/playbook.ts";
import type { PhaseEvent } from "../../tasks/core/events.ts";
import { toolFiles } from "../../tasks/deploy/tool-files.ts";
import { loadInventory, requireModel } from "../../tasks/inventory/load.ts";
import { writeFileSet } from "../../tasks/io/file-set.ts";
import { labDown } from "../../tasks/lab/down.ts";
import type { LabPlaces } from "../../tasks/lab/places.ts";
import { ssh } from "../../tasks/lab/ssh.ts";
import { labUp } from "../../tasks/lab/up.ts";
import { ansibleForTests, ROOT } from "./environment.ts";

export interface PlaybookEnd extends PlaybookOutcome {
  /** What Ansible printed. */
  readonly log: string;
  /** Changed tasks of all hosts; -1 without statistics. */
  readonly changed: number;
  /** `role : task`, host and message of each failure. */
  readonly failures: readonly string[];
  readonly seconds: number;
}

export interface PrepHostsLab {
  readonly places: LabPlaces;
  /** The repository that commands work in: its inventories/ and build/. */
  readonly root: string;
  /** Where passwords are generated. */
  readonly credentials: string;
  /** Writes the site's own layer and renders anew. */
  configure(layer: string): Promise<void>;
  /** Runs a playbook: a path below custom/, or an absolute one. */
  play(playbook: string, flags?: Partial<RunFlags>): Promise<PlaybookEnd>;
  /** The command that `play` would run. */
  command(playbook: string, flags?: Partial<RunFlags>): PlaybookCommand;
  /** A line for the host's shell; throws when it fails. */
  on(host: string, line: string): Promise<string>;
  down(): Promise<void>;
}

/** @param topology text of the lab's topology file, whose name is `name` */
export async function prepHostsLab(name: string, topology: string): Promise<PrepHostsLab> {
  const { bin } = await ansibleForTests();
  const root = mkdtempSync(join(tmpdir(), `kube-magic-${name}-`));
  const inventoriesDir = join(root, "inventories");
  const build = join(root, "build");
  const rendered = join(build, "custom");
  cpSync(join(ROOT, "inventories", "_defaults"), join(inventoriesDir, "_defaults"), { recursive: true });
  writeFileSync(join(root, "topology.yml"), topology);
  mkdirSync(join(root, "vendor"));
  for (const path of ["custom", "vendor/requirements", "vendor/.environments", "vendor/vendor.yml"])
    symlinkSync(join(ROOT, path), join(root, path));
  await labDown({ name });
  const { places, topology: parsed } = await labUp({
    topologyFile: join(root, "topology.yml"),
    inventories: inventoriesDir,
  });
  const configure = async (layer: string): Promise<void> => {
    const local = join(inventoriesDir, name, "local");
    mkdirSync(local, { recursive: true });
    writeFileSync(join(local, "test.yml"), layer);
    const model = requireModel(await loadInventory({ inventoriesDir, cluster: name, sets: [] }));
    writeFileSet(rendered, toolFiles(model, "custom"), ["credentials"]);
  };
  await configure("{}\n");
  const command = (playbook: string, flags: Partial<RunFlags> = {}): PlaybookCommand =>
    playbookCommand({
      tool: "custom",
      bin,
      tree: join(ROOT, "custom"),
      playbook,
      inventory: join(rendered, "hosts.yml"),
      clusterBuild: build,
      callbacks: join(ROOT, "custom", "plugins", "callback"),
      hostCount: parsed.hosts.length,
      extraVars: {},
      flags: { ...NO_FLAGS, ...flags },
    });
  let runs = 0;
  return {
    places,
    root,
    credentials: join(rendered, "credentials"),
    configure,
    command,
    async play(playbook, flags) {
      const stem = join(root, `run-${++runs}`);
      const started = Date.now();
      const events: PhaseEvent[] = [];
      const outcome = await runPlaybook({
        phase: "prep-hosts",
        command: command(playbook, flags),
        env: process.env,
        logFile: `${stem}.log`,
        eventsFile: `${stem}.jsonl`,
        eventsFrom: 0,
        onEvent: (event) => events.push(event),
        onStart: () => {},
      });
      return {
        ...outcome,
        log: readFileSync(`${stem}.log`, "utf8"),
        changed: changedTasks(events),
        failures: failuresOf(events),
        seconds: (Date.now() - started) / 1000,
      };
    },
    async on(host, line) {
      const { code, stdout, stderr } = await ssh(places, host, ["sh", "-c", line]);
      if (code !== 0) throw new Error(`${host}: ${line}: exit code ${code}: ${stderr}${stdout}`);
      return stdout;
    },
    async down() {
      await labDown({ name });
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function changedTasks(events: readonly PhaseEvent[]): number {
  const stats = events.find((event) => event.kind === "stats");
  if (stats === undefined) return -1;
  return Object.values(stats.hosts).reduce((sum, { changed }) => sum + changed, 0);
}

function failuresOf(events: readonly PhaseEvent[]): readonly string[] {
  const names = new Map<string, string>();
  const failures: string[] = [];
  for (const event of events) {
    if (event.kind === "task-start") names.set(event.task, event.name);
    if (event.kind === "host-failed" || event.kind === "host-unreachable")
      failures.push(`${names.get(event.task)}: ${event.host}: ${event.message}`);
  }
  return failures;
}
