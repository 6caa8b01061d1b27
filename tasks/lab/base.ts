/** The base image that all hosts of a lab share: a Debian or Ubuntu with systemd and sshd, cached by a hash of its recipe. */
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { withTurn } from "../controller/machine-lock.ts";
import { GateError } from "../core/errors.ts";
import { capture } from "../io/command/capture.ts";
import { removeBases, UNFINISHED } from "./base-cache.ts";
import { CONTAINER_SUPPORT } from "./container-support.ts";
import type { LabEvents } from "./events.ts";
import { KERNEL_SETTINGS } from "./kernel-settings.ts";
import { type PackageSource, readPackageSource } from "./package-source.ts";
import type { LabPlaces } from "./places.ts";
import { archiveOf, repositoriesOf } from "./repositories.ts";
import type { Suite } from "./topology.ts";

/** Raise when what follows writes other files into the image. */
const RECIPE_VERSION = 2;

/** Packages of a freshly installed server, and what Ansible needs to manage it. */
const PACKAGES = [
  "systemd",
  "systemd-sysv",
  "libpam-systemd",
  "dbus",
  "openssh-server",
  "sudo",
  "python3",
  "python3-apt",
  "iproute2",
  "iputils-ping",
  "netbase",
  "procps",
  "kmod",
  "ca-certificates",
  "curl",
  "openssl",
  "gnupg",
  "less",
];

/** Written into the image as they are. */
const GUEST_FILES = { ...KERNEL_SETTINGS.files, ...CONTAINER_SUPPORT.files };

const ENABLED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [KERNEL_SETTINGS, CONTAINER_SUPPORT].map(({ unit }) => [
      `sysinit.target.wants/${unit}`,
      `/etc/systemd/system/${unit}`,
    ]),
  ),
  "multi-user.target.wants/systemd-networkd.service": "systemd-networkd.service",
  "dbus-org.freedesktop.network1.service": "systemd-networkd.service",
  "sockets.target.wants/systemd-networkd.socket": "systemd-networkd.socket",
};

/** Units that only cost time in a container: hardware, logins on a console, timers that hold the lock of apt. */
const MASKED = [
  "apt-daily.timer",
  "apt-daily-upgrade.timer",
  "console-getty.service",
  "dev-hugepages.mount",
  "e2scrub_reap.service",
  "fstrim.timer",
  "modprobe@configfs.service",
  "modprobe@drm.service",
  "modprobe@efi_pstore.service",
  "modprobe@fuse.service",
  "sys-kernel-debug.mount",
  "sys-kernel-tracing.mount",
  "systemd-networkd-wait-online.service",
];

/** Folder of the base image for these hosts, built first if need be. @throws GateError when it cannot be built. */
export async function ensureBase(places: LabPlaces, suite: Suite, events: LabEvents): Promise<string> {
  const source = await readPackageSource();
  const hash = createHash("sha256")
    .update(
      JSON.stringify([
        RECIPE_VERSION,
        suite,
        [...PACKAGES, ...archiveOf(suite, source).packages],
        ENABLED,
        MASKED,
        GUEST_FILES,
        archiveOf(suite, source).mirror,
        source.proxy,
        source.authorities,
      ]),
    )
    .digest("hex")
    .slice(0, 12);
  const folder = join(places.cache, "base", `${suite}-${hash}`);
  if (existsSync(folder)) {
    events({ kind: "base", state: "cached", folder });
    return folder;
  }
  return withTurn(
    `base ${suite}-${hash}`,
    "lab:up",
    (owner) => events({ kind: "note", text: `waiting: ${owner}` }),
    async () => {
      if (!existsSync(folder)) await build(places, folder, suite, source, events);
      return folder;
    },
  );
}

async function build(
  places: LabPlaces,
  folder: string,
  suite: Suite,
  source: PackageSource,
  events: LabEvents,
): Promise<void> {
  events({ kind: "base", state: "building", folder });
  const started = Date.now();
  // Closed to other users: an old image has set-user-id programs with known faults.
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  // This process holds the lock of this base, so a half-built one beside it is from a build that died.
  const unfinished = `${folder}${UNFINISHED}`;
  rmSync(unfinished, { recursive: true, force: true });
  const archive = archiveOf(suite, source);
  // apt checks signatures as another user, who may not be able to read this repository.
  const keyring =
    archive.keyring === undefined
      ? []
      : [`--keyring=${archive.keyring}`, '--aptopt=APT::Sandbox::User "root"'];
  const proxy = source.proxy === undefined ? [] : [`--aptopt=Acquire::http::Proxy "${source.proxy}"`];
  const authorities =
    source.authorities.length === 0
      ? []
      : [
          "--customize-hook=sync-in /usr/local/share/ca-certificates /usr/local/share/ca-certificates",
          '--customize-hook=chroot "$1" update-ca-certificates',
        ];
  const result = await capture([
    // The build ends with this process: the kernel then kills unshare, and everything in its pid namespace.
    ...(["setpriv", "--pdeathsig", "KILL"] as const),
    ...["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"],
    ...[
      "mmdebstrap",
      "--mode=root",
      "--variant=minbase",
      "--format=directory",
      `--include=${[...PACKAGES, ...archive.packages].join(",")}`,
    ],
    ...keyring,
    ...proxy,
    ...authorities,
    suite,
    unfinished,
    ...(await repositoriesOf(suite, archive, source.proxy !== undefined)),
  ]);
  if (result.code !== 0) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new GateError(`cannot build the base image of the lab (mmdebstrap exit ${result.code})`, {
      output: result.stderr.split("\n").slice(-15).join("\n"),
      remedy: `Check that this machine reaches ${archive.mirror}, then repeat the command.`,
    });
  }
  finish(unfinished);
  renameSync(unfinished, folder);
  removeBases(places, `${suite}-`, folder);
  events({ kind: "base", state: "built", folder, seconds: (Date.now() - started) / 1000 });
}

/** Completes an image: units on and off, and nothing in it that must differ between hosts. */
function finish(root: string): void {
  const units = join(root, "etc/systemd/system");
  for (const [link, unit] of Object.entries(ENABLED)) {
    const path = join(units, link);
    mkdirSync(dirname(path), { recursive: true });
    rmSync(path, { force: true });
    symlinkSync(unit.startsWith("/") ? unit : `/usr/lib/systemd/system/${unit}`, path);
  }
  for (const unit of MASKED) {
    rmSync(join(units, unit), { force: true });
    symlinkSync("/dev/null", join(units, unit));
  }
  const ssh = join(root, "etc/ssh");
  for (const name of readdirSync(ssh)) {
    if (name.startsWith("ssh_host_")) rmSync(join(ssh, name));
  }
  const files: Readonly<Record<string, string>> = {
    "etc/machine-id": "",
    "etc/default/locale": "LANG=C.UTF-8\n",
    // A power cut of a lab host loses no page cache, so package installs need not wait for the disk.
    "etc/dpkg/dpkg.cfg.d/kube-magic-lab": "force-unsafe-io\n",
    // Newer than /usr: systemd then skips the work of a first boot.
    "etc/.updated": "",
    "var/.updated": "",
  };
  for (const [path, content] of Object.entries(files)) writeFileSync(join(root, path), content);
  for (const [path, { content, mode }] of Object.entries(GUEST_FILES)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content, { mode });
    chmodSync(join(root, path), mode);
  }
  for (const name of ["etc/hostname", "etc/resolv.conf", "etc/apt/apt.conf.d/99mmdebstrap"]) {
    rmSync(join(root, name), { force: true });
  }
  // The lists are removed, but their folder is new: without an old date Ansible takes the package cache for fresh.
  utimesSync(join(root, "var/lib/apt/lists"), 0, 0);
  chmodSync(root, 0o755);
}
