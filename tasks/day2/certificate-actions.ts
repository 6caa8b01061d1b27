/** Renewing certificates, each through the tool that owns them. */
import { hostsWith } from "../core/model.ts";
import type { Action, Request, Step } from "./action.ts";

export const CERTIFICATE_KINDS = ["kubernetes", "etcd", "registry", "openshift"] as const;
type Kind = (typeof CERTIFICATE_KINDS)[number];

/** Why a cluster has none of a kind, or undefined when it has. */
function absence({ model }: Request, kind: Kind): string | undefined {
  switch (kind) {
    case "kubernetes":
      return model.orchestrator === "kubernetes" ? undefined : `orchestrator is ${model.orchestrator}`;
    case "etcd":
      if (model.orchestrator !== "kubernetes") return `orchestrator is ${model.orchestrator}`;
      return model.etcd.deployment === "host"
        ? undefined
        : "etcd.deployment is kubeadm, so they are renewed with kubernetes";
    case "registry":
      return hostsWith(model, "registry").length > 0 ? undefined : "no host has the role registry";
    case "openshift":
      return model.orchestrator === "openshift" ? undefined : `orchestrator is ${model.orchestrator}`;
  }
}

/** The kinds that were named, or all that the cluster has. */
function kindsOf(request: Request): readonly Kind[] {
  const has = CERTIFICATE_KINDS.filter((kind) => absence(request, kind) === undefined);
  return request.names.length === 0 ? has : has.filter((kind) => request.names.includes(kind));
}

const STEPS: Readonly<Record<Kind, Step>> = {
  // etcd first: the API servers that start anew afterwards already use its new client certificates.
  etcd: {
    name: "certs-etcd",
    title: "Renew the certificates of etcd",
    tool: "kubespray",
    playbook: "cluster.yml",
    tags: "etcd",
    extraVars: { force_etcd_cert_refresh: true },
  },
  kubernetes: {
    name: "certs-kubernetes",
    title: "Renew the certificates of Kubernetes",
    tool: "custom",
    playbook: "playbooks/certs-renew.yml",
    extraVars: {},
  },
  registry: {
    name: "certs-registry",
    title: "Renew the certificate of the registry",
    tool: "custom",
    playbook: "playbooks/post.yml",
    tags: "registry",
    // Its role renews what ends within so many days; the certificate lives for 397.
    extraVars: { registry_renew_before_days: 396 },
  },
  openshift: {
    name: "certs-openshift",
    title: "Renew the certificates of OpenShift",
    tool: "openshift-ansible",
    playbook: "playbooks/redeploy-certificates.yml",
    extraVars: {},
  },
};
const ORDER: readonly Kind[] = ["etcd", "kubernetes", "registry", "openshift"];

export const RENEW_CERTIFICATES: Action = {
  name: "certs:renew",
  title: "Renew certificates",
  tool: "custom",
  confirm: "question",
  guards: [
    (request) => {
      for (const name of request.names) {
        const kind = CERTIFICATE_KINDS.find((one) => one === name);
        if (kind === undefined)
          return {
            kind: "input",
            message: `"${name}" is none of ${CERTIFICATE_KINDS.join(", ")}`,
            remedy: "npm run certs:status shows whose each certificate is",
          };
        const reason = absence(request, kind);
        if (reason !== undefined)
          return { kind: "input", message: `${kind}: ${reason}`, remedy: "leave it out" };
      }
      return kindsOf(request).length > 0
        ? undefined
        : {
            kind: "input",
            message: "this cluster has no certificates that a tool renews",
            remedy: "npm run certs:status shows those that there are",
          };
    },
  ],
  steps: (request) => {
    const kinds = kindsOf(request);
    return ORDER.filter((kind) => kinds.includes(kind)).map((kind) => STEPS[kind]);
  },
  notes: (request) => {
    const kinds = kindsOf(request);
    return [
      "npm run certs:status shows how long each still holds",
      ...(kinds.includes("kubernetes")
        ? [
            "control planes restart one after the other; certificates, keys and kubeconfigs are kept in /var/backups/kube-magic-certificates on each",
            "the kubelets renew theirs by themselves",
          ]
        : []),
      ...(kinds.includes("etcd")
        ? ["kubespray restarts etcd, fewer than half of its members at a time"]
        : []),
    ];
  },
  afterwards: (request) => [
    "npm run certs:status",
    ...(kindsOf(request).includes("kubernetes")
      ? [
          "kubeconfigs that were copied elsewhere hold the old client certificate until it ends: copy them anew",
        ]
      : []),
  ],
};
