/** The services around the cluster on real hosts: name servers, resolver, registry, routes and the edge. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { capture } from "../../tasks/io/shell.ts";
import { labPlaces } from "../../tasks/lab/places.ts";
import { killHost, startHost } from "../../tasks/lab/power.ts";
import { obstacles } from "../../tasks/lab/requirements.ts";
import { type PlaybookEnd, type PrepHostsLab, prepHostsLab } from "../helpers/prep-hosts-lab.ts";

const NAME = "kmsvc";
const NET = "198.18.15";
const DOMAIN = `${NAME}.test`;
const HOSTS = { ns1: `${NET}.11`, ns2: `${NET}.12`, lb1: `${NET}.13` } as const;
const TOPOLOGY = `name: ${NAME}
suite: ${process.env.KUBE_MAGIC_TEST_SUITE ?? "trixie"}
network: ${NET}.0/24
api: { vip: ${NET}.100, vrid: 115 }
hosts:
  ns1: { ip: ${HOSTS.ns1}, roles: [dns, control-plane, etcd] }
  ns2: { ip: ${HOSTS.ns2}, roles: [dns, registry, worker] }
  lb1: { ip: ${HOSTS.lb1}, roles: [load-balancer, worker] }
`;
const DNS = "playbooks/post/dns.yml";
const RESOLVER = "playbooks/post/resolver.yml";

/** Records of the site's own, with what careless writers trip over. */
const RECORDS = `
    - { name: files, type: A, value: ${NET}.50 }
    - { name: www, type: CNAME, value: files }
    - { name: _ldap._tcp, type: SRV, value: 0 5 636 files }
    - { name: hostile, type: TXT, value: 'a "b" \\c ; {{ lookup("pipe", "touch /tmp/kmsvc-pwned") }} $(id) é' }
    - { name: "@", type: MX, value: 10 files }`;
const layer = (more = "", hosts = ""): string => `
dns:
  ingress: { domain: apps.${DOMAIN} }
  records:${RECORDS}
loadBalancer: { edgeVips: [{ address: ${NET}.101, vrid: 116 }] }
hosts:
  ns1: {}
${hosts}
${more}
`;

const missing = obstacles(labPlaces(NAME));
if (missing.length > 0) console.warn(`the tests of services are skipped: ${missing.join(" ")}`);

describe.skipIf(missing.length > 0)("services around the cluster", () => {
  let lab: PrepHostsLab;

  beforeAll(async () => {
    lab = await prepHostsLab(NAME, TOPOLOGY);
    await lab.configure(layer());
  });
  afterAll(async () => {
    await lab?.down();
  });

  const done = (end: PlaybookEnd): PlaybookEnd => {
    expect(end.failures).toEqual([]);
    expect(end.verdict.kind, end.log).toBe("done");
    return end;
  };
  const refused = (end: PlaybookEnd, why: RegExp): void => {
    expect(end.verdict.kind, end.log).toBe("hosts-failed");
    expect(end.failures.join("\n")).toMatch(why);
  };
  /** Runs a playbook twice: the second time there is nothing to do. */
  const converge = async (playbook: string): Promise<PlaybookEnd> => {
    const first = done(await lab.play(playbook, { diff: true }));
    const again = done(await lab.play(playbook, { diff: true }));
    expect(again.changed, again.log).toBe(0);
    console.log(`${playbook}: ${first.seconds.toFixed(1)} s, again ${again.seconds.toFixed(1)} s`);
    return first;
  };
  const until = async (what: () => Promise<boolean>, seconds = 20): Promise<void> => {
    const deadline = Date.now() + seconds * 1000;
    while (!(await what())) {
      if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  /** Asked from ns2, which is not the one that answers unless the second argument says so. */
  const dig = async (question: string, server: string = HOSTS.ns1, from = "ns2"): Promise<string> =>
    (await lab.on(from, `dig @${server} +short +time=2 +tries=1 ${question}`)).trim();
  const serial = async (server: string, zone = DOMAIN): Promise<number> =>
    Number((await dig(`${zone} SOA`, server)).split(" ")[2]);

  test("have correct syntax", async () => {
    for (const playbook of ["playbooks/post.yml", "playbooks/prep-hosts.yml"]) {
      const { argv, cwd, env } = lab.command(playbook);
      const run = await capture([...argv, "--syntax-check"], { cwd, env: { ...process.env, ...env } });
      expect(run.stderr).toBe("");
      expect(run.code).toBe(0);
    }
  });

  describe("dns", () => {
    test("tells in check mode what it would do, before anything is installed", async () => {
      const end = done(await lab.play(DNS, { check: true, diff: true }));
      expect(end.changed).toBeGreaterThan(2);
      expect(end.log).toContain(`+ns1.${DOMAIN}. IN A ${HOSTS.ns1}`);
      expect(await lab.on("ns1", "ls /etc/bind 2>&1 || true")).toContain("No such file");
    });

    test("converges, and changes nothing the second time", async () => {
      await converge(DNS);
    });

    test("keeps the key for transfers from others", async () => {
      expect(statSync(join(lab.credentials, "dns_tsig_key")).mode & 0o777).toBe(0o600);
      expect(await lab.on("ns1", "stat -c '%a %U %G' /etc/bind/kube-magic.key")).toBe("640 root bind\n");
    });

    test.each(["ns1", "ns2"] as const)(
      "%s answers for hosts, API, applications and records of the site",
      async (name) => {
        const server = HOSTS[name];
        expect(await dig(`lb1.${DOMAIN}`, server)).toBe(HOSTS.lb1);
        expect(await dig(`api.${NAME}.test`, server)).toBe(`${NET}.100`);
        expect(await dig(`any.thing.apps.${DOMAIN}`, server)).toBe(`${NET}.101`);
        expect(await dig(`-x ${HOSTS.ns2}`, server)).toBe(`ns2.${DOMAIN}.`);
        expect(await dig(`www.${DOMAIN}`, server)).toBe(`files.${DOMAIN}.\n${NET}.50`);
        expect(await dig(`_ldap._tcp.${DOMAIN} SRV`, server)).toBe(`0 5 636 files.${DOMAIN}.`);
        expect(await dig(`${DOMAIN} MX`, server)).toBe(`10 files.${DOMAIN}.`);
        expect((await dig(`${DOMAIN} NS`, server)).split("\n").sort()).toEqual([
          `ns1.${DOMAIN}.`,
          `ns2.${DOMAIN}.`,
        ]);
        // As text, and nothing of it was run.
        expect(await dig(`hostile.${DOMAIN} TXT`, server)).toContain('{{ lookup(\\"pipe\\"');
        expect((await capture(["ls", "/tmp/kmsvc-pwned"])).code).not.toBe(0);
        expect(await dig(`nobody.${DOMAIN}`, server)).toBe("");
      },
    );

    test("looks up names of others for the cluster's networks, and for nobody else", async () => {
      expect(await dig("deb.debian.org")).not.toBe("");
      await lab.on("ns2", "ip address add 203.0.113.7/32 dev lo");
      await lab.on("ns1", `ip route add 203.0.113.7/32 via ${HOSTS.ns2}`);
      const stranger = (name: string) => lab.on("ns2", `dig -b 203.0.113.7 @${HOSTS.ns1} ${name}`);
      expect(await stranger("deb.debian.org")).toContain("REFUSED");
      expect(await stranger(`lb1.${DOMAIN}`)).toContain(HOSTS.lb1);
      await lab.on("ns2", "ip address delete 203.0.113.7/32 dev lo");
      await lab.on("ns1", "ip route delete 203.0.113.7/32");
    });

    test("gives whole zones to holders of the key only", async () => {
      expect(await dig(`${DOMAIN} AXFR`)).toContain("Transfer failed");
      expect(await dig(`-k /etc/bind/kube-magic.key ${DOMAIN} AXFR`)).toContain(HOSTS.lb1);
    });

    test("raises the serial when the content changes, and a removed host vanishes on both servers", async () => {
      const before = await serial(HOSTS.ns1);
      const reverse = await serial(HOSTS.ns1, "15.18.198.in-addr.arpa");
      expect(await serial(HOSTS.ns2)).toBe(before);
      await lab.configure(layer("", `  ghost1: { ip: ${NET}.66, roles: [infra] }`));
      done(await lab.play(DNS));
      for (const server of [HOSTS.ns1, HOSTS.ns2]) {
        expect(await dig(`ghost1.${DOMAIN}`, server)).toBe(`${NET}.66`);
        expect(await dig(`-x ${NET}.66`, server)).toBe(`ghost1.${DOMAIN}.`);
      }
      const between = await serial(HOSTS.ns1);
      expect(between).toBeGreaterThan(before);
      await lab.configure(layer());
      done(await lab.play(DNS));
      for (const server of [HOSTS.ns1, HOSTS.ns2]) {
        expect(await dig(`ghost1.${DOMAIN}`, server)).toBe("");
        expect(await dig(`-x ${NET}.66`, server)).toBe("");
        expect(await serial(server)).toBeGreaterThan(between);
        expect(await serial(server, "15.18.198.in-addr.arpa")).toBeGreaterThan(reverse);
      }
    });

    test("raises the serial also where the clock went back", async () => {
      const zone = `/etc/bind/kube-magic/${DOMAIN}.zone`;
      const ahead = Math.floor(Date.now() / 1000) + 1_000_000;
      await lab.on(
        "ns1",
        `sed -i 's/ [0-9]* ; serial/ ${ahead} ; serial/' ${zone} && systemctl reload named`,
      );
      await until(async () => (await serial(HOSTS.ns2)) === ahead);
      await lab.configure(layer().replace("dns:\n", "dns:\n  ttl: 120\n"));
      done(await lab.play(DNS));
      expect(await serial(HOSTS.ns1)).toBe(ahead + 1);
      expect(await serial(HOSTS.ns2)).toBe(ahead + 1);
      await lab.configure(layer());
      done(await lab.play(DNS));
      expect(await serial(HOSTS.ns2)).toBe(ahead + 2);
    });

    test("never loads a zone that does not pass its check, nor a configuration that does not", async () => {
      const before = await lab.on("ns1", "sha256sum /etc/bind/kube-magic/* /etc/bind/named.conf");
      const zones = (...records: string[]): string =>
        JSON.stringify({ dns_zones: [{ name: DOMAIN, records }] });
      const broken = await lab.play(DNS, {
        extraVars: [
          zones(
            `${DOMAIN}. NS ns1.${DOMAIN}.`,
            `ns1.${DOMAIN}. A ${HOSTS.ns1}`,
            `ns1.${DOMAIN}. CNAME x.${DOMAIN}.`,
          ),
        ],
      });
      refused(broken, /Nothing was replaced(.|\n)*CNAME and other data/);
      const injected = await lab.play(DNS, {
        extraVars: [zones(`x.${DOMAIN}. A 1.2.3.4\n$INCLUDE /etc/passwd`)],
      });
      refused(injected, /this is no record/);
      refused(await lab.play(DNS, { extraVars: ['{"dns_forwarders": ["nonsense"]}'] }), /nonsense/);
      expect(await lab.on("ns1", "sha256sum /etc/bind/kube-magic/* /etc/bind/named.conf")).toBe(before);
      expect(await dig(`lb1.${DOMAIN}`)).toBe(HOSTS.lb1);
    });

    test("reloads after a run that ended between writing the zones and reloading", async () => {
      await lab.configure(layer().replace(`${NET}.50`, `${NET}.51`));
      done(await lab.play(DNS, { tags: "dns_configure" }));
      expect(await dig(`files.${DOMAIN}`)).toBe(`${NET}.50`);
      done(await lab.play(DNS));
      expect(await dig(`files.${DOMAIN}`)).toBe(`${NET}.51`);
      await lab.configure(layer());
      done(await lab.play(DNS));
    });
  });

  describe("resolver", () => {
    const servers = async (host: string): Promise<string[]> =>
      [...(await lab.on(host, "cat /etc/resolv.conf")).matchAll(/^nameserver (\S+)/gm)].map(
        ([, one]) => one ?? "",
      );

    test("leaves a host alone when the new servers do not answer", async () => {
      await lab.configure(layer("resolver: {}"));
      const before = await servers("lb1");
      await lab.on("ns1", "systemctl stop named");
      await lab.on("ns2", "systemctl stop named");
      refused(await lab.play(RESOLVER), /None of the name servers can be relied on/);
      expect(await servers("lb1")).toEqual(before);
      await lab.on("ns1", "systemctl start named");
      await lab.on("ns2", "systemctl start named");
    });

    test("leaves a host alone when the new servers know our names only", async () => {
      done(await lab.play(DNS, { extraVars: ['{"dns_forwarders": ["198.18.15.250"]}'] }));
      refused(await lab.play(RESOLVER), /deb\.debian\.org, which this host resolves today/);
      done(await lab.play(DNS));
    });

    test("makes every host ask our own servers, and changes nothing the second time", async () => {
      await converge(RESOLVER);
      for (const host of Object.keys(HOSTS)) {
        expect(await servers(host)).toEqual([HOSTS.ns1, HOSTS.ns2]);
        expect(await lab.on(host, "getent hosts lb1 | cut -d' ' -f1")).toContain(HOSTS.lb1);
        expect(await lab.on(host, "getent ahosts deb.debian.org")).not.toBe("");
      }
    });

    test("goes on with the other server when one is dead", async () => {
      await killHost(lab.places, "ns1");
      expect(await lab.on("lb1", `getent hosts files.${DOMAIN}`)).toContain(`${NET}.50`);
      expect(await lab.on("lb1", "getent ahosts deb.debian.org")).not.toBe("");
      await startHost(lab.places, "ns1");
      await until(async () => (await dig(`lb1.${DOMAIN}`)) === HOSTS.lb1, 40);
      const again = done(await lab.play(RESOLVER));
      expect(again.changed, again.log).toBe(0);
    });

    test("works with systemd-resolved", async () => {
      await lab.on(
        "lb1",
        "apt-get -qq install -y systemd-resolved >/dev/null 2>&1; readlink /etc/resolv.conf",
      );
      done(await lab.play(RESOLVER, { limit: "lb1", diff: true }));
      const again = done(await lab.play(RESOLVER, { limit: "lb1" }));
      expect(again.changed, again.log).toBe(0);
      expect(await lab.on("lb1", "resolvectl dns")).toContain(`${HOSTS.ns1} ${HOSTS.ns2}`);
      expect(await lab.on("lb1", `resolvectl query --cache=no files.${DOMAIN}`)).toContain(`${NET}.50`);
      expect(await lab.on("lb1", "getent ahosts deb.debian.org")).not.toBe("");
    });
  });
});
