/** What an operator meets at night, on real hosts, through the real command line. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { labDown } from "../../tasks/lab/down.ts";
import { labPlaces } from "../../tasks/lab/places.ts";
import { killHost, startHost } from "../../tasks/lab/power.ts";
import { labUp } from "../../tasks/lab/up.ts";
import { ansibleForTests, ROOT } from "../helpers/environment.ts";
import { skipsLab } from "../helpers/lab-needs.ts";
import { type Ended, startCommand } from "../helpers/start-command.ts";

const LAB = "kmfault";
const TOPOLOGY = `name: ${LAB}
network: 198.18.3.0/24
api: { vip: 198.18.3.100 }
hosts:
  lb1: { roles: [load-balancer] }
  lb2: { roles: [load-balancer] }
  master1: { roles: [control-plane, etcd] }
  worker1: { roles: [worker] }
`;
const places = labPlaces(LAB);
describe.skipIf(skipsLab("faults", LAB))("a deploy", () => {
  let folder: string;
  const run = (...args: readonly string[]): Promise<Ended> => startCommand([...args, "-c", LAB]).ended;

  beforeAll(async () => {
    await ansibleForTests();
    folder = mkdtempSync(join(tmpdir(), "kube-magic-faults-"));
    writeFileSync(join(folder, "topology.yml"), TOPOLOGY);
    await labDown({ name: LAB });
    rmSync(join(ROOT, "build", LAB), { recursive: true, force: true });
    await labUp({ topologyFile: join(folder, "topology.yml"), inventories: join(ROOT, "inventories") });
  });
  // Each test starts with every host running, also after a failed one.
  afterEach(async () => {
    await startHost(places, "worker1");
  });
  afterAll(async () => {
    await labDown({ name: LAB });
    rmSync(join(ROOT, "build", LAB), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });

  test("with a key that no host knows ends with 3 and one table", async () => {
    const key = join(folder, "other");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    const { code, stdout, stderr } = await run("deploy", "prep-hosts", "--set", `ssh.privateKeyFile=${key}`);
    expect(code, stderr).toBe(3);
    for (const host of ["lb1", "lb2", "master1", "worker1"])
      expect(stdout).toMatch(new RegExp(`^${host} +error`, "m"));
    expect(stdout).toMatch(/permission denied/i);
  });

  test("with a host that is off ends with 3, names it, and changes nothing anywhere", async () => {
    await killHost(places, "worker1");
    const { code, stdout, stderr } = await run("deploy", "prep-hosts");
    expect(code, stderr).toBe(3);
    expect(stdout).toMatch(/^worker1 +error/m);
    expect(stdout).not.toMatch(/^lb1 +error/m);
    expect(stdout).not.toContain("changed (");
  });

  test("whose host dies in the middle ends with 5 and names it; with the host back, --resume finishes", async () => {
    const deploy = startCommand(["deploy", "prep-hosts", "-c", LAB]);
    await deploy.says("▸ Prepare every host");
    await killHost(places, "worker1");
    const { code, stderr } = await deploy.ended;
    expect(code, stderr).toBe(5);
    expect(stderr).toContain("unreachable: worker1");
    expect(stderr).toMatch(/--resume/);
    await startHost(places, "worker1");
    const again = await run("deploy", "prep-hosts", "--resume");
    expect(again.code, again.stderr).toBe(0);
  });
});
