/** All rules about a well-formed cluster. docs/rules.md is generated from them. */
import type { ClusterModel } from "../../core/model.ts";
import type { Problem } from "../../core/problem.ts";
import type { Layer } from "../layers/layer.ts";
import { problemsAtPaths } from "../problems/problem-places.ts";
import * as addresses from "./addresses.ts";
import * as backup from "./backup.ts";
import * as ceph from "./ceph.ts";
import * as dns from "./dns.ts";
import * as inside from "./inside.ts";
import * as limits from "./limits.ts";
import * as loadBalancing from "./load-balancing.ts";
import * as monitoring from "./monitoring.ts";
import * as names from "./names.ts";
import * as networks from "./networks.ts";
import * as passThrough from "./pass-through.ts";
import * as quorum from "./quorum.ts";
import * as registry from "./registry.ts";
import * as roles from "./roles.ts";
import * as routes from "./routes.ts";
import type { Rule } from "./rule-type.ts";

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

/** Every rule of this room, sorted by code. */
export const INVENTORY_RULES: readonly Rule[] = FILES.flatMap((file) => Object.values<Rule>(file)).sort(
  (a, b) => (a.code < b.code ? -1 : 1),
);

/** Checks every rule, and returns each finding with its place in the files. @param moreRules rules of the tools */
export function checkRules(
  model: ClusterModel,
  layers: readonly Layer[],
  moreRules: readonly Rule[] = [],
): Problem[] {
  return [...INVENTORY_RULES, ...moreRules].flatMap(({ code, severity, check }) =>
    problemsAtPaths(
      layers,
      [...check(model)].map((finding) => ({ ...finding, code, severity })),
    ),
  );
}
