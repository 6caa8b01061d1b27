/** Makes the objects with which OpenShift synchronises groups: jobs, their accounts, and the role bindings of the groups. */
import type { ClusterModel, Ldap } from "../core/model.ts";
import type { ValueMap } from "../core/value.ts";
import { toYaml } from "../core/yaml-text.ts";
import { type ClusterObject, labels, type ObjectOf, toBase64 } from "./objects.ts";
import { syncConfig } from "./sync-config.ts";

/** What the model does not contain: contents of files, and a secret. */
export interface LdapMaterial {
  /** Password of the account that reads the directory; absent: anonymous. */
  readonly password?: string;
  /** Certificate authority, PEM; absent: the authorities of the image. */
  readonly authority?: string;
}

const PART = "ldap";
const CONFIG = "/etc/kube-magic/ldap";
const SECRET = "/etc/kube-magic/ldap-secret";

/** Objects in the order in which they are applied. */
export function ldapObjects(
  model: ClusterModel,
  ldap: Ldap,
  material: LdapMaterial,
): readonly ClusterObject[] {
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: ldap.namespace, labels: labels(PART) } },
    configMap(ldap, material),
    ...job(model, ldap, {
      name: "ldap-group-sync",
      schedule: ldap.schedule,
      command: ["oc", "adm", "groups", "sync"],
      verbs: ["get", "list", "create", "update"],
    }),
    ...job(model, ldap, {
      name: "ldap-group-prune",
      schedule: ldap.pruneSchedule,
      command: ["oc", "adm", "prune", "groups"],
      verbs: ["get", "list", "delete"],
    }),
    ...ldap.mapping.flatMap(({ group, roles }) => roles.map((role) => binding(group, role))),
  ];
}

/** The secrets, which go to a separate file with mode 0600. */
export function ldapSecrets(ldap: Ldap, { password }: LdapMaterial): readonly ObjectOf<"Secret">[] {
  if (password === undefined) return [];
  return [
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "ldap-bind", namespace: ldap.namespace, labels: labels(PART) },
      type: "Opaque",
      data: { password: toBase64(password) },
    },
  ];
}

function configMap(ldap: Ldap, { authority }: LdapMaterial): ObjectOf<"ConfigMap"> {
  const config = syncConfig(ldap, { password: `${SECRET}/password`, authority: `${CONFIG}/ca.crt` });
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "ldap-sync", namespace: ldap.namespace, labels: labels(PART) },
    data: {
      "sync.yaml": toYaml(withoutUndefined(config)),
      // Without this list, every group of the directory would be synchronised.
      "groups.txt": ldap.mapping.map((one) => `${one.ldap}\n`).join(""),
      ...(authority === undefined ? {} : { "ca.crt": authority }),
    },
  };
}

function withoutUndefined(value: unknown): ValueMap {
  return JSON.parse(JSON.stringify(value)) as ValueMap;
}

interface GroupJob {
  readonly name: string;
  readonly schedule: string;
  readonly command: readonly string[];
  /** What its account may do with groups; it may do nothing else. */
  readonly verbs: ObjectOf<"ClusterRole">["rules"][number]["verbs"];
}

function job(model: ClusterModel, ldap: Ldap, { name, schedule, command, verbs }: GroupJob): ClusterObject[] {
  const roleName = `kube-magic:${name}`;
  const account = { name, namespace: ldap.namespace };
  const isOld = isVersion3(model);
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { ...account, labels: labels(PART) } },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: roleName, labels: labels(PART) },
      rules: [{ apiGroups: ["user.openshift.io"], resources: ["groups"], verbs: [...verbs] }],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: roleName, labels: labels(PART) },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: roleName },
      subjects: [{ kind: "ServiceAccount", ...account }],
    },
    {
      apiVersion: isOld ? "batch/v1beta1" : "batch/v1",
      kind: "CronJob",
      metadata: { ...account, labels: labels(PART) },
      spec: {
        schedule,
        concurrencyPolicy: "Forbid",
        startingDeadlineSeconds: 300,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: { spec: jobSpec(model, ldap, name, command) },
      },
    },
  ];
}

function jobSpec(
  model: ClusterModel,
  ldap: Ldap,
  name: string,
  command: readonly string[],
): ObjectOf<"CronJob">["spec"]["jobTemplate"]["spec"] {
  const hasSecret = ldap.bind !== undefined;
  return {
    backoffLimit: 0,
    activeDeadlineSeconds: 600,
    template: {
      metadata: { labels: { ...labels(PART), "app.kubernetes.io/name": name } },
      spec: {
        serviceAccountName: name,
        restartPolicy: "Never",
        containers: [
          {
            name: "oc",
            image: ldap.image ?? defaultImage(model),
            command: [
              ...command,
              `--sync-config=${CONFIG}/sync.yaml`,
              `--whitelist=${CONFIG}/groups.txt`,
              ...(ldap.confirm ? ["--confirm"] : []),
            ],
            // oc writes a cache to its home folder.
            env: [{ name: "HOME", value: "/tmp" }],
            resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ["ALL"] },
              readOnlyRootFilesystem: true,
            },
            volumeMounts: [
              { name: "config", mountPath: CONFIG, readOnly: true },
              ...(hasSecret ? [{ name: "secret", mountPath: SECRET, readOnly: true }] : []),
              { name: "tmp", mountPath: "/tmp" },
            ],
          },
        ],
        volumes: [
          { name: "config", configMap: { name: "ldap-sync" } },
          // The pod's user can read it through the fsGroup of the project.
          ...(hasSecret ? [{ name: "secret", secret: { secretName: "ldap-bind", defaultMode: 0o440 } }] : []),
          { name: "tmp", emptyDir: {} },
        ],
      },
    },
  };
}

function binding(group: string, role: string): ObjectOf<"ClusterRoleBinding"> {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: `kube-magic:ldap:${group}:${role}`, labels: labels(PART) },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
    subjects: [{ kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: group }],
  };
}

/** True for OpenShift 3, which is the default version. */
export function isVersion3({ versions }: Pick<ClusterModel, "versions">): boolean {
  return (versions.openshift ?? "3.11").startsWith("3.");
}

function defaultImage(model: ClusterModel): string {
  if (!isVersion3(model)) return "image-registry.openshift-image-registry.svc:5000/openshift/cli:latest";
  return model.openshift?.deploymentType === "openshift-enterprise"
    ? "registry.redhat.io/openshift3/ose-cli:v3.11"
    : "docker.io/openshift/origin-cli:v3.11.0";
}
