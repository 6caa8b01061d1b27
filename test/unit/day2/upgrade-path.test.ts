import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { upgradePath } from "../../../tasks/day2/upgrade-path.ts";
import { versionsIn } from "../../../tasks/toolchain/catalog/kubernetes-versions.ts";

const PIN = ["1.35.4", "1.35.0", "1.34.7", "1.34.10", "1.34.0", "1.33.11", "1.33.0"];
const path = (installed: string | string[], to: string) =>
  upgradePath([installed].flat(), to, PIN, "v2.31.0");

describe("an upgrade", () => {
  test.each([
    ["1.35.0", "1.35.4", ["1.35.4"]],
    ["1.34.7", "1.35.4", ["1.35.4"]],
    ["1.33.0", "1.35.0", ["1.34.10", "1.35.0"]],
    ["1.32.9", "1.35.4", ["1.33.11", "1.34.10", "1.35.4"]],
    ["1.32.9", "1.33.0", ["1.33.0"]],
  ])("from %s to %s goes over %j", (from, to, hops) => {
    expect(path(from, to)).toMatchObject({ hops });
  });

  test("that was cut off starts again from the oldest node", () => {
    expect(path(["1.34.7", "1.33.0"], "1.34.7")).toMatchObject({ from: "1.33.0", hops: ["1.34.7"] });
  });

  test.each([
    ["1.31.4", "1.35.4", "gate", "leads over 1.32"],
    ["1.31.4", "1.33.0", "gate", "leads over 1.32"],
    ["1.35.4", "1.34.7", "gate", "cannot go back"],
    ["1.35.4", "1.35.4", "gate", "already"],
    ["1.34.0", "1.36.0", "gate", "does not install 1.36.0, but 1.33.0 to 1.35.4"],
    ["1.34.0", "1.35.9", "gate", "does not install"],
    ["1.34.0", "1.35", "input", "no version"],
    ["1.34.0", "2.35.4", "gate", "major"],
  ])("from %s to %s is refused", (from, to, kind, message) => {
    expect(path(from, to)).toMatchObject({ refusal: { kind, message: expect.stringContaining(message) } });
  });

  test("of a mixture never goes below its newest node", () => {
    expect(path(["1.33.0", "1.35.0"], "1.34.7")).toMatchObject({ refusal: { kind: "gate" } });
  });

  test("of nothing says that there is nothing", () => {
    expect(path([], "1.35.4")).toMatchObject({
      refusal: { message: expect.stringContaining("no host runs Kubernetes") },
    });
  });

  test("never skips a minor version, goes back, or leaves the pin", () => {
    const version = fc
      .tuple(fc.integer({ min: 28, max: 38 }), fc.integer({ min: 0, max: 12 }))
      .map(([minor, patch]) => `1.${minor}.${patch}`);
    fc.assert(
      fc.property(version, fc.constantFrom(...PIN), (from, to) => {
        const result = path(from, to);
        if ("refusal" in result) return;
        const minors = [from, ...result.hops].map((one) => Number(one.split(".")[1]));
        minors.slice(1).forEach((minor, index) => {
          const step = minor - (minors[index] ?? 0);
          expect(step === 1 || (step === 0 && result.hops.length === 1)).toBe(true);
        });
        expect(result.hops.every((hop) => PIN.includes(hop))).toBe(true);
        expect(result.hops.at(-1)).toBe(to);
      }),
    );
  });
});

test("the versions that a kubespray installs are the keys of its kubelet checksums", () => {
  const text = `---
crictl_checksums:
  amd64:
    1.99.0: sha256:a
kubelet_checksums:
  arm64:
    1.98.0: sha256:b
  amd64:
    1.35.4: sha256:c
    1.34.7: sha256:d
  ppc64le:
    1.97.0: sha256:e
kubectl_checksums:
  amd64:
    1.96.0: sha256:f
`;
  expect(versionsIn(text)).toEqual(["1.35.4", "1.34.7"]);
  expect(versionsIn("")).toEqual([]);
});
