/** etcd's care on three real members: the outage that a full one is, members that are gone, and restores. */
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { acquireLock } from "../../tasks/io/lock.ts";
import { killHost, startHost } from "../../tasks/lab/power.ts";
import { ETCD_HOSTS, type EtcdLab, etcdLab, manifest, runManifests } from "../helpers/etcd-lab.ts";
import { skipsLongLab } from "../helpers/lab-needs.ts";
import { inSequence } from "../helpers/sequence.ts";

const NAME = "kmetcd";
const NET = "198.18.12";
const MIB = 1024 ** 2;
const KEPT = "value-of-a-key-that-must-survive";

describe.skipIf(skipsLongLab("etcd", NAME))("etcd", () => {
  inSequence();
  let lab: EtcdLab;
  const build = (...more: string[]): string => join(lab.root, "build", NAME, ...more);
  const snapshots = (): string[] =>
    existsSync(build("etcd-snapshots"))
      ? readdirSync(build("etcd-snapshots")).filter((file) => file.endsWith(".db"))
      : [];
  const keep = async (from: number, to: number): Promise<void> => {
    await lab.on(
      "etcd1",
      `set -a; . /etc/etcd.env; for i in $(seq ${from} ${to}); do etcdctl put /registry/kept/$i ${KEPT}-$i >/dev/null; done`,
    );
  };
  const kept = async (): Promise<string[]> =>
    (await lab.etcdctl("etcd2", "get /registry/kept/ --prefix --print-value-only")).trim().split("\n");
  const keptUpTo = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${KEPT}-${index + 1}`).sort();
  const snapshot = async (): Promise<string> => {
    const { code, out, err } = await lab.run("etcd:snapshot");
    expect(code, err).toBe(0);
    return out.trim();
  };
  const status = async () => {
    const { code, out } = await lab.run("etcd:status", "--format", "json");
    const parsed = JSON.parse(out) as {
      state: string;
      quorum: boolean;
      findings: { code: string; host?: string; message: string; remedy: string }[];
      members: { host: string; kind: string; dbBytes: number; isLeader?: boolean }[];
    };
    return { exit: code, codes: parsed.findings.map(({ code: name }) => name), ...parsed };
  };
  /** The latest run that the cluster's journal has. */
  const lastRun = (): { command: string; status: string; phases: string[] } => {
    const [latest = ""] = readdirSync(build("runs")).sort().reverse();
    const record = JSON.parse(readFileSync(build("runs", latest, "run.json"), "utf8"));
    const phases = record.phases.map((one: { name: string; status: string }) => `${one.name} ${one.status}`);
    return { command: record.command, status: record.status, phases };
  };
  const runs = (): number => (existsSync(build("runs")) ? readdirSync(build("runs")).length : 0);
  const onAll = (line: string) => Promise.all(ETCD_HOSTS.map((host) => lab.on(host, line)));
  const untilOk = async (): Promise<void> => {
    for (let tries = 0; tries < 60; tries++) {
      if ((await status()).exit === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect((await status()).findings).toEqual([]);
  };

  beforeAll(async () => {
    lab = await etcdLab(NAME, NET, process.env.KUBE_MAGIC_TEST_SUITE ?? "trixie");
  });
  afterAll(async () => {
    await lab?.down();
  });

  test("says that there is no etcd yet, and what brings it", async () => {
    const { code, out } = await lab.run("etcd:status");
    expect(code).toBe(3);
    expect(out).toContain("etcd1: no etcd: none of /etc/etcd.env");
    expect(out).toContain("npm run deploy:kube");
    const taken = await lab.run("etcd:snapshot");
    expect(taken.code).toBe(3);
    expect(taken.err).toContain("no member of etcd answers");
  });

  test("shows three members, one of them leading", async () => {
    await lab.install();
    const { exit, state, members, findings } = await status();
    expect(findings).toEqual([]);
    expect([exit, state]).toEqual([0, "ok"]);
    expect(members.filter(({ isLeader }) => isLeader)).toHaveLength(1);
    const { out } = await lab.run("etcd:status");
    console.log(out);
    expect(out).toMatch(/^etcd1 +3\.\d+\.\d+ +(leader|follower) .* 4 GiB +0 % +none +ok +[\d.]+ ms$/m);
    expect((await lab.run("etcd:alarms")).out).toBe(`${NAME}: no alarms\n`);
  });

  test("warns before the quota is reached", async () => {
    await keep(1, 5);
    const { code, out } = await lab.run("etcd:status", "--warn-at", "0.0001");
    expect(code).toBe(3);
    expect(out).toContain("of its quota of 4 GiB is used");
    expect((await lab.run("etcd:status", "--warn-at", "lots")).code).toBe(2);
  });

  test("takes a snapshot that is whole, and keeps it from others", async () => {
    const path = await snapshot();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(build("etcd-snapshots")).mode & 0o777).toBe(0o700);
    const known = JSON.parse(readFileSync(`${path}.json`, "utf8"));
    expect(known).toMatchObject({ version: 1, cluster: NAME, liveKeys: 6, bytes: statSync(path).size });
    expect(lastRun()).toEqual({ command: "etcd:snapshot", status: "done", phases: ["etcd-snapshot done"] });
    // Nothing is left on the members.
    expect((await onAll("ls /var/backups/kube-magic-etcd 2>/dev/null || true")).join("")).toBe("");
  });

  test.each([
    [
      "too little space is left",
      "size=64k",
      "not enough free space for a snapshot in /var/backups/kube-magic-etcd",
    ],
    ["the disk fills up on the way", "size=64m,nr_inodes=1", "no space left in /var/backups/kube-magic-etcd"],
  ])("takes none when %s, and says so", async (_what, options, message) => {
    const before = snapshots();
    await onAll(
      `mkdir -p /var/backups/kube-magic-etcd && mount -t tmpfs -o ${options} none /var/backups/kube-magic-etcd`,
    );
    const { code, err } = await lab.run("etcd:snapshot");
    await onAll("umount /var/backups/kube-magic-etcd");
    expect(code).toBe(3);
    expect(err).toContain(message);
    expect(err).toContain("etcd.snapshotFolder");
    expect(snapshots()).toEqual(before);
    await snapshot();
  });

  test("refuses a snapshot that is damaged, foreign or none, before it touches anything", async () => {
    const path = await snapshot();
    const content = readFileSync(path);
    const refused = async (file: string): Promise<string> => {
      const { code, err } = await lab.run("etcd:restore", file, "--confirm", NAME);
      expect(code).toBe(2);
      return err;
    };
    const copy = build("copy.db");
    const flipped = Buffer.from(content);
    flipped[5000] = (flipped[5000] ?? 0) ^ 1;
    writeFileSync(copy, flipped);
    expect(await refused(copy)).toContain("does not match the hash at its end");
    writeFileSync(copy, content);
    truncateSync(copy, content.length - 4096);
    expect(await refused(copy)).toMatch(/incomplete|does not match/);
    writeFileSync(copy, content.subarray(0, 777));
    expect(await refused(copy)).toContain("it is incomplete, or not a snapshot");
    writeFileSync(copy, content.subarray(0, content.length - 32));
    expect(await refused(copy)).toContain("--raw accepts one");
    writeFileSync(copy, flipped);
    writeFileSync(`${copy}.json`, readFileSync(`${path}.json`));
    expect(await refused(copy)).toContain("has changed since the snapshot was taken");
    writeFileSync(copy, content);
    writeFileSync(`${copy}.json`, readFileSync(`${path}.json`, "utf8").replace(NAME, "other"));
    expect(await refused(copy)).toContain("belongs to the cluster other");
    expect(await refused(build("nowhere.db"))).toContain("does not exist");
    expect((await status()).exit).toBe(0);
  });

  test("wants the cluster's name before it restores", async () => {
    const path = await snapshot();
    const unasked = await lab.run("etcd:restore", path);
    expect([unasked.code, unasked.err]).toEqual([
      2,
      expect.stringContaining("asks before it changes anything"),
    ]);
    const before = runs();
    const wrong = await lab.run("etcd:restore", path, "--confirm", "prod");
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("this command would change kmetcd")]);
    const planned = await lab.run("etcd:restore", path, "--plan");
    expect(planned.code).toBe(0);
    expect(planned.out).toContain("keep the old data as /var/lib/etcd/before-restore-");
    // Neither a refusal nor a plan is a run.
    expect(runs()).toBe(before);
  });

  test("lets nobody change etcd while somebody else works on the cluster", async () => {
    const path = await snapshot();
    const lock = await acquireLock(build("lock"), "deploy kube");
    for (const argv of [
      ["etcd:defrag", "--yes"],
      ["etcd:snapshot"],
      ["etcd:restore", path, "--confirm", NAME],
    ] as const) {
      const before = snapshots();
      const { code, err } = await lab.run(...(argv as readonly [string, ...string[]]));
      expect([argv[0], code]).toEqual([argv[0], 6]);
      expect(err).toContain("deploy kube");
      expect(snapshots()).toEqual(before);
    }
    // What changes nothing needs no lock.
    for (const argv of [
      ["etcd:defrag", "--plan"],
      ["etcd:snapshot", "--plan"],
      ["etcd:restore", path, "--plan"],
    ] as const) {
      const { code, out } = await lab.run(...(argv as readonly [string, ...string[]]));
      expect([argv[0], code]).toEqual([argv[0], 0]);
      expect(out).toContain("1. ");
    }
    lock.release();
    expect((await lab.run("etcd:status")).code).toBe(0);
  });

  test("brings back a cluster that one full member has stopped", async () => {
    await lab.install({ etcd3: 20 * MIB });
    await keep(6, 10);
    await lab.fill("etcd1");
    await expect(lab.etcdctl("etcd1", "put /registry/x y")).rejects.toThrow("database space exceeded");
    const full = await status();
    expect(full.exit).toBe(3);
    expect(full.codes).toEqual(expect.arrayContaining(["alarm-nospace", "quota-near", "quotas-differ"]));
    expect(full.findings.find(({ code }) => code === "alarm-nospace")).toMatchObject({
      host: "etcd3",
      remedy: "npm run etcd:defrag",
    });
    const alarms = await lab.run("etcd:alarms");
    expect([alarms.code, alarms.out]).toEqual([3, expect.stringContaining("raised by etcd3")]);
    const early = await lab.run("etcd:alarms", "--disarm");
    expect([early.code, early.err]).toEqual([3, expect.stringContaining("etcd3 is still full")]);

    const unasked = await lab.run("etcd:defrag");
    expect([unasked.code, unasked.err]).toEqual([
      2,
      expect.stringContaining("asks before it changes anything"),
    ]);
    const started = Date.now();
    const { code, out, err } = await lab.run("etcd:defrag", "--yes");
    expect(code, err).toBe(0);
    console.log(`${out}${err}etcd:defrag: ${((Date.now() - started) / 1000).toFixed(1)} s`);
    const order = [...err.matchAll(/^(etcd\d)( \(leader\))?: [\d.]+ MiB → /gm)];
    expect(order.map(([, host]) => host).sort()).toEqual([...ETCD_HOSTS]);
    expect(order.at(-1)?.[2]).toBe(" (leader)");
    expect(err).toMatch(/snapshot kept: .*etcd-snapshots\/etcd-kmetcd-/);
    expect(out).toMatch(
      /^Compact and defragment etcd: kmetcd\n1\. take a snapshot .*\n2\. drop old revisions\n/m,
    );
    expect(lastRun()).toEqual({
      command: "etcd:defrag",
      status: "done",
      phases: ["etcd-snapshot done", "etcd-defrag done"],
    });

    await lab.etcdctl("etcd1", "put /registry/x y");
    expect(await kept()).toEqual(keptUpTo(10).sort((a, b) => byNumber(a, b)));
    const after = await status();
    expect(after.codes).toEqual(["quotas-differ"]);
    expect(Math.max(...after.members.map(({ dbBytes }) => dbBytes))).toBeLessThan(4 * MIB);
    await lab.install();
  });

  test("stops between two members when it is interrupted, and goes on the next time", async () => {
    const run = lab.start("etcd:defrag", "--yes");
    await new Promise<void>((resolve) => {
      let seen = "";
      run.child.stderr?.on("data", (data) => {
        seen += data;
        if (/→/.test(seen)) resolve();
      });
    });
    run.child.kill("SIGINT");
    const { code, stderr } = await run.ended;
    expect(code, stderr).toBe(130);
    expect(stderr).toContain("of 3 members are defragmented");
    expect(lastRun()).toMatchObject({ command: "etcd:defrag", status: "interrupted" });
    expect((await lab.run("etcd:defrag", "--yes")).code).toBe(0);
  });

  test("notices a member that is down, and defragments no other unless told to", async () => {
    await lab.on("etcd2", "systemctl stop etcd");
    const { exit, quorum, findings } = await status();
    expect([exit, quorum]).toEqual([3, true]);
    expect(findings).toEqual([
      expect.objectContaining({ code: "member-stopped", host: "etcd2", message: "etcd.service is inactive" }),
    ]);
    const refused = await lab.run("etcd:defrag", "--yes");
    expect([refused.code, refused.err]).toEqual([3, expect.stringContaining("etcd2 does not answer")]);
    const told = await lab.run("etcd:defrag", "--yes", "--degraded");
    expect(told.err).toContain("written and read back through etcd1, etcd3");
    await lab.on("etcd2", "systemctl start etcd");
    await untilOk();
  });

  test("notices a host without power, and does not wait long for it", async () => {
    await killHost(lab.places, "etcd3");
    const started = Date.now();
    const { codes } = await status();
    const seconds = (Date.now() - started) / 1000;
    console.log(`etcd:status with a dead host: ${seconds.toFixed(1)} s`);
    await startHost(lab.places, "etcd3");
    await untilOk();
    expect(codes).toEqual(["member-unreachable"]);
    expect(seconds).toBeLessThan(15);
  });

  test("with two members down says that the quorum is lost, and still takes a snapshot", async () => {
    await Promise.all(["etcd2", "etcd3"].map((host) => lab.on(host, "systemctl stop etcd")));
    const { exit, quorum, codes } = await status();
    expect([exit, quorum]).toEqual([3, false]);
    expect(codes).toEqual(expect.arrayContaining(["member-stopped", "quorum-lost"]));
    const refused = await lab.run("etcd:defrag", "--yes");
    expect([refused.code, refused.err]).toEqual([3, expect.stringContaining("quorum lost")]);
    const path = await snapshot();
    expect(JSON.parse(readFileSync(`${path}.json`, "utf8"))).toMatchObject({ member: "etcd1" });
    await Promise.all(["etcd2", "etcd3"].map((host) => lab.on(host, "systemctl start etcd")));
    await untilOk();
    expect(await kept()).toHaveLength(10);
  });

  test("tells a wrong certificate from a member that is down", async () => {
    const folder = "/etc/ssl/etcd/ssl";
    await lab.on(
      "etcd1",
      `cp -a ${folder} /root/ssl && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=stranger -keyout ${folder}/admin-etcd1-key.pem -out ${folder}/admin-etcd1.pem 2>/dev/null`,
    );
    await lab.on("etcd2", `cp -a ${folder} /root/ssl && rm ${folder}/admin-etcd2.pem`);
    const { exit, findings } = await status();
    const refused = await lab.run("etcd:defrag", "--yes");
    for (const host of ["etcd1", "etcd2"])
      await lab.on(host, `cp -a /root/ssl/. ${folder}/ && rm -r /root/ssl`);
    expect(exit).toBe(3);
    expect(findings.filter(({ code }) => code === "member-certificate")).toEqual([
      expect.objectContaining({ host: "etcd1", message: expect.stringMatching(/^wrong certificate: /) }),
      expect.objectContaining({ host: "etcd2", message: `${folder}/admin-etcd2.pem is missing` }),
    ]);
    expect(findings[0]?.remedy).toContain("certs:status");
    expect(refused.code).toBe(3);
    await untilOk();
  });

  test("restores a destroyed member with all that the snapshot held, API servers stopped meanwhile", async () => {
    await runManifests(lab, ["etcd1", "etcd2"]);
    const apiServer = manifest("kube-apiserver", ["kube-apiserver", "--secure-port=6443"]);
    for (const host of ["etcd1", "etcd2"])
      await lab.on(host, `cat >/etc/kubernetes/manifests/kube-apiserver.yaml <<'END'\n${apiServer}END`);
    await keep(11, 20);
    const path = await snapshot();
    await lab.etcdctl("etcd1", "put /registry/later gone");
    await lab.on("etcd1", "systemctl stop etcd; rm -rf /var/lib/etcd/member");
    const started = Date.now();
    const { code, out, err } = await lab.run("etcd:restore", path, "--confirm", NAME);
    console.log(`${out}${err}etcd:restore: ${((Date.now() - started) / 1000).toFixed(1)} s`);
    expect(code, err).toBe(0);
    expect(err).toContain("API servers stopped on etcd1, etcd2");
    expect(err).toMatch(/etcd stopped on etcd\d, then etcd\d, then etcd\d/);
    expect(err).toContain("etcd1: had no old data");
    expect(err).toContain("as many as in the snapshot; the canary reads back");
    expect(err).toContain("API servers started on etcd1, etcd2");
    expect(lastRun()).toEqual({ command: "etcd:restore", status: "done", phases: ["etcd-restore done"] });
    expect((await kept()).length).toBe(20);
    expect(await lab.etcdctl("etcd3", "get /registry/later")).toBe("");
    expect(await lab.on("etcd2", "ls /etc/kubernetes")).toBe("manifests\n");
    expect(await lab.on("etcd2", "ls /var/lib/etcd")).toMatch(/^before-restore-\S+\nmember\n$/);
    await untilOk();
  });

  test("goes on after a restore that was killed in the middle", async () => {
    const path = await snapshot();
    const before = await kept();
    const run = lab.start("etcd:restore", path, "--confirm", NAME);
    await new Promise<void>((resolve) => {
      run.child.stderr?.on("data", (data) => /old data kept/.test(String(data)) && resolve());
    });
    run.child.kill("SIGKILL");
    await run.ended;
    const cut = await status();
    expect(cut.exit).toBe(3);
    expect(cut.codes).toContain("restore-interrupted");
    expect(cut.findings.find(({ code }) => code === "restore-interrupted")?.remedy).toContain(path);
    const { code, err } = await lab.run("etcd:restore", path, "--confirm", NAME);
    expect(code, err).toBe(0);
    expect(err).toContain("took over the lock");
    expect(await kept()).toEqual(before);
    expect(existsSync(build("etcd-restore.json"))).toBe(false);
    await untilOk();
  });

  test("changes nothing when a restore is interrupted before it stops anything", async () => {
    const path = await snapshot();
    const run = lab.start("etcd:restore", path, "--confirm", NAME);
    await new Promise<void>((resolve) => {
      run.child.stderr?.on("data", (data) => /making a new member/.test(String(data)) && resolve());
    });
    run.child.kill("SIGINT");
    const { code, stderr } = await run.ended;
    expect(code, stderr).toBe(130);
    expect(stderr).toContain("nothing was changed");
    expect(await onAll("ls -d /var/lib/etcd/kube-magic-restore-* 2>/dev/null || true")).toEqual(["", "", ""]);
    expect((await lab.run("etcd:status")).code).not.toBe(1);
    await untilOk();
  });

  test("restores a raw database, without a member that is gone", async () => {
    await Promise.all(["etcd1", "etcd2", "etcd3"].map((host) => lab.on(host, "systemctl stop etcd")));
    const raw = build("raw.db");
    writeFileSync(
      raw,
      Buffer.from(await lab.on("etcd1", "base64 -w0 /var/lib/etcd/member/snap/db"), "base64"),
    );
    await killHost(lab.places, "etcd3");
    const whole = await lab.run("etcd:restore", raw, "--raw", "--confirm", NAME);
    expect([whole.code, whole.err]).toEqual([3, expect.stringContaining("Nothing was changed")]);
    const { code, out, err } = await lab.run(
      "etcd:restore",
      raw,
      "--raw",
      "--confirm",
      NAME,
      "--without",
      "etcd3",
    );
    expect(code, `${out}${err}`).toBe(0);
    expect((await kept()).length).toBe(20);
    await startHost(lab.places, "etcd3");
    const back = await snapshot();
    const again = await lab.run("etcd:restore", back, "--confirm", NAME);
    expect(again.code, again.err).toBe(0);
    await untilOk();
  });

  test("cares for kubeadm's static pods as well", async () => {
    const path = await snapshot();
    const cluster = ETCD_HOSTS.map(
      (_host, index) => `etcd${index + 1}=https://${NET}.1${index + 1}:2380`,
    ).join(",");
    await runManifests(lab, ["etcd3"]);
    for (const [index, host] of ETCD_HOSTS.entries()) {
      const ip = `${NET}.1${index + 1}`;
      const pem = (name: string) => `/etc/ssl/etcd/ssl/${name}.pem`;
      const pod = manifest("etcd", [
        "etcd",
        `--advertise-client-urls=https://${ip}:2379`,
        `--cert-file=${pem(`member-${host}`)}`,
        "--client-cert-auth=true",
        "--data-dir=/var/lib/etcd",
        `--initial-advertise-peer-urls=https://${ip}:2380`,
        `--initial-cluster=${cluster}`,
        `--key-file=${pem(`member-${host}-key`)}`,
        `--listen-client-urls=https://127.0.0.1:2379,https://${ip}:2379`,
        `--listen-peer-urls=https://${ip}:2380`,
        `--name=etcd${index + 1}`,
        `--peer-cert-file=${pem(`member-${host}`)}`,
        "--peer-client-cert-auth=true",
        `--peer-key-file=${pem(`member-${host}-key`)}`,
        `--peer-trusted-ca-file=${pem("ca")}`,
        "--quota-backend-bytes=4294967296",
        `--trusted-ca-file=${pem("ca")}`,
      ]);
      await lab.on(
        host,
        `systemctl disable --now etcd 2>/dev/null; mv /etc/etcd.env /root/etcd.env; cat >/etc/kubernetes/manifests/etcd.yaml <<'END'\n${pod}END`,
      );
    }
    await untilOk();
    const defrag = await lab.run("etcd:defrag", "--yes");
    expect(defrag.code, defrag.err).toBe(0);
    const { code, err } = await lab.run("etcd:restore", path, "--confirm", NAME);
    expect(code, err).toBe(0);
    await untilOk();
    await lab.on("etcd1", "mv /root/etcd.env /etc/etcd.env");
    await lab.on("etcd2", "mv /root/etcd.env /etc/etcd.env");
    expect((await kept()).length).toBe(20);
  });
});

function byNumber(a: string, b: string): number {
  return a.localeCompare(b);
}
