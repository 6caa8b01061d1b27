/** Zones and reverse zones: what is answered is exactly the inventory, and no text can break out of its record. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCidr } from "../../../tasks/core/ip.ts";
import type { Dns } from "../../../tasks/core/model/services.ts";
import { reverseName, reverseZones } from "../../../tasks/core/reverse-zones.ts";
import { isWithin, quotedText, zonesOf } from "../../../tasks/core/zones.ts";
import { clusters } from "../../helpers/arbitrary-cluster.ts";
import { hostileString } from "../../helpers/hostile.ts";
import { aCluster, aHost, SMALL_HOSTS } from "../../helpers/model.ts";

const DNS: Dns = {
  ttl: 300,
  contact: "hostmaster.intra.example.com",
  forwarders: [],
  clients: [],
  dnssecValidation: false,
  ingress: { domain: "apps.intra.example.com", addresses: ["10.42.0.13"] },
  records: [],
};
const HOSTS = [...SMALL_HOSTS, aHost("ns1", 60, ["dns"]), aHost("ns2", 61, ["dns"])];
const zones = (more: Parameters<typeof aCluster>[0] = {}) =>
  new Map(
    zonesOf(aCluster({ hosts: HOSTS, dns: DNS, ...more })).map(({ name, records }) => [
      name,
      records.map((record) => `${record.name} ${record.type} ${record.value}`),
    ]),
  );

describe("forward zones", () => {
  it("hold hosts, the API, the applications and the name servers", () => {
    const { api } = aCluster();
    const all = zones({ api: { ...api, domain: "api.k8s.intra.example.com" } });
    const [name] = all.keys();
    expect(name).toBe("intra.example.com");
    expect(all.get("intra.example.com")).toEqual(
      expect.arrayContaining([
        "intra.example.com NS ns1.intra.example.com.",
        "intra.example.com NS ns2.intra.example.com.",
        "worker1.intra.example.com A 10.42.0.20",
        "api.k8s.intra.example.com A 10.42.253.152",
        "*.apps.intra.example.com A 10.42.0.13",
      ]),
    );
  });

  it("are one for each name outside the domain, so that the rest of that domain stays with its owner", () => {
    const { api } = aCluster();
    const all = zones({ api: { ...api, domain: "api.example.org" } });
    expect(all.get("api.example.org")).toEqual([
      "api.example.org NS ns1.intra.example.com.",
      "api.example.org NS ns2.intra.example.com.",
      "api.example.org A 10.42.253.152",
    ]);
  });

  it("take records relative to the domain, or absolute", () => {
    const records = [
      { name: "www", type: "CNAME", value: "worker1" },
      { name: "ftp.intra.example.com.", type: "CNAME", value: "elsewhere.example.org." },
      { name: "@", type: "MX", value: "10 mail" },
      { name: "_ldap._tcp", type: "SRV", value: "0 5 636 worker1" },
    ] as const;
    expect(zones({ dns: { ...DNS, records } }).get("intra.example.com")).toEqual(
      expect.arrayContaining([
        "www.intra.example.com CNAME worker1.intra.example.com.",
        "ftp.intra.example.com CNAME elsewhere.example.org.",
        "intra.example.com MX 10 mail.intra.example.com.",
        "_ldap._tcp.intra.example.com SRV 0 5 636 worker1.intra.example.com.",
      ]),
    );
  });

  it("lose a host that leaves the inventory", () => {
    const text = JSON.stringify([...zones({ hosts: HOSTS.filter(({ name }) => name !== "worker2") })]);
    expect(text).toContain("worker1");
    expect(text).not.toContain("worker2");
  });

  it("put each record into one zone that holds its name, for any cluster", () => {
    fc.assert(
      fc.property(clusters(), (model) => {
        const all = zonesOf({ ...model, dns: DNS });
        for (const zone of all)
          for (const { name } of zone.records)
            expect(isWithin(name, zone.name), `${name} in ${zone.name}`).toBe(true);
        const pointers = all.flatMap(({ records }) => records.filter(({ type }) => type === "PTR"));
        const addresses = model.hosts.flatMap(({ ip, ip6 }) => (ip6 === undefined ? [ip] : [ip, ip6]));
        expect(pointers.map(({ name }) => name).sort()).toEqual(
          [...new Set(addresses)].map(reverseName).sort(),
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe("text of a record", () => {
  /** As a name server reads it back. */
  const read = (quoted: string): string => {
    const bytes = [...quoted.matchAll(/"((?:[^"\\]|\\\d{3})*)"(?: |$)/g)].flatMap(([, one = ""]) =>
      [...one.matchAll(/\\(\d{3})|([^\\])/g)].map(([, code, plain = ""]) =>
        code === undefined ? plain.charCodeAt(0) : Number(code),
      ),
    );
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes));
  };

  it("comes back as it was, on one line, in strings of at most 255 bytes, and is no template", () => {
    fc.assert(
      fc.property(hostileString(), (text) => {
        const quoted = quotedText(text);
        expect(quoted).toMatch(/^[\x20-\x7e]+$/);
        expect(quoted).not.toMatch(/[{}%]/);
        expect(read(quoted)).toBe(
          new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(text)),
        );
        for (const [, one = ""] of quoted.matchAll(/"((?:[^"\\]|\\\d{3})*)"(?: |$)/g))
          expect(one.replaceAll(/\\\d{3}/g, "x").length).toBeLessThanOrEqual(255);
      }),
    );
  });
});

describe("reverse zones", () => {
  it.each([
    ["10.42.0.0/16", ["42.10.in-addr.arpa"]],
    ["198.18.15.0/24", ["15.18.198.in-addr.arpa"]],
    [
      "10.1.4.0/22",
      ["4.1.10.in-addr.arpa", "5.1.10.in-addr.arpa", "6.1.10.in-addr.arpa", "7.1.10.in-addr.arpa"],
    ],
    ["192.0.2.8/31", ["8.2.0.192.in-addr.arpa", "9.2.0.192.in-addr.arpa"]],
    ["10.0.0.0/8", ["10.in-addr.arpa"]],
    ["fd00:42::/64", ["0.0.0.0.0.0.0.0.2.4.0.0.0.0.d.f.ip6.arpa"]],
    [
      "fd00:42::/63",
      ["0.0.0.0.0.0.0.0.2.4.0.0.0.0.d.f.ip6.arpa", "1.0.0.0.0.0.0.0.2.4.0.0.0.0.d.f.ip6.arpa"],
    ],
  ])("of %s", (network, expected) => {
    expect(reverseZones(network)).toEqual(expected);
  });

  it("hold every address of the network once, and no other address", () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(
        fc.tuple(byte, byte, byte, byte),
        fc.integer({ min: 1, max: 32 }),
        fc.tuple(byte, byte, byte, byte),
        (base, prefix, other) => {
          const bits = (four: readonly number[]): number => four.reduce((sum, one) => sum * 256 + one, 0);
          const size = 2 ** (32 - prefix);
          const start = Math.floor(bits(base) / size) * size;
          const text = (value: number): string =>
            [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
          const zones = reverseZones(`${text(start)}/${prefix}`);
          const holders = (ip: string): number =>
            zones.filter((zone) => isWithin(reverseName(ip) ?? "", zone)).length;
          expect(zones.length).toBeLessThanOrEqual(128);
          expect([holders(text(start)), holders(text(start + size - 1))]).toEqual([1, 1]);
          const inside = bits(other) >= start && bits(other) < start + size;
          expect(holders(other.join("."))).toBe(inside ? 1 : 0);
        },
      ),
    );
  });

  it("are at most eight for any IPv6 prefix", () => {
    for (let prefix = 1; prefix <= 128; prefix += 1) {
      const zones = reverseZones(`::/${prefix}`);
      expect(zones.length).toBeLessThanOrEqual(8);
      expect(parseCidr(`::/${prefix}`)).toBeDefined();
      expect(isWithin(reverseName("::") ?? "", zones[0] ?? "")).toBe(true);
    }
  });
});
