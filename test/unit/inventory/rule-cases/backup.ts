import type { Case } from "./case.ts";

const STORE = "hosts: { store1: { ip: 10.0.4.1, roles: [backup] } }";
const sftp = (more = "") => `backup: { repository: { kind: sftp${more} } }\n`;

export const BACKUP_CASES: Readonly<Record<string, readonly Case[]>> = {
  KM500: [{ breaks: STORE, at: "1:34", fine: `${STORE}\n${sftp()}` }],
  KM501: [
    { breaks: sftp(), at: "1:11", fine: `${STORE}\n${sftp()}` },
    { breaks: `${STORE}\n${sftp(", host: store2")}`, fine: `${STORE}\n${sftp(", host: store1")}` },
  ],
  KM502: [
    {
      breaks: "backup: { repository: { kind: local, path: /b }, keep: { daily: 0, weekly: 0, monthly: 0 } }",
      fine: "backup: { repository: { kind: local, path: /b }, keep: { daily: 0, weekly: 0 } }",
    },
  ],
  KM503: [
    { breaks: "backup: { repository: { kind: local, path: /mnt/share } }", fine: `${STORE}\n${sftp()}` },
    {
      breaks: `hosts: { master1: { roles: [control-plane, etcd, backup] } }\n${sftp()}`,
      fine: `hosts: { worker1: { roles: [worker, backup] } }\n${sftp()}`,
    },
  ],
  KM504: [
    {
      breaks: `${STORE}\nbackup: { repository: { kind: sftp }, extraPaths: [/srv] }`,
      fine: `${STORE}\nbackup: { repository: { kind: sftp }, extraPaths: [/srv/www] }`,
    },
    {
      breaks: `${STORE}\nbackup: { repository: { kind: sftp }, extraPaths: [/var/lib/kube-magic/backup] }`,
      fine: `${STORE}\nbackup: { repository: { kind: sftp }, extraPaths: [/var/lib/kube] }`,
    },
  ],
  KM505: [
    {
      breaks:
        "backup: { repository: { kind: s3, url: http://s3/b, accessKeyId: a, secretAccessKey: !vault '$ANSIBLE_VAULT;1.1;AES256 61' } }",
      fine: "backup: { repository: { kind: s3, url: https://s3/b, accessKeyId: a, secretAccessKey: !vault '$ANSIBLE_VAULT;1.1;AES256 61' } }",
    },
  ],
};
