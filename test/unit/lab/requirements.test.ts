import { describe, expect, test } from "vitest";
import { GateError } from "../../../tasks/core/errors.ts";
import { explainDiskFaults } from "../../../tasks/lab/disk-faults.ts";
import { labPlaces } from "../../../tasks/lab/places.ts";
import { obstacles } from "../../../tasks/lab/requirements.ts";

describe("a machine that cannot run a lab", () => {
  test("reports every missing package once, in one line", () => {
    const found = obstacles(labPlaces("x", {}), { PATH: "/nonexistent" });
    const lines = found.filter((line) => line.includes("apt-get install"));
    expect(lines).toHaveLength(1);
    const packages = (lines[0] ?? "").split("--no-install-recommends ")[1]?.split(" ") ?? [];
    expect(packages).toContain("mmdebstrap");
    expect(packages).toContain("openssh-client");
    expect(new Set(packages).size).toBe(packages.length);
  });

  test("with a full disk reports that, not a bug", async () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
      code: "ENOSPC",
      path: "/l/x",
    });
    const failed = explainDiskFaults(() => Promise.reject(full));
    await expect(failed).rejects.toThrow(GateError);
    await expect(failed).rejects.toThrow("cannot write /l/x");
    const bug = new TypeError("x is undefined");
    await expect(explainDiskFaults(() => Promise.reject(bug))).rejects.toBe(bug);
  });
});
