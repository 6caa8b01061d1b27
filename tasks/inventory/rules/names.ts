/** Names of hosts, labels and taints. */
import type { Host } from "../../core/model.ts";
import { isDnsName } from "../schema/fields.ts";
import type { Finding, Rule } from "./rule-type.ts";

export const hostName: Rule = {
  code: "KM170",
  severity: "error",
  title: "A host's name is no host name",
  rationale:
    "The name becomes the machine's hostname and the node's name: lower-case letters, digits and hyphens. A number alone would be taken for an address.",
  *check({ hosts }) {
    for (const { name } of hosts) {
      const path = ["hosts", name];
      if (isDnsName(name) && !/^\d+$/.test(name.split(".", 1)[0] ?? "") && name !== "localhost") continue;
      const better = name.toLowerCase().replaceAll("_", "-");
      const remedy =
        isDnsName(better) && better !== name
          ? `write ${better}`
          : "use lower-case letters, digits and hyphens, and a letter first";
      yield { path, at: "key", message: `"${name}" cannot be the name of a host`, remedy };
    }
  },
};

/** Groups of the rendered inventories. A bastion must have the name of its group: kubespray wants it so. */
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
  title: "A host is named like a group",
  rationale: "Ansible mixes up a host and a group of one name: a play for the group runs on the host.",
  *check({ hosts }) {
    for (const { name } of hosts) {
      if (!GROUPS.has(name)) continue;
      const message = `"${name}" is the name of an Ansible group`;
      yield { path: ["hosts", name], at: "key", message, remedy: `add a number: ${name}1` };
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
  rationale: "The node would join and the label would be refused at the end of the deployment.",
  *check({ hosts }) {
    for (const host of hosts) {
      yield* labelFindings(host);
      yield* taintFindings(host);
    }
  },
};

const KEY_REMEDY = "a key is name or domain/name: letters, digits, -, _ and ., at most 63 characters";
const VALUE_REMEDY = "a value has letters, digits, -, _ and ., at most 63 characters, or is empty";

function* labelFindings({ name, labels, zone }: Host): Iterable<Finding> {
  if (zone !== undefined && !isValue(zone)) {
    const message = `the zone "${zone}" becomes a label, and is no label value`;
    yield { path: ["hosts", name, "zone"], message, remedy: VALUE_REMEDY };
  }
  for (const [key, value] of Object.entries(labels)) {
    const path = ["hosts", name, "labels", key];
    if (!isKey(key)) yield { path, at: "key", message: `"${key}" is no label key`, remedy: KEY_REMEDY };
    if (!isValue(value)) yield { path, message: `"${value}" is no label value`, remedy: VALUE_REMEDY };
  }
}

function* taintFindings({ name, taints }: Host): Iterable<Finding> {
  for (const [index, { key, value }] of taints.entries()) {
    const path = ["hosts", name, "taints", index];
    if (!isKey(key)) yield { path, message: `"${key}" is no taint key`, remedy: KEY_REMEDY };
    if (!isValue(value ?? "")) yield { path, message: `"${value}" is no taint value`, remedy: VALUE_REMEDY };
  }
}
