import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type Controller, ensurePrograms, readController } from "../../../tasks/controller/install.ts";
import { missingNeeds, packagesOf } from "../../../tasks/controller/missing.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const ROOT_ON_DEBIAN: Controller = { isRoot: true, isDebian: true };

describe("installing what a command needs", () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let notes: string[];
  const file = (name: string) => join(folder, name);
  const log = () => (existsSync(file("log")) ? readFileSync(file("log"), "utf8").trim().split("\n") : []);
  const program = (name: string, text: string): void => {
    writeFileSync(file(name), `#!/bin/sh\n${text}\n`);
    chmodSync(file(name), 0o755);
  };
  /** An apt-get that writes down how it was called, and makes the programs of this folder. */
  const aptGet = (body: string): void => program("apt-get", `echo "$*" >> ${file("log")}\n${body}`);
  /** An installed program is a file that the system's own programs cannot replace: only its name counts. */
  const install = ["git", "ssh", "ssh-keygen", "openssl", "curl", "pgrep", "patch", "python3"]
    .map((name) => `printf '#!/bin/sh\\n' > ${name}; chmod 755 ${name}`)
    .join("; ");
  const ensure = (controller = ROOT_ON_DEBIAN, more: NodeJS.ProcessEnv = {}): Promise<void> =>
    ensurePrograms(["tests"], {
      env: { ...env, ...more },
      note: (text) => notes.push(text),
      controller,
      patience: { totalMs: 2_000, pollMs: 10 },
    });

  beforeEach(() => {
    folder = temporaryFolder();
    notes = [];
    // Only what the fake programs themselves need.
    for (const name of ["chmod", "cat"]) program(name, `exec /bin/${name} "$@"`);
    // Without a level, bash takes itself for a login from outside and reads the user's .bashrc.
    env = { PATH: folder, SHLVL: "2" };
  });

  test("says which packages before it installs them, and nothing the second time", async () => {
    aptGet(`[ "$1" = update ] || { cd ${folder}; ${install}; }`);
    await ensure();
    const line =
      "install -y --no-install-recommends openssh-client git python3-venv openssl curl procps patch";
    expect(log()).toEqual(["update", line]);
    expect(notes[0]).toBe(
      "installing missing packages: openssh-client, git, python3-venv, openssl, curl, procps, patch",
    );
    expect(notes[1]).toMatch(/^packages installed in \d+ s$/);
    await ensure();
    expect(log()).toHaveLength(2);
    expect(notes).toHaveLength(2);
  });

  test("two runs at once install once", async () => {
    aptGet(`[ "$1" = update ] || { cd ${folder}; ${install}; }`);
    await Promise.all([ensure(), ensure()]);
    expect(log().filter((line) => line.startsWith("install"))).toHaveLength(1);
  });

  test("asks apt-get for no answers", async () => {
    aptGet(
      `[ "$1" = update ] || { echo "$DEBIAN_FRONTEND" > ${file("frontend")}; cd ${folder}; ${install}; }`,
    );
    await ensure();
    expect(readFileSync(file("frontend"), "utf8")).toBe("noninteractive\n");
  });

  test("waits for the lock of another package manager, and says for which", async () => {
    const held = "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 12 (apt)";
    aptGet(`if [ "$1" = install ] && [ ! -e ${file("asked")} ]; then
  : > ${file("asked")}; echo '${held}' >&2; exit 100
fi
[ "$1" = update ] || { cd ${folder}; ${install}; }`);
    await ensure();
    expect(notes).toContain(`waiting for another package manager: ${held.slice(3)}`);
    expect(log().filter((line) => line.startsWith("install"))).toHaveLength(2);
  });

  test("gives up on a lock that is never released, with apt's own words", async () => {
    aptGet("echo 'E: Unable to lock directory /var/lib/apt/lists/' >&2; exit 100");
    await expect(ensure()).rejects.toMatchObject({
      exitCode: 3,
      output: expect.stringContaining("Unable to lock directory"),
    });
    expect(notes.filter((note) => note.startsWith("waiting"))).toHaveLength(2);
  });

  test("says what failed, and what to type", async () => {
    aptGet(`[ "$1" = update ] || { echo 'E: Unable to locate package patch' >&2; exit 100; }`);
    await expect(ensure()).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/^apt-get could not install openssh-client, .* \(exit 100\)$/),
      output: "E: Unable to locate package patch",
      remedy: expect.stringContaining("apt-get update && apt-get install"),
    });
  });

  test("says what is still missing after apt-get was content", async () => {
    aptGet("exit 0");
    await expect(ensure()).rejects.toThrow("still missing after the installation: ssh, ssh-keygen, git");
  });

  test.each([
    [
      "another user",
      { isRoot: false, isDebian: true },
      {},
      /^sudo apt-get update && sudo apt-get install -y .* patch\n/,
    ],
    ["another system", { isRoot: true, isDebian: false }, {}, /package manager \(in Debian: .* patch\)/],
    [
      "a refusal",
      ROOT_ON_DEBIAN,
      { KUBE_MAGIC_NO_INSTALL: "1" },
      /^apt-get update && apt-get install -y .* patch\n/,
    ],
  ])("for %s names what is missing and the line to type", async (_, controller, more, remedy) => {
    aptGet("exit 0");
    await expect(ensure(controller, more)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining("missing on this machine: ssh, ssh-keygen, git, python3 with venv"),
      remedy: expect.stringMatching(remedy),
    });
    expect(log()).toEqual([]);
  });

  test.each([
    ["ID=debian", true],
    ["ID=ubuntu\nID_LIKE=debian", true],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"', true],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"', false],
    ["", false],
  ])("takes %j for Debian: %s", (text, isDebian) => {
    expect(readController(text).isDebian).toBe(isDebian);
  });

  test.each(["KUBE_MAGIC_PYTHON", "PYENV_ROOT"])(
    "init needs no python3-venv where %s names another Python",
    async (variable) => {
      expect(packagesOf(await missingNeeds(["ansible"], env))).toContain("python3-venv");
      const named = { ...env, [variable]: join(import.meta.dirname, "..") };
      const pyenv = temporaryFolder();
      if (variable === "PYENV_ROOT") {
        writeFileSync(join(pyenv, "versions"), "");
        named[variable] = pyenv;
      }
      expect(packagesOf(await missingNeeds(["ansible"], named))).not.toContain("python3-venv");
    },
  );
});
