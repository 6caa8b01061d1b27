import { expect, test } from "vitest";
import { hierarchies } from "../../../tasks/lab/control-groups.ts";

test("every hierarchy of control groups is found, of version 1 and 2, and nothing else", () => {
  const mounts = `22 1 0:20 / /sys rw - sysfs sysfs rw
30 22 0:26 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
31 22 0:27 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd
32 22 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
33 22 0:29 / /sys/fs/cgroup rw - tmpfs tmpfs rw
`;
  expect(hierarchies(mounts)).toEqual([
    "/sys/fs/cgroup/cpu",
    "/sys/fs/cgroup/systemd",
    "/sys/fs/cgroup/unified",
  ]);
});
