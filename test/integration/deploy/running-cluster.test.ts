/** deploy:kube asks what runs before it changes anything. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claimTool } from "../../helpers/claimed-tool.ts";
import { aSite, type Site } from "../../helpers/site.ts";
import { type Ended, startCommand } from "../../helpers/start-command.ts";

const INVENTORY = `orchestrator: kubernetes
network: { machines: 192.0.2.0/24 }
versions: { kubernetes: "1.34.4" }
hosts:
  cp1: { ip: 192.0.2.12, roles: [control-plane, etcd] }
  w1: { ip: 192.0.2.13, roles: [worker] }
tools:
  kubespray: { all: { ansible_connection: local, ansible_python_interpreter: /usr/bin/python3 } }
`;

describe("a deploy of Kubernetes on hosts that run one", () => {
  let site: Site;

  beforeAll(async () => {
    site = await aSite();
    claimTool(site, {
      tool: "kubespray",
      version: "v2.31.0",
      playbook: "cluster.yml",
      ours: ["preflight", "prep-hosts"],
    });
    writeFileSync(join(site.root, "inventories", "site", "kube.yml"), INVENTORY);
  }, 60_000);
  afterAll(() => site.remove());

  /** @param version that the kubelet of every host claims */
  function deployOn(version: string, ...args: readonly string[]): Promise<Ended> {
    const bin = join(site.root, "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "kubelet"), `#!/bin/sh\necho Kubernetes v${version}\n`, { mode: 0o755 });
    return startCommand(["deploy", "kube", ...args], {
      KUBE_MAGIC_ROOT: site.root,
      KUBE_MAGIC_CLUSTER: "site",
      PATH: `${bin}:${process.env.PATH}`,
    }).ended;
  }

  test("of another minor version is refused with 3 before anything runs, and kube:upgrade is named", async () => {
    const { code, stderr, stdout } = await deployOn("1.33.7");
    expect(code, stdout + stderr).toBe(3);
    expect(stderr).toContain("cp1, w1 run Kubernetes 1.33.7, and the inventory wants 1.34.4");
    expect(stderr).toContain("npm run kube:upgrade -- --to 1.34.4");
    expect(stderr).toContain("Nothing was changed");
    expect(() => site.runs()).toThrow("ENOENT");
  });

  test("of a newer version is refused: Kubernetes cannot go back", async () => {
    const { code, stderr } = await deployOn("1.35.4");
    expect(code, stderr).toBe(3);
    expect(stderr).toContain("cannot go back");
  });

  test("of the same version runs, and of another one with --ignore-gates, which says what it ignores", async () => {
    const same = await deployOn("1.34.4");
    expect(same.code, same.stdout + same.stderr).toBe(0);
    const other = await deployOn("1.33.7", "--ignore-gates");
    expect(other.code, other.stdout + other.stderr).toBe(0);
    expect(other.stderr).toContain("ignored: --ignore-gates");
  });
});
