/** Rules about objects in the cluster: groups of a directory, and storage classes. */
import { isWithin, normalDn, sameDn } from "../../core/ldap.ts";
import type { ClusterModel } from "../../core/model.ts";
import type { Finding, Rule } from "./rule-type.ts";

export const ldapWithoutOpenShift: Rule = {
  code: "KM550",
  severity: "warning",
  title: "A section ldap without OpenShift",
  rationale: "Only OpenShift has groups to synchronise; Kubernetes has none.",
  *check({ ldap, orchestrator }) {
    if (ldap === undefined || orchestrator === "openshift") return;
    const message = `the section ldap has no effect, because the orchestrator is ${orchestrator}`;
    yield { path: ["ldap"], at: "key", message, remedy: "remove the section ldap" };
  },
};

export const ldapDryRun: Rule = {
  code: "KM551",
  severity: "warning",
  title: "The synchronisation of groups is a dry run",
  rationale: "Until ldap.confirm is true, the scheduled jobs only log what they would change.",
  *check({ ldap, orchestrator }) {
    if (ldap === undefined || ldap.confirm || orchestrator !== "openshift") return;
    const message = "ldap.confirm is false: the jobs do not change groups yet";
    const remedy = "check what they would change: npm run ldap:check; then set ldap.confirm to true";
    yield { path: ["ldap", "confirm"], message, remedy };
  },
};

export const ldapFilterWithDn: Rule = {
  code: "KM552",
  severity: "error",
  title: "A filter together with uidAttribute dn",
  rationale:
    "With uidAttribute dn, OpenShift reads each entry by its DN and refuses a filter. The mapping selects the groups.",
  *check({ ldap }) {
    if (ldap === undefined) return;
    const remedy = "remove the filter, or use another uidAttribute, such as cn or uid";
    const { groups, users, schema } = ldap;
    if (groups?.filter !== undefined && groups.uidAttribute === "dn" && schema !== "activeDirectory")
      yield {
        path: ["ldap", "groups", "filter"],
        message: "ldap.groups has a filter, which is not possible with uidAttribute dn",
        remedy,
      };
    if (users.filter !== undefined && users.uidAttribute === "dn" && schema === "rfc2307")
      yield {
        path: ["ldap", "users", "filter"],
        message: "ldap.users has a filter, which is not possible with uidAttribute dn",
        remedy,
      };
  },
};

export const ldapGroups: Rule = {
  code: "KM553",
  severity: "error",
  title: "ldap.groups does not fit ldap.schema",
  rationale:
    "rfc2307 and augmentedActiveDirectory read groups as entries. activeDirectory reads the groups only from the users.",
  *check({ ldap }) {
    if (ldap === undefined) return;
    if (ldap.schema !== "activeDirectory" && ldap.groups === undefined) {
      const message = `ldap.groups is missing, but the schema ${ldap.schema} needs it`;
      yield { path: ["ldap"], at: "key", message, remedy: "add groups: { base: … }" };
    }
    if (ldap.schema === "activeDirectory" && ldap.groups !== undefined) {
      const remedy = "remove groups, or use the schema augmentedActiveDirectory";
      const message = "the schema activeDirectory does not use ldap.groups";
      yield { path: ["ldap", "groups"], at: "key", message, remedy };
    }
  },
};

export const ldapMappedTwice: Rule = {
  code: "KM554",
  severity: "error",
  title: "A group is mapped twice",
  rationale: "Each time the jobs run, the second LDAP group would overwrite the members of the first one.",
  *check({ ldap }) {
    for (const key of ["ldap", "group"] as const) {
      const names = (ldap?.mapping ?? []).map((entry) => entry[key].toLowerCase());
      for (const [index, name] of names.entries()) {
        if (names.indexOf(name) === index) continue;
        const message = `${ldap?.mapping[index]?.[key]} is mapped twice`;
        yield { path: ["ldap", "mapping", index, key], message, remedy: "remove one of the two" };
      }
    }
  },
};

export const ldapOutsideBase: Rule = {
  code: "KM555",
  severity: "error",
  title: "A mapped group is outside the base",
  rationale: "OpenShift refuses to read an entry outside the base, and the whole job fails.",
  *check({ ldap }) {
    if (ldap?.groups?.uidAttribute !== "dn") return;
    const base = normalDn(ldap.groups.base);
    for (const [index, { ldap: name }] of ldap.mapping.entries()) {
      const dn = normalDn(name);
      if (dn !== undefined && base !== undefined && isWithin(dn, base) && !sameDn(dn, base)) continue;
      const what = dn === undefined ? "is not a distinguished name" : `is not below ${ldap.groups.base}`;
      const remedy = "write the DN of the group, or set ldap.groups.uidAttribute";
      yield { path: ["ldap", "mapping", index, "ldap"], message: `${name} ${what}`, remedy };
    }
  },
};

export const storageClassPool: Rule = {
  code: "KM557",
  severity: "error",
  title: "A storage class without its pool",
  rationale: "Claims with such a class would stay pending.",
  *check(model) {
    for (const [index, { name, pool }] of classesOf(model).entries()) {
      const found = model.ceph?.pools.find((one) => one.name === pool);
      if (found?.application === "rbd") continue;
      const message =
        found === undefined
          ? `the storage class ${name} uses the pool ${pool}, which is not in storage.ceph.pools`
          : `the storage class ${name} uses the pool ${pool}, which is for ${found.application}, not for rbd`;
      const path = ["storage", "ceph", "storageClasses", index, "pool"];
      yield { path, message, remedy: "use a pool with the application rbd" };
    }
  },
};

export const storageClassTwice: Rule = {
  code: "KM558",
  severity: "error",
  title: "Two storage classes with one name, or two default classes",
  rationale: "A name can have only one class, and with two default classes the cluster takes either one.",
  *check(model) {
    const classes = classesOf(model);
    for (const [index, { name, isDefault }] of classes.entries()) {
      const path = ["storage", "ceph", "storageClasses", index];
      const before = classes.slice(0, index);
      if (before.some((other) => other.name === name))
        yield finding(path, `the storage class ${name} is listed twice`, "remove one of the two");
      if (isDefault && before.some((other) => other.isDefault))
        yield finding(path, `${name} is a second default class`, "set default: true for one class only");
    }
  },
};

function classesOf(model: ClusterModel) {
  return model.ceph?.storageClasses ?? [];
}

function finding(path: Finding["path"], message: string, remedy: string): Finding {
  return { path, message, remedy };
}
