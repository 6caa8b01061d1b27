/**
 * Schemas of the objects that we apply to a cluster, with exactly the fields that we use. They are strict, so that our tests
 * find a misspelt field before an API server does. Field names and limits are those of the public API reference.
 */
import { z } from "zod";

const subdomain = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
const label = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
/** A name of an RBAC object: any segment of a path. */
const segment = z
  .string()
  .max(253)
  .regex(/^(?!\.{1,2}$)[^/%]+$/);
const labelValue = z
  .string()
  .max(63)
  .regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/);
const base64 = z.base64();

const metadata = (name: z.ZodString, isNamespaced: boolean) =>
  z.strictObject({
    name,
    ...(isNamespaced ? { namespace: label } : {}),
    labels: z.record(z.string(), labelValue),
    annotations: z.record(z.string(), z.string()).optional(),
  });

const policyRule = z.strictObject({
  apiGroups: z.array(z.string()).min(1),
  resources: z.array(z.string()).min(1),
  verbs: z.array(z.enum(["get", "list", "watch", "create", "update", "patch", "delete"])).min(1),
});

const RBAC = "rbac.authorization.k8s.io";
const subject = z.union([
  z.strictObject({ kind: z.literal("Group"), apiGroup: z.literal(RBAC), name: z.string().min(1) }),
  z.strictObject({ kind: z.literal("ServiceAccount"), name: subdomain, namespace: label }),
]);

const volume = z
  .strictObject({
    name: label,
    configMap: z.strictObject({ name: subdomain }).optional(),
    secret: z.strictObject({ secretName: subdomain, defaultMode: z.int().min(0).max(0o777) }).optional(),
    emptyDir: z.strictObject({}).optional(),
  })
  .refine(
    (one) => [one.configMap, one.secret, one.emptyDir].filter((source) => source !== undefined).length === 1,
  );

const quantity = z.string().regex(/^\d+(m|Ki|Mi|Gi)?$/);
const resources = z.strictObject({ cpu: quantity.optional(), memory: quantity });

const container = z.strictObject({
  name: label,
  image: z.string().min(1),
  command: z.array(z.string()).min(1),
  env: z.array(z.strictObject({ name: z.string().regex(/^[A-Z_]+$/), value: z.string() })).optional(),
  resources: z.strictObject({ requests: resources, limits: resources }),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    capabilities: z.strictObject({ drop: z.array(z.string()) }),
    readOnlyRootFilesystem: z.boolean(),
  }),
  volumeMounts: z.array(
    z.strictObject({ name: label, mountPath: z.string().startsWith("/"), readOnly: z.boolean().optional() }),
  ),
});

const podTemplate = z.strictObject({
  metadata: z.strictObject({ labels: z.record(z.string(), labelValue) }),
  spec: z.strictObject({
    serviceAccountName: subdomain,
    restartPolicy: z.enum(["Never", "OnFailure"]),
    containers: z.array(container).min(1),
    volumes: z.array(volume),
  }),
});

const jobSpec = z.strictObject({
  backoffLimit: z.int().min(0),
  activeDeadlineSeconds: z.int().min(1),
  template: podTemplate,
});

const cronJobSpec = z.strictObject({
  schedule: z.string().min(1),
  concurrencyPolicy: z.enum(["Allow", "Forbid", "Replace"]),
  startingDeadlineSeconds: z.int().min(10),
  successfulJobsHistoryLimit: z.int().min(0),
  failedJobsHistoryLimit: z.int().min(0),
  jobTemplate: z.strictObject({ spec: jobSpec }),
});

/** Names of CronJobs are shorter, because the names of their pods contain them. */
const cronJobName = z
  .string()
  .max(52)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);

/** Kind → schema. */
export const OBJECTS = {
  Namespace: z.strictObject({
    apiVersion: z.literal("v1"),
    kind: z.literal("Namespace"),
    metadata: metadata(label, false),
  }),
  ServiceAccount: z.strictObject({
    apiVersion: z.literal("v1"),
    kind: z.literal("ServiceAccount"),
    metadata: metadata(subdomain, true),
  }),
  ConfigMap: z.strictObject({
    apiVersion: z.literal("v1"),
    kind: z.literal("ConfigMap"),
    metadata: metadata(subdomain, true),
    data: z.record(z.string().regex(/^[-._a-zA-Z0-9]+$/), z.string()),
  }),
  Secret: z.strictObject({
    apiVersion: z.literal("v1"),
    kind: z.literal("Secret"),
    metadata: metadata(subdomain, true),
    type: z.enum(["Opaque", "kubernetes.io/rbd"]),
    data: z.record(z.string().regex(/^[-._a-zA-Z0-9]+$/), base64),
  }),
  StorageClass: z.strictObject({
    apiVersion: z.literal("storage.k8s.io/v1"),
    kind: z.literal("StorageClass"),
    metadata: metadata(subdomain, false),
    provisioner: z.enum(["rbd.csi.ceph.com", "kubernetes.io/rbd"]),
    parameters: z.record(z.string(), z.string()),
    reclaimPolicy: z.enum(["Delete", "Retain"]),
    allowVolumeExpansion: z.boolean(),
    volumeBindingMode: z.enum(["Immediate", "WaitForFirstConsumer"]),
    mountOptions: z.array(z.string()).optional(),
  }),
  ClusterRole: z.strictObject({
    apiVersion: z.literal(`${RBAC}/v1`),
    kind: z.literal("ClusterRole"),
    metadata: metadata(segment, false),
    rules: z.array(policyRule).min(1),
  }),
  ClusterRoleBinding: z.strictObject({
    apiVersion: z.literal(`${RBAC}/v1`),
    kind: z.literal("ClusterRoleBinding"),
    metadata: metadata(segment, false),
    roleRef: z.strictObject({
      apiGroup: z.literal(RBAC),
      kind: z.literal("ClusterRole"),
      name: z.string().min(1),
    }),
    subjects: z.array(subject).min(1),
  }),
  CronJob: z.strictObject({
    // OpenShift 3.11 is Kubernetes 1.11, which has CronJob only in batch/v1beta1.
    apiVersion: z.enum(["batch/v1", "batch/v1beta1"]),
    kind: z.literal("CronJob"),
    metadata: metadata(cronJobName, true),
    spec: cronJobSpec,
  }),
} as const;

/** A kind of object that we apply. */
export type Kind = keyof typeof OBJECTS;
/** An object of one kind. */
export type ObjectOf<Name extends Kind> = z.infer<(typeof OBJECTS)[Name]>;
/** An object of any kind. */
export type ClusterObject = { [Name in Kind]: ObjectOf<Name> }[Kind];

/** Returns the object. @throws Error when it does not fit the schema of its kind: our bug, not a mistake of the user. */
export function checkObject(object: ClusterObject): ClusterObject {
  const result = OBJECTS[object.kind].safeParse(object);
  if (result.success) return object;
  const [issue] = result.error.issues;
  // The value is not shown: it may be a secret.
  throw new Error(`${object.kind} ${object.metadata.name}: ${issue?.path.join(".")}: ${issue?.message}`);
}

/** Labels of every object of ours. @param part of the inventory that the object comes from */
export function labels(part: string): Record<string, string> {
  return { "app.kubernetes.io/managed-by": "kube-magic", "app.kubernetes.io/part-of": `kube-magic-${part}` };
}

/** The form of values in a Secret. */
export function toBase64(text: string): string {
  return Buffer.from(text).toString("base64");
}
