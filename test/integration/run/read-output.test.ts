/** What one phase hands to the next, plain and encrypted. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { capture } from "../../../tasks/io/command/capture.ts";
import { readOutput } from "../../../tasks/run/read-output.ts";
import { ansibleForTests } from "../../helpers/environment.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const OUTPUT = {
  version: 1,
  fsid: "60d238ac-d0cf-4f41-b62f-7bee115bf608",
  monitors: ["198.18.8.14:6789"],
  pools: ["kubernetes"],
  user: "kubernetes",
  key: "AQDtop/secret==",
};

function cluster(text?: string) {
  const build = temporaryFolder();
  mkdirSync(join(build, "outputs"));
  if (text !== undefined) writeFileSync(join(build, "outputs", "ceph.json"), text);
  return { build, file: join(build, "outputs", "ceph.json") };
}

describe("the hand-off of Ceph", () => {
  let bin: string;
  beforeAll(async () => {
    bin = (await ansibleForTests()).bin;
  });
  const options = (env: NodeJS.ProcessEnv = {}) => ({ bin, env: { ...process.env, ...env } });

  it("is read as it was written", async () => {
    expect(await readOutput(cluster(JSON.stringify(OUTPUT)), "ceph", options())).toEqual(OUTPUT);
  });

  it("that is not there names the command that makes it", async () => {
    await expect(readOutput(cluster(), "ceph", options())).rejects.toMatchObject({
      exitCode: 3,
      remedy: "npm run deploy:prep-hosts",
    });
  });

  it("that is damaged is refused without quoting its key", async () => {
    const broken = readOutput(cluster(JSON.stringify({ ...OUTPUT, fsid: OUTPUT.key })), "ceph", options());
    await expect(broken).rejects.toMatchObject({ exitCode: 3 });
    await expect(broken).rejects.not.toThrow(OUTPUT.key);
  });

  it("is read when encrypted, with the password and only with it", async () => {
    const { build, file } = cluster(JSON.stringify(OUTPUT));
    const password = join(build, "password");
    writeFileSync(password, "correct horse\n");
    const env = { ANSIBLE_VAULT_PASSWORD_FILE: password };
    const made = await capture([join(bin, "ansible-vault"), "encrypt", file], options(env));
    expect(made.code, made.stderr).toBe(0);
    expect(await readOutput({ build }, "ceph", options(env))).toEqual(OUTPUT);
    writeFileSync(password, "wrong\n");
    await expect(readOutput({ build }, "ceph", options(env))).rejects.toMatchObject({ exitCode: 2 });
  });
});
