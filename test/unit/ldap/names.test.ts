import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeFilterValue, filterProblem, firstName, isWithin, normalDn } from "../../../tasks/core/ldap.ts";

describe("a filter", () => {
  test.each([
    "(objectClass=person)",
    "(&(objectClass=person)(!(disabled=TRUE)))",
    "(|(cn=a*)(cn=*b)(cn=*))",
    "(cn=Lehrer \\28alt\\29 \\2a \\5c)",
    "(memberOf:1.2.840.113556.1.4.1941:=cn=x,dc=y)",
    "(cn:dn:2.4.6.8.10:=Jo)",
    "(whenChanged>=20200101000000.0Z)",
    "(cn=)",
    "(cn;lang-de=Grün)",
  ])("is %s", (text) => {
    expect(filterProblem(text)).toBeUndefined();
  });

  test.each([
    ["objectClass=person", /parenthesis is missing/],
    ["(objectClass=person", /closing/],
    ["(&(a=b)(c=d)", /closing/],
    ["(a=b))", /left over/],
    ["(a=b)(c=d)", /left over/],
    ["(&)", /parenthesis/],
    ["(!(a=b)(c=d))", /closing/],
    ["(cn=a\\zz)", /backslash/],
    ["(cn=a(b)c)", /closing/],
    ["(person)", /is not a comparison/],
    ["(=x)", /is not an attribute/],
    ["", /parenthesis/],
  ])("is not %s", (text, problem) => {
    expect(filterProblem(text)).toMatch(problem);
  });

  test("takes any value when it is escaped", () => {
    expect(escapeFilterValue("Lehrer (alt) *\\\0")).toBe("Lehrer \\28alt\\29 \\2a\\5c\\00");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        expect(filterProblem(`(cn=${escapeFilterValue(value)})`)).toBeUndefined();
      }),
    );
  });
});

describe("a distinguished name", () => {
  test("is the same however it is written", () => {
    const dn = normalDn("CN=Smith\\, Jo,OU=People,DC=example,DC=com");
    expect(dn).toEqual(["cn=smith, jo", "ou=people", "dc=example", "dc=com"]);
    for (const other of [
      "cn=Smith\\2C  Jo , ou=people, dc=example,dc=com",
      "cn=smith\\, jo,ou=PEOPLE,dc=Example,dc=com",
    ])
      expect(normalDn(other)).toEqual(dn);
    expect(normalDn("cn=Gr\\C3\\BCn")).toEqual(normalDn("cn=Grün"));
    expect(normalDn("cn=a+uid=b,dc=c")).toEqual(normalDn("UID=b+CN=a,dc=c"));
  });

  test("lies below its base", () => {
    const [base, inside, beside] = ["ou=x,dc=c", "uid=a,OU=X,dc=c", "uid=a,ou=xx,dc=c"].map(
      (text) => normalDn(text) ?? [],
    ) as [string[], string[], string[]];
    expect([isWithin(inside, base), isWithin(beside, base), isWithin(base, inside)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("has a first name, of which a filter can be made", () => {
    expect(firstName("cn=Smith\\, Jo (alt)\\2a,dc=c")).toEqual({
      attribute: "cn",
      value: "Smith, Jo (alt)*",
    });
  });

  test.each(["admins", "=x,dc=y", "cn=a,b", "cn=a\\"])("is not %s", (text) => {
    expect(normalDn(text)).toBeUndefined();
  });
});
