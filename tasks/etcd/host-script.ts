/** The first part of every script about etcd: finds a member's settings and tools, and points etcdctl at the member. */
import type { ClusterModel } from "../core/model.ts";
import type { Section } from "../hosts/answer.ts";
import type { MemberSettings } from "./member.ts";

const PLACES = ["/etc/etcd.env", "/etc/kubernetes/manifests/etcd.yaml", "/etc/etcd/etcd.conf"] as const;

export function settingsVariables(model: ClusterModel): Readonly<Record<string, string>> {
  const { settingsFile } = model.etcd;
  return { PLACES: (settingsFile === undefined ? PLACES : [settingsFile]).join(" ") };
}

/** Seconds that one question may take; a member without a quorum takes all of them. */
export const QUESTION_SECONDS = 3;

/**
 * After it the shell has `$file`, `$form`, `$data_dir`, … and `ask`, which runs etcdctl on the member itself, with
 * the certificates that its settings name. Exits 3 when there is no etcd. A manifest that a restore has moved away
 * counts as well.
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
name= data_dir= peer_url= quota= listen= wal_dir= ca= cert= key= cli_ca= cli_cert= cli_key=
carriage=$(printf '\\r')
while IFS= read -r line || [ -n "$line" ]; do
  line=\${line%"$carriage"}
  if [ $form = pod ]; then
    case $line in *--*=*) line=\${line#*--} ;; *) continue ;; esac
  fi
  value=\${line#*=}
  value=\${value#[\\"\\']}; value=\${value%[\\"\\']}
  case \${line%%=*} in
    ETCD_NAME|name) name=$value ;;
    ETCD_DATA_DIR|data-dir) data_dir=$value ;;
    ETCD_WAL_DIR|wal-dir) wal_dir=$value ;;
    ETCD_INITIAL_ADVERTISE_PEER_URLS|initial-advertise-peer-urls) peer_url=\${value%%,*} ;;
    ETCD_QUOTA_BACKEND_BYTES|quota-backend-bytes) quota=$value ;;
    ETCD_LISTEN_CLIENT_URLS|listen-client-urls) listen=$value ;;
    ETCD_TRUSTED_CA_FILE|trusted-ca-file) ca=$value ;;
    ETCD_CERT_FILE|cert-file) cert=$value ;;
    ETCD_KEY_FILE|key-file) key=$value ;;
    ETCDCTL_CACERT) cli_ca=$value ;;
    ETCDCTL_CERT) cli_cert=$value ;;
    ETCDCTL_KEY) cli_key=$value ;;
  esac
done <"$file"
own_cert=$cert ca=\${cli_ca:-$ca} cert=\${cli_cert:-$cert} key=\${cli_key:-$key}
endpoint=
commas=$IFS; IFS=,
for url in $listen; do
  case $url in
    *//0.0.0.0:*) url=\${url%%//*}//127.0.0.1:\${url##*:} ;;
    *'//[::]:'*) url=\${url%%//*}//[::1]:\${url##*:} ;;
  esac
  case $url in *//127.0.0.1:*|*//localhost:*|*'//[::1]:'*) endpoint=$url; break ;; esac
  endpoint=\${endpoint:-$url}
done
IFS=$commas
endpoint=\${endpoint:-https://127.0.0.1:2379}
etcdctl=$(command -v etcdctl || true)
etcdutl=$(command -v etcdutl || true)
ETCDCTL_ENDPOINTS=$endpoint; export ETCDCTL_ENDPOINTS
case $endpoint in https:*) ETCDCTL_CACERT=$ca ETCDCTL_CERT=$cert ETCDCTL_KEY=$key; export ETCDCTL_CACERT ETCDCTL_CERT ETCDCTL_KEY ;; esac
ask() { "$etcdctl" --dial-timeout=${QUESTION_SECONDS}s --command-timeout="\${patience:-${QUESTION_SECONDS}}s" "$@"; }
print_settings() {
  for variable in file form name data_dir peer_url quota endpoint ca cert key etcdctl etcdutl; do
    eval "printf '%s=%s\\n' $variable \\"\\$$variable\\""
  done
}
verify_certificates() {
  for one in "$cert" "$own_cert"; do
    [ -r "$one" ] && openssl verify -CAfile "$ca" "$one" 2>&1 | sed -n "s|.*lookup: *|$one: |p"
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
