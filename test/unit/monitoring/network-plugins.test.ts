/** The plugins that ask others, against servers that answer as HAProxy, etcd, NRPE and a mail server do. */
import { createSocket, type Socket } from "node:dgram";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, createServer as createTcp, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, test } from "vitest";
import { runPlugin } from "../../helpers/plugin.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";
import { selfSigned } from "../../helpers/tls.ts";

const [OK, WARNING, CRITICAL, UNKNOWN] = [0, 1, 2, 3];

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
/** @returns the port on the loopback address */
async function listening(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return String((server.address() as AddressInfo).port);
}

describe("check_haproxy", () => {
  const statistics = (...rows: string[]) =>
    listening(createHttp((_, response) => response.end(`# pxname,svname,status,\n${rows.join(",\n")},\n`)));
  const ask = async (...rows: string[]) =>
    runPlugin("check_haproxy", ["--address", "127.0.0.1", "--port", await statistics(...rows)]);
  const backend = "kubernetes_api,BACKEND,UP";
  it.each([
    [["status,FRONTEND,OPEN", "kubernetes_api,m1,UP", "kubernetes_api,m2,UP 1/2", backend], OK, "2;;;0;2"],
    [["kubernetes_api,m1,UP", "kubernetes_api,m2,DOWN", backend], WARNING, "1;;;0;2"],
    [["kubernetes_api,m1,DOWN", "kubernetes_api,m2,DOWN 1/2", backend], CRITICAL, "0;;;0;2"],
    [["kubernetes_api,m1,UP", "kubernetes_api,m2,MAINT", backend], OK, "1;;;0;2"],
  ])("%j → %d", async (rows, code, figure) => {
    const result = await ask(...rows);
    expect(result.code).toBe(code);
    expect(result.figures.kubernetes_api).toBe(figure);
  });

  test("is critical when HAProxy does not answer, and says where it was asked", async () => {
    const result = await runPlugin("check_haproxy", ["--address", "127.0.0.1", "--port", "1"]);
    expect(result.code).toBe(CRITICAL);
    expect(result.text).toContain("does not answer on http://127.0.0.1:1/;csv");
  });
});

describe("check_etcd", () => {
  const folder = mkdtempSync(join(tmpdir(), "kube-magic-test-"));
  const tls = selfSigned(folder, "etcd", 10);
  const other = selfSigned(folder, "other", 10);
  afterAll(() => rmSync(folder, { recursive: true }));

  const HEALTHY = {
    health: { health: "true" } as object,
    leader: 1,
    size: 100,
    inUse: 90,
    quota: 1000,
    alarms: [] as readonly object[],
  };
  /** etcd's HTTP side, for clients with a certificate of its authority only. */
  const member = async (change: Partial<typeof HEALTHY> = {}) => {
    const { health, leader, size, inUse, quota, alarms } = { ...HEALTHY, ...change };
    const answers: Record<string, string> = {
      "/health": JSON.stringify(health),
      "/metrics": `# HELP x\netcd_server_has_leader ${leader}\netcd_server_is_leader 1\netcd_mvcc_db_total_size_in_bytes ${size}
etcd_mvcc_db_total_size_in_use_in_bytes ${inUse}\netcd_server_quota_backend_bytes ${quota.toExponential()}\n`,
      "/v3/maintenance/status": JSON.stringify({ header: { member_id: "7" } }),
      "/v3/maintenance/alarm": JSON.stringify({ alarms }),
    };
    const options = { cert: readFileSync(tls.crt), key: readFileSync(tls.key), ca: readFileSync(tls.crt) };
    const server = createHttps({ ...options, requestCert: true }, (request, response) => {
      const text = answers[request.url?.split("?")[0] ?? ""];
      response.writeHead(text === undefined ? 404 : 200).end(text);
    });
    return listening(server);
  };
  const settings = (port: string, { crt, key } = tls) => {
    const path = join(folder, `${port}.env`);
    const lines = [
      `# a comment`,
      `ETCD_ADVERTISE_CLIENT_URLS=https://127.0.0.1:${port}`,
      `ETCDCTL_CACERT=${tls.crt}`,
      `ETCDCTL_CERT="${crt}"`,
      `ETCDCTL_KEY=${key}`,
    ];
    writeFileSync(path, `${lines.join("\n")}\n`);
    return ["--settings", path];
  };

  it.each([
    ["health", {}, OK, "ETCD OK: healthy, leader, 0 alarms in the cluster"],
    [
      "health",
      { health: { health: "false", reason: "RAFT NO LEADER" }, leader: 0 },
      CRITICAL,
      "ETCD CRITICAL: the member is not healthy: RAFT NO LEADER, the member has no leader",
    ],
    [
      "health",
      { alarms: [{ memberID: "7", alarm: "NOSPACE" }] },
      CRITICAL,
      "ETCD CRITICAL: alarm NOSPACE: npm run etcd:defrag makes etcd writable",
    ],
    [
      "health",
      { alarms: [{ memberID: "8", alarm: "NOSPACE" }] },
      OK,
      "ETCD OK: healthy, leader, 1 alarms in the cluster",
    ],
    ["database", {}, OK, "ETCD OK: 0 of 0 MiB, 10 % of the quota"],
    [
      "database",
      { size: 900, inUse: 100 },
      CRITICAL,
      "ETCD CRITICAL: 0 of 0 MiB, 90 % of the quota; npm run etcd:defrag gives 0 MiB back",
    ],
  ] as const)("%s %j → %d", async (part, change, code, text) => {
    const result = await runPlugin("check_etcd", [part, ...settings(await member(change))]);
    expect(result).toMatchObject({ code, text });
  });

  test("is critical when the member does not answer, or takes us for somebody else", async () => {
    const dead = await runPlugin("check_etcd", ["health", ...settings("1")]);
    expect(dead).toMatchObject({ code: CRITICAL });
    expect(dead.text).toContain("the member does not answer");
    // A size that nobody can tell is never taken for a good one.
    const size = await runPlugin("check_etcd", ["database", ...settings("1")]);
    expect(size).toMatchObject({ code: CRITICAL });
    const port = await member();
    const stranger = await runPlugin("check_etcd", ["health", ...settings(port, other)]);
    expect(stranger.code).not.toBe(OK);
  });

  test("takes kubeadm's folder of certificates too", async () => {
    const place = temporaryFolder();
    for (const [name, file] of [
      ["ca.crt", tls.crt],
      ["healthcheck-client.crt", tls.crt],
      ["healthcheck-client.key", tls.key],
    ] as const)
      writeFileSync(join(place, name), readFileSync(file));
    const endpoint = `https://127.0.0.1:${await member()}`;
    const result = await runPlugin("check_etcd", ["health", "--certificates", place, "--endpoint", endpoint]);
    expect(result.code).toBe(OK);
  });
});

/** A check_nrpe that answers from a script: `$2` is the address, `$4` the command. */
function nrpe(script: string): string[] {
  const path = join(temporaryFolder(), "check_nrpe");
  writeFileSync(path, `#!/bin/sh\nshift\n${script}\n`, { mode: 0o755 });
  return ["--ask", path];
}

describe("check_vip_owner", () => {
  const holding = (holders: string, silent = "none") =>
    nrpe(`case " ${silent} " in *" $2 "*) echo "connect failed"; exit 3;; esac
case " ${holders} " in *" $2 "*) echo "VRRP OK: holds api | 'api'=1 'edge1'=0";; *) echo "VRRP OK | 'api'=0 'edge1'=1";; esac`);
  const LBS = ["api", "lb1=10.0.0.1", "lb2=10.0.0.2"];
  it.each([
    ["10.0.0.1", "none", OK, "VIP OK: lb1 holds api"],
    [
      "10.0.0.1 10.0.0.2",
      "none",
      CRITICAL,
      "VIP CRITICAL: lb1 and lb2 hold api: VRRP does not get through between them",
    ],
    ["nobody", "none", CRITICAL, "VIP CRITICAL: nobody holds api"],
    ["10.0.0.1", "10.0.0.2", OK, "VIP OK: lb1 holds api; lb2 not asked"],
    ["nobody", "10.0.0.2", UNKNOWN, "VIP UNKNOWN: nobody holds api, not asked: lb2"],
  ])("held by %s, silent %s → %d", async (holders, silent, code, text) => {
    expect(await runPlugin("check_vip_owner", [...holding(holders, silent), ...LBS])).toMatchObject({
      code,
      text,
    });
  });
});

describe("check_any", () => {
  test("the first that knows speaks for all", async () => {
    const ask = nrpe(
      `test "$2" = 10.0.0.2 && { echo "CEPH WARNING: x | 'a'=1"; exit 1; }; echo "CEPH UNKNOWN: no"; exit 3`,
    );
    const hosts = ["a=10.0.0.1", "b=10.0.0.2", "c=10.0.0.3"];
    expect(await runPlugin("check_any", [...ask, "ceph_health", ...hosts])).toMatchObject({
      code: WARNING,
      text: "CEPH WARNING: x",
      figures: { a: "1" },
    });
    const nobody = await runPlugin("check_any", [...ask, "ceph_health", "a=10.0.0.1"]);
    expect(nobody).toMatchObject({
      code: UNKNOWN,
      text: "ANY UNKNOWN: no host has a result: a: CEPH UNKNOWN: no",
    });
  });
});

describe("notify_mail", () => {
  test("sends one message that says what, where and since when", async () => {
    let received = "";
    const server = createTcp((socket) => {
      socket.write("220 ready\r\n");
      let inData = false;
      socket.on("data", (data) => {
        const text = data.toString();
        const word = text.slice(0, 4).toLowerCase();
        received += text;
        if (inData && received.endsWith("\r\n.\r\n")) inData = false;
        else if (inData) return;
        if (word === "data") inData = true;
        socket.write(word === "data" ? "354 go on\r\n" : word === "quit" ? "221 bye\r\n" : "250 fine\r\n");
      });
    });
    const port = await listening(server);
    const result = await runPlugin("notify_mail", [
      ...["--server", "127.0.0.1", "--port", port, "--from", "nagios@example.com", "--to", "ops@example.com"],
      ...["--type", "PROBLEM", "--host", "lb1", "--service", "haproxy", "--state", "CRITICAL"],
      ...["--output", "does not answer", "--address", "10.0.0.1", "--time", "now"],
    ]);
    expect(result).toMatchObject({ code: OK, text: "" });
    expect(received).toContain("Subject: PROBLEM: lb1/haproxy is CRITICAL");
    expect(received).toContain("To: ops@example.com");
    expect(received).toContain("does not answer");
  });

  test("says that it could not", async () => {
    const args = [
      "--server",
      "127.0.0.1",
      "--port",
      "1",
      "--from",
      "a@b",
      "--to",
      "c@d",
      "--type",
      "PROBLEM",
    ];
    const result = await runPlugin("notify_mail", [...args, "--host", "lb1", "--state", "DOWN"]);
    expect(result.code).toBe(1);
    expect(result.text).toContain("the message was not sent");
  });
});

describe("check_time", () => {
  /** Answers like a time server whose clock is ahead by some seconds, on a port that only root may open. */
  async function timeServer(address: string, ahead: number, stratum: number): Promise<Socket> {
    const socket = createSocket("udp4");
    socket.on("message", (_, { port, address: client }) => {
      const answer = Buffer.alloc(48);
      answer.writeUInt8(0x24, 0);
      answer.writeUInt8(stratum, 1);
      for (const offset of [32, 40])
        answer.writeUInt32BE(Math.round(Date.now() / 1000 + ahead) + 2208988800, offset);
      socket.send(answer, port, client);
    });
    await new Promise<void>((done) => socket.bind(123, address, done));
    return socket;
  }

  test("is unknown when no time server answers, with the reason of each", async () => {
    const servers = ["--server", "127.0.0.77", "--server", "127.0.0.78", "--timeout", "1"];
    const { code, text } = await runPlugin("check_time", servers);
    expect(code).toBe(3);
    expect(text).toMatch(/^TIME UNKNOWN.*127\.0\.0\.77: .*127\.0\.0\.78: /);
  });

  test.skipIf(process.getuid?.() !== 0)("measures the distance from a time server", async () => {
    const server = await timeServer("127.0.0.79", 60, 2);
    try {
      const { code, text, figures } = await runPlugin("check_time", ["--server", "127.0.0.79"]);
      expect([code, text]).toEqual([
        2,
        expect.stringMatching(/^TIME CRITICAL.*-(59|60)\.\d+ s from 127\.0\.0\.79/),
      ]);
      expect(Number.parseFloat(figures.offset ?? "")).toBeGreaterThan(59);
    } finally {
      server.close();
    }
  });

  test.skipIf(process.getuid?.() !== 0)(
    "does not believe a server that is not synchronised itself",
    async () => {
      const server = await timeServer("127.0.0.80", 60, 0);
      try {
        const { code, text } = await runPlugin("check_time", ["--server", "127.0.0.80"]);
        expect([code, text]).toEqual([3, expect.stringContaining("is not synchronised itself")]);
      } finally {
        server.close();
      }
    },
  );
});
