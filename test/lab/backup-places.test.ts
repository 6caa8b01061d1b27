/** Backups elsewhere than on a backup host: an S3 server (moto) over TLS with an authority of its own, and a local folder. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encryptText } from "../../tasks/ansible/vault.ts";
import { capture } from "../../tasks/io/command/capture.ts";
import { type BackupLab, backupLab } from "../helpers/backup-lab.ts";
import { ansibleForTests } from "../helpers/environment.ts";
import { skipsLab } from "../helpers/lab-needs.ts";
import { selfSigned } from "../helpers/tls.ts";

const NAME = "kms3";
const NET = "198.18.23";
const SERVER = `${NET}.1`;
const PORT = 9443;
const TOPOLOGY = `name: ${NAME}
network: ${NET}.0/24
api: { vip: ${NET}.100, vrid: 123 }
hosts:
  lb1: { ip: ${NET}.41, roles: [load-balancer] }
`;
const SECRET = "an access key that nobody may read";
const MOTO = "moto[server]==5.2.5";

describe.skipIf(skipsLab("backups elsewhere", NAME))("backups elsewhere than on a backup host", () => {
  let lab: BackupLab;
  let server: ChildProcess | undefined;
  const file = (name: string) => join(lab.root, name);

  beforeAll(async () => {
    lab = await backupLab(NAME, TOPOLOGY);
    await lab.on("lb1", "mkdir -p /etc/haproxy && echo global >/etc/haproxy/haproxy.cfg");
    await startServer();
    await configure(SECRET);
  });
  afterAll(async () => {
    server?.kill();
    await lab?.down();
  });

  async function must(...argv: readonly [string, ...string[]]): Promise<void> {
    const { code, stdout, stderr } = await capture(argv);
    if (code !== 0) throw new Error(`${argv.join(" ")}: ${stderr}${stdout}`);
  }

  /** On the lab's bridge; hosts trust its certificate as they would trust a company's authority. */
  async function startServer(): Promise<void> {
    await must("python3", "-m", "venv", file("moto"));
    await must(file("moto/bin/pip"), "install", "--quiet", "--disable-pip-version-check", MOTO);
    const tls = selfSigned(lab.root, "s3", 2, `IP:${SERVER}`);
    await lab.on(
      "lb1",
      `apt-get -qq update && apt-get -qq install -y ca-certificates >/dev/null 2>&1; mkdir -p /usr/local/share/ca-certificates && printf '%s' '${readFileSync(tls.crt, "utf8")}' >/usr/local/share/ca-certificates/s3.crt && update-ca-certificates`,
    );
    server = spawn(
      file("moto/bin/moto_server"),
      ["-H", SERVER, "-p", String(PORT), "-c", tls.crt, "-k", tls.key],
      { stdio: "ignore" },
    );
    const there = async () =>
      (await capture(["curl", "-sS", "--cacert", tls.crt, `https://${SERVER}:${PORT}/`])).code === 0;
    for (let tries = 0; !(await there()); tries++) {
      if (tries > 100) throw new Error("moto does not answer");
      await sleep(200);
    }
  }

  async function configure(secret: string): Promise<void> {
    const password = file("vault-password");
    writeFileSync(password, "of the vault\n", { mode: 0o600 });
    const { bin } = await ansibleForTests();
    const encrypted = await encryptText(secret, bin, vaultEnv());
    lab.configure(`backup:
  repository:
    kind: s3
    url: https://${SERVER}:${PORT}/backups/lab
    accessKeyId: backup
    secretAccessKey: !vault |
${encrypted.trimEnd().replaceAll(/^/gm, "      ")}
  keep: { last: 2, daily: 0, weekly: 0, monthly: 0 }
`);
  }

  function vaultEnv(): NodeJS.ProcessEnv {
    return { ...process.env, ANSIBLE_VAULT_PASSWORD_FILE: file("vault-password") };
  }

  /** As the user types it, with the vault's password at hand. */
  async function run(...args: readonly string[]) {
    process.env.ANSIBLE_VAULT_PASSWORD_FILE = file("vault-password");
    try {
      return await lab.run(...args);
    } finally {
      delete process.env.ANSIBLE_VAULT_PASSWORD_FILE;
    }
  }
  const deploy = (...flags: readonly string[]) => run("deploy", "post", "--tags", "backup", ...flags);

  test("are deployed, and change nothing the second time", async () => {
    const first = await deploy("--diff");
    expect(first.code, first.stdout + first.stderr).toBe(0);
    const again = await deploy("--diff");
    expect(again.code, again.stderr).toBe(0);
    expect(again.stdout).toMatch(/\b0 changed/);
    for (const { stdout, stderr } of [first, again]) expect(stdout + stderr).not.toContain(SECRET);
  });

  test("keep the access key from others", async () => {
    expect(await lab.on("lb1", `grep -rl '${SECRET}' /etc/kube-magic | xargs stat -c '%a %U'`)).toBe(
      "600 root\n",
    );
    const found = await capture([
      "grep",
      "-rlF",
      SECRET,
      join(lab.root, "build"),
      join(lab.root, "inventories"),
    ]);
    expect(found.stdout).toBe("");
  });

  test("are made, pass the drill, and come back", async () => {
    await lab.on("lb1", "echo changed >>/etc/haproxy/haproxy.cfg");
    const made = await run("backup:run");
    expect(made.code, made.stdout + made.stderr).toBe(0);
    const drill = await run("backup:drill");
    expect(drill.code, drill.stdout + drill.stderr).toBe(0);
    expect(drill.stdout).toMatch(/lb1 .*as listed/);
    const list = await run("backup:list");
    expect(list.stdout).toMatch(/lb1 .* ok/);
    const verified = await run("backup:verify");
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
    mkdirSync(file("back"), { recursive: true });
    const back = await run(
      "backup:restore",
      "lb1",
      "--to-controller",
      file("back/lb1"),
      "--path",
      "/etc/haproxy",
    );
    expect(back.code, back.stdout + back.stderr).toBe(0);
    expect((await capture(["grep", "-rl", "changed", file("back/lb1")])).stdout).toContain("haproxy.cfg");
  });

  test("say that the store is away, and work again when it is back", async () => {
    server?.kill("SIGSTOP");
    const away = await run("backup:run");
    expect(away.code).toBe(5);
    expect(away.stderr).toContain("  → ");
    expect(away.stdout + away.stderr).not.toContain(SECRET);
    server?.kill("SIGCONT");
    const back = await run("backup:run");
    expect(back.code, back.stdout + back.stderr).toBe(0);
  });

  test("move to a folder of the host only after somebody said so", async () => {
    lab.configure("backup: { repository: { kind: local, path: /srv/backups } }\n");
    const refused = await deploy();
    expect(refused.code).toBe(5);
    expect(refused.stdout + refused.stderr).toContain("repository-id");
    await lab.on("lb1", "rm /var/lib/kube-magic/backup/repository-id");
    const moved = await deploy();
    expect(moved.code, moved.stdout + moved.stderr).toBe(0);
    const made = await run("backup:run");
    expect(made.code, made.stdout + made.stderr).toBe(0);
    expect(await lab.on("lb1", "ls /srv/backups/lb1")).toContain("snapshots");
    expect(await lab.on("lb1", `grep -rl '${SECRET}' /etc/kube-magic || echo none`)).toBe("none\n");
  });
});
