/** Every patch that we ship, on a small file of our own that has the same place in it; test/upstream has the real ones. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { repositoryRoot } from "../../../tasks/core/paths.ts";
import { planPatches } from "../../../tasks/toolchain/patches/plan.ts";
import { readPatches } from "../../../tasks/toolchain/patches/read.ts";

const VENDOR = join(repositoryRoot(), "vendor");

interface Example {
  readonly version: string;
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
}

const one = (version: string, file: string, before: string, after: string): Example => ({
  version,
  before: { [file]: before },
  after: { [file]: after },
});

const RENEW = "roles/kubernetes/control-plane/templates/k8s-certs-renew.sh.j2";
const SECONDARY = "roles/kubernetes/control-plane/tasks/kubeadm-secondary.yml";
const JOIN = "- name: Joining control plane node to the cluster.\n";

const EXAMPLES: Readonly<Record<string, Example>> = {
  "kubespray/certs-renew-only-when-due.yml": one(
    "v2.31.0",
    RENEW,
    "next=$(systemctl show k8s-certs-renew.timer  -p NextElapseUSecRealtime --value)\nexit 0\n",
    "next=$(LC_ALL=C systemd-analyze calendar '{{ auto_renew_certificates_systemd_calendar }}' | sed -n 's/^ *Next elapse: *\\(.*[0-9].*\\)$/\\1/p')\nexit 0\n",
  ),
  "kubespray/etcd-events-start-errors.yml": one(
    "v2.31.0",
    "roles/etcd/tasks/configure.yml",
    '- name: Configure | Ensure etcd-events is running\n  service: {}\n  ignore_errors: "{{ etcd_events_cluster_is_healthy.rc != 0 }}"  # why\n',
    '- name: Configure | Ensure etcd-events is running\n  service: {}\n  ignore_errors: "{{ etcd_events_cluster_is_healthy.rc == 0 }}"  # why\n',
  ),
  "kubespray/calico-controllers-permissions.yml": one(
    "v2.31.0",
    "roles/kubernetes-apps/policy_controller/calico/templates/calico-kube-cr.yml.j2",
    "rules:\n  # Nodes are watched to monitor for deletions.\n  - resources:\n      - ipamhandles\n      - tiers\n",
    'rules:\n  - apiGroups: [""]\n    resources:\n      - namespaces\n    verbs:\n      - get\n      - list\n      - watch\n  # Nodes are watched to monitor for deletions.\n  - resources:\n      - ipamhandles\n      - ipamconfigs\n      - tiers\n',
  ),
  "kubespray/control-plane-join-retry.yml": one(
    "v2.31.0",
    SECONDARY,
    `${JOIN}  command: >-\n    join\n    --skip-phases={{ kubeadm_join_phases_skip | join(',') }}\n  retries: 3\n`,
    `${JOIN}  shell: >-\n    join\n    --skip-phases={{ kubeadm_join_phases_skip | join(',') }} || { {{ kube_external_ca_mode | ternary('true', bin_dir + '/kubeadm reset --force --cert-dir ' + kube_cert_dir) }}; exit 1; }\n  retries: 3\n`,
  ),
  "kubespray/wait-for-ready-without-network.yml": one(
    "v2.31.0",
    SECONDARY,
    "- name: Wait for new control plane nodes to be Ready\n  when: kubeadm_already_run.stat.exists\n  command: x\n",
    "- name: Wait for new control plane nodes to be Ready\n  when:\n    - kubeadm_already_run.stat.exists\n    - \"kube_network_plugin not in ['cni', 'none']\"\n  command: x\n",
  ),
  "kubespray/download-says-what.yml": one(
    "v2.31.0",
    "roles/download/tasks/download_file.yml",
    '- name: Download_file | Download item\n  get_url: {}\n  no_log: "{{ not (unsafe_show_logs | bool) }}"\n',
    "- name: \"Download_file | Download {{ download.url | regex_replace('//[^/@]*@', '//') }}\"\n  get_url: {}\n  no_log: \"{{ not (unsafe_show_logs | bool) and (download.password is defined or '@' in (download.url ~ http_proxy | default('') ~ https_proxy | default(''))) }}\"\n",
  ),
  "kubespray/image-save-warnings.yml": one(
    "v2.31.0",
    "roles/download/tasks/download_container.yml",
    "- block:\n    - name: Download_container | Save and compress image\n      register: r\n      failed_when: container_save_status.stderr\n      run_once: true\n",
    "- block:\n    - name: Download_container | Save and compress image\n      register: r\n      run_once: true\n",
  ),
  "kubespray/nginx-open-files.yml": one(
    "v2.31.0",
    "roles/kubernetes/node/templates/loadbalancer/nginx.conf.j2",
    "a;\nworker_rlimit_nofile 130048;\nb;\n",
    "a;\nworker_rlimit_nofile 65535;\nb;\n",
  ),
  "kubespray/restore-with-etcdutl.yml": one(
    "v2.31.0",
    "roles/recover_control_plane/etcd/tasks/recover_lost_quorum.yml",
    '- name: Save\n  command: "etcdctl snapshot save"\n- name: Restore etcd snapshot  # why\n  shell: "{{ bin_dir }}/etcdctl snapshot restore --data-dir x"\n',
    '- name: Save\n  command: "etcdctl snapshot save"\n- name: Restore etcd snapshot  # why\n  shell: "{{ bin_dir }}/etcdutl snapshot restore --data-dir x"\n',
  ),
  "ceph-ansible/site-playbook.yml": {
    version: "stable-9.0",
    before: { "site.yml.sample": "- hosts: mons\n" },
    after: { "site.yml.sample": "- hosts: mons\n", "site.yml": "- hosts: mons\n" },
  },
  "ceph-ansible/osd-memory-mask.yml": one(
    "stable-8.0",
    "roles/ceph-config/tasks/main.yml",
    `- block:\n    - name: Set osd_memory_target to cluster host config\n      ceph_config:\n        action: set\n        who: "osd.*/{{ ansible_facts['hostname'] }}:host"\n        option: x\n`,
    `- block:\n    - name: Set osd_memory_target to cluster host config\n      ceph_config:\n        action: set\n        who: "osd/host:{{ ansible_facts['hostname'] }}"\n        option: x\n`,
  ),
  "ceph-ansible/scratch-is-no-change.yml": {
    version: "stable-9.0",
    before: {
      "roles/ceph-mon/tasks/deploy_monitors.yml":
        "- name: Create monitor initial keyring\n  ceph_key: {}\n\n- name: Import admin keyring into mon keyring\n  command: x\n",
      "site.yml.sample":
        "- hosts: all\n  tasks:\n    - name: create filtered clients group\n      add_host: {}\n",
    },
    after: {
      "roles/ceph-mon/tasks/deploy_monitors.yml":
        "- name: Create monitor initial keyring\n  changed_when: false\n  ceph_key: {}\n\n- name: Import admin keyring into mon keyring\n  changed_when: false\n  command: x\n",
      "site.yml.sample":
        "- hosts: all\n  tasks:\n    - name: create filtered clients group\n      changed_when: false\n      add_host: {}\n",
    },
  },
  "openshift-ansible/origin-package-archive.yml": one(
    "release-3.11",
    "roles/openshift_repos/templates/CentOS-OpenShift-Origin311.repo.j2",
    "[x]\nbaseurl=http://mirror.centos.org/centos/7/paas/x86_64/openshift-origin311/\nenabled=1\n",
    "[x]\nbaseurl={{ openshift_repos_origin_url | default('http://vault.centos.org/7.9.2009/paas/x86_64/openshift-origin311/') }}\nenabled=1\n",
  ),
};

const shipped = readdirSync(join(VENDOR, "patches"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readPatches(VENDOR, name).patches.map((patch) => ({ source: name, patch })));

async function plan(source: string, name: string, version: string, files: Readonly<Record<string, string>>) {
  const patch = shipped.find((one) => one.source === source && one.patch.name === name)!.patch;
  const read = async (path: string) =>
    files[path] === undefined ? undefined : { content: files[path], executable: false };
  return await planPatches([patch], version, read, { env: process.env });
}

describe("a shipped patch", () => {
  test("has an example here", () => {
    expect(shipped.map(({ source, patch }) => `${source}/${patch.name}`).sort()).toEqual(
      Object.keys(EXAMPLES).sort(),
    );
  });

  test.each(Object.entries(EXAMPLES))(
    "%s does what it says, and is retired where that is done",
    async (key, example) => {
      const [source = "", name = ""] = key.split("/");
      const { version, before, after } = example;
      const { reports, files } = await plan(source, name, version, before);
      expect(reports[0]?.status).toEqual({ kind: "applied" });
      expect({
        ...before,
        ...Object.fromEntries([...files].map(([path, { content }]) => [path, content])),
      }).toEqual(after);
      expect((await plan(source, name, version, after)).reports[0]?.status).toEqual({ kind: "retired" });
    },
  );

  test.each(Object.entries(EXAMPLES))(
    "%s is in conflict with another file, and says where",
    async (key, { version, before }) => {
      const [source = "", name = ""] = key.split("/");
      const others = Object.fromEntries(
        Object.keys(before).map((path) => [path, "- name: Something else\n  debug:\n"]),
      );
      const status = (await plan(source, name, version, key.includes("site-playbook") ? {} : others))
        .reports[0]?.status;
      expect(status).toMatchObject({
        kind: "conflict",
        file: expect.any(String),
        expected: expect.any(String),
      });
    },
  );

  test.each(shipped.map(({ source, patch }) => [`${source}/${patch.name}`, patch] as const))(
    "%s says why, and when it may go",
    (_, patch) => {
      expect(patch.why.length).toBeGreaterThan(40);
      expect(patch.retire).toMatch(/^when /);
      expect(patch.link).toMatch(/^https:/);
    },
  );
});
