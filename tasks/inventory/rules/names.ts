/** Rules about the names of hosts, labels and taints. */
import type { Host } from "../../core/model.ts";
import { isDnsName } from "../schema/fields.ts";
import type { Finding, Rule } from "./rule-type.ts";

export const hostName: Rule = {
  code: "KM170",
  severity: "error",
  title: "A name that a host cannot have",
  rationale:
    "The name becomes the hostname of the machine and the name of the node: lower-case letters, digits and hyphens. A number alone would be read as an address.",
  *check({ hosts }) {
    for (const { name } of hosts) {
      const path = ["hosts", name];
      if (isDnsName(name) && !/^\d+$/.test(name.split(".", 1)[0] ?? "") && name !== "localhost") continue;
      const better = name.toLowerCase().replaceAll("_", "-");
      const remedy =
        isDnsName(better) && better !== name
          ? `write ${better}`
          : "use lower-case letters, digits and hyphens, and begin with a letter";
      yield { path, at: "key", message: `"${name}" cannot be the name of a host`, remedy };
    }
  },
};

/** Groups of the rendered inventories, without bastion: kubespray needs a host with that name. */
const GROUPS: ReadonlySet<string> = new Set(
  (
    "all ungrouped kube_control_plane kube_node etcd k8s_cluster calico_rr mons mgrs osds mdss rgws nfss rbdmirrors " +
    "clients monitoring rgwloadbalancers ceph infra load_balancers nagios backup dns registry masters nodes lb nfs " +
    "glusterfs new_nodes new_masters new_etcd"
  ).split(" "),
);

export const hostNamedAsGroup: Rule = {
  code: "KM171",
  severity: "warning",
  title: "A host has the name of a group",
  rationale: "Ansible confuses a host and a group with the same name: a play for the group runs on the host.",
  *check({ hosts }) {
    for (const { name } of hosts) {
      if (!GROUPS.has(name)) continue;
      const message = `"${name}" is the name of an Ansible group`;
      yield { path: ["hosts", name], at: "key", message, remedy: `rename the host, for example to ${name}1` };
    }
  },
};

const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

function isKey(key: string): boolean {
  const slash = key.indexOf("/");
  if (slash < 0) return NAME.test(key);
  return isDnsName(key.slice(0, slash)) && NAME.test(key.slice(slash + 1));
}

const isValue = (value: string): boolean => value === "" || NAME.test(value);

export const labelSyntax: Rule = {
  code: "KM172",
  severity: "error",
  title: "A label, taint or zone that Kubernetes refuses",
  rationale: "The node would join the cluster, and the label would fail at the end of the deployment.",
  *check({ hosts }) {
    for (const host of hosts) {
      yield* labelFindings(host);
      yield* taintFindings(host);
    }
  },
};

const KEY_REMEDY =
  "write name or domain/name: letters, digits, -, _ and ., with at most 63 characters, a letter or digit at both ends";
const VALUE_REMEDY =
  "write letters, digits, -, _ and ., at most 63 characters, a letter or digit at both ends; or leave it empty";

function* labelFindings({ name, labels, zone }: Host): Iterable<Finding> {
  if (zone !== undefined && !isValue(zone)) {
    const message = `the zone "${zone}" becomes a label, but it cannot be the value of a label`;
    yield { path: ["hosts", name, "zone"], message, remedy: VALUE_REMEDY };
  }
  for (const [key, value] of Object.entries(labels)) {
    const path = ["hosts", name, "labels", key];
    if (!isKey(key))
      yield { path, at: "key", message: `"${key}" cannot be the key of a label`, remedy: KEY_REMEDY };
    if (!isValue(value))
      yield { path, message: `"${value}" cannot be the value of a label`, remedy: VALUE_REMEDY };
  }
}

function* taintFindings({ name, taints }: Host): Iterable<Finding> {
  for (const [index, { key, value }] of taints.entries()) {
    const path = ["hosts", name, "taints", index];
    if (!isKey(key)) yield { path, message: `"${key}" cannot be the key of a taint`, remedy: KEY_REMEDY };
    if (!isValue(value ?? ""))
      yield { path, message: `"${value}" cannot be the value of a taint`, remedy: VALUE_REMEDY };
  }
}
