import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { harmOf } from "../../../tasks/kube/compare.ts";
import { RUNNING_QUESTION, type RunningHost, readRunning } from "../../../tasks/kube/running.ts";

const runs = (host: string, version?: string, settings: RunningHost["settings"] = {}): RunningHost => ({
  host,
  ...(version === undefined ? {} : { version }),
  settings,
});
const SETTINGS = {
  pods: "10.233.64.0/18",
  services: "10.233.0.0/18",
  clusterName: "prod",
  dnsDomain: "cluster.local",
  etcdDataDir: "/var/lib/etcd",
  networkPlugin: "calico",
} as const;

describe("a deploy on a running Kubernetes", () => {
  test("is harmless where nothing runs yet", () => {
    expect(harmOf([runs("cp1"), runs("w1")], { version: "1.35.4", settings: SETTINGS })).toEqual([]);
  });

  test("is harmless when all is as it was, or one patch newer", () => {
    const hosts = [runs("cp1", "1.34.3", SETTINGS), runs("w1", "1.34.3")];
    expect(harmOf(hosts, { version: "1.34.3", settings: SETTINGS })).toEqual([]);
    expect(harmOf(hosts, { version: "1.34.4", settings: SETTINGS })).toEqual([]);
  });

  test.each([
    [
      "another minor version",
      "1.33.7",
      "1.35.4",
      /1\.33\.7.*without draining/,
      /kube:upgrade -- --to 1\.35\.4/,
    ],
    ["an older minor version", "1.35.4", "1.34.3", /cannot go back/, /versions\.kubernetes: "1\.35\.4"/],
    ["an older patch version", "1.34.4", "1.34.3", /cannot go back/, /versions\.kubernetes: "1\.34\.4"/],
  ])("is refused for %s", (_what, from, to, message, remedy) => {
    const [harm, ...more] = harmOf([runs("w1", from)], { version: to, settings: {} });
    expect(harm?.message).toMatch(message);
    expect(harm?.remedy).toMatch(remedy);
    expect(more).toEqual([]);
  });

  test.each([
    ["pods", "10.244.0.0/16"],
    ["services", "10.96.0.0/12"],
    ["clusterName", "other"],
    ["dnsDomain", "dc.example.net"],
    ["etcdDataDir", "/data/etcd"],
    ["networkPlugin", "cilium"],
  ] as const)("is refused when %s changes", (key, value) => {
    const [harm, ...more] = harmOf([runs("cp1", "1.34.3", SETTINGS)], {
      version: "1.34.3",
      settings: { ...SETTINGS, [key]: value },
    });
    expect(harm?.message).toContain(`is ${SETTINGS[key]} (cp1)`);
    expect(harm?.message).toContain(value);
    expect(harm?.remedy).toContain("kube:reset");
    expect(more).toEqual([]);
  });

  test("knows two families in any order, and a folder with a slash at its end", () => {
    const hosts = [
      runs("cp1", "1.34.3", { pods: "fd00::/64,10.233.64.0/18", etcdDataDir: "/var/lib/etcd/" }),
    ];
    const settings = { pods: "10.233.64.0/18,fd00::/64", etcdDataDir: "/var/lib/etcd" };
    expect(harmOf(hosts, { version: "1.34.3", settings })).toEqual([]);
  });
});

describe("the question to a host", () => {
  test("is answered by a host without Kubernetes with nothing", () => {
    const text = execFileSync("sh", {
      input: RUNNING_QUESTION,
      encoding: "utf8",
      env: { PATH: "/usr/bin:/bin" },
    });
    expect(readRunning("w1", text)).toEqual({ host: "w1", settings: {} });
  });

  test("is read with carriage returns and quotes, as a terminal sends them", () => {
    const text = 'version=1.34.4\r\npods=10.233.64.0/18\r\nclusterName="prod"\r\nnetworkPlugin=\r\n';
    expect(readRunning("cp1", text)).toEqual({
      host: "cp1",
      version: "1.34.4",
      settings: { pods: "10.233.64.0/18", clusterName: "prod" },
    });
  });
});
