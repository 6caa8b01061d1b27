/** Backups on real hosts: deployed, made, drilled, restored, and through the failures that they are made for. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { acquireLock } from "../../tasks/io/lock.ts";
import { type BackupLab, backupLab } from "../helpers/backup-lab.ts";
import { skipsLongLab } from "../helpers/lab-needs.ts";
import { inSequence } from "../helpers/sequence.ts";

const NAME = "kmbak";
const NET = "198.18.13";
const TOPOLOGY = `name: ${NAME}
suite: ${process.env.KUBE_MAGIC_TEST_SUITE ?? "trixie"}
network: ${NET}.0/24
api: { vip: ${NET}.100, vrid: 83 }
hosts:
  etcd1: { ip: ${NET}.11, roles: [control-plane, etcd] }
  lb1: { ip: ${NET}.41, roles: [load-balancer] }
  store1: { ip: ${NET}.50, roles: [backup] }
`;
/** The patience with locks is short, so that the tests need not have it. */
const LAYER = `backup:
  repository: { kind: sftp }
  keep: { last: 2, daily: 0, weekly: 0, monthly: 0 }
  extraPaths: [/opt/site]
tools: { custom: { all: { backup_lock_wait_seconds: 3, backup_textfile_dir: /var/lib/prometheus/node-exporter } } }
`;

const STATE = "/var/lib/kube-magic/backup";
const REPOSITORY = "/srv/kube-magic-backup/kmb-etcd1/repository";
const RESTIC = `HOME=/root RESTIC_REPOSITORY=sftp:store1:/repository RESTIC_PASSWORD_FILE=/etc/kube-magic/backup/password restic -o "sftp.command=ssh -F /etc/kube-magic/backup/ssh_config store1 -s sftp"`;
const CHECK = "/usr/local/lib/kube-magic/check_kube_magic_backup";

/** What a control plane and a load balancer have, as far as backups care. */
const CONTENT: Readonly<Record<string, string>> = {
  etcd1: `mkdir -p /etc/kubernetes/ssl /etc/containerd /opt/site /var/lib/prometheus/node-exporter
    for name in ca apiserver front-proxy-ca; do openssl genrsa 2048 >/etc/kubernetes/ssl/$name.key 2>/dev/null; done
    chmod 600 /etc/kubernetes/ssl/*.key
    ln -sf ssl /etc/kubernetes/pki
    echo 'kind: EncryptionConfiguration' >/etc/kubernetes/ssl/secrets_encryption.yaml
    echo 'kind: Config' >/etc/kubernetes/admin.conf
    echo 'version = 3' >/etc/containerd/config.toml
    printf 'odd\\n' >'/opt/site/a name with * and [brackets]'`,
  lb1: "mkdir -p /etc/haproxy /etc/keepalived && echo global >/etc/haproxy/haproxy.cfg && echo vrrp >/etc/keepalived/keepalived.conf",
};
const KUBECTL = `#!/bin/sh
case "$*" in
*api-resources*) printf 'configmaps\\nsecrets\\ndeployments.apps\\nevents\\n' ;;
*'get configmaps'*) echo '{"kind": "List", "items": [{"kind": "ConfigMap"}]}' ;;
*'get deployments.apps'*) echo '{"kind": "List", "items": []}' ;;
*) echo "unexpected: $*" >&2; exit 1 ;;
esac
`;

interface Status {
  readonly backup: { readonly attempt: Attempt; readonly success: Success };
  readonly retention?: { readonly attempt: Attempt };
}
interface Attempt {
  readonly started: number;
  readonly result: string;
  readonly kind?: string;
}
interface Success {
  readonly snapshot: string;
  readonly etcd_keys: number;
  readonly added_bytes: number;
  readonly bytes: number;
  readonly warnings: readonly string[];
}

describe.skipIf(skipsLongLab("backups", NAME))("backups", () => {
  inSequence();
  let lab: BackupLab;

  beforeAll(async () => {
    lab = await backupLab(NAME, TOPOLOGY);
    lab.configure(LAYER);
    await lab.makeEtcd("etcd1", `${NET}.11`);
    await lab.on(
      "etcd1",
      `${CONTENT.etcd1}; cat >/usr/local/bin/kubectl <<'END'\n${KUBECTL}END\nchmod +x /usr/local/bin/kubectl`,
    );
    await lab.on("lb1", CONTENT.lb1 ?? "");
    await fillEtcd(200);
  });
  afterAll(async () => {
    await lab?.down();
  });

  const etcdctl = (words: string) => `set -a; . /etc/etcd.env; set +a; ETCDCTL_API=3 etcdctl ${words}`;
  const fillEtcd = (keys: number) =>
    lab.on(
      "etcd1",
      etcdctl(
        `version >/dev/null; for i in $(seq ${keys}); do head -c 3000 /dev/urandom | base64 | ETCDCTL_API=3 etcdctl put /registry/$i >/dev/null; done`,
      ),
    );
  const status = async (host = "etcd1"): Promise<Status> =>
    JSON.parse(await lab.on(host, `cat ${STATE}/status.json`));
  const ids = async (): Promise<string[]> =>
    (JSON.parse(await lab.on("etcd1", `${RESTIC} snapshots --json --no-lock`)) as { id: string }[]).map(
      ({ id }) => id,
    );
  const check = (flags = "") => lab.tryOn("etcd1", `setpriv --reuid=65534 --clear-groups ${CHECK} ${flags}`);
  const critical = async (words: string): Promise<void> => {
    const { code, stdout } = await check();
    expect(stdout).toContain(words);
    expect(stdout).toMatch(/^BACKUP CRITICAL/);
    expect(code).toBe(2);
    const list = await lab.run("backup:list", "etcd1");
    expect(list.code).toBe(3);
    expect(list.stdout).toMatch(/^etcd1: critical/);
  };
  /** A backup fails in the one way that is meant; the old ones stay, and none of them is even looked at. */
  const failsWith = async (kind: string, exitCode: number): Promise<string> => {
    const before = await status();
    const run = await lab.run("backup:run", "etcd1");
    expect(`${run.stdout}${run.stderr}`).toContain(kind);
    expect(run.code, run.stderr).toBe(exitCode);
    expect(run.stderr).toContain("  → ");
    const after = await status();
    expect(after.retention).toEqual(before.retention);
    expect(after.backup.success).toEqual(before.backup.success);
    return run.stderr;
  };
  const works = async (): Promise<Status> => {
    const run = await lab.run("backup:run", "etcd1");
    expect(run.code, run.stderr).toBe(0);
    return status();
  };

  test("are deployed: check mode first, then for real, and the first backup is made", async () => {
    const checked = await lab.deploy("--check", "--diff");
    expect(checked.code, checked.stderr).toBe(0);
    expect(checked.changed).toBeGreaterThan(5);
    expect(existsSync(join(lab.credentials, "backup_password"))).toBe(false);
    expect((await lab.tryOn("etcd1", "ls /etc/kube-magic")).code).not.toBe(0);
    const deployed = await lab.deploy("--diff");
    expect(deployed.code, deployed.stderr).toBe(0);
    expect((await status()).backup.success.etcd_keys).toBe(200);
    expect((await status("lb1")).backup.attempt.result).toBe("ok");
  });

  test("change nothing the second time, nor in check mode", async () => {
    const again = await lab.deploy("--diff");
    expect(again.code, again.stderr).toBe(0);
    expect(again.changed).toBe(0);
    const checked = await lab.deploy("--check");
    expect(checked.code, checked.stderr).toBe(0);
    expect(checked.changed).toBe(0);
  });

  test("keep their secrets: password, keys, and what the controller sent", async () => {
    const password = readFileSync(join(lab.credentials, "backup_password"), "utf8").trim();
    expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(statSync(join(lab.credentials, "backup_password")).mode & 0o777).toBe(0o600);
    const runs = join(lab.root, "build", NAME, "runs");
    for (const file of readdirSync(runs, { recursive: true, encoding: "utf8" }))
      if (statSync(join(runs, file)).isFile())
        expect(readFileSync(join(runs, file), "utf8")).not.toContain(password);
    expect(await lab.on("etcd1", "stat -c '%a %U' /etc/kube-magic/backup")).toBe("700 root\n");
    expect(
      await lab.on(
        "etcd1",
        "cd /etc/kube-magic/backup && stat -c %a password settings.json id_ed25519 controller.json",
      ),
    ).toBe("600\n".repeat(4));
    expect(await lab.on("etcd1", `stat -c %a ${STATE}/stage`)).toBe("700\n");
    // Who has no part of the cluster's keys has no part of its description.
    expect((await lab.tryOn("lb1", "ls /etc/kube-magic/backup/controller.json")).code).not.toBe(0);
  });

  test("go to a user who can do nothing but that, and sees nobody else's", async () => {
    const ssh = "ssh -F /etc/kube-magic/backup/ssh_config";
    expect((await lab.tryOn("lb1", `timeout 20 ${ssh} store1 id`)).stdout).not.toContain("uid=");
    expect(
      (
        await lab.tryOn(
          "lb1",
          `timeout 20 ${ssh} -o ExitOnForwardFailure=yes -N -L 9999:localhost:22 store1 & sleep 3; (echo | timeout 3 nc localhost 9999 || exec 3<>/dev/tcp/localhost/9999) 2>/dev/null | grep SSH`,
        )
      ).stdout,
    ).toBe("");
    const listed = await lab.on(
      "lb1",
      `echo 'ls -a /' | sftp -b - -F /etc/kube-magic/backup/ssh_config store1`,
    );
    expect(listed).toContain("repository");
    expect(listed).not.toContain("kmb-etcd1");
    expect((await lab.tryOn("lb1", `${ssh} -l kmb-etcd1 store1`)).stderr).toContain("Permission denied");
  });

  test("hold what the roles call for, and a manifest that sha256sum reads", async () => {
    await works();
    const restored = await lab.run("backup:restore", "etcd1", "--to", "/root/whole");
    expect(restored.code, restored.stderr).toBe(0);
    await lab.on("etcd1", "cd /root/whole && sha256sum --check --quiet manifest.sha256");
    const names = (await lab.on("etcd1", "cd /root/whole && find . -type f -o -type l")).split("\n");
    for (const name of [
      "./files/etc/kubernetes/ssl/ca.key",
      "./files/etc/kubernetes/ssl/secrets_encryption.yaml",
      "./files/etc/kubernetes/pki",
      "./files/etc/ssl/etcd/ssl/admin-etcd1-key.pem",
      "./files/etc/etcd.env",
      "./files/etc/containerd/config.toml",
      "./files/opt/site/a name with * and [brackets]",
      "./etcd/snapshot.db",
      "./host/packages.txt",
      "./objects/configmaps.json",
      `./controller/inventories/${NAME}/cluster.yml`,
      `./controller/inventories/${NAME}/local/test.yml`,
      "./controller/vendor/vendor.yml",
      "./controller/versions.json",
      "./backup.json",
    ])
      expect(names).toContain(name);
    // The key to the repository inside it, and secrets in the clear, are of no use.
    for (const word of ["kube-magic/backup/password", "objects/secrets.json", "snapshot.db.parts"])
      expect(names.filter((name) => name.includes(word))).toEqual([]);
    expect(await lab.on("etcd1", "stat -c '%a %A' /root/whole/files/etc/kubernetes/ssl/ca.key")).toContain(
      "600 ",
    );
    expect(await lab.on("etcd1", "cat /root/whole/host/packages.txt")).toMatch(/^restic /m);
    const balancer = await lab.on(
      "lb1",
      "kube-magic-backup restore --to /root/whole && cat /root/whole/files/etc/haproxy/haproxy.cfg /root/whole/files/etc/keepalived/keepalived.conf",
    );
    expect(balancer).toContain("global\nvrrp\n");
  });

  test("of an unchanged host move at most 5 % of the first one's bytes", async () => {
    const used = async () =>
      Number(
        (
          await lab.on(
            "store1",
            `du -sb ${REPOSITORY}/data ${REPOSITORY}/index ${REPOSITORY}/snapshots | awk '{s+=$1} END {print s}'`,
          )
        ).trim(),
      );
    const [first = ""] = await ids();
    const size = JSON.parse(
      await lab.on("etcd1", `${RESTIC} stats --json --no-lock --mode raw-data ${first}`),
    ) as { total_size: number };
    const before = await used();
    const { backup } = await works();
    const grown = (await used()) - before;
    console.log(
      `first ${size.total_size} bytes, second ${backup.success.added_bytes} new, repository ${grown} larger`,
    );
    expect(backup.success.added_bytes).toBeLessThan(0.05 * size.total_size);
  });

  test("pass the drill, which leaves nothing behind", async () => {
    const drill = await lab.run("backup:drill");
    expect(drill.code, drill.stderr).toBe(0);
    expect(drill.stdout).toMatch(/etcd1 .*200 keys, started/);
    expect(drill.stdout).toMatch(/lb1 .*as listed +–/);
    const journals = join(lab.root, "build", NAME, "runs");
    const [latest = ""] = readdirSync(journals).sort().reverse();
    expect(JSON.parse(readFileSync(join(journals, latest, "run.json"), "utf8"))).toMatchObject({
      command: "backup:drill",
      status: "done",
      phases: [{ name: "backup-drill", status: "done" }],
    });
    expect(await lab.on("etcd1", `pgrep -c -x etcd; ls ${STATE}`)).toMatch(
      /^1\ncache\nrepository-id\nstage\nstatus.json\n$/,
    );
    expect((await check()).stdout).toMatch(/^BACKUP OK - backup 0 min old, \d+ files \|/);
    expect((await check()).code).toBe(0);
    const metrics = await lab.on("etcd1", "cat /var/lib/prometheus/node-exporter/kube_magic_backup.prom");
    expect(metrics).toMatch(/^kube_magic_backup_ok\{cluster="kmbak"\} 1$/m);
    expect(metrics).toMatch(/^kube_magic_backup_drill_etcd_keys\{cluster="kmbak"\} 200$/m);
  });

  test("run from their timers' units, in the sandbox", async () => {
    const timers = await lab.on("etcd1", "systemctl list-timers --no-pager 'kube-magic*'");
    expect(timers).toContain("kube-magic-backup.timer");
    expect(timers).toContain("kube-magic-backup-drill.timer");
    // At once: one waits for the other.
    await lab.on(
      "etcd1",
      "systemctl start kube-magic-backup.service kube-magic-backup-drill.service || { journalctl -u kube-magic-backup -n 20; false; }",
    );
    await lab.on("store1", "systemctl start kube-magic-backup.service");
  });

  test("find a snapshot of etcd that was cut off, and store nothing", async () => {
    await lab.on(
      "etcd1",
      `cat >/usr/local/bin/etcdctl <<'END'
#!/bin/sh
/usr/bin/etcdctl "$@" || exit
case "$*" in *"snapshot save"*) for last; do :; done; truncate -s -4096 "$last" ;; esac
END
chmod +x /usr/local/bin/etcdctl`,
    );
    const before = await ids();
    await failsWith("etcd-snapshot", 5);
    expect(await ids()).toEqual(before);
    await critical("its own checksum does not match");
    await lab.on("etcd1", `rm /usr/local/bin/etcdctl; test ! -e ${STATE}/stage/etcd`);
    await works();
    expect((await check()).code).toBe(0);
  });

  test("find in the drill a snapshot that lost a piece on its way", async () => {
    await lab.on(
      "etcd1",
      `set -e; kube-magic-backup restore --to /root/cut >/dev/null; cd /root/cut; truncate -s -8192 etcd/snapshot.db
       sed -i "s|^[0-9a-f]*  ./etcd/snapshot.db|$(sha256sum etcd/snapshot.db | cut -c -64)  ./etcd/snapshot.db|" manifest.sha256
       ${RESTIC} backup --quiet --host etcd1 --tag kube-magic .`,
    );
    const drill = await lab.run("backup:drill", "etcd1");
    expect(drill.code).toBe(5);
    expect(drill.stderr).toContain("etcd-snapshot");
    await critical("restore drill failed");
    await lab.on(
      "etcd1",
      `${RESTIC} forget --quiet $(${RESTIC} snapshots --json latest | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])')`,
    );
    expect((await lab.run("backup:drill", "etcd1")).code).toBe(0);
  });

  test("find flipped bytes in the repository", async () => {
    const flip = `python3 - <<'END'
import glob, os
sizes = {path: os.path.getsize(path) for path in glob.glob("${REPOSITORY}/data/*/*")}
# One in each of the large ones: which of them hold the latest backup is not told.
for path in [path for path, size in sizes.items() if size > max(sizes.values()) / 4]:
    with open(path, "r+b") as file:
        file.seek(sizes[path] // 3); byte = file.read(1)[0]
        file.seek(-1, 1); file.write(bytes([byte ^ 1]))
END`;
    await lab.on("store1", flip);
    // The structure is whole: only who reads the data finds it.
    const verify = await lab.run("backup:verify", "etcd1", "--read-data");
    expect(verify.stderr).toContain("repository-damaged");
    expect(verify.code).toBe(5);
    await critical("check of the repository failed (repository-damaged)");
    await lab.on("etcd1", `rm -rf ${STATE}/cache`);
    const drill = await lab.run("backup:drill", "etcd1");
    expect(drill.code).toBe(5);
    await lab.on("store1", flip);
    expect((await lab.run("backup:verify", "etcd1", "--read-data")).code).toBe(0);
    expect((await lab.run("backup:drill", "etcd1")).code).toBe(0);
    expect((await check()).code).toBe(0);
  });

  test("report a missing password, and a deploy puts it back", async () => {
    await lab.on("etcd1", "mv /etc/kube-magic/backup/password /root/");
    await failsWith("password-missing", 5);
    await critical("the repository's password is missing");
    const deployed = await lab.deploy("--limit", "etcd1");
    expect(deployed.code, deployed.stderr).toBe(0);
    await works();
    await lab.on("etcd1", "echo wrong >/etc/kube-magic/backup/password");
    await failsWith("wrong-password", 5);
    // Which of the two is right, only people know.
    const refused = await lab.deploy("--limit", "etcd1");
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain("was made with another password");
    await lab.on("etcd1", "mv /root/password /etc/kube-magic/backup/password");
    await works();
  });

  test("respect a lock that is alive, and remove one whose owner has died", async () => {
    await lab.on(
      "etcd1",
      `cat >/root/hold.sh <<'END'
exec env ${RESTIC} --no-cache --limit-download 1 check --read-data
END
systemd-run --quiet --unit=holder sh /root/hold.sh`,
    );
    const held = async () => (await lab.on("etcd1", `${RESTIC} list locks --no-lock`)).trim() !== "";
    for (let tries = 0; !(await held()); tries++)
      if (tries > 20)
        throw new Error(
          `no lock was taken: ${(await lab.tryOn("etcd1", "systemctl status holder; journalctl -u holder")).stdout}`,
        );
    await lab.on("etcd1", "kill -STOP $(systemctl show --property=MainPID --value holder)");
    const said = await failsWith("repository-locked", 6);
    expect(said).toContain("locked");
    expect(await held()).toBe(true);
    await lab.on("etcd1", "systemctl kill --signal=KILL holder; systemctl reset-failed holder");
    expect(await held()).toBe(true);
    const run = await lab.run("backup:run", "etcd1");
    expect(run.code, run.stderr).toBe(0);
    expect(run.stderr).toContain("removed a lock whose owner had died");
    expect(await held()).toBe(false);
  });

  test("are made by one at a time on a host", async () => {
    await lab.on(
      "etcd1",
      "systemd-run --quiet --unit=other flock /run/lock/kube-magic-backup sleep 60; sleep 1",
    );
    const run = await lab.run("backup:run", "etcd1");
    expect(run.code).toBe(6);
    expect(run.stderr).toContain("is at work on this host already");
    await lab.on("etcd1", "systemctl stop other");
    const before = await ids();
    const lock = await acquireLock(join(lab.root, "build", NAME, "lock"), "deploy post");
    const locked = await lab.run("backup:run", "etcd1");
    expect([locked.code, locked.stderr]).toEqual([6, expect.stringContaining("deploy post")]);
    const planned = await lab.run("backup:run", "etcd1", "--plan");
    expect([planned.code, planned.stdout]).toEqual([
      0,
      expect.stringContaining("1. on etcd1: make a backup"),
    ]);
    lock.release();
    expect(await ids()).toEqual(before);
    await works();
  });

  test("replace nothing and remove nothing on a full disk, and the news gets out", async () => {
    const before = await ids();
    await lab.on(
      "etcd1",
      `set -e; cp -a ${STATE} /root/state; mount -t tmpfs -o size=8m none ${STATE}; cp -a /root/state/. ${STATE}/
       chmod 755 ${STATE}; dd if=/dev/zero of=${STATE}/ballast bs=64k 2>/dev/null || true`,
    );
    const run = await lab.run("backup:run", "etcd1");
    expect(run.code).toBe(5);
    expect(run.stderr).toContain("disk-full");
    const { code, stdout } = await check();
    expect(stdout).toContain("backup failed (disk-full)");
    expect(code).toBe(2);
    const drill = await lab.run("backup:drill", "etcd1");
    expect(drill.stderr).toContain("disk-full");
    await lab.on("etcd1", `umount ${STATE}`);
    // While files are collected: the staging folder has room for the first few only.
    await lab.on("etcd1", `mount -t tmpfs -o size=300k,mode=700 none ${STATE}/stage`);
    await failsWith("disk-full", 5);
    await lab.on("etcd1", `umount ${STATE}/stage`);
    expect(await ids()).toEqual(before);
    expect((await works()).backup.attempt.result).toBe("ok");
    expect((await lab.run("backup:drill", "etcd1")).code).toBe(0);
    expect((await check()).code).toBe(0);
  });

  test("begin no new repository where the old one is gone", async () => {
    await lab.on(
      "store1",
      `mv ${REPOSITORY} /root/away && install -d -o kmb-etcd1 -g kube-magic-backup -m 0700 ${REPOSITORY}`,
    );
    await failsWith("repository-missing", 5);
    const deployed = await lab.deploy("--limit", "etcd1");
    expect(deployed.code).toBe(5);
    expect(await lab.on("store1", `ls ${REPOSITORY}`)).toBe("");
    await lab.on("store1", `rmdir ${REPOSITORY} && mv /root/away ${REPOSITORY}`);
    await works();
  });

  test("trust no host but the pinned one", async () => {
    await lab.on(
      "etcd1",
      "cp /etc/kube-magic/backup/known_hosts /root/ && ssh-keygen -q -t ed25519 -N '' -f /root/other && echo \"store1 $(cut -d ' ' -f 1,2 /root/other.pub)\" >/etc/kube-magic/backup/known_hosts",
    );
    await failsWith("host-key", 5);
    await lab.on("etcd1", "cp /root/known_hosts /etc/kube-magic/backup/known_hosts");
    await works();
  });

  test("come back: to a folder, to the controller, over live files", async () => {
    const here = join(lab.root, "restored");
    const brought = await lab.run(
      "backup:restore",
      "etcd1",
      "--to-controller",
      here,
      "--path",
      "etcd",
      "--path",
      "/etc/kubernetes",
    );
    expect(brought.code, brought.stderr).toBe(0);
    expect(existsSync(join(here, "etcd/snapshot.db"))).toBe(true);
    expect(statSync(here).mode & 0o777).toBe(0o700);
    expect((await lab.run("backup:restore", "etcd1", "--to-controller", here)).code).toBe(2);
    expect((await lab.run("backup:restore", "etcd1", "--to", "/root/whole")).code).toBe(2);
    expect(
      (await lab.run("backup:restore", "etcd1", "--to", "/root/none", "--path", "/etc/nowhere")).code,
    ).toBe(2);
    expect((await lab.tryOn("etcd1", "ls -d /root/none /root/.none*")).stdout).toBe("");

    await lab.on(
      "etcd1",
      "cp -a /etc/kubernetes /root/before && echo broken >/etc/kubernetes/admin.conf && rm /etc/kubernetes/ssl/ca.key /etc/kubernetes/pki && echo new >/etc/kubernetes/new",
    );
    const inPlace = ["backup:restore", "etcd1", "--in-place", "--path", "/etc/kubernetes"];
    for (const flags of [[], ["--confirm", "etcd2"]]) {
      const refused = await lab.run(...inPlace, ...flags);
      expect(refused.code).toBe(2);
      expect(refused.stdout).toContain("3 of");
      expect(await lab.on("etcd1", "cat /etc/kubernetes/admin.conf")).toBe("broken\n");
    }
    const done = await lab.run(...inPlace, "--confirm", "etcd1");
    expect(done.code, done.stderr).toBe(0);
    expect(await lab.on("etcd1", "cat /etc/kubernetes/new && rm /etc/kubernetes/new")).toBe("new\n");
    await lab.on(
      "etcd1",
      "diff -r --no-dereference /root/before /etc/kubernetes && test $(stat -c %a /etc/kubernetes/ssl/ca.key) = 600",
    );
    expect(await lab.on("etcd1", `cat ${STATE}/replaced/*/etc/kubernetes/admin.conf`)).toBe("broken\n");
    expect((await lab.run(...inPlace)).stdout).toContain("nothing to do");
  });

  test("leave nothing half in place when a restore is interrupted", async () => {
    // To a folder: restic is in the middle of it when the power goes.
    await lab.on(
      "etcd1",
      `printf '#!/bin/sh\\ncase "$*" in *restore*) /usr/bin/restic "$@"; sleep 300 ;; esac\\nexec /usr/bin/restic "$@"\\n' >/usr/local/bin/restic; chmod +x /usr/local/bin/restic
      systemd-run --quiet --unit=restorer kube-magic-backup restore --to /root/interrupted
      for i in $(seq 50); do test -e /root/.interrupted.kube-magic-partial-*/backup.json && break; sleep 0.2; done
      systemctl kill --signal=KILL restorer; sleep 0.5; rm /usr/local/bin/restic; test ! -e /root/interrupted; ls -d /root/.interrupted.kube-magic-partial-*`,
    );
    expect((await lab.run("backup:restore", "etcd1", "--to", "/root/interrupted")).code).toBe(0);
    expect((await lab.tryOn("etcd1", "ls -d /root/.interrupted*")).stdout).toBe("");

    // Over live files, killed while they are prepared: nothing has changed, and nothing stays behind.
    const cut = (patch: string) => `echo one >/etc/kubernetes/admin.conf; echo two >/etc/kubernetes/ssl/ca.key
      python3 -B - <<'END'; test $? = 9
import os, sys
sys.path.insert(0, "/usr/local/lib/kube-magic/backup")
import restore
from settings import Settings
${patch}
restore.in_place(Settings(), print, "latest", ["/etc/kubernetes"], False)
END`;
    await lab.on(
      "etcd1",
      cut(`
real = restore.copy_entry
def copy_entry(source, target):
    real(source, target)
    if "kube-magic-" in os.path.basename(target): os._exit(9)
restore.copy_entry = copy_entry`),
    );
    expect(
      await lab.on(
        "etcd1",
        "cat /etc/kubernetes/admin.conf /etc/kubernetes/ssl/ca.key; find /etc/kubernetes -name '.*.kube-magic-*' | wc -l",
      ),
    ).toBe("one\ntwo\n1\n");
    await works();
    expect(
      await lab.on(
        "etcd1",
        `cat /etc/kubernetes/admin.conf; find /etc/kubernetes -name '.*.kube-magic-*'; ls ${STATE} | grep partial || true`,
      ),
    ).toBe("one\n");

    // Killed while they are moved: the next command finishes it. The backup before this one has the right files.
    const [good = ""] = await ids();
    await lab.on(
      "etcd1",
      cut(`
real = os.replace
def replace(source, target):
    real(source, target)
    if "kube-magic-" in os.path.basename(source): os._exit(9)
restore.os.replace = replace`).replace('"latest"', `"${good}"`),
    );
    const half = await lab.on(
      "etcd1",
      "cat /etc/kubernetes/admin.conf; head -c 4 /etc/kubernetes/ssl/ca.key",
    );
    expect(half.includes("one") !== half.includes("two")).toBe(true);
    const next = await lab.run("backup:verify", "etcd1");
    expect(next.code, next.stderr).toBe(0);
    expect(next.stderr).toContain("1 files are in place");
    await lab.on("etcd1", "diff -r --no-dereference /root/before /etc/kubernetes");
    await works();
  });

  test("are removed by the keep rules after a new one, and only then", async () => {
    await works();
    const before = await ids();
    expect(before).toHaveLength(2);
    await lab.on("etcd1", "systemctl stop etcd");
    await failsWith("etcd", 5);
    await failsWith("etcd", 5);
    expect(await ids()).toEqual(before);
    await critical("backup failed (etcd)");
    await lab.on("etcd1", "systemctl start etcd");
    await works();
    const after = await ids();
    expect(after).toHaveLength(2);
    expect(after[0]).toBe(before[1]);
  });

  test("turn critical when they are not fresh", async () => {
    await works();
    expect((await check()).code).toBe(0);
    await lab.on(
      "etcd1",
      `python3 - ${STATE}/status.json <<'END'
import json, sys
status = json.load(open(sys.argv[1]))
for what in status["backup"].values():
    for moment in ("started", "ended"): what[moment] -= 100 * 3600
json.dump(status, open(sys.argv[1], "w"))
END`,
    );
    await critical("the latest good backup is");
    await works();
    await lab.run("backup:drill", "etcd1");
    expect((await check()).code).toBe(0);
    // Nobody has to be root, and nothing has to be set up, to ask.
    expect((await check("--status /nonexistent")).stdout).toMatch(
      /^BACKUP CRITICAL - no backup has ever been tried/,
    );
  });

  test("are reported by host when one is dead", async () => {
    await lab.on(
      "lb1",
      "systemctl stop ssh.socket ssh 2>/dev/null || true; (sleep 1; systemctl stop ssh) >/dev/null 2>&1 &",
    );
    const run = await lab.run("backup:list");
    expect(run.code).toBe(3);
    expect(run.stdout).toMatch(/^etcd1 .* ok$/m);
    expect(run.stdout).toMatch(/^lb1 +\?/m);
  });
});
