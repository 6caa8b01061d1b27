import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NO_FLAGS, playbookCommand } from "../../../tasks/ansible/command.ts";
import { listPlays } from "../../../tasks/ansible/list-plays.ts";
import { type PlaybookOutcome, runPlaybook } from "../../../tasks/ansible/playbook.ts";
import type { PhaseEvent } from "../../../tasks/core/events.ts";
import type { RunningCommand } from "../../../tasks/io/command/log.ts";
import { ansibleForTests, ROOT } from "../../helpers/environment.ts";

let bin: string;
let folder: string;

beforeAll(async () => {
  ({ bin } = await ansibleForTests());
  folder = mkdtempSync(join(tmpdir(), "kube-magic-playbook-"));
  const hosts = ["alpha", "beta"].map(
    (name) => `${name} ansible_connection=local ansible_python_interpreter=/usr/bin/python3`,
  );
  writeFileSync(join(folder, "hosts"), `${hosts.join("\n")}\n[empty]\n`);
  writeFileSync(join(folder, "ansible.cfg"), "[defaults]\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran extends PlaybookOutcome {
  readonly events: readonly PhaseEvent[];
  readonly log: string;
}

function command(playbook: string) {
  return playbookCommand({
    tool: "custom",
    bin,
    tree: folder,
    playbook,
    inventory: join(folder, "hosts"),
    clusterBuild: folder,
    callbacks: join(ROOT, "custom", "plugins", "callback"),
    hostCount: 2,
    extraVars: { truth: true, number: 7 },
    flags: NO_FLAGS,
  });
}

async function run(
  name: string,
  playbook: string,
  onStart: (child: RunningCommand) => void = () => {},
  env = process.env,
): Promise<Ran> {
  writeFileSync(join(folder, `${name}.yml`), playbook);
  const events: PhaseEvent[] = [];
  const logFile = join(folder, `${name}.log`);
  const outcome = await runPlaybook({
    phase: name,
    command: command(`${name}.yml`),
    env,
    logFile,
    eventsFile: join(folder, `${name}.jsonl`),
    eventsFrom: 0,
    onEvent: (event) => events.push(event),
    onStart,
  });
  return { ...outcome, events, log: readFileSync(logFile, "utf8") };
}

const play = (tasks: string, hosts = "all"): string =>
  `- hosts: ${hosts}\n  gather_facts: false\n  tasks:\n${tasks}`;

describe("a playbook", () => {
  test("that succeeds is done, with its statistics, events and typed extra variables", async () => {
    const ran = await run(
      "good",
      play(
        "    - ansible.builtin.assert: { that: [truth is true, number is number] }\n    - ansible.builtin.set_stats: { data: { answer: 42 }, aggregate: false }\n",
      ),
    );
    expect(ran.verdict.kind).toBe("done");
    expect(ran.verdict.kind === "done" && ran.verdict.stats.alpha?.ok).toBe(2);
    expect(ran.custom).toEqual({ answer: 42 });
    expect(ran.events.map(({ kind }) => kind)).toContain("play-start");
    expect(ran.log).toContain("PLAY RECAP");
  });

  test("that fails on one host names task, host, message, file and line", async () => {
    const ran = await run(
      "bad",
      play(
        "    - name: break alpha\n      ansible.builtin.fail: { msg: because }\n      when: inventory_hostname == 'alpha'\n",
      ),
    );
    expect(ran.verdict).toEqual({ kind: "hosts-failed", code: 2 });
    const failed = ran.events.find(({ kind }) => kind === "host-failed");
    expect(failed).toMatchObject({ host: "alpha", message: "because", ignored: false });
    const task = ran.events.find((event) => event.kind === "task-start");
    expect(task).toMatchObject({ name: "break alpha", path: expect.stringMatching(/bad\.yml:4$/) });
  });

  test("keeps what no_log hides out of events and log", async () => {
    const ran = await run(
      "secret",
      play("    - ansible.builtin.fail: { msg: hunter2 }\n      no_log: true\n"),
    );
    expect(ran.verdict.kind).toBe("hosts-failed");
    expect(JSON.stringify(ran.events) + ran.log).not.toContain("hunter2");
  });

  test("with a syntax error is Ansible's own failure, not a host's", async () => {
    const ran = await run("syntax", "- hosts: all\n  tasks:\n    - nonsense.module.nowhere: {}\n");
    expect(ran.verdict.kind).toBe("ansible-failed");
  });

  test("whose play matches nobody says so", async () => {
    const ran = await run("nobody", play("    - ansible.builtin.ping:\n", "empty"));
    expect(ran.events).toContainEqual(
      expect.objectContaining({ kind: "no-hosts-matched", pattern: "empty" }),
    );
  });

  test("that ends with 0 but without statistics is not believed", async () => {
    const fake = join(folder, "fake");
    mkdirSync(fake);
    writeFileSync(join(fake, "ansible-playbook"), "#!/bin/sh\necho all fine\n", { mode: 0o755 });
    const ran = await runPlaybook({
      phase: "fake",
      command: { ...command("good.yml"), argv: [join(fake, "ansible-playbook")] },
      env: process.env,
      logFile: join(folder, "fake.log"),
      eventsFile: join(folder, "fake.jsonl"),
      eventsFrom: 0,
      onEvent: () => {},
      onStart: () => {},
    });
    expect(ran.verdict.kind).toBe("no-stats");
  });

  test("that is interrupted ends soon, with all its processes", async () => {
    const started = Date.now();
    const ran = await run("slow", play("    - ansible.builtin.command: sleep 987\n"), (child) => {
      void sleep(2500).then(() => child.signal("SIGINT"));
    });
    expect(ran.verdict.kind).toBe("interrupted");
    expect(Date.now() - started).toBeLessThan(30_000);
  });

  test("ignores settings of the caller's shell that would change its meaning", async () => {
    const ran = await run("env", play("    - ansible.builtin.ping:\n"), () => {}, {
      ...process.env,
      ANSIBLE_CONFIG: "/nonexistent.cfg",
      ANSIBLE_STDOUT_CALLBACK: "json",
    });
    expect(ran.verdict.kind).toBe("done");
    expect(ran.log).toContain("PLAY RECAP");
  });

  test("lists its plays and their hosts before it runs", async () => {
    writeFileSync(
      join(folder, "list.yml"),
      `- name: First\n${play("    - ansible.builtin.ping:\n").slice(2).replace(/^/, "  ")}${play("    - ansible.builtin.ping:\n", "empty")}`,
    );
    const plays = await listPlays(command("list.yml"), join(folder, "hosts"), process.env);
    expect(plays).toEqual([
      { name: "First", pattern: "all", hosts: 2 },
      { name: "empty", pattern: "empty", hosts: 0 },
    ]);
  });
});
