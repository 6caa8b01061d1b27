/** All phases, in the order of a full deploy. */
import { type ClusterModel, hostsWith } from "../core/model.ts";
import type { Decision, PhaseName, PhaseSpec } from "./spec.ts";

const nothing = () => ({});
const always = (): Decision => true;

const orchestratedBy =
  (...wanted: readonly ClusterModel["orchestrator"][]) =>
  (model: ClusterModel): Decision =>
    wanted.includes(model.orchestrator) || { skip: `orchestrator is ${model.orchestrator}` };

const onFiles = ({ ceph }: ClusterModel): boolean => ceph?.osdBackend === "lab-file";

function osdNotes(model: ClusterModel): readonly string[] {
  const hosts = hostsWith(model, "ceph-osd");
  if (hosts.length === 0) return [];
  const names = hosts.map(({ name }) => name).join(", ");
  return onFiles(model)
    ? [
        `OSDs of ${names}: a file each, made by our own role, because storage.ceph.osdBackend is lab-file: for lab hosts without disks, never for data that matters`,
      ]
    : [
        `OSDs of ${names}: whole disks, made by ceph-ansible, because storage.ceph.osdBackend is disks; the hosts need device-mapper and empty disks`,
      ];
}

/** Loaded into the cluster for OpenShift Enterprise, unless the variable switches them off. */
function jbossTemplates({ openshift, tools }: ClusterModel): readonly string[] {
  const asked = tools["openshift-ansible"].groups.OSEv3?.openshift_examples_load_xpaas;
  const loads = asked === undefined ? openshift?.deploymentType === "openshift-enterprise" : asked !== false;
  return loads ? ["roles/openshift_examples/files/examples/x86_64/xpaas-templates"] : [];
}

export const CATALOG: readonly PhaseSpec[] = [
  {
    name: "ceph",
    title: "Deploy Ceph",
    needs: [],
    tool: "ceph-ansible",
    playbooks: [
      { tool: "custom", playbook: "playbooks/ceph-prepare.yml" },
      // Preparing pools waits for OSDs without an end, and a lab's OSDs are created after this step.
      { playbook: "site.yml", extraVars: (model) => (onFiles(model) ? { user_config: false } : {}) },
      { tool: "custom", playbook: "playbooks/ceph-lab-osds.yml", when: onFiles },
      { playbook: "site.yml", when: onFiles, tags: "ceph_client" },
      { tool: "custom", playbook: "playbooks/ceph-verify.yml" },
    ],
    gatesBefore: ["ceph-health"],
    gatesAfter: ["ceph-health"],
    notes: osdNotes,
    extraVars: ({ ceph }) => ({
      // ceph-ansible refuses to run unattended without it.
      yes_i_know: true,
      // Its role adds a module to this list that Debian has no package for: only an extra variable stops it.
      ...(ceph?.origin === "distro"
        ? { ceph_mgr_packages: ["ceph-mgr", ...(ceph.dashboard ? ["ceph-mgr-dashboard"] : [])] }
        : {}),
    }),
    when: (model) =>
      hostsWith(model, "ceph-mon", "ceph-osd").length > 0 || { skip: "no host has a ceph role" },
  },
  {
    name: "prep-hosts",
    title: "Prepare hosts and load balancers",
    needs: ["ceph"],
    tool: "custom",
    playbooks: ["playbooks/prep-hosts.yml"],
    // It changes kernel settings on Ceph's hosts too, and asks the monitors for pools and keys.
    gatesBefore: ["ceph-health"],
    outputs: ({ ceph }) =>
      ceph?.pools.some(({ application }) => application === "rbd") === true ? ["ceph"] : [],
    extraVars: nothing,
    when: always,
  },
  {
    name: "kube",
    title: "Deploy Kubernetes",
    needs: ["prep-hosts"],
    tool: "kubespray",
    playbooks: ["cluster.yml"],
    // Templates ask for the addresses of all hosts, limited or not.
    beforeLimited: ["playbooks/facts.yml"],
    leavesKubeconfig: true,
    extraVars: nothing,
    when: orchestratedBy("kubernetes"),
  },
  {
    name: "openshift",
    title: "Deploy OpenShift",
    needs: ["prep-hosts"],
    tool: "openshift-ansible",
    playbooks: ["playbooks/prerequisites.yml", "playbooks/deploy_cluster.yml"],
    extraVars: nothing,
    when: orchestratedBy("openshift"),
    reads: jbossTemplates,
  },
  {
    name: "post",
    title: "Deploy monitoring, backups and storage classes",
    needs: ["kube", "openshift"],
    tool: "custom",
    playbooks: ["playbooks/post.yml"],
    appliesManifests: true,
    extraVars: nothing,
    when: always,
  },
  addon("logging", "Deploy the logging stack"),
  addon("prometheus", "Deploy the Prometheus stack"),
  addon("tekton", "Deploy Tekton"),
];

/** Checks every host and changes nothing. Not a step of a deploy: prep-hosts begins with the same checks. */
export const PREFLIGHT: PhaseSpec = {
  name: "preflight",
  title: "Check every host",
  needs: [],
  tool: "custom",
  playbooks: ["playbooks/preflight.yml"],
  extraVars: nothing,
  when: always,
};

function addon(name: PhaseName, title: string): PhaseSpec {
  return {
    name,
    title,
    needs: ["post"],
    tool: "custom",
    playbooks: [`playbooks/${name}.yml`],
    extraVars: nothing,
    when: orchestratedBy("kubernetes", "openshift"),
    announced: true,
  };
}
