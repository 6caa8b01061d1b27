/** What lives inside the cluster: groups of a directory, storage classes. */
import { isWithin, normalDn, sameDn } from "../../core/ldap.ts";
import type { ClusterModel } from "../../core/model.ts";
import type { Finding, Rule } from "./rule-type.ts";

export const ldapWithoutOpenShift: Rule = {
  code: "KM550",
  severity: "warning",
  title: "Groups of a directory without OpenShift",
  rationale: "Kubernetes has no groups of its own to bring them into; only OpenShift has.",
  *check({ ldap, orchestrator }) {
    if (ldap === undefined || orchestrator === "openshift") return;
    const message = `ldap has no effect: the orchestrator is ${orchestrator}`;
    yield { path: ["ldap"], at: "key", message, remedy: "remove the section" };
  },
};

export const ldapDryRun: Rule = {
  code: "KM551",
  severity: "warning",
  title: "The directory's groups are only looked at",
  rationale: "Until ldap.confirm is true, the scheduled jobs log what they would do, and change no group.",
  *check({ ldap, orchestrator }) {
    if (ldap === undefined || ldap.confirm || orchestrator !== "openshift") return;
    const message = "ldap.confirm is false: the jobs change no group yet";
    const remedy = "read the log of a job, or npm run ldap:check, then set ldap.confirm to true";
    yield { path: ["ldap", "confirm"], message, remedy };
  },
};

export const ldapFilterWithDn: Rule = {
  code: "KM552",
  severity: "error",
  title: "A filter where entries are named by dn",
  rationale:
    "With uidAttribute dn, OpenShift reads each entry by its name and refuses a filter: which groups are brought is said by mapping.",
  *check({ ldap }) {
    if (ldap === undefined) return;
    const remedy = "remove the filter, or name entries by another uidAttribute, such as cn or uid";
    const { groups, users, schema } = ldap;
    if (groups?.filter !== undefined && groups.uidAttribute === "dn" && schema !== "activeDirectory")
      yield {
        path: ["ldap", "groups", "filter"],
        message: "groups are named by dn and have a filter",
        remedy,
      };
    if (users.filter !== undefined && users.uidAttribute === "dn" && schema === "rfc2307")
      yield { path: ["ldap", "users", "filter"], message: "users are named by dn and have a filter", remedy };
  },
};

export const ldapGroups: Rule = {
  code: "KM553",
  severity: "error",
  title: "Groups do not fit the schema of the directory",
  rationale:
    "rfc2307 and augmentedActiveDirectory read groups as entries; activeDirectory knows them from users only.",
  *check({ ldap }) {
    if (ldap === undefined) return;
    if (ldap.schema !== "activeDirectory" && ldap.groups === undefined) {
      const message = `ldap.groups is missing: the schema is ${ldap.schema}`;
      yield { path: ["ldap"], at: "key", message, remedy: "add groups: { base: … }" };
    }
    if (ldap.schema === "activeDirectory" && ldap.groups !== undefined) {
      const remedy = "remove groups, or use the schema augmentedActiveDirectory";
      yield { path: ["ldap", "groups"], at: "key", message: "activeDirectory does not read groups", remedy };
    }
  },
};

export const ldapMappedTwice: Rule = {
  code: "KM554",
  severity: "error",
  title: "A group is mapped twice",
  rationale: "The second LDAP group would overwrite the members of the first, every time the jobs run.",
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
  title: "A mapped group outside the base",
  rationale: "OpenShift refuses to read an entry outside the base, and the whole job fails.",
  *check({ ldap }) {
    if (ldap?.groups?.uidAttribute !== "dn") return;
    const base = normalDn(ldap.groups.base);
    for (const [index, { ldap: name }] of ldap.mapping.entries()) {
      const dn = normalDn(name);
      if (dn !== undefined && base !== undefined && isWithin(dn, base) && !sameDn(dn, base)) continue;
      const what = dn === undefined ? "is no distinguished name" : `is not below ${ldap.groups.base}`;
      const remedy = "write the group's DN, or set groups.uidAttribute";
      yield { path: ["ldap", "mapping", index, "ldap"], message: `${name} ${what}`, remedy };
    }
  },
};

export const storageClassPool: Rule = {
  code: "KM557",
  severity: "error",
  title: "A storage class without its pool",
  rationale: "Every claim of such a class would wait for ever.",
  *check(model) {
    for (const [index, { name, pool }] of classesOf(model).entries()) {
      const found = model.ceph?.pools.find((one) => one.name === pool);
      if (found?.application === "rbd") continue;
      const message =
        found === undefined
          ? `the storage class ${name} names the pool ${pool}, which is not in storage.ceph.pools`
          : `the storage class ${name} names the pool ${pool}, which is for ${found.application}, not for rbd`;
      const path = ["storage", "ceph", "storageClasses", index, "pool"];
      yield { path, message, remedy: "name a pool with the application rbd" };
    }
  },
};

export const storageClassTwice: Rule = {
  code: "KM558",
  severity: "error",
  title: "Two storage classes in one place",
  rationale: "Of two default classes the cluster takes any, and of one name there can be one class only.",
  *check(model) {
    const classes = classesOf(model);
    for (const [index, { name, isDefault }] of classes.entries()) {
      const path = ["storage", "ceph", "storageClasses", index];
      const before = classes.slice(0, index);
      if (before.some((other) => other.name === name))
        yield finding(path, `the storage class ${name} is listed twice`, "remove one of the two");
      if (isDefault && before.some((other) => other.isDefault))
        yield finding(path, `${name} is a second default class`, "let one class be the default");
    }
  },
};

function classesOf(model: ClusterModel) {
  return model.ceph?.storageClasses ?? [];
}

function finding(path: Finding["path"], message: string, remedy: string): Finding {
  return { path, message, remedy };
}
