/** Random valid clusters: every role, both address families, odd but legal names, pass-through variables of any value. */
import fc from "fast-check";
import {
  type ClusterModel,
  type Host,
  type Orchestrator,
  ROLES,
  type Role,
  type SshAccess,
  TOOLS,
  type ToolName,
} from "../../tasks/core/model.ts";
import type { ValueMap } from "../../tasks/core/value.ts";
import { hostileValue } from "./hostile.ts";
import { aCluster, aHost } from "./model.ts";

const label = () => fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);

const ssh = (): fc.Arbitrary<SshAccess> =>
  fc.record(
    {
      user: fc.constantFrom("root", "debian", "deploy_1"),
      port: fc.constantFrom(22, 2222),
      hostKeys: fc.constantFrom("accept-new", "strict"),
      privateKeyFile: fc.constantFrom("/root/.ssh/id_ed25519", "/home/a b/it's/key"),
      knownHostsFile: fc.constantFrom("/srv/known_hosts", "/srv/my hosts/100%/known"),
    },
    { requiredKeys: ["user", "port", "hostKeys"] },
  );

const roles = (): fc.Arbitrary<Role[]> =>
  fc.uniqueArray(fc.constantFrom(...ROLES), { minLength: 1, maxLength: 6 });

interface HostSeed {
  readonly roles: Role[];
  readonly ssh: SshAccess | undefined;
  readonly more: Partial<Host>;
}

const hostSeed = (): fc.Arbitrary<HostSeed> =>
  fc.record({
    roles: roles(),
    ssh: fc.option(ssh(), { nil: undefined, freq: 2 }),
    more: fc.record(
      {
        address: fc.constantFrom("198.51.100.7", "node.example.com", "2001:db8::7"),
        zone: fc.constantFrom("a", "b", "rack-1", "Zone_B"),
        labels: fc.dictionary(
          fc.constantFrom("disk", "example.com/rack", "a.b/c"),
          fc.constantFrom("", "ssd", "yes", "0644", "1e3", "v1.2_x"),
        ),
        taints: fc.array(
          fc.oneof(
            fc.constant({ key: "gpu", value: "yes", effect: "NoSchedule" as const }),
            fc.constant({ key: "example.com/dedicated", effect: "NoExecute" as const }),
          ),
          { maxLength: 2 },
        ),
        devices: fc.uniqueArray(fc.constantFrom("/dev/vdb", "/dev/vdc", "/dev/disk/by-id/nvme-a b"), {
          maxLength: 3,
        }),
        interface: fc.constantFrom("eth1", "bond0.42"),
      },
      { requiredKeys: [] },
    ),
  });

/** Variables as a site writes them: legal names, any value; nested keys are anything. */
const siteVariables = (): fc.Arbitrary<ValueMap> =>
  fc.dictionary(fc.stringMatching(/^site_[a-z0-9_]{0,6}$/), hostileValue(), { maxKeys: 3 });

const GROUPS_OF: Readonly<Record<ToolName, readonly string[]>> = {
  kubespray: ["all", "k8s_cluster", "kube_node", "etcd", "kube_control_plane"],
  "ceph-ansible": ["all", "mons", "osds", "clients"],
  "openshift-ansible": ["all", "OSEv3", "masters", "nodes"],
  custom: ["all", "k8s_cluster", "load_balancers", "mons", "nagios"],
};

const ALL: readonly Orchestrator[] = ["kubernetes", "openshift", "none"];
const FAMILIES = ["v4", "v6", "dual"] as const;

const networks = (family: (typeof FAMILIES)[number], v4: string, v6: string): string[] =>
  family === "dual" ? [v4, v6] : [family === "v4" ? v4 : v6];

/** @param orchestrators to choose from; a tool that the cluster does not use renders nothing. */
export const clusters = (...orchestrators: readonly Orchestrator[]): fc.Arbitrary<ClusterModel> =>
  fc
    .record({
      name: label(),
      orchestrator: fc.constantFrom<Orchestrator[]>(...(orchestrators.length === 0 ? ALL : orchestrators)),
      seeds: fc.array(hostSeed(), { minLength: 1, maxLength: 8 }),
      stem: label(),
      family: fc.constantFrom(...FAMILIES),
      vip: fc.boolean(),
      edges: fc.integer({ min: 0, max: 3 }),
      proxy: fc.option(
        fc.record(
          {
            http: fc.constant("http://proxy:3128"),
            https: fc.constant("http://user:p%40ss@proxy:3128"),
            no: fc.subarray(["10.0.0.0/8", ".example.com"]),
          },
          { requiredKeys: ["no"] },
        ),
        { nil: undefined },
      ),
      kubeadm: fc.boolean(),
      kubernetes: fc.option(fc.constantFrom("1.34.3", "1.35.4"), { nil: undefined }),
      groups: fc.record(
        Object.fromEntries(
          TOOLS.map((tool) => [
            tool,
            fc.dictionary(fc.constantFrom(...GROUPS_OF[tool]), siteVariables(), { maxKeys: 2 }),
          ]),
        ) as Record<ToolName, fc.Arbitrary<Record<string, ValueMap>>>,
      ),
      hostVariables: fc.array(siteVariables(), { maxLength: 8 }),
    })
    .map(
      ({
        name,
        orchestrator,
        seeds,
        stem,
        family,
        vip,
        edges,
        proxy,
        kubeadm,
        kubernetes,
        groups,
        hostVariables,
      }) => {
        const hosts = seeds.map(({ roles: own, ssh: access, more }, index) =>
          aHost(`${stem}${index}`, index + 1, own, {
            ...(family === "dual" ? { ip6: `fd00:42::${index + 1}` } : {}),
            ...(family === "v6" ? { ip: `fd00:42::${index + 1}` } : {}),
            ...(access === undefined ? {} : { ssh: access }),
            ...more,
          }),
        );
        const perHost = Object.fromEntries(
          hosts.flatMap((host, index) => {
            const variables = hostVariables[index];
            return variables === undefined ? [] : [[host.name, variables]];
          }),
        );
        const isLocal = !hosts.some(({ roles }) => roles.includes("load-balancer")) && kubeadm;
        return aCluster({
          name,
          orchestrator,
          hosts,
          network: {
            pods: networks(family, "10.233.64.0/18", "fd85::1:0/112"),
            machines: networks(family, "10.42.0.0/16", "fd00:42::/64"),
            services: networks(family, "10.233.0.0/18", "fd85::2:0/116"),
            dns: { servers: ["10.42.0.1"], search: [] },
            ntp: [],
            ...(proxy === undefined ? {} : { proxy }),
          },
          api: {
            ...(vip ? { vip: "10.42.253.152" } : isLocal ? { local: true } : {}),
            port: 6443,
            backendPort: 6443,
            domain: vip || !isLocal ? "api.example.com" : `api.${name}.intra.example.com`,
            vrid: 7,
          },
          loadBalancer: {
            unicast: true,
            statsPort: 8404,
            edgeVips: Array.from({ length: edges }, (_, index) => ({
              address: `10.42.253.${160 + index}`,
              vrid: 8 + index,
            })),
          },
          etcd: {
            quotaBytes: 2 ** 31,
            dataDir: "/var/lib/etcd",
            deployment: kubeadm ? "kubeadm" : "host",
            snapshotFolder: "/var/backups",
          },
          versions: kubernetes === undefined ? {} : { kubernetes },
          tools: Object.fromEntries(TOOLS.map((tool) => [tool, { groups: groups[tool], hosts: perHost }])),
        });
      },
    );
