/** Certificates on real hosts: good ones, bad ones, and what renews them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JudgedCertificate } from "../../tasks/certs/judge.ts";
import { killHost } from "../../tasks/lab/power.ts";
import { ROOT } from "../helpers/environment.ts";
import { manifest, runManifests } from "../helpers/etcd-lab.ts";
import { skipsLab } from "../helpers/lab-needs.ts";
import { type PrepHostsLab, prepHostsLab } from "../helpers/prep-hosts-lab.ts";
import { runCommand } from "../helpers/run-command.ts";
import { inSequence } from "../helpers/sequence.ts";

const NAME = "kmcert";
const NET = "198.18.17";
const TOPOLOGY = `name: ${NAME}
suite: trixie
network: ${NET}.0/24
api: { vip: ${NET}.100, vrid: 90 }
hosts:
  master1: { ip: ${NET}.11, roles: [control-plane, etcd, worker] }
  lb1: { ip: ${NET}.12, roles: [load-balancer] }
`;
const FIXTURES = join(ROOT, "test/fixtures/kubeadm-stand-in");
const SSL = "/etc/kubernetes/ssl";

describe.skipIf(skipsLab("certificates", NAME))("certificates", () => {
  inSequence();
  let lab: PrepHostsLab;
  const install = async (host: string, name: string, to: string): Promise<void> => {
    const content = readFileSync(join(FIXTURES, name)).toString("base64");
    await lab.on(host, `echo ${content} | base64 -d >${to} && chmod 755 ${to}`);
  };
  const run = (command: string, ...argv: string[]) =>
    runCommand(lab.root, command, "--cluster", NAME, ...argv);
  const status = async (...argv: string[]) => {
    const { code, out } = await run("certs:status", "--format", "json", ...argv);
    const { certificates, good } = JSON.parse(out) as {
      certificates: JudgedCertificate[];
      good: boolean;
    };
    const stateOf = (path: string) => certificates.find((one) => one.path === path)?.state;
    return { code, out, good, certificates, stateOf };
  };

  beforeAll(async () => {
    lab = await prepHostsLab(NAME, TOPOLOGY);
    await Promise.all(
      ["master1", "lb1"].map((host) =>
        lab.on(host, "command -v openssl || apt-get -qq install -y openssl >/dev/null"),
      ),
    );
  });
  afterAll(async () => {
    await lab?.down();
  });

  test("are none on hosts where nothing is installed", async () => {
    const { code, out } = await run("certs:status");
    expect([code, out]).toEqual([0, `${NAME}: 0 certificates on 2 hosts, all good\n`]);
  });

  test("are shown with the days they have left, the worst first", async () => {
    await install("master1", "make-certificates.sh", "/root/make-certificates.sh");
    await lab.on("master1", "/root/make-certificates.sh");
    await lab.on(
      "lb1",
      `mkdir -p /etc/haproxy/certs && cd /etc/haproxy/certs && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 20 -subj /CN=edge -keyout key.pem -out edge.crt 2>/dev/null && cat edge.crt key.pem >edge.pem && rm edge.crt && printf 'frontend edge\\n  bind :443 ssl crt /etc/haproxy/certs/edge.pem alpn h2\\n' >/etc/haproxy/haproxy.cfg`,
    );
    const shown = await run("certs:status");
    console.log(shown.out);
    const { code, out, certificates, stateOf } = await status();
    expect(code).toBe(3);
    const days = certificates.map(({ daysLeft }) => daysLeft ?? -1e9);
    expect(days).toEqual([...days].sort((a, b) => a - b));
    expect({
      apiserver: stateOf(`${SSL}/apiserver.crt`),
      kubelet: stateOf(`${SSL}/apiserver-kubelet-client.crt`),
      proxy: stateOf(`${SSL}/front-proxy-client.crt`),
      admin: stateOf("/etc/kubernetes/admin.conf"),
      root: stateOf("/root/.kube/config"),
      node: stateOf("/var/lib/kubelet/pki/kubelet-client-current.pem"),
      ca: stateOf(`${SSL}/ca.crt`),
      garbage: stateOf(`${SSL}/garbage.crt`),
      nonsense: stateOf(`${SSL}/nonsense.crt`),
      empty: stateOf(`${SSL}/empty.crt`),
      dangling: stateOf(`${SSL}/dangling.crt`),
      folder: stateOf(`${SSL}/folder.crt`),
      pipe: stateOf(`${SSL}/pipe.crt`),
      edge: stateOf("/etc/haproxy/certs/edge.pem"),
    }).toEqual({
      apiserver: "expired",
      kubelet: "expiring",
      proxy: "not-yet-valid",
      admin: "ok",
      root: "ok",
      node: "ok",
      ca: "ok",
      garbage: "garbage",
      nonsense: "garbage",
      empty: "garbage",
      dangling: "unreadable",
      folder: "unreadable",
      pipe: "unreadable",
      edge: "expiring",
    });
    expect(certificates.find(({ path }) => path === `${SSL}/apiserver.crt`)?.daysLeft).toBe(-36);
    // What the kubeconfig of the kubelet only names, and what a link leads to, counts once.
    expect(certificates.filter(({ path }) => path.includes("kubelet-client")).length).toBe(2);
    expect(out + shown.out).not.toContain("PRIVATE KEY");
    expect(shown.out).toContain("npm run certs:renew -- kubernetes");
  });

  test("are held against the number of days that is asked for", async () => {
    expect((await status("--days", "5")).stateOf("/etc/haproxy/certs/edge.pem")).toBe("ok");
    expect((await status("--days", "150")).stateOf("/etc/kubernetes/admin.conf")).toBe("ok");
    expect((await status("--days", "250")).stateOf("/etc/kubernetes/admin.conf")).toBe("expiring");
    expect((await run("certs:status", "--days", "soon")).code).toBe(2);
  });

  test("are renewed only after a plan and a yes, and only kinds that the cluster has", async () => {
    const planned = await run("certs:renew", "kubernetes", "--plan");
    expect(planned.code, planned.err).toBe(0);
    expect(planned.out).toContain("Renew the certificates of Kubernetes (custom)");
    const unasked = await run("certs:renew", "kubernetes");
    expect([unasked.code, unasked.err]).toEqual([
      2,
      expect.stringContaining("asks before it changes anything"),
    ]);
    const wrong = await run("certs:renew", "nothing");
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("choose from: kubernetes, etcd")]);
    const absent = await run("certs:renew", "registry");
    expect([absent.code, absent.err]).toEqual([2, expect.stringContaining("no host has the role registry")]);
  });

  test("of Kubernetes are refused before a change where there is no kubeadm", async () => {
    const end = await lab.play("playbooks/certs-renew.yml");
    expect(end.failures.join()).toContain("kubeadm, crictl");
    expect(end.changed).toBe(0);
  });

  test("of Kubernetes are renewed although they have expired, and the API server serves the new one", async () => {
    await lab.on(
      "master1",
      `cd ${SSL} && rm -rf garbage.crt nonsense.crt empty.crt dangling.crt folder.crt pipe.crt`,
    );
    await install("master1", "kubeadm", "/usr/local/bin/kubeadm");
    await install("master1", "crictl", "/usr/local/bin/crictl");
    const apiServer = manifest("kube-apiserver", [
      "kube-apiserver",
      "--secure-port=6443",
      `--tls-cert-file=${SSL}/apiserver.crt`,
      `--tls-private-key-file=${SSL}/apiserver.key`,
    ]);
    await lab.on(
      "master1",
      `mkdir -p /etc/kubernetes/manifests && cat >/etc/kubernetes/manifests/kube-apiserver.yaml <<'END'\n${apiServer}END`,
    );
    await runManifests(lab, ["master1"]);
    const before = await lab.on("master1", `openssl x509 -noout -serial -in ${SSL}/apiserver.crt`);
    const checked = await lab.play("playbooks/certs-renew.yml", { check: true });
    expect(checked.failures).toEqual([]);
    expect(await lab.on("master1", `openssl x509 -noout -serial -in ${SSL}/apiserver.crt`)).toBe(before);
    const end = await lab.play("playbooks/certs-renew.yml");
    expect(end.failures, end.log).toEqual([]);
    console.log(`certs:renew of one control plane: ${end.seconds.toFixed(1)} s`);
    const { stateOf } = await status();
    for (const name of ["apiserver", "apiserver-kubelet-client", "front-proxy-client"])
      expect([name, stateOf(`${SSL}/${name}.crt`)]).toEqual([name, "ok"]);
    const served = await lab.on(
      "master1",
      "openssl s_client -connect 127.0.0.1:6443 </dev/null 2>/dev/null | openssl x509 -noout -serial",
    );
    expect(served).toBe(await lab.on("master1", `openssl x509 -noout -serial -in ${SSL}/apiserver.crt`));
    expect(served).not.toBe(before);
    expect(
      await lab.on(
        "master1",
        "cmp /etc/kubernetes/admin.conf /root/.kube/config && stat -c %a /root/.kube/config",
      ),
    ).toBe("600\n");
    const kept = (await lab.on("master1", "ls -d /var/backups/kube-magic-certificates/*")).trim();
    expect(await lab.on("master1", `openssl x509 -noout -serial -in ${kept}/ssl/apiserver.crt`)).toBe(before);
    expect(await lab.on("master1", `stat -c %a ${kept}`)).toBe("700\n");
    expect(end.log).not.toContain("PRIVATE KEY");
  });

  test("of a host that does not answer are not taken for good ones", async () => {
    await killHost(lab.places, "lb1");
    const { code, out } = await run("certs:status");
    expect(code).toBe(3);
    expect(out).toMatch(/critical: lb1: /);
  });
});
