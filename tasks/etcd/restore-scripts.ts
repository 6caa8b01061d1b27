/**
 * Scripts of a restore. New data is made beside the old data and moved to its place by a rename, and the old data is never
 * deleted: a restore can be interrupted at any point and repeated.
 */

/** Where manifests of static pods wait while their pods must not run. */
const ASIDE = "/etc/kubernetes/kube-magic-stopped";
const MANIFESTS = "/etc/kubernetes/manifests";

/** Reads only: the facts that the plan of a restore needs. */
export const INSPECT = `
section settings print_settings
[ -n "$wal_dir" ] && section wal echo yes
for probe in "$etcdutl" "$etcdctl"; do
  [ -n "$probe" ] || continue
  if "$probe" snapshot restore --help 2>&1 | grep -q -- --data-dir; then
    section tool echo "$probe"
    "$probe" snapshot restore --help 2>&1 | grep -q -- --bump-revision && section marks echo yes
    break
  fi
done
place=$data_dir
while [ -n "$place" ] && ! [ -d "$place" ]; do place=\${place%/*}; done
section free df -Pk "\${place:-/}"
`;

/** Makes a new member from the snapshot in the staging folder. */
export const STAGE = `
stage=$data_dir/$STAGE
section sha256 sha256sum "$stage/snapshot.db"
section status "$TOOL" snapshot status -w json "$stage/snapshot.db"
rm -rf "$stage/new"
set -- snapshot restore "$stage/snapshot.db" --name "$name" --data-dir "$stage/new" \\
  --initial-cluster "$INITIAL_CLUSTER" --initial-cluster-token "$TOKEN" --initial-advertise-peer-urls "$peer_url"
[ -n "$BUMP" ] && set -- "$@" --bump-revision "$BUMP" --mark-compacted
[ -n "$RAW" ] && set -- "$@" --skip-hash-check
section restore "$TOOL" "$@"
[ -d "$stage/new/member" ] || exit 7
rm -f "$stage/snapshot.db"
sync
`;

/** Removes the staging folders of interrupted restores. */
export const UNSTAGE = `
[ -n "$data_dir" ] && rm -rf "$data_dir"/kube-magic-restore-*
`;

/** The kubelet stops a static pod whose manifest goes away. */
export const STOP_API = `
mkdir -p ${ASIDE}
for part in kube-apiserver kube-controller-manager kube-scheduler; do
  [ -f "${MANIFESTS}/$part.yaml" ] && mv "${MANIFESTS}/$part.yaml" "${ASIDE}/$part.yaml" && stopped=yes
done
[ -f ${ASIDE}/kube-apiserver.yaml ] || { rmdir ${ASIDE} 2>/dev/null; section none echo none; exit 0; }
waited=0
while ss -Hltn "sport = :$PORT" | grep -q .; do
  waited=$((waited + 1))
  [ $waited -lt 90 ] || { section running ss -Hltnp "sport = :$PORT"; exit 8; }
  sleep 1
done
section stopped echo yes
`;

/** A manifest that was written in the meantime, by kubespray for example, is kept. */
export const START_API = `
[ -d ${ASIDE} ] || exit 0
for part in kube-apiserver kube-controller-manager kube-scheduler; do
  [ -f "${ASIDE}/$part.yaml" ] || continue
  if [ -f "${MANIFESTS}/$part.yaml" ]; then rm -f "${ASIDE}/$part.yaml"
  else mv "${ASIDE}/$part.yaml" "${MANIFESTS}/$part.yaml"; fi
done
rmdir ${ASIDE} 2>/dev/null
section started echo yes
`;

export const STOP_MEMBER = `
if [ $form = service ]; then section stop systemctl stop etcd
else
  mkdir -p ${ASIDE}
  [ -f "${MANIFESTS}/\${file##*/}" ] && mv "${MANIFESTS}/\${file##*/}" ${ASIDE}/
  port=\${endpoint##*:}
  waited=0
  while ss -Hltn "sport = :$port" | grep -q . && [ $waited -lt 90 ]; do waited=$((waited + 1)); sleep 1; done
  [ $waited -lt 90 ] && section stop echo yes
fi
`;

/** Renames only: the old data is kept as before-restore-…; the new data gets the same owner. */
export const SWAP = `
stage=$data_dir/$STAGE
[ -d "$stage/new/member" ] || { section lost echo "$stage/new/member"; exit 7; }
if [ -e "$data_dir/member" ]; then owner=$(stat -c %u:%g "$data_dir/member")
else
  user=; [ $form = service ] && user=$(systemctl show -p User --value etcd)
  owner=$(stat -c %u:%g "$data_dir"); [ -n "$user" ] && owner=$(id -u "$user"):$(id -g "$user")
  chown "$owner" "$data_dir"
fi
chown -R "$owner" "$stage/new"
if [ -e "$data_dir/member" ]; then
  section keep mv -T "$data_dir/member" "$data_dir/$KEEP" || exit 9
fi
section place mv -T "$stage/new/member" "$data_dir/member" || exit 9
chmod 700 "$data_dir"
rm -rf "$stage"
sync
`;

export const START_MEMBER = `
if [ $form = service ]; then
  systemctl reset-failed etcd 2>/dev/null
  section start systemctl start --no-block etcd
else
  [ -f "${ASIDE}/\${file##*/}" ] && section start mv "${ASIDE}/\${file##*/}" ${MANIFESTS}/ || section start echo yes
  rmdir ${ASIDE} 2>/dev/null
fi
`;

/** From this member alone (serializable reads), without a quorum. */
export const COUNT = `
section count ask get "" --from-key --count-only --consistency=s -w fields
section canary ask get "$CANARY_KEY" --print-value-only --consistency=s
`;
