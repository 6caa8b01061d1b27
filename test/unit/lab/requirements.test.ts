import { describe, expect, test } from "vitest";
import { GateError } from "../../../tasks/core/errors.ts";
import { explainFaults } from "../../../tasks/lab/faults.ts";
import { labPlaces } from "../../../tasks/lab/places.ts";
import { missingPackages, obstacles } from "../../../tasks/lab/requirements.ts";

describe("a machine that cannot run a lab", () => {
  test("is told every missing package once, in one line", () => {
    const packages = missingPackages({ PATH: "/nonexistent" });
    expect(packages).toContain("mmdebstrap");
    expect(packages).toContain("openssh-client");
    expect(new Set(packages).size).toBe(packages.length);
    const found = obstacles(labPlaces("x", {}), { PATH: "/nonexistent" });
    expect(found.filter((line) => line.includes("apt-get install"))).toEqual([
      `Packages are missing: apt-get install ${packages.join(" ")}`,
    ]);
  });

  test("with a full disk is told so, not that it found a bug", async () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
      code: "ENOSPC",
      path: "/l/x",
    });
    const failed = explainFaults(() => Promise.reject(full));
    await expect(failed).rejects.toThrow(GateError);
    await expect(failed).rejects.toThrow("cannot write /l/x");
    const bug = new TypeError("x is undefined");
    await expect(explainFaults(() => Promise.reject(bug))).rejects.toBe(bug);
  });
});
