/** check_kube against an API that speaks TLS, wants the token, and gives lists page by page. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, test } from "vitest";
import { type PluginResult, runPlugin } from "../../helpers/plugin.ts";
import { selfSigned } from "../../helpers/tls.ts";

const [OK, WARNING, CRITICAL, UNKNOWN] = [0, 1, 2, 3];
const TOKEN = "the-token";

const folder = mkdtempSync(join(tmpdir(), "kube-magic-test-"));
const tls = selfSigned(folder, "api", 100);
const stranger = selfSigned(folder, "stranger", 100);
afterAll(() => rmSync(folder, { recursive: true }));

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server = undefined;
});

interface Fake {
  readonly objects?: Readonly<Record<string, readonly object[]>>;
  readonly readyz?: readonly [number, string];
  readonly token?: string;
  readonly authority?: string;
  readonly pageSize?: number;
}

async function ask(part: string, fake: Fake = {}, ...more: string[]): Promise<PluginResult> {
  const { objects = {}, readyz = [200, "ok"], pageSize = 500 } = fake;
  const options = { cert: readFileSync(tls.crt), key: readFileSync(tls.key) };
  const api = createServer(options, (request, response) => {
    const url = new URL(request.url ?? "/", "https://api");
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return response.writeHead(401).end();
    if (url.pathname === "/readyz") return response.writeHead(readyz[0]).end(readyz[1]);
    const kind = url.pathname.split("/").at(-1) ?? "";
    const items = objects[kind];
    if (items === undefined) return response.writeHead(403).end();
    const from = Number(url.searchParams.get("continue") ?? 0);
    const next = from + pageSize < items.length ? { continue: String(from + pageSize) } : {};
    return response.end(JSON.stringify({ metadata: next, items: items.slice(from, from + pageSize) }));
  });
  server = api;
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  const settings = join(folder, "settings.json");
  const authority = readFileSync(fake.authority ?? tls.crt, "utf8");
  const url = `https://127.0.0.1:${(api.address() as AddressInfo).port}`;
  writeFileSync(settings, JSON.stringify({ server: url, token: fake.token ?? TOKEN, authority }));
  return runPlugin("check_kube", [part, "--settings", settings, ...more]);
}

const ago = (minutes: number): string =>
  new Date(Date.now() - minutes * 60_000).toISOString().replace(/\.\d+Z$/, "Z");

describe("ready", () => {
  it.each([
    [[200, "ok"], OK, "KUBE OK: the API is ready"],
    [
      [500, "[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed"],
      CRITICAL,
      "KUBE CRITICAL: the API is not ready: etcd",
    ],
  ] as const)("%j → %d", async (readyz, code, text) => {
    expect(await ask("ready", { readyz })).toMatchObject({ code, text });
  });

  test("does not give its token to an API with another certificate", async () => {
    const result = await ask("ready", { authority: stranger.crt });
    expect(result.code).toBe(CRITICAL);
    expect(result.text).toMatch(/does not answer: .*(certificate verify failed|self.signed)/i);
  });

  test("tells a refused token from a dead API", async () => {
    expect(await ask("ready", { token: "old" })).toMatchObject({
      code: UNKNOWN,
      text: "KUBE UNKNOWN: the API says that nagios has no valid token: npm run deploy:post -- --tags monitoring",
    });
    const settings = join(folder, "dead.json");
    const authority = readFileSync(tls.crt, "utf8");
    writeFileSync(settings, JSON.stringify({ server: "https://127.0.0.1:1", token: TOKEN, authority }));
    for (const [part, code] of [
      ["ready", CRITICAL],
      // The others wait for `ready` and are not told of.
      ["pods", UNKNOWN],
    ] as const) {
      expect((await runPlugin("check_kube", [part, "--settings", settings])).code).toBe(code);
    }
  });
});

describe("nodes", () => {
  const node = (name: string, conditions: Record<string, string>, unschedulable = false) => ({
    metadata: { name },
    spec: { unschedulable },
    status: {
      conditions: Object.entries(conditions).map(([type, status]) => ({ type, status, reason: "Told" })),
    },
  });
  it.each([
    [
      [node("a", { Ready: "True" }), node("b", { Ready: "True" }, true)],
      OK,
      "KUBE OK: 2 nodes ready, 1 cordoned",
    ],
    [
      [node("a", { Ready: "Unknown" }), node("b", { Ready: "True" })],
      CRITICAL,
      "KUBE CRITICAL: a is not ready: Told",
    ],
    [[node("a", { Ready: "True", DiskPressure: "True" })], WARNING, "KUBE WARNING: a has DiskPressure"],
    [[node("a", {})], CRITICAL, "KUBE CRITICAL: a is not ready: it never reported"],
    [[], CRITICAL, "KUBE CRITICAL: there are no nodes"],
  ])("case %#", async (nodes, code, text) => {
    expect(await ask("nodes", { objects: { nodes } })).toMatchObject({ code, text });
  });

  test("reads every page", async () => {
    const nodes = Array.from({ length: 25 }, (_, index) => node(`n${index}`, { Ready: "True" }));
    expect((await ask("nodes", { objects: { nodes }, pageSize: 10 })).figures.ready).toBe("25;;;0;25");
  });

  test("says what it may not read", async () => {
    expect(await ask("nodes")).toMatchObject({ code: UNKNOWN });
  });
});

describe("pods", () => {
  const pod = (name: string, status: object, more: object = {}, namespace = "default") => ({
    metadata: { name, namespace, creationTimestamp: ago(60), ...more },
    status,
  });
  const waiting = (reason: string) => ({
    phase: "Running",
    containerStatuses: [{ state: { waiting: { reason } } }],
  });
  const unready = (minutes: number) => ({
    phase: "Running",
    conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(minutes) }],
  });
  it.each([
    [pod("a", { phase: "Running" }), OK, "KUBE OK: 1 pods are well"],
    [pod("a", { phase: "Succeeded" }), OK, "KUBE OK: 1 pods are well"],
    [pod("a", waiting("CrashLoopBackOff")), WARNING, "KUBE WARNING: default/a: CrashLoopBackOff"],
    [
      pod("a", waiting("ImagePullBackOff"), {}, "kube-system"),
      CRITICAL,
      "KUBE CRITICAL: kube-system/a: ImagePullBackOff",
    ],
    [pod("a", waiting("ContainerCreating")), OK, "KUBE OK: 1 pods are well"],
    [
      pod("a", {
        phase: "Pending",
        conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable" }],
      }),
      WARNING,
      "KUBE WARNING: default/a: Pending, Unschedulable",
    ],
    [pod("a", { phase: "Pending" }, { creationTimestamp: ago(2) }), OK, "KUBE OK: 1 pods are well"],
    [pod("a", unready(60)), WARNING, "KUBE WARNING: default/a: not ready for 60 min"],
    [pod("a", unready(2)), OK, "KUBE OK: 1 pods are well"],
    [pod("a", { phase: "Failed" }), WARNING, "KUBE WARNING: default/a: Failed"],
    [pod("a", { phase: "Failed" }, { ownerReferences: [{ kind: "Job" }] }), OK, "KUBE OK: 1 pods are well"],
    [pod("a", { phase: "Failed", reason: "Evicted" }), OK, "KUBE OK: 1 pods are well"],
  ])("case %#", async (one, code, text) => {
    expect(await ask("pods", { objects: { pods: [one] } })).toMatchObject({ code, text });
  });
});

describe("volumes", () => {
  const volume = (phase: string, policy = "Delete") => ({
    metadata: { name: "pv1" },
    spec: { persistentVolumeReclaimPolicy: policy },
    status: { phase },
  });
  const claim = (phase: string, minutes = 60) => ({
    metadata: { name: "data", namespace: "db", creationTimestamp: ago(minutes) },
    status: { phase },
  });
  it.each([
    [volume("Bound"), claim("Bound"), OK, "KUBE OK: 1 volumes"],
    [volume("Failed"), claim("Bound"), CRITICAL, "KUBE CRITICAL: volume pv1 failed:"],
    [volume("Released"), claim("Bound"), WARNING, "KUBE WARNING: volume pv1 is released and was not deleted"],
    [volume("Released", "Retain"), claim("Bound"), OK, "KUBE OK: 1 volumes"],
    [volume("Bound"), claim("Lost"), CRITICAL, "KUBE CRITICAL: claim db/data has lost its volume"],
    [volume("Bound"), claim("Pending"), WARNING, "KUBE WARNING: claim db/data waits for a volume"],
    [volume("Bound"), claim("Pending", 1), OK, "KUBE OK: 1 volumes"],
  ])("case %#", async (one, other, code, text) => {
    const objects = { persistentvolumes: [one], persistentvolumeclaims: [other] };
    expect(await ask("volumes", { objects })).toMatchObject({ code, text });
  });
});

describe("quotas", () => {
  const quota = (hard: object, used: object) => ({
    metadata: { name: "q", namespace: "team" },
    status: { hard, used },
  });
  it.each([
    [quota({ "requests.cpu": "4" }, { "requests.cpu": "1500m" }), OK, "38%;90;100;0"],
    [quota({ memory: "10Gi", pods: "0" }, { memory: "9728Mi", pods: "0" }), WARNING, "95%;90;100;0"],
    [quota({ "limits.memory": "1e9" }, { "limits.memory": "1G" }), CRITICAL, "100%;90;100;0"],
  ])("case %#", async (one, code, figure) => {
    const result = await ask("quotas", { objects: { resourcequotas: [one] } });
    expect(result.code).toBe(code);
    expect(result.figures.highest).toBe(figure.replace("38%", "37.5%"));
  });
});

describe("certificates", () => {
  const request = (minutes: number, conditions?: object[]) => ({
    metadata: { name: "csr-1", creationTimestamp: ago(minutes) },
    spec: { username: "system:node:a" },
    status: conditions === undefined ? {} : { conditions },
  });
  it.each([
    [["--warning", "30", "--critical", "7"], [], OK, "KUBE OK: the API's certificate expires in 99 days"],
    [
      ["--warning", "200", "--critical", "7"],
      [],
      WARNING,
      "KUBE WARNING: the API's certificate expires in 99 days",
    ],
    [
      ["--warning", "300", "--critical", "200"],
      [],
      CRITICAL,
      "KUBE CRITICAL: the API's certificate expires in 99 days",
    ],
    [
      ["--warning", "30", "--critical", "7"],
      [request(60)],
      WARNING,
      "KUBE WARNING: request csr-1 of system:node:a waits for approval",
    ],
    [
      ["--warning", "30", "--critical", "7"],
      [request(60, [{ type: "Approved" }]), request(1)],
      OK,
      "KUBE OK: the API's certificate expires in 99 days",
    ],
  ])("%j, case %#", async (limits, certificatesigningrequests, code, text) => {
    const result = await ask("certificates", { objects: { certificatesigningrequests } }, ...limits);
    expect(result).toMatchObject({ code, text });
  });
});
