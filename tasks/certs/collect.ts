/** Reads the certificates of every host over one SSH connection each. Only certificates are copied from a host, never a key. */
import type { ClusterModel, Host } from "../core/model.ts";
import { lastLine, type Section } from "../hosts/answer.ts";
import { askHost } from "../hosts/ask.ts";
import { eachHost } from "../hosts/each-host.ts";

/** The component that a certificate belongs to, which also decides how it is renewed. */
export const OWNERS = ["kubernetes", "etcd", "kubelet", "haproxy", "registry", "nrpe", "openshift"] as const;
export type Owner = (typeof OWNERS)[number];

/** One file on one host that should contain a certificate. */
export interface FoundFile {
  readonly host: string;
  readonly owner: Owner;
  readonly path: string;
  /** The file behind symbolic links. */
  readonly realPath: string;
  /** PEM blocks; empty when there are none. */
  readonly certificates: readonly string[];
  /** A kubeconfig: its certificates are embedded. */
  readonly isKubeconfig: boolean;
  /** Why it could not be read. */
  readonly unreadable?: string;
}

export interface HostCertificates {
  readonly host: string;
  readonly files: readonly FoundFile[];
  /** Difference of its clock to the controller's, in seconds; ahead is positive. */
  readonly clockSkew: number;
  /** Why the host could not be asked. */
  readonly silent?: string;
}

/**
 * kubespray's places, kubeadm's, openshift-ansible's, and those that the settings of HAProxy, the registry and NRPE
 * name. Keys beside them are left out by name, and of every file only the certificates are printed.
 */
const SCRIPT = `
number=0
found() {
  [ -e "$2" ] || [ -L "$2" ] || return 0
  number=$((number + 1))
  section "$1:$number" show "$2"
}
show() {
  printf '%s\\n%s\\n' "$1" "$(readlink -f "$1")"
  if [ -d "$1" ]; then echo 'unreadable: is a folder'; return; fi
  if [ -L "$1" ] && ! [ -e "$1" ]; then echo "unreadable: is a link to $(readlink "$1"), which does not exist"; return; fi
  if ! [ -f "$1" ]; then echo 'unreadable: is not a regular file'; return; fi
  if ! head -c 1 "$1" >/dev/null 2>&1; then echo "unreadable: $(head -c 1 "$1" 2>&1 >/dev/null | tail -n 1)"; return; fi
  if head -c 1000000 "$1" | tr -d '\\000' | grep -Eq '^ *(clusters|client-certificate(-data)?|certificate-authority-data): *'; then
    echo kubeconfig
    head -c 1000000 "$1" | sed -n 's/^ *-\\{0,1\\} *\\(client-certificate-data\\|certificate-authority-data\\): *["'\\'']\\{0,1\\}\\([A-Za-z0-9+/=]*\\).*/\\1 \\2/p'
  else
    head -c 1000000 "$1" | tr -d '\\000\\r' | sed -n '/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/p'
  fi
}
in_folder() {
  for file in "$2"/*.crt "$2"/*.pem "$2"/*.cert; do
    case $file in *-key.pem|*.key.pem|*/key.pem) continue ;; esac
    found "$1" "$file"
  done
}
section clock date +%s
for folder in /etc/kubernetes/ssl /etc/kubernetes/pki; do
  in_folder kubernetes $folder
  in_folder etcd $folder/etcd
done
for file in /etc/kubernetes/*.conf /root/.kube/config; do found kubernetes "$file"; done
in_folder etcd /etc/ssl/etcd/ssl
in_folder etcd /etc/etcd
for file in kubelet-client-current.pem kubelet-server-current.pem kubelet.crt; do found kubelet "/var/lib/kubelet/pki/$file"; done
in_folder openshift /etc/origin/master
in_folder openshift /etc/origin/node/certificates
if [ -f /etc/haproxy/haproxy.cfg ]; then
  for file in $(sed -n 's/#.*//; s/.*[[:space:]]crt[[:space:]]\\{1,\\}\\([^[:space:]]*\\).*/\\1/p' /etc/haproxy/haproxy.cfg | sort -u); do
    if [ -d "$file" ]; then in_folder haproxy "\${file%/}"; else found haproxy "$file"; fi
  done
fi
for settings in /etc/docker/registry/config.yml /etc/docker-distribution/registry/config.yml; do
  [ -f $settings ] || continue
  for file in $(sed -n 's/^ *certificate: *["'\\'']\\{0,1\\}\\([^"'\\'' ]*\\).*/\\1/p' $settings); do found registry "$file"; done
done
for settings in /etc/nagios/nrpe.cfg /etc/nagios/nrpe_local.cfg /etc/nagios/nrpe.d/*.cfg; do
  [ -f "$settings" ] || continue
  for file in $(sed -n 's/^ssl_\\(ca\\)\\{0,1\\}cert_file *= *\\([^ ]*\\).*/\\2/p' "$settings"); do found nrpe "$file"; done
done
`;

const SECONDS = 60;
/** SSH connections at a time. */
const AT_ONCE = 40;

/** Asks every host at once; a host that does not answer has its reason in `silent`. */
export function collectCertificates(
  model: ClusterModel,
  env: NodeJS.ProcessEnv,
): Promise<readonly HostCertificates[]> {
  return eachHost(model.hosts, AT_ONCE, (host) => collectFrom(model, host, env));
}

async function collectFrom(
  model: ClusterModel,
  host: Host,
  env: NodeJS.ProcessEnv,
): Promise<HostCertificates> {
  const silent = (reason: string): HostCertificates => ({
    host: host.name,
    files: [],
    clockSkew: 0,
    silent: reason,
  });
  const answer = await askHost(model, host, SCRIPT, { env, seconds: SECONDS });
  if (answer.kind === "no-answer") return silent(answer.reason);
  const clock = Number(answer.sections.get("clock")?.text.trim());
  if (!Number.isFinite(clock) || answer.code !== 0)
    return silent(
      lastLine(answer.stderr) || `the search for certificates ended with exit code ${answer.code}`,
    );
  return {
    host: host.name,
    files: readFiles(host.name, answer.sections),
    clockSkew: Math.round(clock - Date.now() / 1000),
  };
}

/** Exported for tests. One file that is reached by several names counts once. */
export function readFiles(host: string, sections: ReadonlyMap<string, Section>): readonly FoundFile[] {
  const files = new Map<string, FoundFile>();
  for (const [name, { text }] of sections) {
    const owner = OWNERS.find((one) => name.startsWith(`${one}:`));
    if (owner === undefined) continue;
    const file = readFile(host, owner, text);
    if (file !== undefined && !files.has(file.realPath || file.path))
      files.set(file.realPath || file.path, file);
  }
  return [...files.values()];
}

/** Kubeconfigs that contain a client certificate, as kubeadm makes them. */
const WITH_CERTIFICATE = /\/(admin|super-admin|controller-manager|scheduler)\.conf$/;

function readFile(host: string, owner: Owner, text: string): FoundFile | undefined {
  const [path = "", realPath = "", ...content] = text.split("\n");
  const file = { host, owner, path, realPath, isKubeconfig: content[0] === "kubeconfig" };
  const refusal = content[0]?.startsWith("unreadable: ")
    ? content[0].slice("unreadable: ".length)
    : undefined;
  if (refusal !== undefined) return { ...file, certificates: [], unreadable: refusal };
  if (!file.isKubeconfig) {
    const certificates = content
      .join("\n")
      .match(/-----BEGIN CERTIFICATE-----[\s\S]*?(-----END CERTIFICATE-----|$)/g);
    // Not every .conf in /etc/kubernetes is a kubeconfig.
    if (certificates === null && path.endsWith(".conf") && !WITH_CERTIFICATE.test(path)) return undefined;
    return { ...file, certificates: certificates ?? [] };
  }
  const own = content.flatMap((line) => {
    const [, data] = /^client-certificate-data (\S+)$/.exec(line) ?? [];
    return data === undefined ? [] : [Buffer.from(data, "base64").toString("latin1")];
  });
  // The kubelet's kubeconfig names a file, which is read as a file.
  if (own.length === 0 && !WITH_CERTIFICATE.test(path)) return undefined;
  return { ...file, certificates: own };
}
