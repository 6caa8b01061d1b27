/** What lives inside the cluster, on a real host: kubeconfig, groups of a real slapd, manifests through a real kubectl. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { capture } from "../../tasks/io/command/capture.ts";
import { ROOT } from "../helpers/environment.ts";
import { type InsideLab, insideLab } from "../helpers/inside-lab.ts";
import { type KubeadmFiles, makeKubeadmFiles } from "../helpers/kubeadm.ts";
import { skipsLab } from "../helpers/lab-needs.ts";
import { CEPH_ACCESS } from "../helpers/manifests.ts";
import { pythonTools } from "../helpers/python-tools.ts";
import { inSequence } from "../helpers/sequence.ts";
import { GROUPS, PASSWORD, PEOPLE, READER, SUFFIX, slapdScript } from "../helpers/slapd.ts";
import { CROWD, DIRECTORY, groupDn, HOSTILE_GROUP, HOSTILE_USERS } from "../helpers/slapd-directory.ts";

const NAME = "kminside";
const NET = "198.18.16";
const VIP = `${NET}.100`;
const DOMAIN = `api.${NAME}.test`;
const TOPOLOGY = `name: ${NAME}
suite: ${process.env.KUBE_MAGIC_TEST_SUITE ?? "trixie"}
network: ${NET}.0/24
api: { vip: ${VIP}, vrid: 87 }
hosts:
  master1: { ip: ${NET}.11, roles: [control-plane, etcd] }
  master2: { ip: ${NET}.12, roles: [control-plane] }
`;
const API = "/opt/kube-api";

describe.skipIf(skipsLab("what lives inside the cluster", NAME))("inside the cluster:", () => {
  let lab: InsideLab;
  let tls: KubeadmFiles;
  const file = (name: string): string => join(lab.root, name);
  const put = (host: string, path: string, content: string): Promise<string> =>
    lab.on(host, `mkdir -p "$(dirname ${path})" && cat > ${path} && chmod 600 ${path}`, content);

  beforeAll(async () => {
    lab = await insideLab(NAME, TOPOLOGY);
    // A load balancer that nobody asks: the virtual address belongs to one.
    const hosts = `api: { vip: ${VIP}, domain: ${DOMAIN} }\nhosts: { lb1: { ip: ${NET}.41, roles: [load-balancer] } }\n`;
    writeFileSync(file(`inventories/${NAME}/local/hosts.yml`), hosts);
    tls = makeKubeadmFiles(file("tls"), [
      `DNS:${DOMAIN}`,
      `DNS:ldap.${NAME}.test`,
      "DNS:localhost",
      `IP:${VIP}`,
      "IP:127.0.0.1",
    ]);
  }, 180_000);
  afterAll(async () => {
    await lab?.down();
  }, 60_000);

  /** The stand-in for the API, with the certificates of this lab; fine when it runs already. */
  const serveApi = async (): Promise<void> => {
    await put("master1", "/etc/kubernetes/admin.conf", tls.adminConf);
    for (const name of ["apiserver.crt", "apiserver.key", "ca.crt"])
      await put("master1", `/etc/kubernetes/ssl/${name}`, readFileSync(join(tls.folder, name), "utf8"));
    await startApi(lab);
  };

  describe("npm run kubeconfig", () => {
    inSequence();
    const kubeconfig = (...args: string[]) =>
      lab.run(["kubeconfig", ...args], { HOME: lab.root, KUBECONFIG: "" });

    test("says that nothing is deployed yet, and exits with 3", async () => {
      const { code, stderr } = await kubeconfig();
      expect(code).toBe(3);
      expect(stderr).toContain("nothing is deployed yet");
      expect(stderr).toContain("npm run deploy:kube");
    });

    test("says what is damaged, without showing it", async () => {
      const half = tls.adminConf.slice(0, tls.adminConf.length - 120);
      for (const [text, why] of [
        [half, /master1: its user's key is damaged/],
        [tls.adminConf.slice(0, 300), /master1: /],
        ["kind: Config\n", /master1: it has no current context/],
        [
          tls.adminConf.replace(/client-key-data.*/, "client-key: /root/key"),
          /names a file on the host|neither/,
        ],
      ] as const) {
        await put("master1", "/etc/kubernetes/admin.conf", text);
        const { code, stderr } = await kubeconfig();
        expect(code, stderr).toBe(3);
        expect(stderr).toMatch(why);
        expect(stderr).not.toContain(tls.adminConf.match(/client-key-data: (.{30})/)?.[1] ?? "?");
      }
      await lab.on("master1", "rm /etc/kubernetes/admin.conf");
    });

    test("takes it from the next control plane when the first is silent or has none, and says so", async () => {
      await put("master2", "/etc/kubernetes/admin.conf", tls.adminConf);
      const { code, stdout, stderr } = await kubeconfig();
      expect(code, stderr).toBe(0);
      expect(stdout).toContain("from master2");
      expect(stderr).toContain("certificate could not be read");
      await lab.on("master2", "rm /etc/kubernetes/admin.conf");
    });

    test("brings it under the API's virtual address, which the certificate names, and proves that it serves", async () => {
      await serveApi();
      const { code, stdout, stderr } = await kubeconfig();
      expect(code, stderr).toBe(0);
      expect(stdout).toContain(`API https://${VIP}:6443`);
      expect(stderr).toContain(`${DOMAIN} does not resolve on this machine`);
      expect(stdout).toContain("the API answers: v1.35.0-stand-in");
      const path = join(lab.build, "kubeconfig");
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(kubectl(path, "version")).toContain("v1.35.0-stand-in");
      expect(kubectl(path, "config", "current-context")).toBe(`${NAME}\n`);
      expect((await kubeconfig()).stdout).toContain("unchanged");
    });

    test("says when the certificate will not be accepted", async () => {
      const other = makeKubeadmFiles(file("other"), ["DNS:master1"]);
      await put("master1", "/etc/kubernetes/ssl/apiserver.crt", other.certificate);
      const { code, stderr } = await kubeconfig();
      expect(code).toBe(0);
      expect(stderr).toContain(`kubectl will refuse ${DOMAIN}: the API's certificate names only master1`);
      await put("master1", "/etc/kubernetes/ssl/apiserver.crt", tls.certificate);
    });

    test("merges it into the user's file, which kubectl goes on to read", async () => {
      const mine = file(".kube/config");
      mkdirSync(file(".kube"), { recursive: true });
      writeFileSync(
        mine,
        "# mine\napiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    server: https://other:6443 # VPN\n  name: other\ncontexts:\n- context:\n    cluster: other\n    user: me\n  name: other\ncurrent-context: other\nusers:\n- name: me\n  user:\n    token: abc\n",
      );
      const { code, stdout, stderr } = await kubeconfig("--merge");
      expect(code, stderr).toBe(0);
      expect(stdout).toContain(`${mine}.backup`);
      expect(kubectl(mine, "config", "current-context")).toBe("other\n");
      expect(kubectl(mine, "config", "get-contexts", "-o", "name")).toBe(`${NAME}\nother\n`);
      expect(kubectl(mine, "--context", NAME, "version")).toContain("v1.35.0-stand-in");
      expect(readFileSync(mine, "utf8")).toMatch(/^# mine\n[\s\S]*# VPN\n/);
      expect((await kubeconfig("--merge")).stdout).toContain("unchanged");
      await kubeconfig("--merge", "--use");
      expect(kubectl(mine, "config", "current-context")).toBe(`${NAME}\n`);
    });

    test("stores it encrypted in the inventory, and takes it out again without any host", async () => {
      const none = await kubeconfig("--vault");
      expect(none.code).toBe(2);
      expect(none.stderr).toContain("ANSIBLE_VAULT_PASSWORD_FILE");
      const password = file("vault-password");
      writeFileSync(password, "hunter2\n", { mode: 0o600 });
      const vault = { HOME: lab.root, KUBECONFIG: "", ANSIBLE_VAULT_PASSWORD_FILE: password };
      const stored = await lab.run(["kubeconfig", "--vault"], vault);
      expect(stored.code, stored.stderr).toBe(0);
      const path = file(`inventories/${NAME}/vault/kubeconfig`);
      const text = readFileSync(path, "utf8");
      expect(text).toMatch(/^\$ANSIBLE_VAULT;1\.1;AES256\n/);
      expect((await lab.run(["kubeconfig", "--vault"], vault)).stdout).toContain("unchanged");
      expect(readFileSync(path, "utf8")).toBe(text);
      expect((await lab.run(["validate"])).code).toBe(0);
      const out = await lab.run(["kubeconfig", "--from-vault", "--output", file("mine")], vault);
      expect(out.code, out.stderr).toBe(0);
      expect(kubectl(file("mine"), "version")).toContain("v1.35.0-stand-in");
      writeFileSync(password, "wrong\n");
      const wrong = await lab.run(["kubeconfig", "--from-vault"], vault);
      expect(wrong.code).toBe(2);
    });

    test("ends with 3 when no control plane answers", async () => {
      const { code, stderr } = await kubeconfig("--set", "ssh.privateKeyFile=/nowhere");
      expect(code).toBe(3);
      expect(stderr).toMatch(/no control plane answers[\s\S]*master1: .*[Pp]ermission denied[\s\S]*master2/);
    });
  });

  /** A kubectl of our own, on this machine. */
  function kubectl(path: string, ...args: string[]): string {
    const program = join(pythonTools("kubectl"), "kubectl");
    return execFileSync(program, ["--kubeconfig", path, ...args], { encoding: "utf8", stdio: "pipe" });
  }

  describe("npm run ldap:check", () => {
    const mapping = (...entries: readonly (readonly [ldap: string, group: string])[]): string =>
      entries.map(([ldap, group]) => `    - { ldap: ${JSON.stringify(ldap)}, group: ${group} }\n`).join("");
    const section = (entries: string, more = ""): string => `orchestrator: openshift
ldap:
  url: ldaps://ldap.${NAME}.test
  bindDn: ${READER}
  bindPasswordFile: ${file("ldap-password")}
  caFile: ${join(tls.folder, "ca.crt")}
${more.includes("users:") ? "" : `  users: { base: "${PEOPLE}" }\n`}${more.includes("groups:") || more.includes("activeDirectory\n") ? "" : `  groups: { base: "${GROUPS}" }\n`}${more}  mapping:
${entries}`;
    const check = async (layer: string, ...args: string[]) => {
      lab.configure(layer);
      return await lab.run(["ldap:check", ...args]);
    };
    const members = async (layer: string) => {
      const { code, stdout, stderr } = await check(layer, "--format", "json");
      expect(stdout, stderr).not.toBe("");
      const { results } = JSON.parse(stdout) as {
        results: {
          mapping: { group: string };
          found: boolean;
          members: string[];
          leftOut: { member: string; why: string }[];
        }[];
      };
      return { code, stderr, of: Object.fromEntries(results.map((one) => [one.mapping.group, one])) };
    };

    // Some tests spoil it, each test starts with the right one.
    beforeEach(() => {
      rmSync(file("ldap-password"), { force: true });
      writeFileSync(file("ldap-password"), `${PASSWORD}\n`, { mode: 0o600 });
    });
    beforeAll(async () => {
      await lab.on("master1", `mkdir -p /opt/km-slapd; echo '127.0.0.1 ldap.${NAME}.test' >> /etc/hosts`);
      for (const name of ["apiserver.crt", "apiserver.key", "ca.crt"])
        await put("master1", `/opt/km-slapd/${name}`, readFileSync(join(tls.folder, name), "utf8"));
    }, 60_000);

    test("says when ldapsearch is not there yet, and what brings it", async () => {
      const { code, stderr } = await check(section(mapping([groupDn("admins"), "admins"])));
      expect(code).toBe(3);
      expect(stderr).toContain("master1 has no ldapsearch");
    });

    describe("with a directory", () => {
      beforeAll(async () => {
        mkdirSync(file("other"), { recursive: true });
        makeKubeadmFiles(file("other"), ["DNS:master1"]);
        await lab.on("master1", "bash -s", slapdScript(DIRECTORY));
      }, 180_000);

      test("finds groups and members by names that need every kind of escaping", async () => {
        const { code, of } = await members(
          section(
            mapping(
              [groupDn("admins"), "admins"],
              [groupDn(HOSTILE_GROUP), "hostile"],
              [groupDn("crowd"), "crowd"],
            ),
          ),
        );
        expect(code).toBe(0);
        expect(of.admins?.members).toEqual(["jo", "kim"]);
        expect(of.hostile?.members).toEqual([...HOSTILE_USERS].sort());
        expect(of.crowd?.members).toEqual(CROWD);
        expect(await lab.on("master1", "ls /root /tmp")).not.toContain("hacked");
      });

      test("finds out a mapping that matches nothing, and who is left out", async () => {
        const layer = section(
          mapping(
            [groupDn("nested"), "nested"],
            [groupDn("dangling"), "dangling"],
            [groupDn("nobody"), "nobody"],
            [groupDn("admin"), "misspelt"],
          ),
        );
        const { code, of, stderr } = await members(layer);
        expect(code).toBe(3);
        expect(of.misspelt?.found).toBe(false);
        expect(of.nested).toMatchObject({ members: ["jo"], leftOut: [{ why: `is not below ${PEOPLE}` }] });
        expect(of.dangling?.leftOut.map(({ why }) => why)).toEqual([
          "is not found among the users",
          `is not below ${PEOPLE}`,
        ]);
        expect(of.nobody).toMatchObject({ found: true, members: [] });
        expect(stderr).toBe("");
        const shown = await check(layer, "--members");
        expect(shown.stdout).toContain(`${groupDn("admin")}  NOT FOUND`);
        expect(shown.stderr).toContain("note: nobody would have no member: all are left out");
      });

      test("reads posix groups, whose members are names, with filters", async () => {
        const { code, of } = await members(
          section(
            mapping(["posix", "posix"], ["staff (old)", "staff"], ["admins", "none"]),
            `  users: { base: "${PEOPLE}", uidAttribute: uid, filter: "(!(uid=jo))" }\n  groups: { base: "${GROUPS}", uidAttribute: cn, filter: (objectClass=posixGroup), memberAttributes: [memberUid] }\n`,
          ),
        );
        expect(code).toBe(3);
        expect(of.posix?.members).toEqual(["star*"]);
        expect(of.staff?.members).toEqual(["kim"]);
        expect(of.none?.found).toBe(false);
      });

      test.each(["activeDirectory", "augmentedActiveDirectory"])(
        "reads groups from users: %s",
        async (schema) => {
          const { code, of } = await members(
            section(
              mapping(
                [groupDn("admins"), "admins"],
                [groupDn(HOSTILE_GROUP), "hostile"],
                [groupDn("none"), "none"],
              ),
              `  schema: ${schema}\n`,
            ),
          );
          expect(code).toBe(3);
          expect(of.admins?.members).toEqual(["jo", "kim"]);
          expect(of.hostile?.members).toEqual([...HOSTILE_USERS].sort());
          expect(of.none?.found).toBe(false);
        },
      );

      test("speaks StartTLS where the URL is ldap://", async () => {
        const layer = section(mapping([groupDn("admins"), "admins"])).replace("ldaps://", "ldap://");
        expect((await members(layer)).of.admins?.members).toEqual(["jo", "kim"]);
      });

      const plain = () => section(mapping([groupDn("admins"), "admins"]));
      test.each([
        [
          "a wrong password",
          () => writeFileSync(file("ldap-password"), "wrong\n"),
          plain,
          3,
          /does not accept cn=reader/,
        ],
        [
          "a base that is not there",
          () => {},
          () => plain().replace(PEOPLE, `ou=nobody,${SUFFIX}`),
          3,
          /ldap\.users\.base: there is no ou=nobody/,
        ],
        [
          "an authority that did not sign it",
          () => {},
          () => plain().replace(join(tls.folder, "ca.crt"), file("other/ca.crt")),
          3,
          /certificate of ldap\.\S+ is refused: /,
        ],
        [
          "a name that is not in the certificate",
          () => {},
          () => plain().replace(`ldaps://ldap.${NAME}.test`, "ldaps://master1"),
          3,
          /certificate of master1 is refused: .*[Hh]ostname/,
        ],
        [
          "a port where nobody listens",
          () => {},
          () => plain().replace(".test\n  bind", ".test:6369\n  bind"),
          3,
          /does not reach ldap\.\S+ on port 6369: Connection refused/,
        ],
        [
          "a host that does not exist",
          () => {},
          () => plain().replace(`ldaps://ldap.${NAME}.test`, "ldaps://nowhere.invalid"),
          3,
          /does not reach nowhere\.invalid on port 636/,
        ],
        [
          "a password that others can read",
          () => chmodSync(file("ldap-password"), 0o644),
          plain,
          2,
          /others can read it \(mode 644\)/,
        ],
        [
          "a password file that is not there",
          () => rmSync(file("ldap-password")),
          plain,
          2,
          /ldap-password cannot be read: ENOENT/,
        ],
      ] as const)("tells %s in one message", async (_, before, layer, exit, message) => {
        before();
        const { code, stderr } = await check(layer());
        expect(stderr).toMatch(message);
        expect(stderr).not.toContain(PASSWORD);
        expect(code).toBe(exit);
      });

      test("takes the password from a file that ansible-vault encrypted", async () => {
        const password = file("vault-password");
        writeFileSync(password, "hunter2\n", { mode: 0o600 });
        const vault = { ANSIBLE_VAULT_PASSWORD_FILE: password };
        lab.configure(plain());
        const { encryptText } = await import("../../tasks/ansible/vault.ts");
        const { ansibleForTests } = await import("../helpers/environment.ts");
        const { bin } = await ansibleForTests();
        writeFileSync(file("ldap-password"), await encryptText(PASSWORD, bin, { ...process.env, ...vault }));
        expect((await lab.run(["ldap:check"], vault)).code).toBe(0);
      });

      test("leaves nothing on the host, and shows the password to nobody there", async () => {
        lab.configure(plain());
        const spy = `#!/bin/sh\ncat /proc/[0-9]*/cmdline | tr '\\0' ' ' >>/run/km-seen\nexec /usr/bin/ldapsearch "$@"\n`;
        await lab.on("master1", "cat > /usr/local/bin/ldapsearch; chmod 755 /usr/local/bin/ldapsearch", spy);
        onTestFinished(async () => void (await lab.on("master1", "rm -f /usr/local/bin/ldapsearch")));
        expect((await lab.run(["ldap:check"])).code).toBe(0);
        const seen = await lab.on("master1", "cat /run/km-seen");
        expect(seen.includes(READER)).toBe(true);
        expect(seen.includes(PASSWORD)).toBe(false);
        expect(await lab.on("master1", "ls -d /tmp/tmp.* 2>/dev/null || true")).toBe("");
      });
    });
  });

  describe("npm run deploy:post -- --tags cluster", () => {
    inSequence();
    const layer = (more = ""): string => `orchestrator: kubernetes
hosts:
  ceph1: { ip: ${NET}.31, roles: [ceph-mon, ceph-mgr, ceph-osd], devices: [/dev/vdb] }
${more}`;
    const openshift = (
      confirm: boolean,
      roles: string,
    ): string => `${layer().replace("kubernetes", "openshift")}
versions: { openshift: "3.11" }
storage: { ceph: { storageClasses: [] } }
api: { port: 6443, backendPort: 6443 }
ldap:
  url: ldaps://ldap.${NAME}.test
  bindDn: ${READER}
  bindPasswordFile: ${file("ldap-password")}
  caFile: ${join(tls.folder, "ca.crt")}
  users: { base: "${PEOPLE}" }
  groups: { base: "${GROUPS}" }
  confirm: ${confirm}
  mapping:
    - { ldap: ${JSON.stringify(groupDn(HOSTILE_GROUP))}, group: rnd, roles: [${roles}] }
`;
    const post = (...args: string[]) =>
      lab.run(["deploy", "post", "--tags", "cluster", "--ignore-gates", ...args]);
    const changed = (stdout: string): number => Number(/(\d+) changed$/m.exec(stdout)?.[1] ?? Number.NaN);
    const inCluster = async (...args: string[]): Promise<string> =>
      await lab.on("master1", `kubectl --kubeconfig /etc/kubernetes/admin.conf ${args.join(" ")}`);

    beforeAll(async () => {
      await serveApi();
      mkdirSync(join(lab.build, "outputs"), { recursive: true });
      writeFileSync(join(lab.build, "outputs", "ceph.json"), JSON.stringify({ version: 1, ...CEPH_ACCESS }), {
        mode: 0o600,
      });
    });

    test("applies nothing where there is no kubectl, and says so", async () => {
      lab.configure(layer());
      const { code, stderr, stdout } = await post();
      expect(code, stderr + stdout).toBe(0);
      const [run = ""] = readdirSync(join(lab.build, "runs")).sort().reverse();
      expect(readFileSync(join(lab.build, "runs", run, "post.log"), "utf8")).toContain(
        "has no kubectl or oc",
      );
      await lab.on(
        "master1",
        "apt-get update -qq; apt-get install -y -qq --no-install-recommends kubernetes-client >/dev/null",
      );
    }, 180_000);

    test("tells in check mode what it would do, and does nothing", async () => {
      const { code, stdout, stderr } = await post("--check");
      expect(code, stderr).toBe(0);
      expect(changed(stdout)).toBeGreaterThan(0);
      expect(await inCluster("get", "storageclasses", "-o", "name")).toBe("");
    });

    test("makes the storage classes, and changes nothing the second time", async () => {
      const first = await post();
      expect(first.code, first.stderr + first.stdout).toBe(0);
      expect(changed(first.stdout)).toBe(2);
      expect(await inCluster("get", "storageclasses", "-o", "name")).toBe(
        "storageclass.storage.k8s.io/ceph-rbd\n",
      );
      const key = await inCluster(
        "get",
        "secret",
        "-n",
        "ceph-csi",
        "ceph-rbd",
        "-o",
        "jsonpath={.data.userKey}",
      );
      expect(Buffer.from(key, "base64").toString()).toBe(CEPH_ACCESS.key);
      const again = await post();
      expect(again.code, again.stderr).toBe(0);
      expect(changed(again.stdout)).toBe(0);
    });

    test("keeps the key in files for their owner only, and out of every log", async () => {
      expect(statSync(join(lab.build, "manifests", "11-ceph-secret.yml")).mode & 0o777).toBe(0o600);
      const hidden = [CEPH_ACCESS.key, Buffer.from(CEPH_ACCESS.key).toString("base64")];
      const { stdout } = await capture([
        "grep",
        "-rlF",
        ...hidden.flatMap((text) => ["-e", text]),
        join(lab.build, "runs"),
      ]);
      expect(stdout).toBe("");
      const { stdout: onHost } = await capture(["true"]);
      expect(onHost).toBe("");
    });

    test("brings the jobs for a directory, first as a dry run, and takes a role away that is mapped no more", async () => {
      lab.configure(openshift(false, "view, edit"));
      const first = await post();
      expect(first.code, first.stderr + first.stdout).toBe(0);
      expect(await inCluster("get", "cronjobs", "-A", "-o", "name")).toBe(
        "cronjob.batch/ldap-group-prune\ncronjob.batch/ldap-group-sync\n",
      );
      expect(await inCluster("get", "cronjobs", "-A", "-o", "json")).not.toContain("--confirm");
      const bindings = () => inCluster("get", "clusterrolebindings", "-o", "name");
      expect(await bindings()).toContain("kube-magic:ldap:rnd:edit");
      const config = await inCluster("get", "configmap", "-n", "kube-magic-ldap", "ldap-sync", "-o", "json");
      expect(JSON.parse(config).data["groups.txt"]).toBe(`${groupDn(HOSTILE_GROUP)}\n`);
      lab.configure(openshift(true, "view"));
      const second = await post();
      expect(second.code, second.stderr).toBe(0);
      expect(await inCluster("get", "cronjobs", "-A", "-o", "json")).toContain("--confirm");
      expect(await bindings()).not.toContain("kube-magic:ldap:rnd:edit");
      expect(await bindings()).toContain("kube-magic:ldap:rnd:view");
      expect(changed((await post()).stdout)).toBe(0);
      lab.configure(layer());
      const removed = await post();
      expect(removed.code, removed.stderr).toBe(0);
      expect(await inCluster("get", "cronjobs", "-A", "-o", "name")).toBe("");
    }, 300_000);

    test("says why when the cluster refuses: a storage class cannot be changed", async () => {
      lab.configure(
        layer("storage: { ceph: { storageClasses: [{ name: ceph-rbd, pool: kubernetes, fsType: xfs }] } }"),
      );
      const { code, stderr } = await post();
      expect(code).toBe(5);
      expect(stderr).toContain("updates to parameters are forbidden");
    });

    test("stops with a clear message when the API does not answer", async () => {
      await lab.on("master1", "systemctl stop km-api");
      const { code, stderr } = await post();
      expect(code).toBe(5);
      expect(stderr).toContain("The API does not answer /usr/bin/kubectl on master1");
    });
  });
});

/** The stand-in for the API, behind the virtual address. */
async function startApi(lab: InsideLab): Promise<void> {
  const program = readFileSync(join(ROOT, "test/fixtures/kube-api-stand-in/kube_api_stand_in.py"), "utf8");
  await lab.on("master1", `mkdir -p ${API} && cat > ${API}/kube_api_stand_in.py`, program);
  const ssl = "/etc/kubernetes/ssl";
  await lab.on(
    "master1",
    `systemctl is-active --quiet km-api && exit 0
ip address add ${VIP}/32 dev host0 2>/dev/null || true
systemd-run --quiet --collect --unit km-api python3 ${API}/kube_api_stand_in.py 6443 ${ssl}/apiserver.crt ${ssl}/apiserver.key ${ssl}/ca.crt
for i in $(seq 50); do ss -ltn | grep -q ':6443 ' && exit 0; sleep 0.2; done; exit 1`,
  );
}
