import { describe, expect, test } from "vitest";
import { type FoundFile, readFiles } from "../../../tasks/certs/collect.ts";
import { describeCertificates } from "../../../tasks/certs/describe.ts";
import { judgeCertificates } from "../../../tasks/certs/judge.ts";
import type { Section } from "../../../tasks/hosts/answer.ts";

/** CN=apiserver, from 2026-01-01 to 2027-01-01. */
const LEAF = `-----BEGIN CERTIFICATE-----
MIIBHTCBxAIBATAKBggqhkjOPQQDAjANMQswCQYDVQQDDAJjYTAeFw0yNjAxMDEw
MDAwMDBaFw0yNzAxMDEwMDAwMDBaMCkxEzARBgNVBAoMCmt1YmUtbWFnaWMxEjAQ
BgNVBAMMCWFwaXNlcnZlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNWgv2tf
5xgK9WV1lKJaOdi6FsnWz8IWGKHrJjMUFDLmTLjxweprvMvU3I/tndyGT/q0d1u7
OOlA6QcJrl+349kwCgYIKoZIzj0EAwIDSAAwRQIgNDZLRREIOkLaQNduz2yeyp43
bfMPwfZkM/82iJdDbX8CIQCwphRx7VmQqLstgITxwmZnycu6UFtfmRWQG070nPMI
Aw==
-----END CERTIFICATE-----`;
/** CN=kubernetes, an authority, from 2026-06-01 to 2036-01-01. */
const ROOT = `-----BEGIN CERTIFICATE-----
MIIBSTCB8aADAgECAgECMAoGCCqGSM49BAMCMBUxEzARBgNVBAMMCmt1YmVybmV0
ZXMwHhcNMjYwNjAxMDAwMDAwWhcNMzYwMTAxMDAwMDAwWjAVMRMwEQYDVQQDDApr
dWJlcm5ldGVzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEtG3gkhK8/p87V52F
uk4E14JK5Z3V7x6206BS2aBZq16zOMKJ5wgZNrZMGxJN2yRUNhvd7tUiFLdyvlcR
eNbR6qMyMDAwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQUERVSr10CFKH1GQGy
GX+ph717dn8wCgYIKoZIzj0EAwIDRwAwRAIgZ4ecr95gI/0MFmrqbA4npFKOJH9V
m2/J91/Gm6XWWk8CIEd19bDZPOGmc5mBaYaIybBh9NzWIHkSr2SsUfqOSIkn
-----END CERTIFICATE-----`;

const file = (more: Partial<FoundFile>): FoundFile => ({
  host: "master1",
  owner: "kubernetes",
  path: "/etc/kubernetes/ssl/apiserver.crt",
  realPath: "/etc/kubernetes/ssl/apiserver.crt",
  certificates: [LEAF],
  isKubeconfig: false,
  ...more,
});
const judged = (files: readonly FoundFile[], now: string, days = 30) =>
  judgeCertificates([{ host: "master1", files, clockSkew: 0 }], new Date(now), days);
const sections = (...texts: readonly (readonly [string, string])[]): ReadonlyMap<string, Section> =>
  new Map(texts.map(([name, text]) => [name, { code: 0, text }]));

describe("a certificate", () => {
  test.each([
    ["2025-12-31T23:59:59Z", "not-yet-valid", 365],
    ["2026-01-01T00:00:01Z", "ok", 364],
    ["2026-12-02T00:00:00Z", "ok", 30],
    ["2026-12-02T00:00:01Z", "expiring", 29],
    ["2026-12-31T23:59:59Z", "expiring", 0],
    ["2027-01-01T00:00:00Z", "expired", 0],
    ["2027-01-02T00:00:01Z", "expired", -2],
  ])("is at %s %s, with %d days left", (now, state, daysLeft) => {
    expect(judged([file({})], now)[0]).toMatchObject({
      state,
      daysLeft,
      subject: "O=kube-magic, CN=apiserver",
    });
  });

  test("in a chain holds as long as the whole chain does", () => {
    expect(judged([file({ certificates: [LEAF, ROOT] })], "2026-03-01T00:00:00Z")[0]?.state).toBe(
      "not-yet-valid",
    );
    expect(judged([file({ certificates: [LEAF, ROOT] })], "2026-07-01T00:00:00Z")[0]).toMatchObject({
      state: "ok",
      notAfter: "2027-01-01T00:00:00.000Z",
      isAuthority: false,
    });
  });

  test.each([
    ["nothing", [], "contains no certificate"],
    [
      "nonsense",
      ["-----BEGIN CERTIFICATE-----\nbm90\n-----END CERTIFICATE-----"],
      "that is not a certificate",
    ],
    ["half a certificate", [LEAF.slice(0, 200)], "that is not a certificate"],
    ["a good and a bad one", [LEAF, LEAF.slice(0, 200)], "that is not a certificate"],
  ])("is missed in a file with %s", (_what, certificates, problem) => {
    const [one] = judged([file({ certificates })], "2026-07-01T00:00:00Z");
    expect(one?.state).toBe("garbage");
    expect(one?.problem).toContain(problem);
  });

  test("that several hosts share is one row, and one that differs is another", () => {
    const at = (host: string, more: Partial<FoundFile> = {}) => ({
      host,
      files: [file({ host, ...more })],
      clockSkew: 0,
    });
    const rows = judgeCertificates(
      [at("m1"), at("m2"), at("m3", { certificates: [ROOT] }), at("m4", { unreadable: "is a folder" })],
      new Date("2026-07-01T00:00:00Z"),
      30,
    );
    expect(rows.map(({ hosts }) => hosts)).toEqual([["m4"], ["m1", "m2"], ["m3"]]);
  });

  test("is renewed by its owner, an authority by nobody on the way", () => {
    const [leaf] = judged([file({ owner: "etcd" })], "2026-07-01T00:00:00Z");
    expect(leaf?.renewal).toBe("npm run certs:renew -- etcd");
    const [root] = judged([file({ owner: "etcd", certificates: [ROOT] })], "2026-07-01T00:00:00Z");
    expect(root?.renewal).toContain("a certificate authority");
  });
});

describe("what a host prints", () => {
  test("is read as files, each once however it is reached", () => {
    const text = (path: string) => `${path}\n/etc/kubernetes/ssl/apiserver.crt\n${LEAF}\n`;
    const files = readFiles(
      "master1",
      sections(
        ["clock", "1"],
        ["kubernetes:1", text("/etc/kubernetes/ssl/apiserver.crt")],
        ["kubernetes:2", text("/etc/kubernetes/pki/apiserver.crt")],
      ),
    );
    expect(files).toEqual([file({})]);
  });

  test("of a kubeconfig is the client's certificate, and nothing of one that names a file", () => {
    const data = Buffer.from(LEAF).toString("base64");
    const files = readFiles(
      "master1",
      sections(
        [
          "kubernetes:1",
          `/etc/kubernetes/admin.conf\n/etc/kubernetes/admin.conf\nkubeconfig\nclient-certificate-data ${data}\n`,
        ],
        ["kubernetes:2", "/etc/kubernetes/kubelet.conf\n/etc/kubernetes/kubelet.conf\nkubeconfig\n"],
        ["kubernetes:3", "/etc/kubernetes/scheduler.conf\n/etc/kubernetes/scheduler.conf\nkubeconfig\n"],
        ["kubernetes:4", "/etc/kubernetes/other.conf\n/etc/kubernetes/other.conf\n"],
      ),
    );
    expect(files.map(({ path, certificates }) => [path, certificates.length])).toEqual([
      ["/etc/kubernetes/admin.conf", 1],
      ["/etc/kubernetes/scheduler.conf", 0],
    ]);
  });

  test("is shown with what renews it, silent hosts, and clocks that are wrong", () => {
    const hosts = [
      { host: "m1", files: [file({})], clockSkew: 400 },
      { host: "m2", files: [], clockSkew: 0, silent: "connection refused" },
    ];
    const text = describeCertificates(
      "prod",
      hosts,
      judgeCertificates(hosts, new Date("2027-07-01T00:00:00Z"), 30),
    );
    expect(text).toMatch(/^prod: 1 certificates on 2 hosts, 1 not good\n/);
    expect(text).toContain("1 × npm run certs:renew -- kubernetes");
    expect(text).toContain("warning: m1: its clock is 400 s ahead of the controller's");
    expect(text).toContain("critical: m2: connection refused");
  });
});
