/** Shell that every script about etcd begins with: finds a member's settings and tools, and points etcdctl at it. */
import type { ClusterModel } from "../core/model.ts";
import type { Section } from "../hosts/script.ts";
import type { MemberSettings } from "./member.ts";

const PLACES = ["/etc/etcd.env", "/etc/kubernetes/manifests/etcd.yaml", "/etc/etcd/etcd.conf"] as const;

export function settingsVariables(model: ClusterModel): Readonly<Record<string, string>> {
  const { settingsFile } = model.etcd;
  return { PLACES: (settingsFile === undefined ? PLACES : [settingsFile]).join(" ") };
}

/** Seconds that one question may take; a member without a quorum uses them up. */
export const QUESTION_SECONDS = 3;

/**
 * After it the shell has `$file`, `$form`, `$data_dir`, … and `ask`, which runs etcdctl on the member itself, with
 * the certificates that its settings name. Exits 3 when there is no etcd. A manifest that a restore has put aside
 * counts as being there.
 */
export const PRELUDE = `
ASIDE=/etc/kubernetes/kube-magic-stopped
file=
for place in $PLACES; do
  if [ -f "$place" ]; then file=$place; break; fi
  if [ -f "$ASIDE/\${place##*/}" ]; then file=$ASIDE/\${place##*/}; break; fi
done
if [ -z "$file" ]; then section absent echo "$PLACES"; exit 3; fi
case $file in *.yaml|*.yml|*.manifest) form=pod ;; *) form=service ;; esac
setting() {
  if [ $form = pod ]; then sed -n "s/^ *- *[\\"']\\{0,1\\}--$2=\\(.*\\)$/\\1/p" "$file"
  else sed -n "s/^ *$1=//p" "$file"; fi | tail -n 1 | sed -e "s/^[\\"']//" -e "s/[\\"' \\r]*$//"
}
name=$(setting ETCD_NAME name)
data_dir=$(setting ETCD_DATA_DIR data-dir)
peer_url=$(setting ETCD_INITIAL_ADVERTISE_PEER_URLS initial-advertise-peer-urls); peer_url=\${peer_url%%,*}
quota=$(setting ETCD_QUOTA_BACKEND_BYTES quota-backend-bytes)
endpoint=
for url in $(setting ETCD_LISTEN_CLIENT_URLS listen-client-urls | tr , ' '); do
  url=$(echo "$url" | sed -e 's#//0\\.0\\.0\\.0:#//127.0.0.1:#' -e 's#//\\[::\\]:#//[::1]:#')
  case $url in *//127.0.0.1:*|*//localhost:*|*//\\[::1\\]:*) endpoint=$url; break ;; esac
  endpoint=\${endpoint:-$url}
done
endpoint=\${endpoint:-https://127.0.0.1:2379}
ca=$(setting ETCDCTL_CACERT trusted-ca-file); [ -n "$ca" ] || ca=$(setting ETCD_TRUSTED_CA_FILE trusted-ca-file)
cert=$(setting ETCDCTL_CERT cert-file); [ -n "$cert" ] || cert=$(setting ETCD_CERT_FILE cert-file)
key=$(setting ETCDCTL_KEY key-file); [ -n "$key" ] || key=$(setting ETCD_KEY_FILE key-file)
etcdctl=$(command -v etcdctl || true)
etcdutl=$(command -v etcdutl || true)
for variable in $(env | sed -n 's/^\\(ETCDCTL_[A-Z_]*\\)=.*/\\1/p'); do unset "$variable"; done
ETCDCTL_ENDPOINTS=$endpoint; export ETCDCTL_ENDPOINTS
case $endpoint in https:*) ETCDCTL_CACERT=$ca ETCDCTL_CERT=$cert ETCDCTL_KEY=$key; export ETCDCTL_CACERT ETCDCTL_CERT ETCDCTL_KEY ;; esac
ask() { "$etcdctl" --dial-timeout=${QUESTION_SECONDS}s --command-timeout="\${patience:-${QUESTION_SECONDS}}s" "$@"; }
print_settings() {
  for variable in file form name data_dir peer_url quota endpoint ca cert key etcdctl etcdutl; do
    eval "printf '%s=%s\\n' $variable \\"\\$$variable\\""
  done
}
missing_files() {
  case $endpoint in http:*) return 0 ;; esac
  for needed in "$ca" "$cert" "$key"; do
    if [ -z "$needed" ]; then echo "its settings name no certificate"; elif ! [ -r "$needed" ]; then echo "$needed is missing"; fi
  done
}
`;

/** etcd's own default. */
const DEFAULT_QUOTA = 2 * 1024 ** 3;

/** What `section settings print_settings` printed. */
export function readSettings({ text }: Section): MemberSettings {
  const values = new Map(
    text.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const value = (name: string): string => values.get(name)?.trim() ?? "";
  const quota = Number(value("quota"));
  return {
    file: value("file"),
    form: value("form") === "pod" ? "pod" : "service",
    name: value("name"),
    dataDir: value("data_dir"),
    endpoint: value("endpoint"),
    peerUrl: value("peer_url"),
    quotaBytes: Number.isFinite(quota) && quota > 0 ? quota : DEFAULT_QUOTA,
    tools: {
      ...(value("etcdctl") === "" ? {} : { etcdctl: value("etcdctl") }),
      ...(value("etcdutl") === "" ? {} : { etcdutl: value("etcdutl") }),
    },
  };
}
