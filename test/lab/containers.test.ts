/** A lab host is a machine that runs containers itself: with limits that hold, and after a power cut, too. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hierarchies } from "../../tasks/lab/control-groups.ts";
import { labDown } from "../../tasks/lab/down.ts";
import { labPlaces } from "../../tasks/lab/places.ts";
import { killHost, startHost } from "../../tasks/lab/power.ts";
import { ssh } from "../../tasks/lab/ssh.ts";
import { labUp } from "../../tasks/lab/up.ts";
import { ROOT } from "../helpers/environment.ts";
import { skipsLab } from "../helpers/lab-needs.ts";

const LAB = "kmcont";
const TOPOLOGY = `name: ${LAB}
network: 198.18.41.0/24
api: { vip: 198.18.41.100 }
hosts:
  worker1: { roles: [worker] }
`;
const places = labPlaces(LAB);

/** containerd and runc of Debian, and an image of one program, written as an OCI layout. */
const INSTALL = `set -e
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends containerd runc busybox-static >/dev/null 2>&1
systemctl start containerd
cd "$(mktemp -d)"; mkdir -p root/bin oci/blobs/sha256
cp /bin/busybox root/bin/; ln -s busybox root/bin/sh; tar -C root -cf layer .
keep() { sum=$(sha256sum "$1" | cut -d" " -f1); cp "$1" "oci/blobs/sha256/$sum"; }
describe() { printf '{"mediaType":"application/vnd.oci.image.%s","digest":"sha256:%s","size":%s}' "$2" "$sum" "$(stat -c %s "$1")"; }
keep layer; layer=$(describe layer layer.v1.tar)
printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$sum" > config
keep config; config=$(describe config config.v1+json)
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s]}' "$config" "$layer" > manifest
keep manifest; manifest=$(describe manifest manifest.v1+json | sed 's/}$/,"annotations":{"io.containerd.image.name":"test:1"}}/')
printf '{"schemaVersion":2,"manifests":[%s]}' "$manifest" > oci/index.json
printf '{"imageLayoutVersion":"1.0.0"}' > oci/oci-layout
tar -C oci -cf image.tar .; ctr image import image.tar >/dev/null`;

describe.skipIf(skipsLab("containers", LAB))("a lab host", () => {
  let folder: string;
  const onHost = async (line: string): Promise<{ readonly code: number; readonly text: string }> => {
    const { code, stdout, stderr } = await ssh(places, "worker1", ["sh", "-c", line]);
    return { code, text: `${stdout}${stderr}`.trim() };
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "kube-magic-containers-"));
    writeFileSync(join(folder, "topology.yml"), TOPOLOGY);
    await labDown({ name: LAB });
    await labUp({ topologyFile: join(folder, "topology.yml"), inventories: join(ROOT, "inventories") });
    expect(await onHost(INSTALL)).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    await labDown({ name: LAB });
    rmSync(folder, { recursive: true, force: true });
    // Nothing of the lab is left in any hierarchy of control groups.
    for (const top of hierarchies())
      expect(() => readFileSync(join(top, places.controlGroup, "tasks"))).toThrow();
  });

  test("runs a container, with its own part of every control group and a disk that is no overlay", async () => {
    expect(await onHost("ctr run --rm test:1 one /bin/busybox echo hello")).toEqual({
      code: 0,
      text: "hello",
    });
    expect((await onHost("stat -f -c %T /var/lib/containerd /var/lib/kubelet")).text).not.toContain(
      "overlay",
    );
    expect((await onHost("findmnt -no PROPAGATION /")).text).toBe("shared");
    expect((await onHost("head -c 0 /dev/kmsg && echo there")).text).toBe("there");
  });

  test("ends a container that takes more memory than it may", async () => {
    const { code } = await onHost(
      "ctr run --rm --memory-limit 20000000 test:1 two /bin/busybox sh -c 'busybox dd if=/dev/zero of=/dev/shm/fill bs=1M count=60 2>/dev/null || true; busybox tail /dev/zero'",
    );
    expect(code).toBe(137);
  });

  test("runs it again after a power cut", async () => {
    await killHost(places, "worker1");
    await startHost(places, "worker1");
    expect(await onHost("ctr run --rm test:1 three /bin/busybox echo again")).toEqual({
      code: 0,
      text: "again",
    });
  });
});
