/** All rules about a cluster that is well-formed: does it make sense? docs/rules.md is generated from them. */
import type { ClusterModel } from "../core/model.ts";
import type { Problem } from "../core/problem.ts";
import type { Layer } from "./layer.ts";
import { problemsAtPaths } from "./problems.ts";
import * as addresses from "./rules/addresses.ts";
import * as backup from "./rules/backup.ts";
import * as ceph from "./rules/ceph.ts";
import * as dns from "./rules/dns.ts";
import * as inside from "./rules/inside.ts";
import * as limits from "./rules/limits.ts";
import * as loadBalancing from "./rules/load-balancing.ts";
import * as monitoring from "./rules/monitoring.ts";
import * as names from "./rules/names.ts";
import * as networks from "./rules/networks.ts";
import * as passThrough from "./rules/pass-through.ts";
import * as quorum from "./rules/quorum.ts";
import * as registry from "./rules/registry.ts";
import * as roles from "./rules/roles.ts";
import * as routes from "./rules/routes.ts";
import type { Rule } from "./rules/rule.ts";

const FILES = [
  quorum,
  roles,
  loadBalancing,
  addresses,
  networks,
  ceph,
  limits,
  names,
  passThrough,
  dns,
  registry,
  routes,
  inside,
  monitoring,
  backup,
];

/** Sorted by code. */
export const RULES: readonly Rule[] = FILES.flatMap((file) => Object.values<Rule>(file)).sort((a, b) =>
  a.code < b.code ? -1 : 1,
);

/** Runs every rule, ours and those of the tools, and puts each finding at its place in the files. */
export function checkRules(
  model: ClusterModel,
  layers: readonly Layer[],
  moreRules: readonly Rule[] = [],
): Problem[] {
  return [...RULES, ...moreRules].flatMap(({ code, severity, check }) =>
    problemsAtPaths(
      layers,
      [...check(model)].map((finding) => ({ ...finding, code, severity })),
    ),
  );
}
