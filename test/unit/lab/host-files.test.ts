import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { guestFiles } from "../../../tasks/lab/guest-files.ts";
import { hostsFile, hostsFileHash, updateHostsFile } from "../../../tasks/lab/hosts-file.ts";
import { sourceUris } from "../../../tasks/lab/package-source.ts";
import { hostPlaces, labPlaces } from "../../../tasks/lab/places.ts";
import { parseTopology } from "../../../tasks/lab/topology.ts";

const parse = (hosts: string) =>
  parseTopology(
    `{ name: t1, network: 198.18.5.0/24, api: { vip: 198.18.5.100 }, hosts: { ${hosts} } }`,
    "t.yml",
  );
const two = parse("a: {}, b: {}");
const three = parse("a: {}, b: {}, c: {}");

describe("/etc/hosts", () => {
  test("names every host of the lab, none of them on the loopback", () => {
    expect(hostsFile(two)).toContain("198.18.5.11\ta.t1.test a\n198.18.5.12\tb.t1.test b\n");
    expect(hostsFile(two).match(/^127.*$/gm)).toEqual(["127.0.0.1\tlocalhost"]);
  });

  test("learns new neighbours and keeps what somebody else wrote, before and after", () => {
    const text = `10.0.0.1 before\n${hostsFile(two)}10.0.0.2 after\n`;
    const updated = updateHostsFile(text, three);
    expect(updated).toContain("198.18.5.13\tc.t1.test c\n");
    expect(updated.startsWith("10.0.0.1 before\n")).toBe(true);
    expect(updated.endsWith("10.0.0.2 after\n")).toBe(true);
    expect(updateHostsFile(updated, three)).toBe(updated);
    expect(updateHostsFile(updated, two)).toBe(text);
  });

  test("gets the block back when it was lost", () => {
    expect(updateHostsFile("127.0.0.1 localhost", two)).toContain(
      "localhost\n# the hosts of this lab\n198.18.5.11",
    );
  });

  test("is looked at again only when the neighbours changed", () => {
    expect(hostsFileHash(two)).toBe(hostsFileHash(parse("a: { roles: [etcd] }, b: {}")));
    expect(hostsFileHash(two)).not.toBe(hostsFileHash(three));
  });
});

describe("a host's own files", () => {
  const [a] = two.hosts;
  const seed = { base: "/b", ip: "198.18.5.11", prefix: 24, gateway: "198.18.5.1", domain: "t1.test" };
  const files = (proxy?: string) =>
    guestFiles(
      two,
      a ?? expect.unreachable(),
      seed,
      { nameServers: ["10.0.0.2"], proxy },
      "ssh-ed25519 AAAA\n",
    );

  test("give it a static address, its name and the lab's key", () => {
    expect(files()["etc/systemd/network/10-lab.network"]?.content).toContain(
      "Address=198.18.5.11/24\nGateway=198.18.5.1\n",
    );
    expect(files()["etc/hostname"]?.content).toBe("a\n");
    expect(files()["etc/resolv.conf"]?.content).toBe("search t1.test\nnameserver 10.0.0.2\n");
    expect(files()["root/.ssh/authorized_keys"]).toEqual({ content: "ssh-ed25519 AAAA\n", mode: 0o600 });
  });

  test.each([
    ["http://127.0.0.1:3142", "http://198.18.5.1:3142"],
    ["http://localhost:3142/", "http://198.18.5.1:3142/"],
    ["http://proxy.example.com:3128", "http://proxy.example.com:3128"],
  ])("take packages through the machine's proxy %s, seen from a host as %s", (proxy, seen) => {
    expect(files(proxy)["etc/apt/apt.conf.d/99lab-proxy"]?.content).toBe(`Acquire::http::Proxy "${seen}";\n`);
    expect(files()["etc/apt/apt.conf.d/99lab-proxy"]).toBeUndefined();
  });
});

describe("the machine's package mirrors", () => {
  test("are read from both formats of apt's sources, and from mirror lists", () => {
    const etc = mkdtempSync(join(tmpdir(), "km-apt-"));
    try {
      mkdirSync(join(etc, "sources.list.d"));
      writeFileSync(join(etc, "mirrors.list"), "https://cloud.example/debian\tpriority:1\n");
      writeFileSync(
        join(etc, "sources.list"),
        "# deb http://no/debian x main\ndeb [arch=amd64 trusted=yes] http://one/debian/ trixie main\n",
      );
      writeFileSync(
        join(etc, "sources.list.d/a.sources"),
        `Types: deb\nURIs: http://two/debian-security  mirror+file:${etc}/mirrors.list\nSuites: x\n`,
      );
      writeFileSync(join(etc, "sources.list.d/a.list.save"), "deb http://no/debian x main\n");
      expect(sourceUris(etc)).toEqual([
        "http://one/debian",
        "http://two/debian-security",
        "https://cloud.example/debian",
      ]);
    } finally {
      rmSync(etc, { recursive: true });
    }
  });
});

describe("names and folders", () => {
  test("derive from the lab's name, so that two labs share none", () => {
    const [one, two] = ["one", "two"].map((name) => labPlaces(name, {}));
    for (const key of ["state", "bridge", "table", "controlGroup", "privateKey"] as const) {
      expect(one?.[key]).not.toBe(two?.[key]);
    }
    expect(labPlaces("twelve-chars", {}).bridge.length).toBeLessThanOrEqual(15);
    expect(hostPlaces(labPlaces("one", {}), "a").machine).toBe("one-a");
  });

  test("follow KUBE_MAGIC_LAB_DIR and KUBE_MAGIC_CACHE_DIR, and refuse what overlayfs cannot read", () => {
    expect(labPlaces("x", { KUBE_MAGIC_LAB_DIR: "/l", KUBE_MAGIC_CACHE_DIR: "/c" })).toMatchObject({
      state: "/l/x",
      cache: "/c",
    });
    for (const bad of ["relative", "/with,comma", "/with:colon", "/with blank"]) {
      expect(() => labPlaces("x", { KUBE_MAGIC_LAB_DIR: bad })).toThrow("KUBE_MAGIC_LAB_DIR");
    }
  });
});
