/**
 * What a lab host needs to run containers itself. Its launcher gives it control groups and disks; this unit finishes the
 * work inside, before anything else starts.
 */
import { bootUnit } from "./boot-unit.ts";

const SCRIPT = `#!/bin/sh
# Lets this lab host run containers of its own.
# nspawn mounts control groups read-only; this host's own part of them belongs to it.
for mounted in /sys/fs/cgroup /sys/fs/cgroup/*; do
  mountpoint -q "$mounted" && mount -o remount,rw,bind "$mounted"
done
# A kubelet wants its volumes to be seen by containers.
mount --make-rshared /
# A kubelet reads kernel messages for out-of-memory events.
[ -e /dev/kmsg ] || mknod -m 600 /dev/kmsg c 1 11
exit 0
`;

/** Files and unit for the base image. */
export const CONTAINER_SUPPORT = bootUnit({
  name: "lab-containers",
  description: "Containers on this lab host",
  script: SCRIPT,
  before: "sysinit.target",
});

/** Folders that must not lie on the host's overlay: overlayfs refuses a layer that is itself an overlay. */
export const OWN_DISKS = ["/var/lib/containerd", "/var/lib/kubelet"] as const;

/** Calls of programs that nspawn refuses by default, and that a container runtime makes. */
export const RUNTIME_CALLS = "@keyring bpf";
