import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aVendorSite, type VendorSite } from "../../helpers/vendor.ts";

let site: VendorSite;
let wheels: string;

/** A wheel that is an Ansible as far as its version goes; made here, so that no index is needed. */
const WHEEL = `
import base64, hashlib, sys, zipfile
folder, version = sys.argv[1:]
info = "ansible_core-%s.dist-info" % version
files = {
    "ansible_stand_in.py": "def main():\\n    print('ansible-playbook [core %s]')\\n" % version,
    info + "/METADATA": "Metadata-Version: 2.1\\nName: ansible-core\\nVersion: %s\\n" % version,
    info + "/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    info + "/entry_points.txt": "[console_scripts]\\nansible-playbook = ansible_stand_in:main\\n",
}
record = "".join("%s,sha256=%s,%d\\n" % (n, base64.urlsafe_b64encode(hashlib.sha256(t.encode()).digest()).rstrip(b"=").decode(), len(t)) for n, t in files.items())
files[info + "/RECORD"] = record + info + "/RECORD,,\\n"
path = "%s/ansible_core-%s-py3-none-any.whl" % (folder, version)
with zipfile.ZipFile(path, "w") as wheel:
    for name, text in files.items():
        wheel.writestr(name, text)
print(hashlib.sha256(open(path, "rb").read()).hexdigest())
`;

beforeEach(() => {
  site = aVendorSite();
  wheels = join(site.root, "wheels");
  mkdirSync(wheels);
  site.write("vendor/vendor.yml", "version: 1\nsources: {}\n");
});
afterEach(() => site.remove());

function wheel(version: string): string {
  return execFileSync("python3", ["-c", WHEEL, wheels, version], { encoding: "utf8" }).trim();
}

const require = (version: string, hash: string): void =>
  site.write("vendor/requirements/custom.txt", `ansible-core==${version} --hash=sha256:${hash}\n`);
const init = (env: NodeJS.ProcessEnv = {}) =>
  site.run(["init", "--only", "custom"], { KUBE_MAGIC_WHEELS: wheels, ...env });
const pointer = () => site.read("vendor/.environments/custom.json");

/** An Ansible on PATH, as a site has it installed. */
function installed(version: string): string {
  const folder = join(site.root, `bin-${version}`);
  mkdirSync(folder);
  writeFileSync(join(folder, "ansible-playbook"), `#!/bin/sh\necho 'ansible-playbook [core ${version}]'\n`);
  chmodSync(join(folder, "ansible-playbook"), 0o755);
  return `${folder}:${process.env.PATH}`;
}

describe("an Ansible environment", () => {
  test("is built from a folder of wheels without any network, once", async () => {
    require("2.18.99", wheel("2.18.99"));
    const { code, stdout } = await init({ PIP_INDEX_URL: "http://127.0.0.1:9/" });
    expect(stdout).toMatch(/custom +ansible-core 2\.18\.99 +own, Python 3/);
    expect(code).toBe(0);
    const again = await init();
    expect(again.stderr).not.toContain("building");
    expect((await site.run(["vendor:verify"])).code).toBe(0);
  });

  test("is refused when a wheel is not the pinned one", async () => {
    wheel("2.18.99");
    require("2.18.99", "0".repeat(64));
    const { code, stderr } = await init({ PATH: withoutAnsible() });
    expect(stderr).toContain("no Ansible for custom");
    expect(stderr).toMatch(/hash/i);
    expect(code).toBe(4);
    expect(pointer()).toBeUndefined();
    require("2.18.99", wheel("2.18.99"));
    expect((await init()).code).toBe(0);
  });

  test("without an index says what to do; an installed Ansible takes its place when it fits, and never otherwise", async () => {
    require("2.18.99", wheel("2.18.99"));
    const offline = {
      KUBE_MAGIC_WHEELS: undefined,
      PIP_INDEX_URL: "http://127.0.0.1:9/",
      PIP_RETRIES: "0",
      PIP_FIND_LINKS: undefined,
    };
    const refused = await init({ ...offline, PATH: installed("2.17.4") });
    expect(refused.stderr).toContain("has 2.17.4");
    expect(refused.stderr).toMatch(/KUBE_MAGIC_WHEELS/);
    expect(refused.code).toBe(4);
    const used = await init({ ...offline, PATH: installed("2.18.3") });
    expect(used.stdout).toMatch(/ansible-core 2\.18\.3 +installed in/);
    expect(used.code).toBe(0);
  });

  test("--offline never asks an index", async () => {
    require("2.18.99", wheel("2.18.99"));
    const { code, stderr } = await site.run(["init", "--only", "custom", "--offline"], {
      PATH: withoutAnsible(),
    });
    expect(stderr).toContain("--offline forbids");
    expect(code).toBe(4);
    expect(
      (await site.run(["init", "--only", "custom", "--offline"], { KUBE_MAGIC_WHEELS: wheels })).code,
    ).toBe(0);
  });

  test("that answers with another version than asked for is not kept", async () => {
    require("2.17.1", wheel("2.17.1"));
    const { code, stderr } = await init({ PATH: withoutAnsible() });
    expect(stderr).toContain("has ansible-core 2.17.1, but custom needs >= 2.18");
    expect(code).toBe(4);
    expect(pointer()).toBeUndefined();
  });

  test("needs a Python that the tool's Ansible runs on: a tool that nobody asked for by name is left out, with the reason", async () => {
    const tool = site.upstream("tool");
    const commit = tool.commit({ "site.yml": "x" });
    site.write("vendor/requirements/tool.txt", "# nothing\n");
    site.write(
      "vendor/vendor.yml",
      `version: 1\nsources:\n  tool:\n    url: https://git.invalid/owner/tool\n    folder: tool\n    default: main\n    versions:\n      main: { ref: branch, commit: "${commit}", ansible: { requirements: tool, core: ">=2.3 <2.4", python: ">=2.4 <2.5" } }\n`,
    );
    require("2.18.99", wheel("2.18.99"));
    const env = { KUBE_MAGIC_WHEELS: wheels };
    const all = await site.run(["init", "--mirror", site.mirror], env);
    expect(all.stdout).toMatch(/tool +none +no Ansible for tool: no Python >= 2\.4, < 2\.5/);
    expect(all.code).toBe(0);
    const named = await site.run(["init", "--mirror", site.mirror, "--only", "tool"], env);
    expect(named.stderr).toContain("no Python >= 2.4, < 2.5");
    expect(named.stderr).toContain("KUBE_MAGIC_PYTHON");
    expect(named.code).toBe(4);
    expect(existsSync(join(site.vendor, "tool"))).toBe(true);
  });

  test("that a killed build left half done is built again", async () => {
    require("2.18.99", wheel("2.18.99"));
    await init();
    const folder = join(site.vendor, ".environments");
    const built = readdirSync(folder).find((name) => name.startsWith("custom-")) as string;
    writeFileSync(join(folder, "custom.json"), "{ torn");
    writeFileSync(join(folder, built, "left-over"), "x");
    expect((await init()).code).toBe(0);
    expect(existsSync(join(folder, built, "left-over"))).toBe(false);
  });
});

/** The caller's PATH less the folders that have an Ansible. */
function withoutAnsible(): string {
  const folders = (process.env.PATH ?? "").split(":");
  return folders.filter((folder) => !existsSync(join(folder, "ansible-playbook"))).join(":");
}
