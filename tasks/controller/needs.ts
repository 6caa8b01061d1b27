/** The one table of what kube-magic needs on the controller, and which Debian package has it. */

/** What a need is for: hosts of the lab, programs built for labs, the sources of the tools, Ansible environments, the tests. */
export type Purpose = "lab" | "lab-programs" | "sources" | "ansible" | "tests";

export interface Need {
  readonly for: readonly Purpose[];
  /** Package of Debian and Ubuntu. */
  readonly package: string;
  readonly has: Presence;
}

/** How to see that a need is met. */
export type Presence =
  /** A program on PATH, or in a system folder. */
  | { readonly kind: "program"; readonly name: string }
  /** A file that must exist. */
  | { readonly kind: "file"; readonly path: string }
  /** A Python that can make a virtual environment. */
  | { readonly kind: "venv" }
  /** The same, or something that init accepts in its place: uv, an installed Ansible, a Python that a variable names. */
  | { readonly kind: "ansible-python" };

const program = (name: string, pack: string, ...purposes: readonly Purpose[]): Need => ({
  for: purposes,
  package: pack,
  has: { kind: "program", name },
});

export const NEEDS: readonly Need[] = [
  program("systemd-nspawn", "systemd-container", "lab"),
  program("mmdebstrap", "mmdebstrap", "lab", "lab-programs"),
  program("ip", "iproute2", "lab"),
  program("nft", "nftables", "lab"),
  program("unshare", "util-linux", "lab", "lab-programs"),
  program("setpriv", "util-linux", "lab", "lab-programs"),
  program("mount", "mount", "lab"),
  program("bash", "bash", "lab"),
  {
    for: ["lab", "lab-programs"],
    package: "debian-archive-keyring",
    has: { kind: "file", path: "/usr/share/keyrings/debian-archive-keyring.gpg" },
  },
  program("gcc", "gcc", "lab-programs"),
  program("pkg-config", "pkg-config", "lab-programs"),
  program("zstd", "zstd", "lab-programs"),
  { for: ["lab-programs"], package: "libc6-dev", has: { kind: "file", path: "/usr/include/stdlib.h" } },
  { for: ["lab-programs"], package: "libseccomp-dev", has: { kind: "file", path: "/usr/include/seccomp.h" } },
  program("ssh", "openssh-client", "lab", "ansible", "tests"),
  program("ssh-keygen", "openssh-client", "lab", "tests"),
  program("git", "git", "sources", "tests"),
  {
    for: ["sources"],
    package: "ca-certificates",
    has: { kind: "file", path: "/etc/ssl/certs/ca-certificates.crt" },
  },
  { for: ["ansible"], package: "python3-venv", has: { kind: "ansible-python" } },
  { for: ["tests"], package: "python3-venv", has: { kind: "venv" } },
  program("openssl", "openssl", "tests"),
  program("curl", "curl", "tests"),
  program("pgrep", "procps", "tests"),
  program("patch", "patch", "tests"),
];

/** A need for people: the program's name, the file, or what Python lacks. */
export function describeNeed({ has }: Need): string {
  if (has.kind === "program") return has.name;
  return has.kind === "file" ? has.path : "python3 with venv";
}
