/** Reads the output file of an earlier phase. */
import { existsSync, readFileSync } from "node:fs";
import { isVaulted, readVaulted } from "../ansible/vault.ts";
import { GateError } from "../core/errors.ts";
import { type ClusterFolders, outputFile } from "../core/paths.ts";
import { OUTPUTS, type Output, type OutputName, WRITTEN_BY } from "../phases/outputs.ts";

export interface ReadOutputOptions {
  /** Folder with ansible-vault. */
  readonly bin: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * @throws GateError when the phase that writes it has not run, or the file is not what that phase writes
 * @throws InputError when it is encrypted and the password is missing or wrong
 */
export async function readOutput<Name extends OutputName>(
  cluster: Pick<ClusterFolders, "build">,
  name: Name,
  { bin, env }: ReadOutputOptions,
): Promise<Output<Name>> {
  const file = outputFile(cluster, name);
  const remedy = `npm run deploy:${WRITTEN_BY[name]}`;
  if (!existsSync(file)) throw new GateError(`${file} does not exist yet`, { remedy });
  const text = readFileSync(file, "utf8");
  const plain = isVaulted(text) ? await readVaulted(file, bin, env) : text;
  try {
    return OUTPUTS[name].parse(JSON.parse(plain)) as Output<Name>;
  } catch {
    // Zod's and JSON's messages may quote the text, which holds a key.
    throw new GateError(`${file} is damaged: it is not what ${WRITTEN_BY[name]} writes`, {
      remedy: `remove it, then: ${remedy}`,
    });
  }
}
