/** What a second backup of an unchanged host moves, with an etcd of 40 MB and a control plane's files. */
import { labPlaces } from "../tasks/lab/places.ts";
import { obstacles } from "../tasks/lab/requirements.ts";
import { backupLab } from "../test/helpers/backup-lab.ts";
import type { Bench } from "./bench.ts";

const LAB = "kmbakben";
const NET = "198.18.14";
const TOPOLOGY = `name: ${LAB}
network: ${NET}.0/24
api: { vip: ${NET}.100, vrid: 84 }
hosts:
  etcd1: { ip: ${NET}.11, roles: [control-plane, etcd] }
  lb1: { ip: ${NET}.41, roles: [load-balancer] }
  store1: { ip: ${NET}.50, roles: [backup] }
`;
const LAYER = "backup: { repository: { kind: sftp } }\n";
const REPOSITORY = "/srv/kube-magic-backup/kmb-etcd1/repository";

/** Values that hardly compress, as certificates and Secrets do. */
const FILL = `set -a; . /etc/etcd.env; set +a; export ETCDCTL_API=3
mkdir -p /etc/kubernetes/ssl
for i in $(seq 40); do openssl genrsa 2048 >/etc/kubernetes/ssl/$i.key 2>/dev/null; done
for i in $(seq 1200); do head -c 22000 /dev/urandom | base64 | etcdctl put /registry/$i >/dev/null; done`;

export const bench: Bench = {
  name: "backup",
  title: "backups of a host that has not changed",
  needs: () => obstacles(labPlaces(LAB)).join(" ") || undefined,
  async run(report) {
    const lab = await backupLab(LAB, TOPOLOGY);
    try {
      lab.configure(LAYER);
      await lab.makeEtcd("etcd1", `${NET}.11`);
      await lab.on("etcd1", FILL);
      const used = async () => Number(await lab.on("store1", `du -sb ${REPOSITORY} | cut -f 1`));
      const deployed = await lab.deploy("-e", '{"backup_first_run": false}');
      if (deployed.code !== 0) throw new Error(deployed.stderr);
      const sizes = [await used()];
      for (let times = 0; times < 2; times++) {
        const started = performance.now();
        const run = await lab.run("backup:run", "etcd1");
        if (run.code !== 0) throw new Error(run.stderr);
        report({
          what: times === 0 ? "first backup" : "second backup, nothing changed",
          value: (performance.now() - started) / 1000,
          unit: "s",
        });
        sizes.push(await used());
      }
      const [empty = 0, first = 0, second = 0] = sizes;
      report({ what: "first backup, in the repository", value: (first - empty) / 1e6, unit: "MB" });
      report({
        what: "second over first, bytes moved",
        value: (second - first) / (first - empty),
        unit: "x",
        limit: 0.05,
      });
    } finally {
      await lab.down();
    }
  },
};
