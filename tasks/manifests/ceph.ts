/** Makes storage classes from Ceph's output: for ceph-csi on Kubernetes and OpenShift 4, for the built-in provisioner on OpenShift 3. */
import type { ClusterModel, StorageClass } from "../core/model.ts";
import { isVersion3 } from "./ldap.ts";
import { type ClusterObject, labels, type ObjectOf, toBase64 } from "./objects.ts";

/** The output of the ceph phase; `key` is a secret. phases/outputs.ts has the schema of the file. */
export interface CephAccess {
  readonly fsid: string;
  readonly monitors: readonly string[];
  readonly pools: readonly string[];
  readonly user: string;
  readonly key: string;
}

const PART = "ceph";
const CSI_NAMESPACE = "ceph-csi";
const CSI_SECRET = "ceph-rbd";
const IN_TREE = { name: "ceph-rbd", namespace: "kube-system" };

const isInTree = (model: ClusterModel): boolean => model.orchestrator === "openshift" && isVersion3(model);

/** Objects in the order in which they are applied, without classes whose pool is not in Ceph's output. */
export function cephObjects(model: ClusterModel, access: CephAccess): readonly ClusterObject[] {
  const classes = (model.ceph?.storageClasses ?? []).filter(({ pool }) => access.pools.includes(pool));
  if (isInTree(model)) return classes.map((one) => inTreeClass(one, access));
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: CSI_NAMESPACE, labels: labels(PART) } },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "ceph-csi-config", namespace: CSI_NAMESPACE, labels: labels(PART) },
      data: { "config.json": `${JSON.stringify([{ clusterID: access.fsid, monitors: access.monitors }])}\n` },
    },
    ...classes.map((one) => csiClass(one, access)),
  ];
}

/** The secret with the key of the Ceph user. */
export function cephSecrets(model: ClusterModel, { user, key }: CephAccess): readonly ObjectOf<"Secret">[] {
  if (isInTree(model))
    return [
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { ...IN_TREE, labels: labels(PART) },
        type: "kubernetes.io/rbd",
        data: { key: toBase64(key) },
      },
    ];
  return [
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: CSI_SECRET, namespace: CSI_NAMESPACE, labels: labels(PART) },
      type: "Opaque",
      data: { userID: toBase64(user), userKey: toBase64(key) },
    },
  ];
}

function csiClass(one: StorageClass, { fsid }: CephAccess): ObjectOf<"StorageClass"> {
  const secrets = ["provisioner", "controller-expand", "node-stage"].flatMap((use) => [
    [`csi.storage.k8s.io/${use}-secret-name`, CSI_SECRET],
    [`csi.storage.k8s.io/${use}-secret-namespace`, CSI_NAMESPACE],
  ]);
  return {
    ...classOf(one),
    provisioner: "rbd.csi.ceph.com",
    parameters: {
      clusterID: fsid,
      pool: one.pool,
      imageFeatures: "layering",
      "csi.storage.k8s.io/fstype": one.fsType,
      ...Object.fromEntries(secrets),
    },
    allowVolumeExpansion: true,
    mountOptions: ["discard"],
  };
}

/** One user creates the images and maps them; its key allows nothing else. */
function inTreeClass(one: StorageClass, { monitors, user }: CephAccess): ObjectOf<"StorageClass"> {
  return {
    ...classOf(one),
    provisioner: "kubernetes.io/rbd",
    parameters: {
      monitors: monitors.join(","),
      adminId: user,
      adminSecretName: IN_TREE.name,
      adminSecretNamespace: IN_TREE.namespace,
      pool: one.pool,
      userId: user,
      userSecretName: IN_TREE.name,
      userSecretNamespace: IN_TREE.namespace,
      fsType: one.fsType,
      imageFormat: "2",
      imageFeatures: "layering",
    },
    allowVolumeExpansion: false,
  };
}

function classOf(one: StorageClass) {
  return {
    apiVersion: "storage.k8s.io/v1" as const,
    kind: "StorageClass" as const,
    metadata: {
      name: one.name,
      labels: labels(PART),
      annotations: { "storageclass.kubernetes.io/is-default-class": String(one.isDefault) },
    },
    reclaimPolicy: one.reclaimPolicy,
    volumeBindingMode: "Immediate" as const,
  };
}
