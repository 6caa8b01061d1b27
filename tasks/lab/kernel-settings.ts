/**
 * Stand-ins for the kernel settings that all hosts share with this machine. Their own network settings (net.*) are
 * real and writable. nspawn makes the rest read-only, so that no host changes this machine. But a role that sets
 * vm.max_map_count must work as on a production host. So each host gets writable copies before its sysctl.d is
 * applied: it reads back what it wrote, and this machine does not change.
 */
import { bootUnit } from "./boot-unit.ts";

const SCRIPT = `#!/bin/sh
# Writable copies of kernel settings that belong to the machine that carries this lab host.
copies=/run/lab-kernel-settings
for area in vm fs kernel/keys; do
  [ -d "/proc/sys/$area" ] || continue
  mkdir -p "$copies/$area"
  cp -r "/proc/sys/$area/." "$copies/$area/" 2>/dev/null
  mount --bind "$copies/$area" "/proc/sys/$area"
done
for key in core_pattern core_uses_pid dmesg_restrict kptr_restrict numa_balancing panic panic_on_oops \\
  perf_event_paranoid pid_max printk randomize_va_space sched_autogroup_enabled sysrq threads-max \\
  unprivileged_bpf_disabled unprivileged_userns_clone; do
  [ -f "/proc/sys/kernel/$key" ] || continue
  cat "/proc/sys/kernel/$key" > "$copies/kernel/$key" && mount --bind "$copies/kernel/$key" "/proc/sys/kernel/$key"
done
# The machine's swap is not the host's: it could not turn it off.
head -n 1 /proc/swaps > "$copies/swaps" && mount --bind "$copies/swaps" /proc/swaps
exit 0
`;

/** Files and unit for the base image. */
export const KERNEL_SETTINGS = bootUnit({
  name: "lab-kernel-settings",
  description: "Kernel settings of this lab host",
  script: SCRIPT,
  before: "systemd-sysctl.service sysinit.target",
});
