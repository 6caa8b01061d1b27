/** Known failures, with their meaning and remedy: data, tried from top to bottom. */
import { type Failure, finalFailures, type PhaseView } from "./progress-state.ts";

/** What is wrong, in one line, and what to do. */
export interface Explanation {
  readonly id: string;
  readonly what: string;
  readonly remedy: string;
}

export interface KnownFailure {
  readonly id: string;
  /** Only in this tool's phases; absent: everywhere. */
  readonly phase?: RegExp;
  /** Against the task's title, `role : name`. */
  readonly task?: RegExp;
  /** Against the message. */
  readonly message?: RegExp;
  readonly explain: (found: Found) => { readonly what: string; readonly remedy: string };
}

export interface Found {
  /** Named groups of both patterns. */
  readonly groups: Readonly<Record<string, string>>;
  readonly message: string;
  /** The hosts that failed so. */
  readonly hosts: string;
}

/** The setting that replaces the first part of a download's address, as kubespray names it. */
const MIRRORS: Readonly<Record<string, string>> = {
  "github.com": "github_url",
  "dl.k8s.io": "dl_k8s_io_url",
  "storage.googleapis.com": "storage_googleapis_url",
  "get.helm.sh": "get_helm_url",
};

const REGISTRIES: Readonly<Record<string, string>> = {
  "registry.k8s.io": "kube_image_repo",
  "docker.io": "docker_image_repo",
  "quay.io": "quay_image_repo",
  "gcr.io": "gcr_image_repo",
  "ghcr.io": "github_image_repo",
};

export const KNOWN_FAILURES: readonly KnownFailure[] = [
  {
    id: "download",
    task: /Download_file \| Download (?<url>\w+:\/\/\S+)/,
    explain: ({ groups, message, hosts }) => {
      const url = groups.url ?? "";
      const server = /^\w+:\/\/([^/:]+)/.exec(url)?.[1] ?? "";
      const single = MIRRORS[server];
      const reason = /checksum/i.test(message) ? "its checksum is not the expected one" : reasonOf(message);
      return {
        what: `cannot download ${artifactOf(url)} on ${hosts}\n  from  ${url}\n  why   ${reason}`,
        remedy: `without internet, name a server of your own under tools.kubespray.all in the inventory:
      files_repo: http://MIRROR       holds ${withoutScheme(url)}, and all other files likewise
      registry_host: REGISTRY:5000    holds the container images
    ${single === undefined ? "" : `or only this server's replacement, ${single}; `}or a proxy: network.proxy. The list of files: vendor/kubespray/contrib/offline/generate_list.sh`,
      };
    },
  },
  {
    id: "image-pull",
    task: /Download_container \| Download image|Pull (?:image|images)/i,
    message: /(?<image>[\w.-]+(?::\d+)?\/[\w./-]+[:@][\w.:-]+)/,
    explain: ({ groups, message, hosts }) => {
      const image = groups.image ?? "";
      const setting = REGISTRIES[image.split("/")[0] ?? ""];
      return {
        what: `cannot pull the image ${image} on ${hosts}\n  why   ${reasonOf(message)}`,
        remedy: `without internet, name a registry of your own under tools.kubespray.all: registry_host: REGISTRY:5000${
          setting === undefined ? "" : `, or only ${setting}`
        }; mirrors for containerd: containerd_registries_mirrors`,
      };
    },
  },
  {
    id: "etcd-first",
    task: /etcd.*(?:wait|health|cluster)|(?:wait|check).*etcd/i,
    message:
      /unhealthy|context deadline exceeded|connection refused|no leader|timed? ?out|non-zero return code/i,
    explain: ({ hosts }) => ({
      what: `etcd did not become healthy (seen on ${hosts}); everything after it needs it`,
      remedy: `on each etcd host: systemctl status etcd; journalctl -u etcd -n 50. Usual causes: port 2379 or 2380 closed between
    the hosts, clocks apart, members of an earlier cluster in the data directory`,
    }),
  },
  {
    id: "etcd-behind-calico",
    task: /calico/i,
    message: /etcd|2379/i,
    explain: () => ({
      what: "Calico cannot reach its datastore, etcd: check etcd first",
      remedy: "on each etcd host: systemctl status etcd; journalctl -u etcd -n 50",
    }),
  },
  {
    id: "etcd-space",
    message: /etcdserver: mvcc: database space exceeded|alarm:NOSPACE/i,
    explain: () => ({
      what: "etcd is full: one member above its quota makes the whole cluster read-only",
      remedy:
        "raise etcd.quota, then compact and defragment one member at a time, the leader last, then etcdctl alarm disarm",
    }),
  },
  {
    id: "join-token",
    message:
      /could not find a (?:JWS signature|token)|token (?:id )?.*(?:expired|not found)|kubeadm-certs.*not found/i,
    explain: () => ({
      what: "the token or the certificate key for joining has expired (24 hours, 2 hours)",
      remedy: "repeat the command: it makes new ones. Never pin kubeadm_token or kubeadm_certificate_key",
    }),
  },
  {
    id: "even-etcd",
    task: /Stop if even number of etcd hosts/,
    explain: () => ({
      what: "kubespray refuses an even number of etcd members: it survives no more failures than one fewer",
      remedy: "give the role etcd to one, three or five hosts",
    }),
  },
  {
    id: "memory",
    task: /Stop if memory is too small/,
    explain: ({ hosts }) => ({
      what: `too little memory on ${hosts}: kubespray asks for 1500 MB on a control plane, 1024 MB on a node`,
      remedy: "give the host more memory",
    }),
  },
  {
    id: "kernel-modules",
    message: /No such file or directory: '\/proc\/modules'|modprobe: FATAL/,
    explain: ({ hosts }) => ({
      what: `the kernel of ${hosts} cannot load the module that this task asks for`,
      remedy:
        "boot a kernel with modules (a distribution's own); for the module dummy alone: tools.kubespray.all.enable_nodelocaldns: false",
    }),
  },
  {
    id: "package-missing",
    message: /No package matching '(?<package>[^']+)' is available|Unable to locate package (?<located>\S+)/,
    explain: ({ groups, hosts }) => ({
      what: `${hosts} cannot find the package ${groups.package ?? groups.located}`,
      remedy:
        "on the host: apt-get update (or dnf makecache); check that the package mirror in its sources is complete and reachable",
    }),
  },
  {
    id: "package-mirror",
    message:
      /Failed to (?:fetch|update apt cache)|Temporary failure resolving|Could not resolve host|Failed to download metadata for repo/i,
    explain: ({ hosts }) => ({
      what: `${hosts} cannot reach its package mirror`,
      remedy:
        "check DNS and the mirror from the host; a proxy goes to network.proxy, resolvers to network.dns.servers",
    }),
  },
  {
    id: "package-lock",
    message: /Could not get lock \/var\/lib\/(?:dpkg|apt)|is another process using it/i,
    explain: ({ hosts }) => ({
      what: `another package manager runs on ${hosts}`,
      remedy:
        "wait until it has ended (unattended-upgrades often runs after a boot), then repeat the command",
    }),
  },
  {
    id: "sudo-password",
    message: /Missing sudo password|a password is required/i,
    explain: ({ hosts }) => ({
      what: `the ssh user needs a password for sudo on ${hosts}`,
      remedy: "allow it without one (NOPASSWD in /etc/sudoers.d), or set ssh.user: root",
    }),
  },
];

/** The first known failure among those of a phase; undefined when this one is new. */
export function explainFailure(view: PhaseView, known = KNOWN_FAILURES): Explanation | undefined {
  const failures = finalFailures(view).filter(({ kind }) => kind === "failed");
  for (const candidate of known) {
    if (candidate.phase !== undefined && !candidate.phase.test(view.phase)) continue;
    const fitting = failures.flatMap((failure) => {
      const groups = match(candidate, failure);
      return groups === undefined ? [] : [{ failure, groups }];
    });
    const [first] = fitting;
    if (first === undefined) continue;
    const hosts = [...new Set(fitting.map(({ failure }) => failure.host))].join(", ");
    return {
      id: candidate.id,
      ...candidate.explain({ groups: first.groups, message: first.failure.message, hosts }),
    };
  }
  return undefined;
}

function match(candidate: KnownFailure, failure: Failure): Readonly<Record<string, string>> | undefined {
  const task = candidate.task?.exec(failure.task);
  const message = candidate.message?.exec(failure.message);
  if (candidate.task !== undefined && !task) return undefined;
  if (candidate.message !== undefined && !message) return undefined;
  const groups = { ...task?.groups, ...message?.groups };
  return Object.fromEntries(Object.entries(groups).filter(([, value]) => value !== undefined));
}

/** `runc 1.4.2`, as far as the address tells; else the file's name. */
function artifactOf(url: string): string {
  const file = url.split(/[?#]/)[0]?.split("/").at(-1) ?? url;
  const version = /\/v?(\d+\.\d+[\w.-]*)\//.exec(url)?.[1];
  return version === undefined || file.includes(version) ? file : `${file} (${version})`;
}

function withoutScheme(url: string): string {
  return url.replace(/^\w+:\/\//, "");
}

/** One line out of a module's message. */
function reasonOf(message: string): string {
  if (/no_log/.test(message))
    return "hidden, because it could contain a password; check that the host reaches the address";
  const line =
    message
      .trim()
      .split("\n")
      .find((text) => text.trim() !== "") ?? "no reason given";
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
