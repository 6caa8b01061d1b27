/** A real slapd on a lab's host, with TLS of its own authority and a directory that is not easy to read. */
import type { LdapDirectory } from "./slapd-directory.ts";

export const SUFFIX = "dc=example,dc=com";
export const PEOPLE = `ou=people,${SUFFIX}`;
export const GROUPS = `ou=groups,${SUFFIX}`;
export const READER = `cn=reader,${SUFFIX}`;
/** Characters that a shell, a URL and LDAP take for something else. */
export const PASSWORD = "r'e\"a $d\\er*(1) é";

const CONFIG = `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile /run/km-slapd.pid
TLSCertificateFile /opt/km-slapd/apiserver.crt
TLSCertificateKeyFile /opt/km-slapd/apiserver.key
TLSCACertificateFile /opt/km-slapd/ca.crt
# As strict as directories are: nothing without TLS and an account, and no more than a hundred entries at once.
security tls=1
sizelimit size=100 size.prtotal=100
database mdb
suffix "${SUFFIX}"
rootdn "cn=root,${SUFFIX}"
rootpw root
directory /var/lib/km-slapd
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="${READER}" read by * none
`;

/** Bash for the host: installs, starts, fills. TLS files are there already. */
export function slapdScript(directory: LdapDirectory): string {
  return `set -e
export DEBIAN_FRONTEND=noninteractive
command -v slapd >/dev/null || { apt-get update -qq; apt-get install -y -qq --no-install-recommends slapd ldap-utils openssl >/dev/null; }
systemctl disable --now slapd >/dev/null 2>&1 || true
rm -rf /var/lib/km-slapd; mkdir -p /var/lib/km-slapd
cat >/opt/km-slapd/slapd.conf <<'END'
${CONFIG}END
cat >/opt/km-slapd/data.ldif <<'END'
${directory.ldif}END
systemctl stop km-slapd 2>/dev/null || true
systemd-run --quiet --collect --unit km-slapd /usr/sbin/slapd -d 0 -f /opt/km-slapd/slapd.conf -h "ldap:/// ldaps:///"
for i in $(seq 50); do ss -ltn | grep -q ':636 ' && break; sleep 0.2; done
LDAPTLS_CACERT=/opt/km-slapd/ca.crt ldapadd -x -H ldaps://127.0.0.1 -D "cn=root,${SUFFIX}" -w root -f /opt/km-slapd/data.ldif >/dev/null
`;
}
