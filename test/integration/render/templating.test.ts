/** A playbook must see rendered variables as it would see hand-written ones: templates live, unsafe text dead, vaults open. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Float, Tagged, type ValueMap } from "../../../tasks/core/value.ts";
import { toolFiles } from "../../../tasks/deploy/tool-files.ts";
import { writeFileSet } from "../../../tasks/io/file-set.ts";
import { ansibleEnvironment, findAnsible, type TestAnsible } from "../../helpers/ansible.ts";
import { aCluster, aHost } from "../../helpers/model.ts";

const ansible = await findAnsible();

const PLAYBOOK = `
- hosts: all
  connection: local
  gather_facts: false
  tasks:
    - name: each kind of value is what it was
      assert:
        that:
          - site_template == 'master1 at 10.42.0.1'
          - site_nested.list[0] == 'master1'
          - site_unsafe | length == 24
          - site_unsafe | b64encode == 'e3sgaW52ZW50b3J5X2hvc3RuYW1lIH19'
          - site_vault == 'opened'
          - site_float | string == '1.0'
          - site_int + 1 == 18446744073709551617
          - site_text == '0644'
          - site_yes == 'yes'
`;

describe("rendered variables in a playbook", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kube-magic-templating-"));
    writeFileSync(join(folder, "password"), "correct horse\n", { mode: 0o600 });
    writeFileSync(join(folder, "play.yml"), PLAYBOOK);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const values = (): ValueMap => ({
    site_template: "{{ inventory_hostname }} at {{ ip }}",
    site_nested: { list: ["{{ inventory_hostname }}"] },
    site_unsafe: new Tagged("!unsafe", "{{ inventory_hostname }}"),
    site_vault: new Tagged("!vault", encrypt(ansible!, folder, "opened")),
    site_float: new Float(1),
    site_int: 2n ** 64n,
    site_text: "0644",
    site_yes: "yes",
  });

  it.each([
    ["of the host (JSON)", (variables: ValueMap) => ({ hosts: { master1: variables } })],
    ["of a group (YAML)", (variables: ValueMap) => ({ groups: { etcd: variables } })],
    // A key that Ansible's JSON decoder takes for its own makes the whole host file YAML.
    [
      "of the host, in YAML",
      (variables: ValueMap) => ({ hosts: { master1: { ...variables, other: { __ansible_unsafe: "x" } } } }),
    ],
  ])("behave as written by hand: %s", (where, tools) => {
    const model = aCluster({
      hosts: [aHost("master1", 1, ["control-plane", "etcd"])],
      tools: { custom: tools(values()) },
    });
    const place = join(folder, where.replaceAll(/\W/g, "-"));
    writeFileSet(place, toolFiles(model, "custom"));
    const argv = [
      "-i",
      join(place, "hosts.yml"),
      "--vault-password-file",
      join(folder, "password"),
      join(folder, "play.yml"),
    ];
    const run = spawnSync(join(ansible!.bin, "ansible-playbook"), argv, {
      encoding: "utf8",
      env: ansibleEnvironment(),
    });
    expect(run.stdout + run.stderr).toMatch(/ok=1 .*failed=0/);
    expect(run.status).toBe(0);
  });
});

function encrypt({ bin }: TestAnsible, folder: string, text: string): string {
  const argv = ["encrypt_string", "--vault-password-file", join(folder, "password"), text];
  const run = spawnSync(join(bin, "ansible-vault"), argv, { encoding: "utf8", env: ansibleEnvironment() });
  const lines = run.stdout.split("\n").filter((line) => line.startsWith(" "));
  return `${lines.map((line) => line.trim()).join("\n")}\n`;
}
