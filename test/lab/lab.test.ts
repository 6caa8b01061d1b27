import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { withLock } from "../../tasks/controller/machine-lock.ts";
import { LockedError } from "../../tasks/core/errors.ts";
import { capture } from "../../tasks/io/command/capture.ts";
import { labDown } from "../../tasks/lab/down.ts";
import { describeLabEvent, type LabEvent } from "../../tasks/lab/events.ts";
import { BRIDGE_PREFIX, hostPlaces, labPlaces } from "../../tasks/lab/places.ts";
import { killHost, startHost } from "../../tasks/lab/power.ts";
import { allProcesses, argumentsOf } from "../../tasks/lab/processes.ts";
import { ssh } from "../../tasks/lab/ssh.ts";
import { labStatus } from "../../tasks/lab/status.ts";
import { labUp } from "../../tasks/lab/up.ts";
import { skipsLab } from "../helpers/lab-needs.ts";

const NAME = "kmtest";
const COMMAND = fileURLToPath(new URL("../../bin/kube-magic.mjs", import.meta.url));
const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const places = labPlaces(NAME);
const isSkipped = skipsLab("the lab", NAME);

const HOSTS = {
  n1: "{ roles: [load-balancer] }",
  n2: "{ roles: [control-plane, etcd] }",
  n3: "{ roles: [worker] }",
};

const topologyText = (hosts: Readonly<Record<string, string>>): string => `name: ${NAME}
network: 198.18.9.0/24
api: { vip: 198.18.9.100 }
hosts:
${Object.entries(hosts)
  .map(([name, host]) => `  ${name}: ${host}\n`)
  .join("")}`;

/** Everything of this lab that is left on this machine, one line each. Other labs may run beside it. */
async function traces(): Promise<readonly string[]> {
  const say = async (...argv: [string, ...string[]]) => (await capture(argv)).stdout.split("\n");
  const links = JSON.parse((await capture(["ip", "-json", "address", "show"])).stdout) as unknown[];
  const folders = (folder: string) =>
    existsSync(folder) ? readdirSync(folder).map((name) => `${folder}/${name}`) : [];
  const processes = allProcesses().map(({ pid }) => argumentsOf(pid).join(" "));
  const machine = hostPlaces(places, "").machine;
  return [
    ...readFileSync("/proc/self/mounts", "utf8").split("\n"),
    ...links.map((link) => JSON.stringify(link)),
    ...(await say("nft", "list", "tables")),
    ...(await say("iptables-save")),
    ...(await say("find", "/sys/fs/cgroup", "-maxdepth", "4", "-path", "*kube-magic*")),
    ...folders(places.labs),
    ...folders("/run/systemd/nspawn/propagate"),
    ...processes,
  ].filter((line) =>
    [`${places.state}/`, places.bridge, places.table, places.controlGroup, `/${machine}`, `-${machine}`].some(
      (name) => line.includes(name) || line === places.state,
    ),
  );
}

/** What labs changed on this machine is put back with the last of them. */
function isMachineAsBefore(): boolean {
  const others = readdirSync("/sys/class/net").some((name) => name.startsWith(BRIDGE_PREFIX));
  return others || !existsSync("/run/kube-magic/lab");
}

describe.skipIf(isSkipped)("a lab", () => {
  let folder: string;
  const topologyFile = () => join(folder, "topology.yml");
  const inventories = () => join(folder, "inventories");
  const bring = async (hosts: Readonly<Record<string, string>> = HOSTS) => {
    writeFileSync(topologyFile(), topologyText(hosts));
    const events: LabEvent[] = [];
    const lab = await labUp({
      topologyFile: topologyFile(),
      inventories: inventories(),
      events: (event) => events.push(event),
    });
    return { lab, lines: events.map(describeLabEvent) };
  };
  const on = async (host: string, line: string, input?: string) => {
    const result = await ssh(places, host, ["sh", "-c", line], input === undefined ? {} : { input });
    expect(result, `${host}: ${line}`).toMatchObject({ code: 0 });
    return result.stdout.trimEnd();
  };
  const states = async () =>
    Object.fromEntries((await labStatus(places)).map(({ host, state }) => [host, state]));
  const pids = async () => Object.fromEntries((await labStatus(places)).map(({ host, pid }) => [host, pid]));
  /** The command in a process of its own, with the inventories in our folder. */
  const command = (...argv: string[]): ChildProcess =>
    spawn(process.execPath, [COMMAND, ...argv], {
      env: { ...process.env, KUBE_MAGIC_ROOT: folder },
      stdio: ["ignore", "pipe", "pipe"],
    });
  const seen = async (child: ChildProcess, text: string) => {
    let output = "";
    for await (const chunk of child.stderr ?? []) {
      output += chunk;
      if (output.includes(text)) return;
    }
    throw new Error(`${text} never came: ${output}`);
  };

  beforeAll(async () => {
    folder = mkdtempSync("/var/tmp/km-lab-test-");
    await labDown({ name: NAME });
    expect(await traces()).toEqual([]);
  });
  // Every test starts from the same three hosts, whatever the one before it did to them.
  beforeEach(async () => {
    await bring();
  });

  afterAll(async () => {
    await labDown({ name: NAME });
    rmSync(folder, { recursive: true, force: true });
  });

  test("has hosts that answer with the keys that were made for them", async () => {
    const status = await labStatus(places);
    expect(status).toMatchObject([
      { host: "n1", ip: "198.18.9.11", state: "running", ssh: true, roles: ["load-balancer"] },
      { host: "n2", ip: "198.18.9.12", state: "running", ssh: true },
      { host: "n3", ip: "198.18.9.13", state: "running", ssh: true },
    ]);
    expect(readFileSync(places.knownHosts, "utf8").match(/ssh-ed25519 \S+/g)).toHaveLength(3);
    const strangers = await capture(["ssh-keyscan", "-t", "ed25519", "198.18.9.11"]);
    expect(readFileSync(places.knownHosts, "utf8")).toContain(strangers.stdout.trim().split(" ")[2]);
  });

  test("has hosts that are what a server is: own name, own identity, neighbours by name, nothing failed", async () => {
    expect(
      await on(
        "n2",
        "hostname; hostname -f; systemctl is-system-running; ping -c1 -W2 n3 >/dev/null && echo pong",
      ),
    ).toBe("n2\nn2.kmtest.test\nrunning\npong");
    const identities = await Promise.all(
      ["n1", "n2", "n3"].map((host) => on(host, "cat /etc/machine-id /etc/ssh/*_key.pub")),
    );
    expect(new Set(identities).size).toBe(3);
    expect(await on("n1", "getent ahostsv4 n1 | head -n1")).toContain("198.18.9.11");
  });

  test("reaches the package mirror", async () => {
    await on("n1", "apt-get update -qq && apt-cache policy haproxy | grep -q Candidate");
  });

  test("passes a command word for word, and its exit code through", async () => {
    const words = ["a b", "'", '"', "$HOME", "*", "new\nline", "", "ü", "\\", "-n"];
    const result = await ssh(places, "n1", ["printf", "%s|", ...words]);
    expect(result.stdout).toBe(words.map((word) => `${word}|`).join(""));
    const child = command("lab:ssh", "--lab", NAME, "n1", "--", "sh", "-c", "exit 7");
    expect((await once(child, "close"))[0]).toBe(7);
  });

  test("has kernel settings of its own: what a host sets, this machine and the other hosts never see", async () => {
    const keys = [
      "net/ipv4/ip_nonlocal_bind",
      "vm/max_map_count",
      "kernel/panic",
      "fs/inotify/max_user_watches",
    ];
    const ours = keys.map((key) => readFileSync(`/proc/sys/${key}`, "utf8"));
    await on(
      "n1",
      "sysctl -w net.ipv4.ip_nonlocal_bind=1 vm.max_map_count=262145 kernel.panic=4001 fs.inotify.max_user_watches=1234567",
    );
    expect(await on("n1", `cd /proc/sys && cat ${keys.join(" ")}`)).toBe("1\n262145\n4001\n1234567");
    expect(keys.map((key) => readFileSync(`/proc/sys/${key}`, "utf8"))).toEqual(ours);
    expect(await on("n2", `cd /proc/sys && cat ${keys.join(" ")}`)).toBe(
      ours.map((value) => value.trim()).join("\n"),
    );
    expect(await on("n1", "tail -n +2 /proc/swaps")).toBe("");
    expect((await ssh(places, "n1", ["date", "-s", "2001-01-01"])).code).not.toBe(0);
  });

  test("carries multicast between hosts, from the sender's own address, as VRRP needs it", async () => {
    const listen = `import socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("224.0.0.18", 5112)); s.settimeout(10)
s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack("4s4s", socket.inet_aton("224.0.0.18"), socket.inet_aton("198.18.9.12")))
print("ready", s.recvfrom(100)[1][0])`;
    const heard = on("n2", "python3 -", listen);
    const send = `import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("198.18.9.11"))
for _ in range(20): s.sendto(b"x", ("224.0.0.18", 5112)); time.sleep(0.1)`;
    await on("n1", "python3 -", send);
    expect(await heard).toBe("ready 198.18.9.11");
  });

  test("loses a host at once when its power is cut, and gets it back with its disk", async () => {
    await on("n2", "echo precious > /root/file; sleep 1000 >/dev/null 2>&1 & exit 0");
    const cable = `/sys/class/net/vb-${hostPlaces(places, "n2").machine}`;
    expect(existsSync(cable)).toBe(true);
    expect(await killHost(places, "n2")).toBe(true);
    expect(existsSync(cable)).toBe(false);
    expect(await states()).toEqual({ n1: "running", n2: "killed", n3: "running" });
    expect((await ssh(places, "n1", ["ping", "-c1", "-W1", "n2"])).code).toBe(1);
    expect((await ssh(places, "n2", ["true"])).code).toBe(255);
    expect(await killHost(places, "n2")).toBe(false);
    expect(await startHost(places, "n2")).toBe(true);
    expect(await startHost(places, "n2")).toBe(false);
    expect(await on("n2", "cat /root/file; pgrep -c sleep || true")).toBe("precious\n0");
    expect(await states()).toEqual({ n1: "running", n2: "running", n3: "running" });
  });

  test("lets a host reboot itself", async () => {
    const boots = () =>
      on("n3", "journalctl --list-boots -q | wc -l; systemctl show -P UserspaceTimestampMonotonic");
    const first = await boots();
    await ssh(places, "n3", ["reboot"]);
    await expect
      .poll(() => ssh(places, "n3", ["systemctl", "is-system-running"]), { timeout: 20_000, interval: 500 })
      .toMatchObject({ stdout: "running\n" });
    expect(await boots()).not.toBe(first);
  });

  test("brought up again changes nothing", async () => {
    const running = await pids();
    const started = Date.now();
    const { lines } = await bring();
    expect(lines).toEqual([
      "base: cached",
      "hosts: all running",
      `inventory: ${inventories()}/kmtest/cluster.yml (unchanged)`,
    ]);
    expect(await pids()).toEqual(running);
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test("brought up again repairs what is missing: a host, the bridge, the address translation", async () => {
    await ssh(places, "n1", ["poweroff"]);
    await expect.poll(states, { timeout: 20_000, interval: 500 }).toMatchObject({ n1: "stopped" });
    await capture(["nft", "delete", "table", "ip", places.table]);
    await capture(["ip", "link", "delete", places.bridge]);
    const { lines } = await bring();
    expect(lines).toContain("hosts: 1 booting");
    expect(await states()).toEqual({ n1: "running", n2: "running", n3: "running" });
    await on("n1", "ping -c1 -W2 198.18.9.1");
    expect((await capture(["nft", "list", "table", "ip", places.table])).code).toBe(0);
  });

  test("follows its topology: hosts come, go, and move to another address", async () => {
    await on("n2", "echo precious > /root/moved");
    const { n1 } = await pids();
    const { lines } = await bring({ n1: HOSTS.n1, n2: "{ ip: 198.18.9.50, roles: [etcd] }", n4: "{}" });
    expect(lines).toContain("removed: host n3, which the topology no longer has");
    expect(await labStatus(places)).toMatchObject([
      { host: "n1", ip: "198.18.9.11", pid: n1, ssh: true },
      { host: "n2", ip: "198.18.9.50", ssh: true },
      { host: "n4", ip: "198.18.9.12", ssh: true },
    ]);
    expect(await on("n2", "cat /root/moved")).toBe("precious");
    expect(await on("n1", "getent hosts n2 n4; getent hosts n3 || echo none")).toMatch(
      /^198.18.9.50 .*\n198.18.9.12 .*\nnone$/,
    );
    expect(readFileSync(join(inventories(), NAME, "cluster.yml"), "utf8")).toContain(
      "n2: { ip: 198.18.9.50, roles: [etcd] }",
    );
  });

  test("belongs to one command at a time, and the other one hears whose it is", async () => {
    let release = (): void => {};
    let owner: Promise<void> = Promise.resolve();
    await new Promise<void>((acquired) => {
      const work = () =>
        new Promise<void>((resolve) => {
          release = resolve;
          acquired();
        });
      owner = withLock(`lab ${NAME}`, "a test", work);
    });
    await expect(killHost(places, "n1")).rejects.toBeInstanceOf(LockedError);
    const second = command("lab:up", "--topology", topologyFile());
    const [[code], message] = await Promise.all([
      once(second, "close"),
      seen(second, "is in use by").then(() => "heard"),
    ]);
    release();
    await owner;
    expect([code, message]).toEqual([6, "heard"]);
  });

  test.each(["booting", "inventory"])(
    "survives kill -9 of lab:up at “%s”: the next one completes it",
    async (moment) => {
      await labDown({ name: NAME });
      writeFileSync(topologyFile(), topologyText(HOSTS));
      const child = command("lab:up", "--topology", topologyFile());
      await seen(child, moment);
      child.kill("SIGKILL");
      await bring();
      expect(await states()).toEqual({ n1: "running", n2: "running", n3: "running" });
    },
  );

  test("leaves nothing behind, even when lab:up was killed before, and twice down is fine", async () => {
    await labDown({ name: NAME });
    await expect.poll(traces, { timeout: 5000 }).toEqual([]);
    await expect.poll(isMachineAsBefore, { timeout: 5000 }).toBe(true);
    expect(existsSync(join(inventories(), NAME))).toBe(false);
    await labDown({ name: NAME });
    const child = command("lab:up", "--topology", topologyFile());
    await seen(child, "booting");
    child.kill("SIGKILL");
    await labDown({ name: NAME });
    await expect.poll(traces, { timeout: 5000 }).toEqual([]);
  });

  test("ends the hosts even when its own folder was removed under them", async () => {
    rmSync(join(places.state, "state.json"));
    for (const host of Object.keys(HOSTS)) rmSync(hostPlaces(places, host).record);
    await labDown({ name: NAME });
    await expect.poll(traces, { timeout: 5000 }).toEqual([]);
  });
});

describe.skipIf(isSkipped)("a base image", () => {
  test("whose build was killed is never used, builds nothing on, and is cleared away", async () => {
    const folder = mkdtempSync("/var/tmp/km-lab-test-");
    try {
      mkdirSync(join(folder, "labs"));
      const env = {
        ...process.env,
        KUBE_MAGIC_ROOT: folder,
        KUBE_MAGIC_CACHE_DIR: join(folder, "cache"),
        KUBE_MAGIC_LAB_DIR: join(folder, "labs"),
      };
      writeFileSync(join(folder, "topology.yml"), topologyText(HOSTS));
      const child = spawn(process.execPath, [COMMAND, "lab:up", "--topology", join(folder, "topology.yml")], {
        env,
      });
      const bases = () =>
        existsSync(join(folder, "cache/base")) ? readdirSync(join(folder, "cache/base")) : [];
      await expect.poll(bases, { timeout: 20_000 }).toEqual([expect.stringMatching(/\.unfinished$/)]);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      child.kill("SIGKILL");
      const builders = () =>
        allProcesses().filter(({ pid }) => argumentsOf(pid).some((word) => word.includes(folder)));
      await expect.poll(builders, { timeout: 5000 }).toEqual([]);
      await labDown({ name: NAME, env });
      expect(bases()).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe.skipIf(process.getuid?.() !== 0)("anybody but root", () => {
  test.each([
    [["lab:up"], /needs root: run the command with sudo/],
    [["lab:down"], /Run the command with sudo/],
  ])("is told so by %s, exit 3", async (argv, expected) => {
    const nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "--"];
    const result = await capture(["setpriv", ...nobody, process.execPath, COMMAND, ...argv], {
      cwd: REPOSITORY,
    });
    expect(result).toMatchObject({ code: 3, stderr: expect.stringMatching(expected) });
  });
});
