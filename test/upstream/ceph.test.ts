/** ceph-ansible on real hosts: a healthy cluster, a second run that changes nothing, the gate, and the hand-off. */
import { spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { labDown } from "../../tasks/lab/down.ts";
import { labPlaces } from "../../tasks/lab/places.ts";
import { obstacles } from "../../tasks/lab/requirements.ts";
import { ssh } from "../../tasks/lab/ssh.ts";
import { labUp } from "../../tasks/lab/up.ts";
import { readOutput } from "../../tasks/run/read-output.ts";
import { findAnsibleOf, findTree } from "../helpers/ansible.ts";
import { ansibleForTests, ROOT } from "../helpers/environment.ts";

const NAME = "kmceph";
const TOPOLOGY = `name: ${NAME}
network: 198.18.10.0/24
api: { vip: 198.18.10.100, vrid: 110 }
hosts:
  master1: { ip: 198.18.10.11, roles: [control-plane, etcd] }
  storage1: { ip: 198.18.10.21, roles: [ceph-mon, ceph-mgr, ceph-osd] }
  storage2: { ip: 198.18.10.22, roles: [ceph-osd] }
`;
const HALF_AN_HOUR = 1_800_000;

const missing = [
  ...obstacles(labPlaces(NAME)),
  ...(findTree("ceph-ansible") === undefined || findAnsibleOf("ceph-ansible") === undefined
    ? ["ceph-ansible is not here: npm run init (KUBE_MAGIC_MIRROR on sites without internet)."]
    : []),
];
if (missing.length > 0) console.warn(`Ceph's tests are skipped: ${missing.join(" ")}`);

describe.skipIf(missing.length > 0)("Ceph through ceph-ansible", { timeout: HALF_AN_HOUR }, () => {
  let root: string;
  const build = () => join(root, "build", NAME);
  const places = labPlaces(NAME);

  /** The command line, in a root of its own. */
  function run(...args: readonly string[]) {
    return new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
      const child = spawn(process.execPath, [join(ROOT, "bin", "kube-magic.mjs"), ...args, "-c", NAME], {
        env: { ...process.env, KUBE_MAGIC_ROOT: root },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let stdout = "";
      let stderr = "";
      child.stdout.on("data", (data) => {
        stdout += data;
      });
      child.stderr.on("data", (data) => {
        stderr += data;
      });
      child.once("close", (code) => done({ code: code ?? 137, stdout, stderr }));
    });
  }

  async function on(host: string, line: string): Promise<string> {
    const { code, stdout, stderr } = await ssh(places, host, ["sh", "-c", line]);
    if (code !== 0) throw new Error(`${host}: ${line}: exit code ${code}: ${stderr}`);
    return stdout;
  }

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "kube-magic-ceph-"));
    const inventories = join(root, "inventories");
    mkdirSync(inventories);
    cpSync(join(ROOT, "inventories", "_defaults"), join(inventories, "_defaults"), { recursive: true });
    for (const folder of ["vendor", "custom"]) symlinkSync(join(ROOT, folder), join(root, folder));
    writeFileSync(join(root, "topology.yml"), TOPOLOGY);
    await labDown({ name: NAME });
    await labUp({ topologyFile: join(root, "topology.yml"), inventories });
  }, 300_000);
  afterAll(async () => {
    await labDown({ name: NAME });
    rmSync(root, { recursive: true, force: true });
  });

  test("is told by ceph:status that it is not there yet", async () => {
    const { code, stderr } = await run("ceph:status");
    expect(stderr).toContain("Ceph has not been deployed yet");
    expect(code).toBe(3);
  });

  test("is told by preflight how its OSDs will be made, and why", async () => {
    const end = await run("preflight");
    expect(end.code, end.stdout + end.stderr).toBe(0);
    expect(end.stdout).toContain(
      "ceph: OSDs of storage1, storage2: a file each, made by our own role, because",
    );
  });

  test("ends with HEALTH_OK", async () => {
    const end = await run("deploy", "ceph");
    expect(end.code, end.stdout + end.stderr).toBe(0);
    expect(end.stdout).toContain("Write an image, read it back and compare: 1 ok");
    expect(end.stderr.match(/matched no host/g)).toHaveLength(1);
    const status = await run("ceph:status", "--format", "json");
    expect(JSON.parse(status.stdout)).toMatchObject({
      kind: "status",
      blocking: [],
      warnings: [],
      status: { health: { status: "HEALTH_OK" }, osdmap: { num_osds: 2, num_up_osds: 2 } },
    });
    expect(await on("storage1", "ceph osd pool get kubernetes size")).toContain("size: 2");
    console.log(end.stdout.trim().split("\n").at(-1));
  });

  test("changes nothing the second time", async () => {
    const end = await run("deploy", "ceph");
    expect(end.code, end.stdout + end.stderr).toBe(0);
    expect(end.stdout).toMatch(/\b0 changed/);
    console.log(end.stdout.trim().split("\n").at(-1));
  });

  test("is handed to Kubernetes: a file for this user alone, and a key that opens its pool and nothing else", async () => {
    const end = await run("deploy", "prep-hosts");
    expect(end.code, end.stdout + end.stderr).toBe(0);
    expect(statSync(join(build(), "outputs", "ceph.json")).mode & 0o777).toBe(0o600);
    const { bin } = await ansibleForTests();
    const output = await readOutput({ build: build() }, "ceph", { bin, env: process.env });
    expect(output).toMatchObject({
      monitors: ["198.18.10.21:6789"],
      pools: ["kubernetes"],
      user: "kubernetes",
    });
    const as = (command: string) =>
      on(
        "master1",
        `printf %s '${output.key}' | timeout 20 ${command} --id kubernetes --keyfile - 2>&1 || true`,
      );
    expect(await as("rbd ls kubernetes")).toBe("");
    expect(await as("rbd ls .mgr")).toContain("Operation not permitted");
    await on("master1", "head -c 3000000 /dev/urandom > /tmp/written");
    await as("rbd --no-progress import /tmp/written kubernetes/probe");
    await as("rbd --no-progress export kubernetes/probe /tmp/read");
    await on("master1", "cmp /tmp/written /tmp/read");
    await as("rbd --no-progress rm kubernetes/probe");
    expect(await on("master1", "ls /etc/ceph")).not.toContain("keyring");
    expect(readFileSync(join(build(), "custom", "hosts.yml"), "utf8")).not.toContain(output.key);
  });

  test("changes nothing in the second hand-off", async () => {
    const end = await run("deploy", "prep-hosts");
    expect(end.code, end.stdout + end.stderr).toBe(0);
    expect(end.stdout).toMatch(/\b0 changed/);
  });

  test("stops other phases while an OSD is down, and says what to do", async () => {
    await on("storage1", "systemctl stop ceph-osd.target && ceph osd down 0");
    const end = await run("deploy", "prep-hosts");
    expect(end.code).toBe(3);
    expect(end.stderr).toContain("OSD_DOWN");
    expect(end.stderr).toContain("npm run ceph:status");
    await on("storage1", "systemctl start ceph-osd.target");
  });
});
