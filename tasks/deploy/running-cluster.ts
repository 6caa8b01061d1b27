/** Before kubespray runs: the cluster that is there already is asked what it is, so that no deploy harms it. */
import { GateError } from "../core/errors.ts";
import type { Session } from "../core/session.ts";
import type { Value } from "../core/value.ts";
import { harmOf, type Wanted } from "../kube/compare.ts";
import { RUNNING_QUESTION, type RunningHost, readRunning } from "../kube/running.ts";
import { installableVersions } from "../toolchain/catalog/kubernetes-versions.ts";
import type { ClusterContext } from "./prepare.ts";
import { askInventory } from "./systems.ts";
import { toolInventory } from "./tool-files.ts";

/**
 * @param ignored print what was found and continue
 * @throws GateError when the deploy would change what cannot be changed on a running cluster
 */
export async function refuseHarm(
  session: Session,
  cluster: ClusterContext,
  ignored: boolean,
  limit?: string,
): Promise<void> {
  const harm = harmOf(await runningHosts(session, cluster, limit), wantedOf(session, cluster));
  const [first, ...others] = harm;
  if (first === undefined) return;
  if (ignored) {
    for (const { message } of harm) session.err(`note: ${message} (ignored: --ignore-gates)\n`);
    return;
  }
  throw new GateError(`kube: ${first.message}`, {
    ...(others.length === 0 ? {} : { output: others.map(({ message }) => `  ${message}`).join("\n") }),
    remedy: [...harm.map(({ remedy }) => remedy), "Nothing was changed"].join("\n  → "),
  });
}

/** Hosts that do not answer are left out: preflight and the tools report them. */
async function runningHosts(
  session: Session,
  cluster: ClusterContext,
  limit: string | undefined,
): Promise<readonly RunningHost[]> {
  const answers = await askInventory(
    session,
    cluster,
    "kubespray",
    "k8s_cluster:etcd",
    asRoot(RUNNING_QUESTION),
    limit,
  );
  return answers.flatMap(({ host, text }) => (text === undefined ? [] : [readRunning(host, text)]));
}

/** A script as one line without a character that Ansible or a shell would read: for `-m raw`. */
function asRoot(script: string): string {
  const encoded = Buffer.from(script).toString("base64");
  return `echo ${encoded} | base64 -d | { [ "$(id -u)" = 0 ] && exec sh; exec sudo -n sh; }`;
}

/** What kubespray would read: the user's own variables win over ours, and over kubespray's default. */
function wantedOf({ paths }: Session, { model }: ClusterContext): Wanted {
  const rendered = toolInventory(model, "kubespray")?.variables.all ?? {};
  const { groups } = model.tools.kubespray;
  const variable = (name: string): string | undefined => {
    const value: Value | undefined =
      groups.kube_control_plane?.[name] ?? groups.k8s_cluster?.[name] ?? groups.all?.[name] ?? rendered[name];
    // A template says nothing before Ansible has read it.
    return typeof value === "string" && !value.includes("{{") ? value : undefined;
  };
  const version = (variable("kube_version") ?? installableVersions(paths.vendor)[0])?.replace(/^v/, "");
  const pair = (four: string, six: string): string | undefined => {
    const both = [variable(four), variable(six)].filter((one) => one !== undefined);
    return both.length === 0 ? undefined : both.join(",");
  };
  const settings = {
    pods: pair("kube_pods_subnet", "kube_pods_subnet_ipv6"),
    services: pair("kube_service_addresses", "kube_service_addresses_ipv6"),
    clusterName: variable("cluster_name"),
    dnsDomain: variable("dns_domain"),
    etcdDataDir: variable("etcd_data_dir"),
    networkPlugin: variable("kube_network_plugin") ?? "calico",
  };
  const known = Object.entries(settings).filter(([, value]) => value !== undefined);
  return { ...(version === undefined ? {} : { version }), settings: Object.fromEntries(known) };
}
