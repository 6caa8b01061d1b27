/** Reads inventories with Ansible itself, so that ranges, types and precedence are exactly those that the tool gets. */
import {
  closeSync,
  cpSync,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { InputError } from "../../core/errors.ts";
import { capture } from "../../io/command/capture.ts";
import { type Listing, listingOf, parseListing } from "./listing.ts";

/** Which Ansible reads, and how. */
export interface ReadOptions {
  /** Folder with ansible-inventory. */
  readonly bin: string;
  readonly env: NodeJS.ProcessEnv;
  /** Scratch folder, for copies and an empty ansible.cfg. */
  readonly scratch: string;
  /** Use the ansible.cfg beside or above the inventory. */
  readonly ownConfig: boolean;
}

/** Reads inventories as one. Starts Ansible twice. @throws InputError with Ansible's error message. */
export async function readInventory(
  inventories: readonly string[],
  { bin, env, scratch, ownConfig }: ReadOptions,
): Promise<Listing> {
  const neutral = join(scratch, "ansible.cfg");
  writeFileSync(neutral, "[defaults]\n");
  const config =
    (ownConfig ? inventories.map(configAbove).find((path) => path !== undefined) : undefined) ?? neutral;
  // No setting of the user's own Ansible counts, except those for reading encrypted files.
  const inherited = Object.entries(env).filter(([name]) => !/^ANSIBLE_(?!VAULT_)/.test(name));
  const options = {
    env: {
      ...Object.fromEntries(inherited),
      ANSIBLE_CONFIG: config,
      ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED: "true",
      ANSIBLE_NOCOLOR: "1",
      ANSIBLE_DEPRECATION_WARNINGS: "false",
      LC_ALL: "C.UTF-8",
    },
    timeoutMs: 300_000,
  };
  const list = async (...more: readonly string[]) => {
    const from = inventories.flatMap((inventory) => ["-i", inventory]);
    const { code, stdout, stderr } = await capture(
      [join(bin, "ansible-inventory"), ...from, "--list", ...more],
      options,
    );
    if (code === 0) return parseListing(stdout);
    throw new InputError(`Ansible cannot read ${inventories.join(", ")}`, {
      output: stderr.trim(),
      remedy: "correct the inventory as the message above says, then repeat the command",
    });
  };
  const [exported, merged] = await Promise.all([list("--export"), list()]);
  return listingOf(exported, merged);
}

function configAbove(inventory: string): string | undefined {
  let folder = dirname(inventory);
  for (let up = 0; up < 3; up += 1, folder = dirname(folder)) {
    const path = join(folder, "ansible.cfg");
    if (existsSync(path)) return path;
  }
  return undefined;
}

/** Inventories that Ansible can read without a vault password. */
export interface Readable {
  readonly inventories: readonly string[];
  /** Files that are encrypted as a whole and were left out: their content must not be written in clear text. */
  readonly encrypted: readonly string[];
}

/** The same inventories without files that are encrypted as a whole. Copies an inventory only when it has such files. */
export function withoutEncryptedFiles(inventories: readonly string[], scratch: string): Readable {
  const encrypted: string[] = [];
  const readable = inventories.map((inventory, index) => {
    const folder = dirname(inventory);
    const hidden = new Set(["group_vars", "host_vars"].flatMap((name) => encryptedFiles(join(folder, name))));
    if (hidden.size === 0) return inventory;
    encrypted.push(...hidden);
    const copy = join(scratch, `source-${index}`);
    for (const name of [basename(inventory), "group_vars", "host_vars"]) {
      if (!existsSync(join(folder, name))) continue;
      cpSync(join(folder, name), join(copy, name), {
        recursive: true,
        dereference: true,
        filter: (path) => !hidden.has(path),
      });
    }
    return join(copy, basename(inventory));
  });
  return { inventories: readable, encrypted: [...new Set(encrypted)] };
}

function encryptedFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() && startsEncrypted(path));
}

function startsEncrypted(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(15);
    readSync(file, head);
    return head.toString("latin1") === "$ANSIBLE_VAULT;";
  } finally {
    closeSync(file);
  }
}

/** A path for messages: relative when it is in the current folder or beside it. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === "" ? "." : short.startsWith("../../..") ? path : short;
}
