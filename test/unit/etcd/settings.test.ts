import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PRELUDE, readSettings } from "../../../tasks/etcd/host-script.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kube-magic-settings-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The shell's own reading of a file, with the shell that hosts have. */
function read(name: string, content: string) {
  const file = join(folder, name);
  writeFileSync(file, content);
  const script = `section() { shift; "$@"; }\nPLACES='/nowhere/etcd.env ${file}'\n${PRELUDE}\nprint_settings`;
  const { stdout, stderr, status } = spawnSync("sh", ["-us"], { input: script, encoding: "utf8" });
  expect([stderr, status]).toEqual(["", 0]);
  const certificates = Object.fromEntries(
    [...stdout.matchAll(/^(ca|cert|key)=(.*)$/gm)].map(([, key, value]) => [key, value]),
  );
  return { ...readSettings({ code: 0, text: stdout }), certificates };
}

describe("the settings of a member", () => {
  test("are read as kubespray writes them", () => {
    const settings = read(
      "etcd.env",
      `# Environment file for etcd 3.5.16
ETCD_DATA_DIR=/var/lib/etcd
ETCD_ADVERTISE_CLIENT_URLS=https://10.0.0.1:2379
ETCD_INITIAL_ADVERTISE_PEER_URLS=https://10.0.0.1:2380
ETCD_LISTEN_CLIENT_URLS=https://10.0.0.1:2379,https://127.0.0.1:2379
ETCD_NAME=etcd1
ETCD_QUOTA_BACKEND_BYTES=2147483648
ETCD_TRUSTED_CA_FILE=/etc/ssl/etcd/ssl/ca.pem
ETCD_CERT_FILE=/etc/ssl/etcd/ssl/member-m1.pem
ETCD_KEY_FILE=/etc/ssl/etcd/ssl/member-m1-key.pem
ETCDCTL_ENDPOINTS=https://127.0.0.1:2379
ETCDCTL_CACERT=/etc/ssl/etcd/ssl/ca.pem
ETCDCTL_KEY=/etc/ssl/etcd/ssl/admin-m1-key.pem
ETCDCTL_CERT=/etc/ssl/etcd/ssl/admin-m1.pem
`,
    );
    expect(settings).toMatchObject({
      form: "service",
      name: "etcd1",
      dataDir: "/var/lib/etcd",
      endpoint: "https://127.0.0.1:2379",
      peerUrl: "https://10.0.0.1:2380",
      quotaBytes: 2147483648,
      certificates: {
        ca: "/etc/ssl/etcd/ssl/ca.pem",
        cert: "/etc/ssl/etcd/ssl/admin-m1.pem",
        key: "/etc/ssl/etcd/ssl/admin-m1-key.pem",
      },
    });
  });

  test("are read as kubeadm writes them", () => {
    const settings = read(
      "etcd.yaml",
      `spec:
  containers:
  - command:
    - etcd
    - --advertise-client-urls=https://10.0.0.1:2379
    - --cert-file=/etc/kubernetes/pki/etcd/server.crt
    - --data-dir=/var/lib/etcd
    - --initial-advertise-peer-urls=https://10.0.0.1:2380
    - --key-file=/etc/kubernetes/pki/etcd/server.key
    - --listen-client-urls=https://127.0.0.1:2379,https://10.0.0.1:2379
    - --name=m1
    - --peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt
    - --peer-key-file=/etc/kubernetes/pki/etcd/peer.key
    - --peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt
    - --trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt
    image: registry.k8s.io/etcd:3.6.5-0
`,
    );
    expect(settings).toMatchObject({
      form: "pod",
      name: "m1",
      dataDir: "/var/lib/etcd",
      endpoint: "https://127.0.0.1:2379",
      peerUrl: "https://10.0.0.1:2380",
      quotaBytes: 2 * 1024 ** 3,
      certificates: {
        ca: "/etc/kubernetes/pki/etcd/ca.crt",
        cert: "/etc/kubernetes/pki/etcd/server.crt",
        key: "/etc/kubernetes/pki/etcd/server.key",
      },
    });
  });

  test.each([
    [
      "quotes and carriage returns",
      "ETCD_NAME=\"etcd1\"\r\nETCD_DATA_DIR='/data/etcd'\r\n",
      "etcd1",
      "/data/etcd",
    ],
    ["a last line without its end", "ETCD_DATA_DIR=/data/etcd\nETCD_NAME=etcd1", "etcd1", "/data/etcd"],
    [
      "the last of several",
      "ETCD_NAME=a\nETCD_NAME=etcd1\nETCD_DATA_DIR=/data/etcd\n",
      "etcd1",
      "/data/etcd",
    ],
    ["what looks like a command", "ETCD_NAME=$(false)\nETCD_DATA_DIR=`false`\n", "$(false)", "`false`"],
  ])("keep their meaning with %s", (_what, text, name, dataDir) => {
    expect(read("odd.env", text)).toMatchObject({ name, dataDir });
  });

  test.each([
    ["http://0.0.0.0:2379", "http://127.0.0.1:2379"],
    ["https://[::]:2379", "https://[::1]:2379"],
    ["https://10.0.0.1:2379,https://10.1.0.1:2379", "https://10.0.0.1:2379"],
    ["", "https://127.0.0.1:2379"],
  ])("with the client addresses %s lead to %s", (listen, endpoint) => {
    expect(read("listen.env", `ETCD_LISTEN_CLIENT_URLS=${listen}\n`).endpoint).toBe(endpoint);
  });
});
