import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addressToNumber,
  allocate,
  gatewayOf,
  isHostAddress,
  numberToAddress,
  parseSubnet,
  subnetOf,
  subnetsOverlap,
} from "../../../tasks/lab/addresses.ts";

const subnet = (text: string) => parseSubnet(text) ?? expect.unreachable(text);

describe("a subnet", () => {
  test.each(["198.18.0.0/24", "10.0.0.0/8", "192.168.4.0/22", "0.0.0.0/0"])("%s is read", (text) => {
    const { first, prefix } = subnet(text);
    expect(`${numberToAddress(first)}/${prefix}`).toBe(text);
  });

  test.each(["198.18.0.1/24", "198.18.0.0", "198.18.0.0/33", "198.18.0.256/24", "a.b.c.d/24", "::/64", ""])(
    "%s is none",
    (text) => expect(parseSubnet(text)).toBeUndefined(),
  );

  test("has its gateway first, and neither its own nor the broadcast address for hosts", () => {
    const net = subnet("198.18.0.0/24");
    expect(gatewayOf(net)).toBe("198.18.0.1");
    expect(
      ["198.18.0.0", "198.18.0.1", "198.18.0.254", "198.18.0.255", "198.18.1.1"].map((ip) =>
        isHostAddress(net, ip),
      ),
    ).toEqual([false, true, true, false, false]);
  });

  test.each([
    ["198.18.0.0/24", "198.18.0.0/16", true],
    ["198.18.0.0/24", "198.18.1.0/24", false],
    ["198.18.0.0/23", "198.18.1.0/24", true],
    ["198.18.0.0/24", "0.0.0.0/0", true],
  ])("%s against %s overlaps: %s", (a, b, expected) => {
    expect(subnetsOverlap(subnet(a), subnet(b))).toBe(expected);
    expect(subnetsOverlap(subnet(b), subnet(a))).toBe(expected);
  });

  test("of an address contains the address", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.integer({ min: 0, max: 32 }),
        (value, prefix) => {
          const { first } = subnetOf(numberToAddress(value), prefix);
          expect(first).toBeLessThanOrEqual(value);
          expect(value - first).toBeLessThan(2 ** (32 - prefix));
        },
      ),
    );
  });

  test("numbers and addresses are each other's inverse", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (value) => {
        expect(addressToNumber(numberToAddress(value))).toBe(value);
      }),
    );
  });
});

describe("allocation", () => {
  const wishes = (ips: readonly (string | undefined)[]) =>
    ips.map((ip, index) => ({ name: `h${index}`, ip }));

  test("counts up from .11 in declaration order, around wishes and reserved addresses", () => {
    const given = allocate(
      subnet("198.18.0.0/24"),
      wishes([undefined, "198.18.0.12", undefined, undefined]),
      ["198.18.0.14"],
    );
    expect([...given.values()]).toEqual(["198.18.0.11", "198.18.0.12", "198.18.0.13", "198.18.0.15"]);
  });

  test("says which hosts no longer fit", () => {
    const given = allocate(
      subnet("198.18.0.0/28"),
      wishes([undefined, undefined, undefined, undefined, undefined]),
      [],
    );
    expect([...given.values()]).toEqual([
      "198.18.0.11",
      "198.18.0.12",
      "198.18.0.13",
      "198.18.0.14",
      undefined,
    ]);
  });

  test("never gives an address twice, never a reserved one, and keeps every wish", () => {
    const offset = fc.integer({ min: 2, max: 254 });
    const wish = fc.option(offset, { nil: undefined });
    fc.assert(
      fc.property(
        fc.array(wish, { maxLength: 40 }),
        fc.array(offset, { maxLength: 5 }),
        (offsets, reserved) => {
          const at = (value: number) => `198.18.0.${value}`;
          const wanted = [
            ...new Set(offsets.filter((value) => value !== undefined && !reserved.includes(value))),
          ].map(at as never);
          const open = offsets.filter((value) => value === undefined);
          const list = wishes([...wanted, ...open] as (string | undefined)[]);
          const given = [...allocate(subnet("198.18.0.0/24"), list, reserved.map(at)).values()];
          const known = given.filter((ip) => ip !== undefined);
          expect(new Set(known).size).toBe(known.length);
          expect(known.filter((ip) => reserved.map(at).includes(ip))).toEqual([]);
          expect(given.slice(0, wanted.length)).toEqual(wanted);
        },
      ),
    );
  });
});
