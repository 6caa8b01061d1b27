import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../tasks/core/errors.ts";
import { Tagged } from "../../../tasks/core/value.ts";
import { toolFiles } from "../../../tasks/deploy/tool-files.ts";
import { aCluster, aHost, SSH } from "../../helpers/model.ts";
import { bodyOf, hostsFile } from "../../helpers/rendered.ts";

const custom = (tools: NonNullable<Parameters<typeof aCluster>[0]>["tools"]) =>
  toolFiles(aCluster({ ...(tools && { tools }) }), "custom");

describe("pass-through variables", () => {
  it("of a group stand beside ours, in a file that Ansible reads later", () => {
    const files = custom({ custom: { groups: { all: { kube_magic_domain: "other" }, osds: { a: 1 } } } });
    expect([...files.keys()]).toEqual([
      ...[
        "hosts.yml",
        "group_vars/all/kube-magic.yml",
        "group_vars/all/site.yml",
        "group_vars/osds/site.yml",
      ],
    ]);
    expect(bodyOf(files, "group_vars/all/site.yml")).toBe("kube_magic_domain: other\n");
  });

  it("of a host win over ours, and are ignored for hosts that the tool does not see", () => {
    const model = aCluster({
      tools: { kubespray: { hosts: { master1: { ip: "192.0.2.1" }, ceph1: { x: 1 } } } },
    });
    const { hosts } = hostsFile(model, "kubespray");
    expect(hosts.master1).toMatchObject({ ip: "192.0.2.1", ansible_host: "10.42.0.10" });
    expect(hosts).not.toHaveProperty("ceph1");
  });

  it.each(["../etc", "a/b", ".hidden", "", "a b"])(
    "of a group %j are refused: no folder may have that name",
    (group) => {
      expect(() => custom({ custom: { groups: { [group]: { a: 1 } } } })).toThrow(InputError);
    },
  );
});

describe("generated files", () => {
  it("say where they come from", () => {
    for (const [path, { content }] of custom({ custom: { groups: { all: { a: 1 } } } })) {
      expect(content, path).toMatch(/central inventory of prod by .*npm run render/);
    }
  });

  it.each([
    ["an encrypted value", { a: { b: [new Tagged("!vault", "x")] } }],
    ["a password", { ldap_bind_password: "x" }],
    ["a secret below", { ldap: { token: "x" } }],
    ["an URL with a password", { proxy: "http://me:x@proxy" }],
  ])("that hold %s are for their owner only", (_, variables) => {
    const files = custom({ custom: { groups: { all: variables }, hosts: { master1: variables } } });
    expect(files.get("group_vars/all/site.yml")?.mode).toBe(0o600);
    expect(files.get("hosts.yml")?.mode).toBe(0o600);
    expect(files.get("group_vars/all/kube-magic.yml")?.mode).toBeUndefined();
  });

  it("fall back to block YAML for a key that Ansible's JSON would take for its own", () => {
    const files = custom({ custom: { hosts: { master1: { x: { __ansible_vault: "y" } } } } });
    expect(files.get("hosts.yml")?.content).toMatch(/^all:\n {2}vars:\n/);
  });
});

describe("connections", () => {
  const ssh = { ...SSH, privateKeyFile: "/root/.ssh/key" };

  it("are written once where hosts agree, and on the hosts that differ", () => {
    const hosts = [
      aHost("a", 1, ["worker"], { ssh }),
      aHost("b", 2, ["worker"], { ssh }),
      aHost("c", 3, ["worker"], { ssh: { ...ssh, user: "debian" } }),
    ];
    const file = hostsFile(aCluster({ hosts }), "custom");
    expect(file.vars).toMatchObject({
      ansible_user: "root",
      ansible_port: 22,
      ansible_ssh_private_key_file: "/root/.ssh/key",
    });
    expect(file.hosts.a).not.toHaveProperty("ansible_user");
    expect(file.hosts.c).toMatchObject({ ansible_user: "debian" });
  });

  it("do not give a key to a host that has none", () => {
    const hosts = [aHost("a", 1, ["worker"], { ssh }), aHost("b", 2, ["worker"])];
    const file = hostsFile(aCluster({ hosts }), "custom");
    expect(file.vars).not.toHaveProperty("ansible_ssh_private_key_file");
    expect(file.hosts.a).toMatchObject({ ansible_ssh_private_key_file: "/root/.ssh/key" });
  });

  it("go through the bastion, except to itself", () => {
    const hosts = [
      aHost("jump", 1, ["bastion"], { ssh: { ...ssh, port: 2222 }, address: "198.51.100.1" }),
      aHost("a", 2, ["worker"]),
      aHost("b", 3, ["worker"]),
    ];
    const file = hostsFile(aCluster({ hosts }), "custom");
    const [command] = sshOptions(file.vars.ansible_ssh_common_args).filter((option) =>
      option.startsWith("ProxyCommand="),
    );
    expect(command).toBe(
      "ProxyCommand=ssh -W '[%h]:%p' -p 2222 -o IdentityFile=/root/.ssh/key -o StrictHostKeyChecking=accept-new root@198.51.100.1",
    );
    expect(file.hosts.jump).toMatchObject({ ansible_ssh_common_args: "-o StrictHostKeyChecking=accept-new" });
  });

  it.skipIf(spawnSync("ssh", ["-V"]).status !== 0)(
    "mean to ssh what they should, blanks and percent signs included",
    () => {
      const odd = { ...ssh, privateKeyFile: "/srv/a b/100%/key", knownHostsFile: "/srv/it's 100%/known" };
      const hosts = [
        aHost("jump", 1, ["bastion"], { ssh: odd }),
        aHost("a", 2, ["worker"], { ssh: odd }),
        aHost("b", 3, ["worker"], { ssh: odd }),
      ];
      const outer = askSsh(
        ...words(hostsFile(aCluster({ hosts }), "custom").vars.ansible_ssh_common_args),
        "10.42.0.2",
      );
      expect(outer.userknownhostsfile).toBe("/srv/it's 100%/known");
      // What ssh does before it hands the command to a shell.
      const expanded = outer.proxycommand!.replace(
        /%(.)/g,
        (_, key: string) => ({ h: "fd00::2", p: "22" })[key] ?? key,
      );
      const [program, dashW, target, ...inner] = words(expanded);
      expect([program, dashW, target]).toEqual(["ssh", "-W", "[fd00::2]:22"]);
      expect(askSsh(...inner)).toMatchObject({
        user: "root",
        hostname: "10.42.0.1",
        identityfile: expect.stringMatching(/^\/srv\/a b\/100%%?\/key$/),
        userknownhostsfile: "/srv/it's 100%/known",
      });
    },
  );

  it("quote paths for the shell and for ssh", () => {
    const odd = { ...SSH, hostKeys: "strict" as const, knownHostsFile: "/srv/it's 100%/known" };
    const file = hostsFile(aCluster({ hosts: [aHost("a", 1, ["worker"], { ssh: odd })] }), "custom");
    expect(file.vars.ansible_ssh_common_args).toBe(
      `-o 'UserKnownHostsFile="/srv/it'"'"'s 100%%/known"' -o StrictHostKeyChecking=yes`,
    );
  });
});

/** Takes a line apart as a shell does. */
function words(line: unknown): string[] {
  const run = spawnSync("sh", ["-c", `printf '%s\\n' ${String(line)}`], { encoding: "utf8" });
  return run.stdout.split("\n").slice(0, -1);
}

function sshOptions(line: unknown): string[] {
  return words(line).filter((word) => word !== "-o");
}

/** ssh's own view of its arguments. */
function askSsh(...args: string[]): Record<string, string> {
  const run = spawnSync("ssh", ["-G", "-F", "/dev/null", ...args], { encoding: "utf8" });
  return Object.fromEntries(
    run.stdout.split("\n").map((line) => [line.split(" ")[0], line.slice(line.indexOf(" ") + 1)]),
  );
}
