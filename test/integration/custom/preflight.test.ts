/** The preflight playbook without a lab: hosts that cannot be reached are rows of the table, not an end. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NO_FLAGS, playbookCommand } from "../../../tasks/ansible/command.ts";
import { type PlaybookOutcome, runPlaybook } from "../../../tasks/ansible/playbook.ts";
import { type Finding, readFindings } from "../../../tasks/report/preflight.ts";
import { ansibleForTests, ROOT } from "../../helpers/environment.ts";

const inventory = (bin: string) => ({
  all: {
    vars: {
      ip: "192.0.2.9",
      kube_magic_roles: ["worker"],
      kube_magic_api: { vip: "", port: 6443, backend_port: 6443, domain: "api.example.com", vrid: 1 },
      kube_magic_load_balancer: { unicast: false, stats_port: 8404, interface: "" },
      kube_magic_vips: [],
      ansible_ssh_common_args: "-F none -o IdentityFile=/nonexistent -o UserKnownHostsFile=/dev/null",
    },
    children: {
      load_balancers: {},
      kube_node: {
        hosts: {
          "not-this-name": {
            ansible_connection: "local",
            ansible_become: false,
            ansible_python_interpreter: join(bin, "python3"),
          },
          "wrong-python": {
            ansible_connection: "local",
            ansible_become: false,
            ansible_python_interpreter: "/nonexistent/python3",
          },
          refused: { ansible_host: "127.0.0.1", ansible_port: 1 },
          nameless: { ansible_host: "nowhere.invalid" },
        },
      },
    },
  },
});

describe("preflight", () => {
  let folder: string;
  let outcome: PlaybookOutcome;
  let findings: readonly Finding[];
  let log: string;
  const of = (host: string): readonly Finding[] => findings.filter((finding) => finding.host === host);
  const one = (host: string, check: string): Finding | undefined =>
    of(host).find((finding) => finding.check === check);

  beforeAll(async () => {
    const { bin } = await ansibleForTests();
    folder = mkdtempSync(join(tmpdir(), "kube-magic-preflight-"));
    writeFileSync(join(folder, "hosts.yml"), JSON.stringify(inventory(bin)));
    outcome = await runPlaybook({
      phase: "preflight",
      command: playbookCommand({
        tool: "custom",
        bin,
        tree: join(ROOT, "custom"),
        playbook: "playbooks/preflight.yml",
        inventory: join(folder, "hosts.yml"),
        clusterBuild: folder,
        callbacks: join(ROOT, "custom", "plugins", "callback"),
        hostCount: 4,
        extraVars: {},
        flags: NO_FLAGS,
      }),
      env: process.env,
      logFile: join(folder, "log"),
      eventsFile: join(folder, "events.jsonl"),
      eventsFrom: 0,
      onEvent: () => {},
      onStart: () => {},
    });
    findings = readFindings(outcome.custom.kube_magic_preflight);
    log = readFileSync(join(folder, "log"), "utf8");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("fails, and every host at fault is charged with its own failure", () => {
    expect(outcome.verdict.kind, log).toBe("hosts-failed");
    for (const host of ["not-this-name", "wrong-python", "refused", "nameless"])
      expect(log).toMatch(new RegExp(`^${host} .*unreachable=0 +failed=1`, "m"));
  });

  it("looks at a host that it can reach", () => {
    expect(one("not-this-name", "hostname")).toMatchObject({
      severity: "error",
      remedy: "hostnamectl set-hostname not-this-name",
    });
    expect(one("not-this-name", "address")?.message).toContain("192.0.2.9 is not an address of this host");
    expect(one("not-this-name", "resolution")?.remedy).toContain("192.0.2.9 not-this-name");
  });

  it("tells what keeps it from looking at the others", () => {
    expect(of("wrong-python").map(({ check }) => check)).toEqual(["python"]);
    expect(one("refused", "ssh")?.message).toContain("Connection refused");
    expect(one("refused", "ssh")?.remedy).toContain("ssh.port");
    expect(one("nameless", "ssh")?.remedy).toContain("its name does not resolve");
  });

  it("prints the same as a table", () => {
    expect(log).toMatch(/HOST +CHECK +WHAT +REMEDY/);
    for (const { host, check } of findings) expect(log).toMatch(new RegExp(`${host} +\\w+ +${check} `));
  });
});
