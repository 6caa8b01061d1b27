/** The plugins that look at one machine, against files like the kernel's and real programs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, test } from "vitest";
import { runPlugin } from "../../helpers/plugin.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";
import { kubeconfig, selfSigned } from "../../helpers/tls.ts";

const [OK, WARNING, CRITICAL, UNKNOWN] = [0, 1, 2, 3];

describe("check_memory", () => {
  const meminfo = (available: number) => {
    const path = join(temporaryFolder(), "meminfo");
    writeFileSync(path, `MemTotal: 1000000 kB\nMemFree: 1 kB\nMemAvailable: ${available} kB\n`);
    return path;
  };
  it.each([
    [500_000, OK, "50%;85;95;0;100"],
    [150_000, WARNING, "85%;85;95;0;100"],
    [20_000, CRITICAL, "98%;85;95;0;100"],
  ])("%d kB available of 1,000,000 → %d", async (available, code, figure) => {
    const result = await runPlugin("check_memory", ["--meminfo", meminfo(available)]);
    expect(result.code).toBe(code);
    expect(result.figures.used).toBe(figure);
  });
});

describe("check_file_systems", () => {
  const mounts = (...lines: string[]) => {
    const path = join(temporaryFolder(), "mountinfo");
    writeFileSync(path, lines.map((line, index) => `${index + 20} 1 ${line}\n`).join(""));
    return ["--mounts", path];
  };
  const root = (options: string) => `8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 ${options}`;

  test("tells of space on this machine's own file systems", async () => {
    const result = await runPlugin("check_file_systems", ["space", "--warning", "101", "--critical", "102"]);
    expect(result.code).toBe(OK);
    expect(result.figures["/"]).toMatch(/^[\d.]+%;101;102;0;100$/);
  });

  test("is critical when a limit is passed, and names the mount point", async () => {
    const args = ["space", "--warning", "0", "--critical", "0", ...mounts(root("rw"))];
    const result = await runPlugin("check_file_systems", args);
    expect(result.code).toBe(CRITICAL);
    expect(result.text).toMatch(/^DISK CRITICAL: \/ is \d+ % full, [\d.]+ GiB left/);
  });

  test("leaves out network file systems, volumes of pods, images, and what is mounted twice", async () => {
    const list = mounts(
      root("rw"),
      "8:1 /x /srv/again rw - ext4 /dev/sda1 rw",
      "0:40 / /proc rw - nfs4 server:/ rw",
      "8:2 / /var/lib/kubelet/pods/1/volumes/a rw - ext4 /dev/rbd0 rw",
      "7:1 / /snap/core rw - squashfs /dev/loop0 ro",
    );
    const result = await runPlugin("check_file_systems", ["space", ...list]);
    expect(Object.keys(result.figures)).toEqual(["/"]);
  });

  test("notices a file system that became read-only, and leaves alone one that is meant to be", async () => {
    const list = mounts(root("ro,errors=remount-ro"), "8:3 / /boot/my\\040efi ro - vfat /dev/sda3 ro");
    const fstab = join(temporaryFolder(), "fstab");
    writeFileSync(fstab, "/dev/sda1 / ext4 rw 0 1\n/dev/sda3 /boot/my\\040efi vfat ro 0 2\n");
    const result = await runPlugin("check_file_systems", ["read-only", ...list, "--fstab", fstab]);
    expect(result.text).toBe("DISK CRITICAL: / (ext4) is read-only");
    const fine = await runPlugin("check_file_systems", ["read-only", ...mounts(root("rw"))]);
    expect(fine.code).toBe(OK);
  });
});

describe("check_oom", () => {
  test("warns for an hour after the kernel's count rose", async () => {
    const folder = temporaryFolder();
    const [counts, state] = [join(folder, "vmstat"), join(folder, "oom.json")];
    const ask = (...more: string[]) =>
      runPlugin("check_oom", ["--state", state, "--counts", "/nowhere", counts, ...more]);
    writeFileSync(counts, "nr_free 5\noom_kill 3\n");
    expect((await ask()).code).toBe(OK);
    writeFileSync(counts, "nr_free 5\noom_kill 4\n");
    expect((await ask()).text).toContain("killed a program 0 min ago");
    expect((await ask()).code).toBe(WARNING);
    expect((await ask("--window", "0")).code).toBe(OK);
    // After a reboot the count begins anew.
    writeFileSync(counts, "oom_kill 0\n");
    expect((await ask("--window", "0")).code).toBe(OK);
  });

  test("survives a state file that is none", async () => {
    const state = join(temporaryFolder(), "oom.json");
    writeFileSync(state, "{");
    expect((await runPlugin("check_oom", ["--state", state])).code).toBe(OK);
  });
});

describe("check_certificates", () => {
  const folder = mkdtempSync(join(tmpdir(), "kube-magic-test-"));
  const fresh = selfSigned(folder, "fresh", 365);
  const soon = selfSigned(folder, "soon", 20);
  const last = selfSigned(folder, "last", 1);
  afterAll(() => rmSync(folder, { recursive: true }));

  test("counts the days of each file, of folders, and inside kubeconfigs", async () => {
    expect(await runPlugin("check_certificates", [fresh.crt])).toMatchObject({
      code: OK,
      figures: { days: "364;30;7" },
    });
    const warned = await runPlugin("check_certificates", [fresh.crt, soon.crt]);
    expect(warned.code).toBe(WARNING);
    expect(warned.text).toMatch(/soon\.crt expires on \d{4}-\d\d-\d\d$/);
    expect((await runPlugin("check_certificates", [folder])).code).toBe(CRITICAL);
    const config = kubeconfig(folder, "admin.conf", last);
    expect((await runPlugin("check_certificates", [fresh.crt, config])).text).toContain("admin.conf expires");
  });

  test("skips what is not there, and does not call nothing good", async () => {
    expect((await runPlugin("check_certificates", ["/nowhere", fresh.crt])).code).toBe(OK);
    expect((await runPlugin("check_certificates", ["/nowhere"])).code).toBe(UNKNOWN);
  });

  test("says which file is none, and goes on", async () => {
    const broken = join(folder, "broken.pem");
    writeFileSync(broken, "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
    const result = await runPlugin("check_certificates", [fresh.crt, broken]);
    expect(result.code).toBe(UNKNOWN);
    expect(result.text).toContain("broken.pem cannot be read");
  });
});

describe("check_units", () => {
  const systemctl = (script: string) => {
    const path = join(temporaryFolder(), "systemctl");
    writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return ["--systemctl", path];
  };
  test("names units that failed", async () => {
    const result = await runPlugin("check_units", systemctl("echo 'a.service loaded failed failed A thing'"));
    expect(result).toMatchObject({ code: CRITICAL, text: "UNITS CRITICAL: a.service failed" });
    expect((await runPlugin("check_units", systemctl("true"))).code).toBe(OK);
  });
  test("does not take a systemd that cannot be asked for a good sign", async () => {
    const result = await runPlugin("check_units", systemctl("echo 'Failed to connect to bus' >&2; exit 1"));
    expect(result).toMatchObject({ code: UNKNOWN, text: "UNITS UNKNOWN: Failed to connect to bus" });
  });
});

describe("check_vrrp", () => {
  test("tells which addresses are here, and that keepalived does not run", async () => {
    const proc = temporaryFolder();
    const args = ["--proc", proc, "api=127.0.0.1", "edge1=192.0.2.1"];
    expect(await runPlugin("check_vrrp", args)).toMatchObject({
      code: CRITICAL,
      figures: { api: "1", edge1: "0" },
    });
    mkdirSync(join(proc, "7"));
    writeFileSync(join(proc, "7", "comm"), "keepalived\n");
    expect(await runPlugin("check_vrrp", args)).toMatchObject({ code: OK, text: "VRRP OK: holds api" });
  });
});

describe("check_ceph", () => {
  const HEALTHY = {
    health: { status: "HEALTH_OK", checks: {} },
    quorum_names: ["a", "b", "c"],
    monmap: { num_mons: 3 },
    osdmap: { num_osds: 6, num_up_osds: 6, num_in_osds: 6 },
    pgmap: { bytes_used: 50, bytes_total: 100 },
    mgrmap: { available: true, num_standbys: 1 },
  };
  const ceph = (status: object) => {
    const path = join(temporaryFolder(), "ceph");
    writeFileSync(path, `#!/bin/sh\ncat <<'E'\n${JSON.stringify(status)}\nE\n`, { mode: 0o755 });
    return ["--ceph", path];
  };
  const warning = (code: string, severity = "HEALTH_WARN") => ({
    status: severity,
    checks: { [code]: { severity, summary: { message: "told" }, muted: false } },
  });
  it.each([
    ["health", {}, OK, "CEPH OK: HEALTH_OK"],
    ["health", { health: warning("SLOW_OPS") }, WARNING, "CEPH WARNING: SLOW_OPS: told"],
    ["health", { health: warning("PG_DAMAGED", "HEALTH_ERR") }, CRITICAL, "CEPH CRITICAL: PG_DAMAGED: told"],
    // Told by the part that counts OSDs.
    ["health", { health: warning("OSD_DOWN") }, OK, "CEPH OK: HEALTH_WARN"],
    [
      "monitors",
      { quorum_names: ["a", "b"] },
      CRITICAL,
      "CEPH CRITICAL: 2 of 3 monitors in the quorum: a, b",
    ],
    ["monitors", { mgrmap: { available: false } }, CRITICAL, "CEPH CRITICAL: no manager is active"],
    ["osds", {}, OK, "CEPH OK: 6 OSDs up and in"],
    [
      "osds",
      { osdmap: { num_osds: 6, num_up_osds: 5, num_in_osds: 6 } },
      WARNING,
      "CEPH WARNING: 1 of 6 OSDs are down",
    ],
    [
      "osds",
      { osdmap: { num_osds: 6, num_up_osds: 3, num_in_osds: 6 } },
      CRITICAL,
      "CEPH CRITICAL: 3 of 6 OSDs are down",
    ],
    [
      "capacity",
      { pgmap: { bytes_used: 80, bytes_total: 100 } },
      WARNING,
      "CEPH WARNING: 80 % of 0.0 GiB in use",
    ],
  ])("%s %j → %d", async (part, change, code, text) => {
    const result = await runPlugin("check_ceph", [part, ...ceph({ ...HEALTHY, ...change })]);
    expect(result).toMatchObject({ code, text });
  });

  test("does not know when no monitor answers: another host may", async () => {
    const path = join(temporaryFolder(), "ceph");
    writeFileSync(path, "#!/bin/sh\necho 'RADOS timed out' >&2\nexit 110\n", { mode: 0o755 });
    const result = await runPlugin("check_ceph", ["health", "--ceph", path]);
    expect(result).toMatchObject({ code: UNKNOWN, text: "CEPH UNKNOWN: RADOS timed out" });
  });
});

test("a wrong command line is unknown, not critical", async () => {
  expect((await runPlugin("check_memory", ["--nonsense"])).code).toBe(UNKNOWN);
});
