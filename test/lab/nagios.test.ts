/** Nagios and NRPE on real hosts: all green, exactly the right red for each fault, green again, and what must never happen. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { capture } from "../../tasks/io/command/capture.ts";
import { killHost, startHost } from "../../tasks/lab/power.ts";
import { skipsLongLab } from "../helpers/lab-needs.ts";
import { type NagiosLab, nagiosLab, nameOf } from "../helpers/nagios-lab.ts";
import type { PlaybookEnd } from "../helpers/prep-hosts-lab.ts";

const NAME = "kmnag";
const NET = "198.18.14";

/**
 * Checks every few seconds instead of minutes, so that the tests need not wait; a load limit that other work on this
 * machine does not reach, because containers see the whole machine's load.
 */
const layer = (more = ""): string => `
network: { ntp: [${NET}.50] }
monitoring:
  contacts:
    ops: { email: ops@example.com }
    asleep: { email: asleep@example.com, period: never }
  interval: 12s
  retryInterval: 3s
  attempts: 3
  mail: { server: localhost, port: 2525 }
  thresholds: { load: { warning: 100, critical: 200 } }
  checks:
    flappy: { roles: [nagios], command: [/bin/sh, -c, "! ls /run/flappy 2>&1 || exit 2"] }
${more}
tools:
  custom:
    all: { load_balancer_preempt_delay_seconds: 3 }
    nagios: { nagios_server_status_seconds: 2, nagios_server_cache_seconds: 2 }
`;

const SYSTEM = [
  "certificates",
  "disk space",
  "load",
  "memory",
  "nrpe",
  "oom kills",
  "read-only file systems",
  "ssh",
  "systemd units",
  "time",
];
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  nagios1: [...SYSTEM, "flappy"],
  lb1: [...SYSTEM, "haproxy", "vrrp"],
  lb2: [...SYSTEM, "haproxy", "vrrp"],
  master1: [...SYSTEM, "etcd", "etcd database", "kube-apiserver"],
  "VIP-api": ["owner", "api"],
};
const ALL = Object.entries(EXPECTED)
  .flatMap(([host, services]) => [host, ...services.map((service) => `${host}/${service}`)])
  .sort();

describe.skipIf(skipsLongLab("Nagios", NAME))("monitoring", () => {
  let lab: NagiosLab;

  beforeAll(async () => {
    lab = await nagiosLab(NAME, NET, process.env.KUBE_MAGIC_TEST_SUITE ?? "trixie");
    await lab.configure(layer());
    await lab.prepare();
  });
  afterAll(async () => {
    await lab?.down();
  });

  const done = (end: PlaybookEnd): void => {
    expect(end.failures).toEqual([]);
    expect(end.verdict.kind, end.log).toBe("done");
  };
  const until = async (what: () => Promise<boolean>, seconds = 120): Promise<void> => {
    const deadline = Date.now() + seconds * 1000;
    while (!(await what())) {
      if (Date.now() > deadline) {
        throw new Error(`not within ${seconds} s: ${what}; wrong: ${JSON.stringify(await lab.wrong())}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  };
  const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const allWell = (seconds = 150) => until(async () => Object.keys(await lab.wrong()).length === 0, seconds);
  /** What turns red, once everything has been looked at again since. */
  const redAfter = async (first: string): Promise<Record<string, string>> => {
    await until(async () => (await lab.wrong())[first] !== undefined);
    const seen = (await lab.state()).now;
    await until(async () => {
      const { entries } = await lab.state();
      const red = await lab.wrong();
      return entries.every(
        (one) => red[nameOf(one)] !== undefined || isLeftAlone(nameOf(one)) || one.checked > seen,
      );
    });
    return lab.wrong();
  };
  /** While etcd fails, its database is not asked for. */
  const isLeftAlone = (name: string) => name === "master1/etcd database";
  const newMails = async (work: () => Promise<void>): Promise<string[]> => {
    const before = (await lab.mails()).length;
    await work();
    return (await lab.mails()).slice(before).map(({ subject }) => subject);
  };

  test("tells in check mode what it would do, and does nothing", async () => {
    const end = await lab.deploy({ check: true, diff: true });
    done(end);
    expect(end.log).toContain("nagios-nrpe-server");
    expect(await lab.on("nagios1", "ls -d /etc/nagios* 2>&1 || true")).toContain("No such file");
  });

  test("converges, and keeps its secrets", async () => {
    const end = await lab.deploy({ diff: true });
    done(end);
    console.log(`first run: ${end.seconds.toFixed(1)} s`);
    for (const file of ["nagios_web_password", "monitoring-ca.key"]) {
      expect(statSync(join(lab.credentials, file)).mode & 0o777).toBe(0o600);
    }
    const password = readFileSync(join(lab.credentials, "nagios_web_password"), "utf8").trim();
    expect(end.log).not.toContain(password);
    expect(end.log).not.toContain("PRIVATE KEY");
    expect(await lab.on("lb1", "stat -c '%a %U %G' /etc/kube-magic/monitoring/nrpe.key")).toBe(
      "640 root nagios\n",
    );
    expect(await lab.on("nagios1", "stat -c '%a %U %G' /etc/kube-magic/nagios/nagios.key")).toBe(
      "640 root nagios\n",
    );
  });

  test("shows every host and every service OK", async () => {
    await until(async () => (await lab.state()).entries.every(({ state }) => state !== "PENDING"));
    await allWell();
    const { entries, hosts, services } = await lab.state();
    expect(entries.map(nameOf).sort()).toEqual(ALL);
    expect(hosts + services).toBe(ALL.length);
    const owner = entries.find((one) => nameOf(one) === "VIP-api/owner");
    expect(owner?.output).toBe("VIP OK: lb1 holds api");
  });

  test("changes nothing the second time, nor in check mode", async () => {
    const again = await lab.deploy({ diff: true });
    done(again);
    expect(again.changed, again.log).toBe(0);
    console.log(`second run: ${again.seconds.toFixed(1)} s`);
    const checked = await lab.deploy({ check: true, diff: true });
    done(checked);
    expect(checked.changed, checked.log).toBe(0);
  });

  test("tells an operator in one command, with an exit code", async () => {
    const { code, out } = await lab.run("monitoring:status");
    expect(out).toMatch(
      new RegExp(`^${NAME}: ${ALL.length} of ${ALL.length} well \\(nagios1, [\\d.]+ s ago\\)\n$`),
    );
    expect(code).toBe(0);
    const all = await lab.run("monitoring:status", "--all", "--format", "json");
    expect(JSON.parse(all.out).state.entries).toHaveLength(ALL.length);
  });

  test("is answered by NRPE only with a client certificate of its own authority", async () => {
    const ask = (options: string, host = "nagios1") =>
      lab.on(host, `/usr/lib/nagios/plugins/check_nrpe -H ${NET}.41 -t 5 ${options} 2>&1; true`);
    const nagios = "-C /etc/kube-magic/nagios/nagios.crt -K /etc/kube-magic/nagios/nagios.key";
    expect(await ask(`${nagios} -A /etc/kube-magic/nagios/ca.crt`)).toMatch(/^NRPE v/);
    // Nobody, another host's certificate (good for a server only), and anonymous TLS.
    expect(await ask("")).not.toMatch(/^NRPE v/);
    const server = "-C /etc/kube-magic/monitoring/nrpe.crt -K /etc/kube-magic/monitoring/nrpe.key";
    expect(await ask(`${server} -A /etc/kube-magic/nagios/ca.crt`)).not.toMatch(/^NRPE v/);
    expect(await ask("-d 2 -n")).not.toMatch(/^NRPE v/);
    // The right certificate from the wrong place.
    await lab.on("nagios1", "tar -C /etc/kube-magic -cf /tmp/stolen.tar nagios && chmod 600 /tmp/stolen.tar");
    const stolen = await lab.on("nagios1", "base64 -w0 /tmp/stolen.tar; rm /tmp/stolen.tar");
    await lab.on("lb2", `echo '${stolen}' | base64 -d | tar -C /tmp -xf - && cp /usr/bin/true /tmp/x`);
    const elsewhere = await lab.on(
      "lb2",
      `curl -s -m 5 --cert /tmp/nagios/nagios.crt --key /tmp/nagios/nagios.key -k https://${NET}.41:5666/ 2>&1; echo "code $?"; rm -rf /tmp/nagios`,
    );
    expect(elsewhere).not.toContain("code 0");
    // And a Nagios that is led astray does not believe a stranger.
    await lab.on(
      "lb2",
      "cd /tmp && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=x -keyout k -out c 2>/dev/null && systemd-run -q --unit stranger openssl s_server -www -accept 5777 -cert /tmp/c -key /tmp/k",
    );
    expect(await ask(`-p 5777 ${nagios} -A /etc/kube-magic/nagios/ca.crt -H ${NET}.42`)).toMatch(
      /SSL|certificate/i,
    );
    await lab.on("lb2", "systemctl stop stranger");
  });

  test("gives NRPE no more of root than single command lines", async () => {
    const allowed = await lab.on("master1", "runuser -u nagios -- sudo -n -l");
    expect(allowed).toContain("check_etcd health --settings /etc/etcd.env");
    expect(await lab.on("master1", "runuser -u nagios -- sudo -n id 2>&1 || true")).toMatch(
      /password is required/,
    );
    const other = "sudo -n /usr/local/lib/kube-magic/plugins/check_etcd health --settings /etc/shadow";
    expect(await lab.on("master1", `runuser -u nagios -- ${other} 2>&1 || true`)).toMatch(
      /password is required/,
    );
    expect(await lab.on("lb1", "runuser -u nagios -- sudo -n -l")).not.toContain("check_etcd");
  });

  test("shows its pages to its user only, over TLS", async () => {
    const password = readFileSync(join(lab.credentials, "nagios_web_password"), "utf8").trim();
    const get = async (path: string, ...more: string[]) =>
      (
        await capture([
          "curl",
          "-sk",
          "-m",
          "10",
          "-w",
          "\n%{http_code}",
          ...more,
          `https://${NET}.50${path}`,
        ])
      ).stdout;
    const json = "/nagios4/cgi-bin/statusjson.cgi?query=servicecount&servicestatus=ok";
    expect(await get(json)).toMatch(/401$/);
    expect(await get("/nagios4/")).toMatch(/401$/);
    const counted = await get(json, "-u", `nagiosadmin:${password}`);
    expect(counted).toContain('"ok": ');
    const plain = (await capture(["curl", "-s", "-m", "10", `http://${NET}.50/nagios4/`])).stdout;
    expect(plain).not.toContain("Nagios Core");
  });

  test("HAProxy dead: this check is red and nothing else, somebody is told once, and green again", async () => {
    const mails = await newMails(async () => {
      await lab.on("lb1", "systemctl stop haproxy");
      expect(await redAfter("lb1/haproxy")).toEqual({ "lb1/haproxy": "CRITICAL" });
      const { code, out } = await lab.run("monitoring:status");
      expect(code).toBe(3);
      expect(out).toMatch(/1 critical, .* well/);
      expect(out).toMatch(/CRITICAL {2}lb1 {2}haproxy +.*HAPROXY CRITICAL: does not answer/);
      console.log(out);
      await lab.on("lb1", "systemctl start haproxy");
      await allWell();
    });
    expect(mails).toEqual(["PROBLEM: lb1/haproxy is CRITICAL", "RECOVERY: lb1/haproxy is OK"]);
    expect((await lab.mails()).map(({ to }) => to)).not.toContain("asleep@example.com");
  });

  test("a file system full: this check is red and nothing else, and green again", async () => {
    await lab.on("lb2", "mkdir -p /srv/full && mount -t tmpfs -o size=32M none /srv/full");
    await lab.on("lb2", "dd if=/dev/zero of=/srv/full/file bs=1M count=64 2>/dev/null || true");
    expect(await redAfter("lb2/disk space")).toEqual({ "lb2/disk space": "CRITICAL" });
    await lab.on("lb2", "rm /srv/full/file");
    await allWell();
    await lab.on("lb2", "umount /srv/full");
  });

  test("etcd stopped: this check is red, its database is not asked for, and green again", async () => {
    const mails = await newMails(async () => {
      await lab.on("master1", "systemctl stop etcd");
      expect(await redAfter("master1/etcd")).toEqual({ "master1/etcd": "CRITICAL" });
      await lab.on("master1", "systemctl start etcd");
      await allWell();
    });
    expect(mails).toEqual(["PROBLEM: master1/etcd is CRITICAL", "RECOVERY: master1/etcd is OK"]);
  });

  test("a certificate about to expire: this check is red and nothing else, and green again", async () => {
    await lab.on(
      "master1",
      "mkdir -p /etc/kubernetes/ssl && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=apiserver -keyout /tmp/key -out /etc/kubernetes/ssl/apiserver.crt 2>/dev/null && chmod 600 /etc/kubernetes/ssl/apiserver.crt",
    );
    expect(await redAfter("master1/certificates")).toEqual({ "master1/certificates": "CRITICAL" });
    const entry = (await lab.state()).entries.find((one) => nameOf(one) === "master1/certificates");
    expect(entry?.output).toContain("/etc/kubernetes/ssl/apiserver.crt expires on");
    await lab.on("master1", "rm /etc/kubernetes/ssl/apiserver.crt");
    await allWell();
  });

  test("NRPE dead: one message, not one for each check that it runs", async () => {
    const mails = await newMails(async () => {
      await lab.on("lb2", "systemctl stop nagios-nrpe-server");
      await until(async () => (await lab.wrong())["lb2/nrpe"] === "CRITICAL");
      await pause(20);
      await lab.on("lb2", "systemctl start nagios-nrpe-server");
      await allWell();
    });
    expect(mails).toEqual(["PROBLEM: lb2/nrpe is CRITICAL", "RECOVERY: lb2/nrpe is OK"]);
  });

  test("a host dead: one message, although twelve services were on it", async () => {
    // Nagios counts the last 21 checks: what the test before did to NRPE is not to be taken for flapping.
    await pause(70);
    const mails = await newMails(async () => {
      await killHost(lab.places, "lb2");
      await until(async () => (await lab.wrong()).lb2 === "CRITICAL");
      await pause(25);
      const { out } = await lab.run("monitoring:status");
      console.log(out);
      expect(out).toMatch(/CRITICAL {2}lb2 {2}\(host\)/);
      await startHost(lab.places, "lb2");
      await allWell();
    });
    expect(mails).toEqual(["PROBLEM: lb2 is DOWN", "RECOVERY: lb2 is UP"]);
  });

  test("a service that flaps: it is called so, and messages stop", async () => {
    const mails = await newMails(async () => {
      for (let turn = 0; turn < 12; turn++) {
        await lab.on("nagios1", turn % 2 === 0 ? "touch /run/flappy" : "rm -f /run/flappy");
        await lab.on(
          "nagios1",
          `now=$(date +%s); printf '[%s] SCHEDULE_FORCED_SVC_CHECK;nagios1;flappy;%s\n' $now $now > /var/lib/nagios4/kube-magic-rw/nagios.cmd`,
        );
        // Time for it to have failed for certain.
        await pause(8);
      }
      await until(async () => (await lab.state()).entries.some((one) => one.flapping));
      await lab.on("nagios1", "rm -f /run/flappy");
    });
    expect(mails.filter((subject) => subject.startsWith("FLAPPINGSTART"))).toHaveLength(1);
    expect(mails.length).toBeLessThan(8);
    await until(async () => (await lab.wrong())["nagios1/flappy"] === undefined);
  });

  test("refuses definitions that do not verify, and goes on with the ones it has, after a restart too", async () => {
    const before = await lab.state();
    const broken =
      "  definitions: |\n    define service {\n        use kube-magic-service\n        host_name nobody\n        service_description x\n        check_command kube_magic_nrpe\n    }\n";
    await lab.configure(layer(broken));
    const end = await lab.deploy();
    expect(end.verdict.kind).toBe("hosts-failed");
    expect(end.failures.join()).toMatch(
      /Nagios refuses this configuration .*Could not find any host matching 'nobody'/s,
    );
    await pause(5);
    const after = await lab.state();
    expect(after.started).toBe(before.started);
    expect([after.hosts, after.services]).toEqual([before.hosts, before.services]);
    await lab.on("nagios1", "systemctl restart nagios4");
    await until(async () => (await lab.state()).started > before.started);
    expect((await lab.state()).services).toBe(before.services);
    await lab.configure(layer());
    const mended = await lab.deploy();
    done(mended);
    await allWell();
  });

  test("forgets a host that is gone from the inventory, and keeps its history", async () => {
    lab.forget("lb2");
    await lab.configure(layer());
    done(await lab.deploy());
    await until(async () => (await lab.state()).entries.every(({ host }) => host !== "lb2"));
    expect((await lab.state()).hosts).toBe(Object.keys(EXPECTED).length - 1);
    await allWell();
    const log = await lab.on(
      "nagios1",
      "cat /var/log/nagios4/nagios.log /var/log/nagios4/archives/* 2>/dev/null || true",
    );
    expect(log).toContain("HOST ALERT: lb2;DOWN;HARD");
    expect((await lab.deploy()).changed).toBe(0);
  });
});
