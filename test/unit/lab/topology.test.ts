import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { InputError } from "../../../tasks/core/errors.ts";
import { parseTopology, readTopology } from "../../../tasks/lab/topology.ts";

const MINIMAL = `name: t1
network: 198.18.5.0/24
api: { vip: 198.18.5.100 }
hosts:
  a: { roles: [control-plane] }
  b: {}
`;

/** The problems of a text, as `line:column message → remedy`. */
function problemsOf(text: string): string[] {
  try {
    parseTopology(text, "t.yml");
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(
      ({ origin, message, remedy }) =>
        `${origin?.line ?? "-"}:${origin?.column ?? "-"} ${message} → ${remedy}`,
    );
  }
  return [];
}

describe("a topology", () => {
  test("is complete with a name, a network, a VIP and hosts", () => {
    expect(parseTopology(MINIMAL, "t.yml")).toEqual({
      name: "t1",
      suite: "trixie",
      network: "198.18.5.0/24",
      prefix: 24,
      gateway: "198.18.5.1",
      domain: "t1.test",
      api: { vip: "198.18.5.100", port: 6443, domain: "api.t1.test", vrid: 101 },
      hosts: [
        { name: "a", ip: "198.18.5.11", roles: ["control-plane"] },
        { name: "b", ip: "198.18.5.12", roles: [] },
      ],
    });
  });

  test("by default has eight hosts of every kind that deploying needs", () => {
    const file = fileURLToPath(new URL("../../../lab/topology.yml", import.meta.url));
    const { name, network, api, hosts } = readTopology(file);
    expect({ name, network, vip: api.vip }).toEqual({
      name: "lab",
      network: "198.18.0.0/24",
      vip: "198.18.0.100",
    });
    expect(hosts.map((host) => host.name).join(" ")).toBe(
      "lb1 lb2 master1 master2 master3 worker1 storage1 monitor1",
    );
  });

  test("that cannot be read is the user's mistake", () => {
    expect(() => readTopology("/nonexistent/t.yml")).toThrow(InputError);
  });

  test.each<[string, string, string, string]>([
    ["syntax", "hosts:\n", "hosts: [\n", "a comma is missing"],
    [
      "an unknown key",
      "name: t1",
      "nmae: t1",
      '1:1 unknown key "nmae" in the file, did you mean "name"? → use one of these keys: name, suite',
    ],
    [
      "an unknown key of a host",
      "b: {}",
      "b: { role: [] }",
      '6:8 unknown key "role" in hosts.b, did you mean "roles"? → use one of these keys: ip, roles',
    ],
    [
      "an unknown role",
      "[control-plane]",
      "[master]",
      '5:16 hosts.a.roles[0]: "master" is not possible → write one of control-plane',
    ],
    ["a long name", "name: t1", "name: a-very-long-name", "1:7 name: must be 1 to 12 of"],
    ["a bad host name", "  b: {}", "  B_1: {}", "6:3 hosts.B_1: must be a host name"],
    [
      "a network with host bits",
      "198.18.5.0/24",
      "198.18.5.9/24",
      "2:10 network: must be an IPv4 network of /16 to /28",
    ],
    [
      "a tiny network",
      "198.18.5.0/24",
      "198.18.5.0/30",
      "2:10 network: must be an IPv4 network of /16 to /28",
    ],
    ["a VIP outside", "198.18.5.100", "198.18.6.100", "3:8 198.18.6.100 is outside 198.18.5.0/24"],
    ["a VIP on this machine", "198.18.5.100", "198.18.5.1 ", "3:8 198.18.5.1 is this machine's own address"],
    ["a host on the VIP", "b: {}", "b: { ip: 198.18.5.100 }", "6:8 198.18.5.100 already belongs to api.vip"],
    [
      "a host on the gateway",
      "b: {}",
      "b: { ip: 198.18.5.1 }",
      "6:8 198.18.5.1 already belongs to this machine",
    ],
    ["a host outside", "b: {}", "b: { ip: 10.0.0.1 }", "6:8 10.0.0.1 is outside 198.18.5.0/24"],
    [
      "a suite that is none",
      "name: t1",
      "name: t1\nsuite: sid",
      '2:8 suite: "sid" is not possible → write one of trixie, bookworm, noble',
    ],
    [
      "no hosts",
      "  a: { roles: [control-plane] }\n  b: {}\n",
      "  {}\n",
      "hosts: must name at least one host",
    ],
  ])("with %s is refused with its place and remedy", (_what, from, to, expected) => {
    expect(MINIMAL).toContain(from);
    expect(problemsOf(MINIMAL.replace(from, to)).join("\n")).toContain(expected);
  });

  test("with several mistakes tells all of them at once", () => {
    const text = MINIMAL.replace("b: {}", "b: { ip: 10.0.0.1 }").replace("198.18.5.100", "198.18.6.100");
    expect(problemsOf(text)).toHaveLength(2);
  });

  test.each(["", "- a\n", "42\n", "a: &a [*a]\n"])("that is %j is refused, not a bug", (text) => {
    expect(problemsOf(text).length).toBeGreaterThan(0);
  });
});
