import { execFileSync } from "node:child_process";
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
