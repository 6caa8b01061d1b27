import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ROOT } from "../../helpers/environment.ts";
import { aSite, play, type Site } from "../../helpers/site.ts";

let site: Site;
beforeEach(async () => {
  site = await aSite();
});
afterEach(() => site.remove());

const SLOW = play("    - name: take a while\n      ansible.builtin.command: sleep 4321\n");

/** The sleeping processes that the slow playbook started for this site and that still run. */
function sleepers(): readonly string[] {
  try {
    return execFileSync("pgrep", ["-f", "sleep 4321"], { encoding: "utf8" }).trim().split("\n");
  } catch {
    return [];
  }
}

describe("a deploy", () => {
  test("runs, journals and ends with 0; --resume then has nothing to do", async () => {
    const first = await site.run("deploy", "prep-hosts");
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toMatch(/prep-hosts: done in .*2 hosts: 2 ok, 0 changed/);
    const [run] = site.runs();
    expect(run).toMatchObject({
      status: "done",
      command: "deploy prep-hosts",
      phases: [{ name: "prep-hosts", status: "done" }],
    });
    expect(readFileSync(join(run?.folder ?? "", "prep-hosts.log"), "utf8")).toContain("PLAY RECAP");
    expect(statSync(join(run?.folder ?? "", "events.jsonl")).mode & 0o077).toBe(0);
    const again = await site.run("deploy", "prep-hosts", "--resume");
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toContain(`done in run ${run?.id} with the same inputs`);
    expect(existsSync(join(site.root, "build", "site", "lock"))).toBe(false);
  });

  test("is repeated by --resume when a playbook or a variable has changed", async () => {
    await site.run("deploy", "prep-hosts");
    site.playbook(play("    - ansible.builtin.ping:\n    - ansible.builtin.ping:\n"));
    expect((await site.run("deploy", "prep-hosts", "--resume")).stdout).toContain("4 ok");
    expect((await site.run("deploy", "prep-hosts", "--resume", "--set", "api.port=7443")).stdout).toContain(
      "4 ok",
    );
  });

  test("in check mode is never counted as done", async () => {
    expect((await site.run("deploy", "prep-hosts", "--check")).stdout).toContain(
      "checked (nothing was changed)",
    );
    expect((await site.run("deploy", "prep-hosts", "--resume")).stdout).toContain("prep-hosts: done");
  });

  test("that fails ends with 5 and says task, hosts, message, place, log and next command", async () => {
    site.playbook(play("    - name: break\n      ansible.builtin.fail: { msg: the disk is on fire }\n"));
    const { code, stderr } = await site.run("deploy", "prep-hosts");
    expect(code).toBe(5);
    expect(stderr).toMatch(/failed on (alpha, beta|beta, alpha)/);
    expect(stderr).toContain("task    break");
    expect(stderr).toContain("message the disk is on fire");
    expect(stderr).toMatch(/at +\S+prep-hosts\.yml:5/);
    expect(stderr).toMatch(/prep-hosts\.log; then: npm run deploy:prep-hosts -- --resume/);
    expect(site.runs()[0]).toMatchObject({ status: "failed" });
  });

  test("whose Ansible is broken ends with 5 and shows its last words", async () => {
    site.playbook("- hosts: all\n  tasks:\n    - no.such.module:\n");
    const { code, stderr } = await site.run("deploy", "prep-hosts");
    expect(code).toBe(5);
    expect(stderr).toContain("ansible-playbook itself failed");
    expect(stderr).toContain("no.such.module");
    expect(stderr).not.toContain("    at "); // no stack trace
  });

  test("interrupted once passes it on, ends with 130, and leaves nothing running", async () => {
    site.playbook(SLOW);
    const deploy = site.start("deploy", "prep-hosts");
    await deploy.says("prep-hosts ▸ Site");
    await sleep(1500);
    deploy.child.kill("SIGINT");
    const { code, stderr } = await deploy.ended;
    expect(code).toBe(130);
    expect(stderr).toContain("prep-hosts was interrupted");
    expect(site.runs()[0]).toMatchObject({ status: "interrupted", phases: [{ status: "interrupted" }] });
    expect(sleepers()).toEqual([]);
  });

  test("interrupted twice kills", async () => {
    // Ansible that does not listen: a shell in its place that ignores the first signal.
    const bin = join(site.root, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "ansible-playbook"), "#!/bin/bash\ntrap '' INT\nsleep 4321 & wait; wait\n", {
      mode: 0o755,
    });
    fakeEnvironment(site, bin);
    const deploy = site.start("deploy", "prep-hosts");
    await deploy.says("== prep-hosts");
    await sleep(700);
    deploy.child.kill("SIGINT");
    await sleep(700);
    expect(deploy.child.exitCode).toBeNull();
    deploy.child.kill("SIGINT");
    expect((await deploy.ended).code).toBe(130);
    await sleep(200);
    expect(sleepers()).toEqual([]);
  });

  test("killed with -9 is taken over by the next, which ends the Ansible that was left behind", async () => {
    site.playbook(SLOW);
    const deploy = site.start("deploy", "prep-hosts");
    await deploy.says("prep-hosts ▸ Site");
    await expect.poll(sleepers, { timeout: 30_000 }).toHaveLength(2);
    deploy.child.kill("SIGKILL");
    await deploy.ended;
    expect(sleepers().length).toBeGreaterThan(0);
    site.playbook(play("    - ansible.builtin.ping:\n"));
    const next = await site.run("deploy", "prep-hosts", "--resume");
    expect(next.code).toBe(0);
    expect(next.stderr).toContain(`took over the lock of process ${deploy.child.pid}`);
    expect(next.stderr).toContain("still runs: ending it");
    expect(sleepers()).toEqual([]);
    expect((await site.run("status")).stdout).toMatch(/interrupted +deploy prep-hosts/);
  });

  test("refuses a second one at the same time with 6, naming the first", async () => {
    site.playbook(play("    - ansible.builtin.command: sleep 3\n"));
    const first = site.start("deploy", "prep-hosts");
    await first.says("prep-hosts ▸ Site");
    const second = await site.run("deploy", "prep-hosts");
    expect(second.code).toBe(6);
    expect(second.stderr).toContain(`process ${first.child.pid}`);
    expect(second.stderr).toContain("deploy prep-hosts");
    expect((await first.ended).code).toBe(0);
  });

  test("reads on after a damaged line in its events and says so", async () => {
    site.playbook(play("    - ansible.builtin.command: sleep 2\n    - ansible.builtin.ping:\n"));
    const deploy = site.start("deploy", "prep-hosts");
    await deploy.says("prep-hosts ▸ Site");
    appendFileSync(join(site.runs()[0]?.folder ?? "", "events.jsonl"), '{"kind": "host-o\n');
    const { code, stdout } = await deploy.ended;
    expect(code).toBe(0);
    expect(stdout).toContain("1 cut or damaged line(s)");
  });

  test("of phases without their tree ends with 4 and names npm run init", async () => {
    writeFileSync(
      join(site.root, "inventories", "site", "kube.yml"),
      "orchestrator: kubernetes\nhosts: { cp: { ip: 192.0.2.20, roles: [control-plane, etcd, worker] } }\n",
    );
    const { code, stderr } = await site.run("deploy", "kube");
    expect(code).toBe(4);
    expect(stderr).toContain("vendor tree missing: vendor/kubespray");
    expect(stderr).toContain("npm run init");
    expect(existsSync(join(site.root, "build"))).toBe(false);
  });

  test("of everything asks first: off a terminal it is refused with 2, and nothing runs", async () => {
    writeFileSync(join(site.root, "custom", "playbooks", "post.yml"), play("    - ansible.builtin.ping:\n"));
    const { code, stderr } = await site.run("deploy");
    expect(code).toBe(2);
    expect(stderr).toContain("asks before it changes anything");
    expect(stderr).toContain("→ npm run deploy -- --yes");
    expect(existsSync(join(site.root, "build", "site", "runs"))).toBe(false);
  });

  test.each([
    ["n", 130, "not confirmed; nothing was changed"],
    ["y", 0, "prep-hosts"],
  ])("of everything on a terminal is answered with %s", async (answer, code, says) => {
    const whole = `${process.execPath} ${join(ROOT, "bin", "kube-magic.mjs")} deploy`;
    const env = { ...process.env, KUBE_MAGIC_ROOT: site.root, KUBE_MAGIC_CLUSTER: "site" };
    writeFileSync(join(site.root, "custom", "playbooks", "post.yml"), play("    - ansible.builtin.ping:\n"));
    const ended = spawnSync("script", ["-qec", whole, "/dev/null"], {
      env,
      input: `${answer}\n`,
      encoding: "utf8",
    });
    expect(ended.stdout).toContain("Deploy prep-hosts, post on the 2 hosts of site? [y/N]");
    expect(ended.stdout).toContain(says);
    expect(ended.status, ended.stdout).toBe(code);
  });

  test("of everything skips what this version cannot do yet, and runs the rest", async () => {
    writeFileSync(
      join(site.root, "inventories", "site", "kube.yml"),
      "orchestrator: kubernetes\nhosts: { cp: { ip: 192.0.2.20, roles: [control-plane, etcd, worker] } }\n",
    );
    const skipped = await site.run("deploy", "--from", "logging");
    expect(skipped).toMatchObject({ code: 0, stderr: "" });
    expect(skipped.stdout.split("\n")).toEqual([
      "logging: skipped, not in this version of kube-magic yet",
      "prometheus: skipped, not in this version of kube-magic yet",
      "tekton: skipped, not in this version of kube-magic yet",
      "",
    ]);
    const named = await site.run("deploy", "tekton");
    expect(named.code).toBe(4);
    expect(named.stderr).toContain("error: tekton: not in this version of kube-magic yet");
  });

  test("with --plan prints what plan prints, and changes nothing", async () => {
    const plan = await site.run("plan");
    expect(plan.stdout).toMatch(
      /^1\. ceph \(ceph-ansible\): Deploy Ceph\n {3}skip: no host has a ceph role/m,
    );
    expect(await site.run("deploy", "--plan")).toEqual(plan);
    expect(existsSync(join(site.root, "build", "site", "runs"))).toBe(false);
  });

  test("its plan is data for programs, too", async () => {
    const before = JSON.parse((await site.run("plan", "--format", "json")).stdout);
    expect(before).toMatchObject({ version: 1, cluster: "site", orchestrator: "none", hosts: 2 });
    expect(
      before.phases.map(({ name, decision }: { name: string; decision: string }) => `${name} ${decision}`),
    ).toEqual(expect.arrayContaining(["ceph skip", "prep-hosts run", "post blocked", "tekton skip"]));
    const [ceph, prep] = before.phases;
    expect(ceph).toMatchObject({ reason: "no host has a ceph role", commands: [] });
    expect(prep.commands[0].argv).toContain("playbooks/prep-hosts.yml");
    expect(prep).toMatchObject({ plays: { total: 1, unmatched: [] } });
    expect(prep).not.toHaveProperty("lastDone");
    await site.run("deploy", "prep-hosts");
    const after = JSON.parse((await site.run("plan", "prep-hosts", "--format", "json")).stdout);
    expect(after.phases[0].lastDone).toMatchObject({ run: site.runs()[0]?.id, sameInputs: true });
  });

  test("status says when a phase ended, not when it began", async () => {
    site.playbook(play("    - ansible.builtin.command: sleep 2\n"));
    await site.run("deploy", "prep-hosts");
    const [run] = site.runs();
    const [report] = JSON.parse((await site.run("status", "--format", "json")).stdout);
    const phase = report.phases.find(({ name }: { name: string }) => name === "prep-hosts");
    const seconds = (Date.parse(phase.done) - Date.parse(run?.phases[0]?.started ?? "")) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(2);
    expect(Math.abs(Date.parse(phase.done) - Date.parse(run?.ended ?? ""))).toBeLessThan(1000);
  });

  test.each([
    [["deploy", "kubee"], 'unknown phase "kubee", did you mean "kube"?'],
    [["deploy", "--form", "kube"], "unknown flag --form, did you mean --from?"],
    [["deploy", "--from", "tekton", "--only", "ceph"], "--from tekton leaves none of: ceph"],
    [["deploy", "-c", "siet"], 'there is no cluster "siet"'],
  ])("%j is refused with 2", async (args, message) => {
    const { code, stderr } = await site.run(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

/** Makes the site use another folder of Ansible programs. */
function fakeEnvironment(at: Site, bin: string): void {
  const folder = join(at.root, "vendor", ".environments");
  const pointer = JSON.parse(readFileSync(join(folder, "custom.json"), "utf8"));
  rmSync(folder);
  mkdirSync(folder);
  writeFileSync(join(folder, "custom.json"), JSON.stringify({ ...pointer, bin }));
}
