/** prep-hosts on real hosts: before, during and after the first run, and through the failures that it is made for. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { capture } from "../../tasks/io/command/capture.ts";
import { killHost, startHost } from "../../tasks/lab/power.ts";
import { type Probe, type ProbeSummary, startProbe } from "../../tasks/lab/probe.ts";
import { readFindings } from "../../tasks/report/preflight.ts";
import { ROOT } from "../helpers/environment.ts";
import { skipsLab } from "../helpers/lab-needs.ts";
import { type PlaybookEnd, type PrepHostsLab, prepHostsLab } from "../helpers/prep-hosts-lab.ts";

const NAME = "kmroles";
const NET = "198.18.7";
const VIP = `${NET}.100`;
const LB1 = `${NET}.41`;
const LB2 = `${NET}.42`;
const TOPOLOGY = `name: ${NAME}
suite: ${process.env.KUBE_MAGIC_TEST_SUITE ?? "trixie"}
network: ${NET}.0/24
api: { vip: ${VIP}, vrid: 77 }
hosts:
  lb1: { ip: ${LB1}, roles: [load-balancer] }
  lb2: { ip: ${LB2}, roles: [load-balancer] }
  master1: { ip: ${NET}.11, roles: [control-plane, etcd] }
  worker1: { ip: ${NET}.21, roles: [worker] }
`;

/** Two edge addresses, and a recovered owner that waits for 3 s instead of 30, so that the tests need not. */
const layer = (more = ""): string => `
loadBalancer:
  edgeVips: [{ address: ${NET}.101, vrid: 78 }, { address: ${NET}.102, vrid: 79 }]
${more}
tools: { custom: { all: { load_balancer_preempt_delay_seconds: 3 } } }
`;

const STAND_IN = join(ROOT, "test/fixtures/apiserver-stand-in/playbook.yml");
const PREP = "playbooks/prep-hosts.yml";

describe.skipIf(skipsLab("prep-hosts", NAME))("prep-hosts", () => {
  let lab: PrepHostsLab;
  let probes: Probe[] = [];

  beforeAll(async () => {
    lab = await prepHostsLab(NAME, TOPOLOGY);
    await lab.configure(layer());
  });
  afterEach(async () => {
    for (const probe of probes) await probe.stop();
    probes = [];
  });
  afterAll(async () => {
    await lab?.down();
  });

  const done = (end: PlaybookEnd): void => {
    expect(end.failures).toEqual([]);
    expect(end.verdict.kind, end.log).toBe("done");
  };
  const probe = (host = VIP): Probe => {
    const started = startProbe({ host, port: 6443 });
    probes.push(started);
    return started;
  };
  /** Addresses beside its own that a load balancer holds. */
  const held = async (host: string): Promise<string[]> => {
    const text = await lab.on(host, "ip -o -4 address show dev host0");
    const addresses = [...text.matchAll(/inet ([\d.]+)\//g)].map(([, address]) => address ?? "");
    return addresses.filter((address) => address !== LB1 && address !== LB2).sort();
  };
  const until = async (what: () => Promise<boolean>, seconds = 20): Promise<void> => {
    const deadline = Date.now() + seconds * 1000;
    while (!(await what())) {
      if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const holder = async (): Promise<string> => {
    for (const host of ["lb1", "lb2"]) if ((await held(host)).includes(VIP)) return host;
    return "nobody";
  };
  const gap = (summary: ProbeSummary): number => summary.longestGap?.ms ?? 0;
  const secret = (): string => readFileSync(join(lab.credentials, "keepalived_vrrp_password"), "utf8").trim();
  const get = (url: string) => capture(["curl", "-s", "-m", "5", "-w", "\n%{http_code}", url]);

  test("has correct syntax", async () => {
    for (const playbook of [PREP, "playbooks/preflight.yml", STAND_IN]) {
      const { argv, cwd, env } = lab.command(playbook);
      const { code, stderr } = await capture([...argv, "--syntax-check"], {
        cwd,
        env: { ...process.env, ...env },
      });
      expect(stderr).toBe("");
      expect(code).toBe(0);
    }
  });

  test("tells in check mode what it would do, before anything is installed, and does nothing", async () => {
    const end = await lab.play(PREP, { check: true, diff: true });
    done(end);
    expect(end.changed).toBeGreaterThan(10);
    expect(end.log).toContain("haproxy keepalived");
    expect(end.log).toContain("+vrrp_instance edge2 {");
    expect(readdirSync(lab.credentials)).toEqual([]);
    expect(await lab.on("lb1", "ls /etc/haproxy /etc/keepalived 2>&1 || true")).not.toContain("haproxy.cfg");
  });

  test("converges, and says that no control plane answers yet", async () => {
    const end = await lab.play(PREP, { diff: true });
    done(end);
    expect(end.log).toContain("none of master1");
    expect(end.log).not.toContain(secret());
    console.log(`first run: ${end.seconds.toFixed(1)} s`);
  });

  test("keeps the generated password from others", async () => {
    expect(secret()).toMatch(/^[A-Za-z0-9]{8}$/);
    expect(statSync(lab.credentials).mode & 0o777).toBe(0o700);
    expect(statSync(join(lab.credentials, "keepalived_vrrp_password")).mode & 0o777).toBe(0o600);
    expect(await lab.on("lb1", "stat -c %a /etc/keepalived/kube-magic-secret.conf")).toBe("600\n");
    expect(await lab.on("lb1", "cat /etc/keepalived/keepalived.conf")).not.toContain(secret());
  });

  test("changes nothing the second time, nor in check mode", async () => {
    const again = await lab.play(PREP, { diff: true });
    done(again);
    expect(again.changed, again.log).toBe(0);
    console.log(`second run: ${again.seconds.toFixed(1)} s`);
    const checked = await lab.play(PREP, { check: true, diff: true });
    done(checked);
    expect(checked.changed, checked.log).toBe(0);
  });

  test("lets every host know the API by its name", async () => {
    for (const host of ["lb2", "master1", "worker1"])
      expect(await lab.on(host, `getent hosts api.${NAME}.test`)).toMatch(new RegExp(`^${VIP} `));
  });

  test("sets the kernel up where Kubernetes runs, and only there", async () => {
    expect(await lab.on("worker1", "sysctl -n net.ipv4.ip_forward")).toBe("1\n");
    expect(await lab.on("lb1", "sysctl -n net.ipv4.ip_nonlocal_bind")).toBe("1\n");
    expect(await lab.on("lb1", "cat /etc/sysctl.d/60-kube-magic-commons.conf 2>&1 || true")).toContain(
      "No such file",
    );
  });

  test("spreads the addresses, and shows statistics, metrics and health on each load balancer", async () => {
    await until(async () => (await held("lb2")).length === 1);
    expect(await held("lb1")).toEqual([VIP, `${NET}.102`]);
    expect(await held("lb2")).toEqual([`${NET}.101`]);
    for (const ip of [LB1, LB2]) {
      expect((await get(`http://${ip}:8404/`)).stdout).toContain("Statistics Report");
      expect((await get(`http://${ip}:8404/metrics`)).stdout).toContain("haproxy_backend_status");
      expect((await get(`http://${ip}:8404/healthz`)).stdout).toMatch(/503$/);
    }
  });

  test("passes clients through as soon as a control plane answers", async () => {
    done(await lab.play(STAND_IN));
    const through = probe();
    await through.answered(Date.now(), 10_000);
    const { backends } = await through.stop();
    expect(Object.keys(backends)).toEqual(["master1"]);
    await until(async () => (await get(`http://${LB2}:8404/healthz`)).stdout.endsWith("200"));
    done(await lab.play(PREP, { tags: "load_balancer_verify" }));
  });

  test("takes a control plane out while it is not ready", async () => {
    const address = probe();
    await lab.on("master1", "touch /run/apiserver-stand-in/not-ready");
    await until(async () => address.results.at(-1)?.outcome.kind === "failure");
    await lab.on("master1", "rm /run/apiserver-stand-in/not-ready");
    await address.answered(Date.now(), 10_000);
  });

  test("brings a new configuration into force without a refused connection", async () => {
    const address = probe();
    const end = await lab.play(PREP, {
      extraVars: ["load_balancer_max_connections=7000", '{"load_balancer_preempt_delay_seconds": 4}'],
    });
    done(end);
    expect(end.changed).toBeGreaterThan(0);
    const summary = await address.stop();
    expect(summary.failures).toEqual({});
    expect(gap(summary)).toBeLessThan(1000);
    done(await lab.play(PREP));
  });

  test("reloads after a run that ended between writing a configuration and reloading", async () => {
    const extraVars = ["load_balancer_max_connections=6000"];
    const limit = async () =>
      /^haproxy_process_max_connections (\d+)/m.exec((await get(`http://${LB1}:8404/metrics`)).stdout)?.[1];
    done(await lab.play(PREP, { tags: "load_balancer_configure", extraVars }));
    expect(await limit()).toBe("8000");
    done(await lab.play(PREP, { extraVars }));
    expect(await limit()).toBe("6000");
    done(await lab.play(PREP));
  });

  test("refuses a configuration that does not pass HAProxy's own check, and goes on with the old one", async () => {
    const address = probe();
    const end = await lab.play(PREP, { extraVars: ["load_balancer_connect_timeout=soon"] });
    expect(end.verdict.kind).toBe("hosts-failed");
    expect(end.failures.join()).toContain("timeout connect");
    expect((await address.stop()).failures).toEqual({});
  });

  test("moves the address when HAProxy stops, and back when it runs again", async () => {
    await until(async () => (await holder()) === "lb1");
    const address = probe();
    await lab.on("lb1", "systemctl stop haproxy");
    await until(async () => (await holder()) === "lb2");
    await address.answered(Date.now(), 5000);
    await lab.on("lb1", "systemctl start haproxy");
    await until(async () => (await holder()) === "lb1");
    const summary = await address.stop();
    console.log(`HAProxy stopped: address gone for ${gap(summary)} ms`);
    expect(gap(summary)).toBeLessThan(4000);
    expect(summary.holders.length).toBe(3);
  });

  test("moves the address when its owner loses its power, and back when it boots again", async () => {
    await until(async () => (await holder()) === "lb1");
    const address = probe();
    await address.answered(0, 5000);
    await killHost(lab.places, "lb1");
    await address.answered(Date.now() + 1500, 8000);
    expect(await held("lb2")).toEqual([VIP, `${NET}.101`, `${NET}.102`]);
    await startHost(lab.places, "lb1");
    await until(async () => (await holder()) === "lb1", 30);
    const summary = await address.stop();
    console.log(`owner killed: address gone for ${gap(summary)} ms`);
    expect(gap(summary)).toBeLessThan(5000);
  });

  test("takes an address off the hosts that is taken off the inventory", async () => {
    await lab.configure(layer().replace(`, { address: ${NET}.102, vrid: 79 }`, ""));
    const address = probe();
    done(await lab.play(PREP));
    expect(await held("lb1")).toEqual([VIP]);
    expect((await address.stop()).failures).toEqual({});
  });

  test("works with unicast adverts too", async () => {
    await lab.configure(layer("  unicast: true"));
    done(await lab.play(PREP));
    await until(async () => (await held("lb2")).length === 1);
    expect(await held("lb1")).toEqual([VIP, `${NET}.102`]);
    const again = await lab.play(PREP);
    expect(again.changed, again.log).toBe(0);
  });

  test("notices two holders of one address", async () => {
    // Adverts that do not get through, as with a firewall that knows nothing of VRRP.
    await lab.on(
      "lb2",
      "nft add table ip t 2>/dev/null || { apt-get -qq install -y nftables >/dev/null && nft add table ip t; }",
    );
    await lab.on(
      "lb2",
      "nft 'add chain ip t in { type filter hook input priority 0; }; add rule ip t in ip protocol 112 drop'",
    );
    await until(async () => (await held("lb2")).includes(VIP));
    const end = await lab.play(PREP, { tags: "load_balancer_verify" });
    await lab.on("lb2", "nft delete table ip t");
    expect(end.failures.join()).toContain(`${VIP} is held by lb1 and lb2`);
    await until(async () => !(await held("lb2")).includes(VIP));
  });

  test("finds all that is wrong on every host at once, and changes nothing", async () => {
    const wrong = [
      "hostname somebody",
      "printf 'Filename Type Size Used Priority\\n/swap.img file 1 0 -2\\n' > /run/swaps",
      "mount --bind /run/swaps /proc/swaps",
      "printf 'nameserver 10.0.0.1\\nnameserver 10.0.0.2\\nnameserver 10.0.0.3\\n' > /etc/resolv.conf",
      `ip address add ${NET}.103/24 dev host0`,
    ];
    await lab.on("worker1", wrong.join(" && "));
    await lab.on(
      "lb1",
      "systemctl stop haproxy && systemd-run --quiet --unit=squatter python3 -m http.server 6443",
    );
    await lab.configure(layer().replace(`${NET}.102`, `${NET}.103`));
    await killHost(lab.places, "master1");
    const end = await lab.play(PREP);
    expect(end.verdict.kind).toBe("hosts-failed");
    expect(end.changed).toBe(0);
    const findings = readFindings(end.custom.kube_magic_preflight);
    const seen = findings.map(({ host, check, severity }) => `${host} ${check} ${severity}`);
    expect(seen).toEqual(
      expect.arrayContaining([
        "lb1 ports error",
        "lb1 vip error",
        "lb2 vip error",
        "master1 ssh error",
        "worker1 hostname error",
        "worker1 nameservers error",
        "worker1 swap error",
      ]),
    );
    for (const { message, remedy } of findings) {
      expect(message).not.toBe("");
      expect(remedy).not.toBe("");
    }
    expect(findings.find(({ host, check }) => host === "lb1" && check === "ports")?.message).toContain(
      "python3",
    );
    expect(findings.find(({ check }) => check === "vip")?.message).toContain("worker1");
    // The same table for people who run Ansible by hand; the failure of a task is charged to the host it belongs to.
    expect(end.log).toMatch(/worker1 +error +swap/);
    expect(end.failures.map((line) => line.split(": ")[1]).sort()).toEqual([
      "lb1",
      "lb2",
      "master1",
      "worker1",
    ]);
    console.log(`preflight with 4 hosts, one dead: ${end.seconds.toFixed(1)} s`);
  });

  test("lets an operator overrule a check", async () => {
    const end = await lab.play("playbooks/preflight.yml", {
      extraVars: ['{"preflight_ignored_checks": ["ports", "vip", "ssh", "hostname", "nameservers", "swap"]}'],
    });
    done(end);
    expect(readFindings(end.custom.kube_magic_preflight).some(({ severity }) => severity === "error")).toBe(
      false,
    );
    expect(existsSync(lab.credentials)).toBe(true);
  });
});
