/** What runs on the hosts of a Kubernetes, read from their files: it works when no API server answers. Pure. */

/** One host's share. A value that the host does not have is absent. */
export interface RunningHost {
  readonly host: string;
  /** Version of its kubelet, without a v. */
  readonly version?: string;
  /** Settings that kubespray writes once and cannot change later; a control plane or a member of etcd has them. */
  readonly settings: Readonly<Partial<Record<FixedSetting, string>>>;
}

/** Settings of a cluster that nothing can change while it lives, in the words of the messages. */
export const FIXED_SETTINGS = {
  pods: "pod network",
  services: "service network",
  clusterName: "cluster name",
  dnsDomain: "DNS domain",
  etcdDataDir: "etcd data folder",
  networkPlugin: "network plugin",
} as const;
/** One of them. */
export type FixedSetting = keyof typeof FIXED_SETTINGS;

/** The files, one `key=value` a line. Needs a shell and sed, no API server. */
export const RUNNING_QUESTION = `
PATH=$PATH:/usr/local/bin:/opt/bin
argument() { sed -n "s/^ *- --$1=//p" /etc/kubernetes/manifests/kube-controller-manager.yaml 2>/dev/null | head -n 1; }
echo "version=$(kubelet --version 2>/dev/null | sed -n 's/^Kubernetes v//p')"
echo "pods=$(argument cluster-cidr)"
echo "services=$(argument service-cluster-ip-range)"
echo "clusterName=$(argument cluster-name)"
echo "dnsDomain=$(sed -n 's/^clusterDomain: *//p' /var/lib/kubelet/config.yaml /etc/kubernetes/kubelet-config.yaml 2>/dev/null | head -n 1)"
echo "etcdDataDir=$(sed -n 's/^ETCD_DATA_DIR=//p' /etc/etcd.env 2>/dev/null | head -n 1)"
for file in /etc/cni/net.d/*.conflist /etc/cni/net.d/*.conf; do
  case "$file" in *flannel*) plugin=flannel;; *calico*) plugin=calico;; *cilium*) plugin=cilium;; *kube-router*) plugin=kube-router;; *kube-ovn*) plugin=kube-ovn;; *macvlan*) plugin=macvlan;; esac
  [ -z "$plugin" ] || break
done
echo "networkPlugin=$plugin"
`;

/** Reads a host's answer to {@link RUNNING_QUESTION}. */
export function readRunning(host: string, text: string): RunningHost {
  const value = (key: string): string =>
    new RegExp(`^${key}=(.*?)\r?$`, "m").exec(text)?.[1]?.replace(/^["']|["']$/g, "") ?? "";
  const found = (Object.keys(FIXED_SETTINGS) as FixedSetting[]).flatMap((key) =>
    value(key) === "" ? [] : [[key, value(key)] as const],
  );
  const version = /^\d+\.\d+\.\d+/.exec(value("version"))?.[0];
  return { host, ...(version === undefined ? {} : { version }), settings: Object.fromEntries(found) };
}
