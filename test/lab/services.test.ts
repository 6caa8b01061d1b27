/** The services around the cluster on real hosts: name servers, resolver, registry, routes and the edge. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { capture } from "../../tasks/io/command/capture.ts";
import { findHost } from "../../tasks/lab/container.ts";
import { killHost, startHost } from "../../tasks/lab/power.ts";
import { withDescendants } from "../../tasks/lab/processes.ts";
import { skipsLongLab } from "../helpers/lab-needs.ts";
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
const REGISTRY = "playbooks/post/registry.yml";
const ROUTES = "playbooks/post/routes.yml";
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

describe.skipIf(skipsLongLab("services", NAME))("services around the cluster", () => {
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
      refused(
        await lab.play(DNS, { extraVars: ['{"dns_forwarders": ["nonsense"]}'] }),
        /Configure the server: ns1: failed to validate/,
      );
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
        "apt-get -qq update && apt-get -qq install -y systemd-resolved 2>&1; readlink /etc/resolv.conf",
      );
      done(await lab.play(RESOLVER, { limit: "lb1", diff: true }));
      const again = done(await lab.play(RESOLVER, { limit: "lb1" }));
      expect(again.changed, again.log).toBe(0);
      expect(await lab.on("lb1", "resolvectl dns")).toContain(`${HOSTS.ns1} ${HOSTS.ns2}`);
      expect(await lab.on("lb1", `resolvectl query --cache=no files.${DOMAIN}`)).toContain(`${NET}.50`);
      expect(await lab.on("lb1", "getent ahosts deb.debian.org")).not.toBe("");
    });
  });

  describe("registry", () => {
    const NAMED = `registry.${DOMAIN}:5000`;
    const URL = `https://${NAMED}`;
    const password = (): string => readFileSync(join(lab.credentials, "registry_password"), "utf8").trim();
    /** curl on this machine, which knows the registry's address and our authority, and nothing else. */
    const curl = async (path: string, ...args: readonly string[]) => {
      const { code, stdout, stderr } = await capture([
        "curl",
        ...["-sS", "-m", "10", "--cacert", join(lab.credentials, "registry-ca.crt")],
        ...["--resolve", `${NAMED}:${HOSTS.ns2}`, "-w", "\n%{http_code}", ...args, `${URL}${path}`],
      ]);
      expect(code, stderr).toBe(0);
      const end = stdout.lastIndexOf("\n");
      return { body: stdout.slice(0, end), status: Number(stdout.slice(end + 1)) };
    };
    const login = (): string[] => ["-u", `kube-magic:${password()}`];
    const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
    const blob = async (text: string): Promise<string> => {
      const { body } = await curl("/v2/demo/tiny/blobs/uploads/", ...login(), "-X", "POST", "-i");
      const place = /^location: https:\/\/[^/]+(\S+)/im.exec(body)?.[1] ?? "";
      const pushed = await curl(
        `${place}&digest=${digestOf(text)}`,
        ...login(),
        ...["-X", "PUT", "-H", "Content-Type: application/octet-stream", "--data-binary", text],
      );
      expect(pushed.status, pushed.body).toBe(201);
      return digestOf(text);
    };
    const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    const push = async (tag: string, layerText: string): Promise<string> => {
      const config = JSON.stringify({
        architecture: "amd64",
        os: "linux",
        rootfs: { type: "layers", diff_ids: [] },
      });
      const manifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: {
          mediaType: "application/vnd.oci.image.config.v1+json",
          size: config.length,
          digest: await blob(config),
        },
        layers: [
          {
            mediaType: "application/vnd.oci.image.layer.v1.tar",
            size: layerText.length,
            digest: await blob(layerText),
          },
        ],
      });
      const type = ["-H", `Content-Type: ${MANIFEST}`];
      const { status, body } = await curl(
        `/v2/demo/tiny/manifests/${tag}`,
        ...login(),
        ...type,
        "-X",
        "PUT",
        "--data-binary",
        manifest,
      );
      expect(status, body).toBe(201);
      return manifest;
    };
    const certificate = async (): Promise<string> =>
      lab.on(
        "ns2",
        "openssl x509 -in /etc/docker/registry/kube-magic/tls.crt -noout -serial -enddate -ext subjectAltName",
      );

    beforeAll(() => lab.configure(layer("registry: {}")));

    test("tells in check mode what it would do, before anything is installed", async () => {
      const end = done(await lab.play(REGISTRY, { check: true, diff: true }));
      expect(end.changed).toBeGreaterThan(2);
      expect(await lab.on("ns2", "ls /etc/docker 2>&1 || true")).toContain("No such file");
      expect(existsSync(join(lab.credentials, "registry-ca.key"))).toBe(false);
    });

    test("converges, and changes nothing the second time", async () => {
      const first = await converge(REGISTRY);
      expect(first.log).not.toContain(password());
    });

    test("keeps its secrets from others", async () => {
      for (const file of ["registry-ca.key", "registry_password"])
        expect(statSync(join(lab.credentials, file)).mode & 0o777, file).toBe(0o600);
      const modes = await lab.on(
        "ns2",
        "cd /etc/docker/registry/kube-magic && stat -c '%n %a %U:%G' tls.key htpasswd",
      );
      expect(modes).toBe("tls.key 640 root:docker-registry\nhtpasswd 640 root:docker-registry\n");
      expect(await lab.on("ns2", "cat /etc/docker/registry/kube-magic/htpasswd")).toMatch(
        /^kube-magic:\$2y\$/,
      );
    });

    test("refuses whoever has no password, or a wrong one", async () => {
      expect((await curl("/v2/")).status).toBe(401);
      expect((await curl("/v2/", "-u", "kube-magic:wrong")).status).toBe(401);
      expect((await curl("/v2/_catalog", "-u", `admin:${password()}`)).status).toBe(401);
      expect((await curl("/v2/demo/tiny/blobs/uploads/", "-X", "POST")).status).toBe(401);
    });

    test("takes an image and gives it back, with the password", async () => {
      const manifest = await push("1", "a layer");
      const back = await curl("/v2/demo/tiny/manifests/1", ...login(), "-H", `Accept: ${MANIFEST}`);
      expect(back).toEqual({ body: manifest, status: 200 });
      expect((await curl(`/v2/demo/tiny/blobs/${digestOf("a layer")}`, ...login())).body).toBe("a layer");
      expect((await curl("/v2/demo/tiny/manifests/1")).status).toBe(401);
    });

    test.each(Object.keys(HOSTS))("is trusted and known by its name on %s", async (host) => {
      const look = `import urllib.request as u
try: u.urlopen("${URL}/v2/", timeout=5)
except Exception as error: print(error)`;
      expect(await lab.on(host, `python3 -c '${look}'`)).toBe("HTTP Error 401: Unauthorized\n");
      expect(await lab.on(host, `cat /etc/containerd/certs.d/${NAMED}/ca.crt`)).toBe(
        readFileSync(join(lab.credentials, "registry-ca.crt"), "utf8"),
      );
    });

    test("renews the certificate when it ends soon, when its names change, and when it is broken", async () => {
      const first = await certificate();
      expect(first).toContain(`DNS:registry.${DOMAIN}`);
      expect(first).toContain(`IP Address:${HOSTS.ns2}`);
      await lab.on("ns2", "rm /etc/docker/registry/kube-magic/tls.crt");
      const days = ['{"registry_certificate_days": 20, "registry_renew_before_days": 10}'];
      expect(done(await lab.play(REGISTRY, { limit: "ns2", extraVars: days })).log).toContain(
        "there is none",
      );
      expect(done(await lab.play(REGISTRY, { limit: "ns2" })).log).toContain("it has less than 30 days left");
      const names = [JSON.stringify({ registry_names: [`registry.${DOMAIN}`, "images.example.com"] })];
      expect(done(await lab.play(REGISTRY, { limit: "ns2", extraVars: names })).log).toContain(
        "its names changed",
      );
      expect(await certificate()).toContain("images.example.com");
      await lab.on("ns2", "truncate -s 100 /etc/docker/registry/kube-magic/tls.crt");
      expect(done(await lab.play(REGISTRY, { limit: "ns2" })).log).toContain("it cannot be read");
      expect(await certificate()).not.toBe(first);
      expect((await curl("/v2/", ...login())).status).toBe(200);
    });

    test("takes a new password when the old one is thrown away", async () => {
      const before = login();
      rmSync(join(lab.credentials, "registry_password"));
      done(await lab.play(REGISTRY, { limit: "ns2" }));
      expect((await curl("/v2/", ...before)).status).toBe(401);
      expect((await curl("/v2/", ...login())).status).toBe(200);
    });

    test("collects garbage, and is back afterwards", async () => {
      const manifest = await push("2", "garbage");
      const path = `/v2/demo/tiny/manifests/${digestOf(manifest)}`;
      expect((await curl(path, ...login(), "-X", "DELETE")).status).toBe(202);
      await lab.on("ns2", "systemctl start kube-magic-registry-gc");
      await until(
        async () => (await lab.on("ns2", "systemctl is-active docker-registry || true")) === "active\n",
      );
      await until(async () => (await curl("/v2/", ...login())).status === 200);
      expect((await curl(`/v2/demo/tiny/blobs/${digestOf("garbage")}`, ...login())).status).toBe(404);
      expect((await curl("/v2/demo/tiny/manifests/1", ...login(), "-H", `Accept: ${MANIFEST}`)).status).toBe(
        200,
      );
      expect(await lab.on("ns2", "systemctl is-enabled kube-magic-registry-gc.timer")).toBe("enabled\n");
    });
  });

  describe("routes", () => {
    const pods = { ns1: "10.233.64.0/24", ns2: "10.233.65.0/24", lb1: "10.233.66.0/24" };
    const section = (...names: (keyof typeof pods)[]): string =>
      `routes: { podNetworks: { ${names.map((name) => `${name}: ${pods[name]}`).join(", ")} } }`;
    const routes = async (host: string): Promise<string[]> =>
      (await lab.on(host, "ip route show proto 177"))
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => line.replace(/ dev host0\s*$/, ""));
    const toOthers = [`10.233.64.0/24 via ${HOSTS.ns1}`, `10.233.65.0/24 via ${HOSTS.ns2}`];

    test("changes nothing while the network of a node is unknown", async () => {
      await lab.configure(layer(section("ns1", "ns2")));
      refused(
        await lab.play(ROUTES),
        /The pod network of lb1 is neither in routes.podNetworks nor known to the API/,
      );
      expect(await routes("lb1")).toEqual([]);
    });

    test("converges, and packets for pods arrive", async () => {
      await lab.configure(layer(section("ns1", "ns2", "lb1")));
      await converge(ROUTES);
      expect(await routes("lb1")).toEqual(toOthers);
      await lab.on("ns2", "ip address add 10.233.65.7/32 dev lo");
      expect(await lab.on("lb1", "bash -c 'read -t 5 line </dev/tcp/10.233.65.7/22; echo $line'")).toContain(
        "SSH",
      );
    });

    test("keeps the routes when the network is started anew, and through a reboot", async () => {
      await lab.on("lb1", "systemctl restart systemd-networkd && sleep 2");
      expect(await routes("lb1")).toEqual(toOthers);
      await killHost(lab.places, "lb1");
      await startHost(lab.places, "lb1");
      await until(async () => (await routes("lb1")).length === 2);
      expect(await routes("lb1")).toEqual(toOthers);
    });

    test("brings back within a minute what somebody else removed", async () => {
      await lab.on("lb1", "ip route delete 10.233.65.0/24 && systemctl start kube-magic-routes");
      expect(await routes("lb1")).toEqual(toOthers);
      const timer = await lab.on(
        "lb1",
        "systemctl show kube-magic-routes.timer --property=NextElapseUSecMonotonic,ActiveState",
      );
      expect(timer).toContain("ActiveState=active");
    });

    test("asks the API for what the inventory does not say", async () => {
      const nodes = { items: [{ metadata: { name: "lb1" }, spec: { podCIDRs: ["10.233.70.0/24"] } }] };
      const script = `#!/bin/sh\ncat <<END\n${JSON.stringify(nodes)}\nEND\n`;
      await lab.on(
        "ns1",
        `printf '%s' '${script}' > /usr/local/bin/kubectl && chmod 755 /usr/local/bin/kubectl`,
      );
      await lab.configure(layer(section("ns1", "ns2")));
      done(await lab.play(ROUTES));
      expect(await routes("ns1")).toEqual([
        `10.233.65.0/24 via ${HOSTS.ns2}`,
        `10.233.70.0/24 via ${HOSTS.lb1}`,
      ]);
      await lab.on("ns1", "rm /usr/local/bin/kubectl");
    });

    test("removes the routes of a node that left the inventory, and leaves those of others alone", async () => {
      await lab.on("lb1", `ip route add 10.99.0.0/24 via ${HOSTS.ns1}`);
      await lab.configure(layer(section("ns1", "lb1"), "  ns2: { roles: [dns, registry] }"));
      done(await lab.play(ROUTES));
      expect(await routes("lb1")).toEqual([`10.233.64.0/24 via ${HOSTS.ns1}`]);
      expect(await lab.on("lb1", "ip route show 10.99.0.0/24")).toContain("via");
    });
  });

  describe("edge", () => {
    // A cable of its own stands for the outside: ns1 is the router there, and the client behind it.
    const CLIENT = "198.19.16.10";
    const VIP = "198.19.15.100";
    const networkOf = (host: string): string => {
      const launcher = findHost(lab.places, host);
      const all = launcher === undefined ? [] : withDescendants(launcher);
      const own = readlinkSync("/proc/self/ns/net");
      const inside = all.find(({ pid }) => readlinkSync(`/proc/${pid}/ns/net`) !== own);
      return String(inside?.pid);
    };
    const plug = async (): Promise<void> => {
      const ip = async (...args: readonly string[]) => {
        const { code, stderr } = await capture(["ip", ...args]);
        expect(code, stderr).toBe(0);
      };
      // A host that lost its power takes its end of the old cable with it, though not at once.
      await lab.on("ns1", "ip link delete edge0 2>/dev/null || true");
      await ip("link", "add", "kmsvc-a", "type", "veth", "peer", "name", "kmsvc-b");
      await ip("link", "set", "kmsvc-a", "netns", networkOf("ns1"), "name", "edge0");
      await ip("link", "set", "kmsvc-b", "netns", networkOf("lb1"), "name", "edge0");
      await lab.on("ns1", "ip link set edge0 up && ip address add 198.19.15.1/24 dev edge0");
      await lab.on("lb1", "ip link set edge0 up && ip address add 198.19.15.2/24 dev edge0");
    };
    const section = `edge: { interface: edge0, networks: 198.19.15.0/24, gateways: 198.19.15.1 }`;
    const withVip = () =>
      layer(section).replace(`{ address: ${NET}.101, vrid: 116 }`, `{ address: ${VIP}, vrid: 116 }`);
    /** The client's connection to the address, from outside. */
    const answered = async (): Promise<boolean> => {
      const connect = `import socket; s=socket.create_connection(("${VIP}",22),3,("${CLIENT}",0)); print(s.recv(3))`;
      return (await lab.on("ns1", `python3 -c '${connect}' 2>&1 || true`)).includes("SSH");
    };

    test("refuses an interface that is not there", async () => {
      await lab.configure(withVip());
      refused(await lab.play(ROUTES), /lb1 has no interface edge0/);
    });

    test("does not answer the outside without the way back", async () => {
      await plug();
      await lab.on("ns1", `ip address add ${CLIENT}/32 dev lo`);
      done(
        await lab.play("playbooks/prep-hosts.yml", {
          limit: "lb1",
          tags: "load_balancer_configure,load_balancer_run,load_balancer_install,always",
        }),
      );
      await until(
        async () => (await lab.on("lb1", "ip -o address show dev edge0")).includes(`${VIP}/24`),
        40,
      );
      expect(await answered()).toBe(false);
    });

    test("converges, and what comes in by the edge is answered through it", async () => {
      await converge(ROUTES);
      const sent = async () => Number(await lab.on("lb1", "cat /sys/class/net/edge0/statistics/tx_packets"));
      const before = await sent();
      expect(await answered()).toBe(true);
      expect(await sent()).toBeGreaterThan(before);
      expect(await lab.on("lb1", `ip route get ${CLIENT} from ${VIP}`)).toContain(
        "via 198.19.15.1 dev edge0",
      );
      // What the host sends of its own accord takes the default route as before.
      expect(await lab.on("lb1", `ip route get ${CLIENT}`)).toContain(`via ${NET}.1 dev host0`);
    });

    test("finds the way back again after a reboot, as soon as the cable is there", async () => {
      await killHost(lab.places, "lb1");
      await startHost(lab.places, "lb1");
      await plug();
      // The timer's minute, and what keepalived needs.
      await until(answered, 90);
    });

    test("does not trouble other routes when the cable is gone", async () => {
      await lab.on("ns1", "ip link delete edge0");
      refused(await lab.play(ROUTES, { limit: "lb1" }), /no interface edge0/);
      await lab.configure(
        withVip().replace(
          section,
          "routes: { podNetworks: { ns1: 10.233.64.0/24, ns2: 10.233.65.0/24, lb1: 10.233.66.0/24 } }",
        ),
      );
      done(await lab.play(ROUTES));
      await plug();
    });

    test("leaves nothing behind when the inventory has no edge any more", async () => {
      await lab.configure(layer());
      done(await lab.play(ROUTES));
      expect(await lab.on("lb1", "ip rule show; ip route show table 200 2>&1 || true")).not.toMatch(
        /198\.19\.15/,
      );
    });
  });
});
