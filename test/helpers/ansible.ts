/** A real Ansible for tests: finds one, asks its version, and keeps a reader process for many small questions. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ToolName } from "../../tasks/core/model.ts";
import { repositoryRoot } from "../../tasks/core/paths.ts";
import { Float, Tagged, type Value } from "../../tasks/core/value.ts";
import {
  environmentSpecOf,
  environmentsFolder,
} from "../../tasks/toolchain/environments/all-environments.ts";
import { existingEnvironment } from "../../tasks/toolchain/environments/ensure-environment.ts";
import { ansibleForTests } from "./environment.ts";

export interface TestAnsible {
  /** Folder with ansible-inventory, ansible-playbook. */
  readonly bin: string;
  /** The Python that this Ansible runs on. */
  readonly python: string;
}

/** KUBE_MAGIC_TEST_ANSIBLE (a bin folder, to try another version), else the project's own environment. */
export async function findAnsible(): Promise<TestAnsible> {
  const bin = process.env.KUBE_MAGIC_TEST_ANSIBLE ?? (await ansibleForTests()).bin;
  return { bin, python: pythonOf(bin) };
}

/** The Ansible of a vendored tool, when `npm run init` has built it. */
export function findAnsibleOf(tool: ToolName): TestAnsible | undefined {
  const vendor = join(repositoryRoot(), "vendor");
  const found = existingEnvironment(environmentSpecOf(vendor, tool), { folder: environmentsFolder(vendor) });
  return found === undefined ? undefined : { bin: found.bin, python: pythonOf(found.bin) };
}

/** The vendored tree of a tool, when `npm run init` has fetched it. */
export function findTree(tool: ToolName): string | undefined {
  const tree = join(repositoryRoot(), "vendor", tool);
  return existsSync(join(tree, "roles")) ? tree : undefined;
}

/** The interpreter named in the first line of ansible-inventory. */
function pythonOf(bin: string): string {
  const [first = ""] = readFileSync(realpathSync(join(bin, "ansible-inventory")), "utf8").split("\n", 1);
  const named = first.replace(/^#!\s*/, "").split(" ")[0] ?? "";
  return existsSync(named) && !named.endsWith("/env") ? named : "python3";
}

/** `ansible-inventory` with arguments; its standard output. Throws with what it said when it fails or warns. */
export function ansibleInventory(ansible: TestAnsible, ...args: readonly string[]): string {
  const run = spawnSync(join(ansible.bin, "ansible-inventory"), args, {
    encoding: "utf8",
    maxBuffer: 1 << 30,
    env: ansibleEnvironment(),
  });
  if (run.status !== 0 || run.stderr.includes("WARNING")) throw new Error(`ansible-inventory: ${run.stderr}`);
  return run.stdout;
}

/** Nothing of the user's own Ansible configuration gets in. */
export function ansibleEnvironment(
  config: string = join(repositoryRoot(), "test", "fixtures", "ansible.cfg"),
): NodeJS.ProcessEnv {
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith("ANSIBLE_"));
  return { ...Object.fromEntries(env), ANSIBLE_CONFIG: config, ANSIBLE_NOCOLOR: "1", LC_ALL: "C.UTF-8" };
}

export interface ReadGroup {
  readonly hosts: readonly string[];
  readonly children: readonly string[];
}

export interface ReadInventory {
  readonly groups: Readonly<Record<string, ReadGroup>>;
  /** Host → every variable it ends up with, from all files. */
  readonly hosts: ReadonlyMap<string, Value>;
}

/** One Python process with Ansible loaded, asked one question at a time. */
export class AnsibleReader {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #lines: Interface;
  #errors = "";

  constructor(ansible: TestAnsible) {
    const script = join(dirname(fileURLToPath(import.meta.url)), "read_inventory.py");
    this.#process = spawn(ansible.python, [script], { env: ansibleEnvironment() });
    this.#process.stderr.on("data", (data: Buffer) => {
      this.#errors += data.toString();
    });
    // A reader that died says why in the answer that does not come.
    this.#process.stdin.on("error", () => {});
    this.#lines = createInterface({ input: this.#process.stdout });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  async inventory(path: string): Promise<ReadInventory> {
    const { groups, hosts } = (await this.#ask({ inventory: path })) as {
      groups: Record<string, ReadGroup>;
      hosts: Record<string, unknown>;
    };
    return { groups, hosts: new Map(Object.entries(hosts).map(([name, vars]) => [name, untyped(vars)])) };
  }

  /** A document as Ansible's own loader understands it. */
  async yaml(text: string): Promise<Value> {
    return untyped(await this.#ask({ yaml: text }));
  }

  close(): void {
    this.#lines.close();
    this.#process.stdin.end();
  }

  async #ask(request: object): Promise<unknown> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`the Ansible reader died: ${this.#errors}`);
    const answer = JSON.parse(value) as { result?: unknown; error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.result;
  }
}

/** The reader's typed JSON → our values; maps without a prototype, so that no key is special. */
function untyped(value: unknown): Value {
  if (Array.isArray(value)) return value.map(untyped);
  if (typeof value !== "object" || value === null) return value as Value;
  const [[kind, content]] = Object.entries(value) as [[string, unknown]];
  switch (kind) {
    case "int":
      return toInteger(content as string);
    case "float":
      return new Float(toFloat(content as string));
    case "vault":
      return new Tagged("!vault", content as string);
    case "unsafe":
      return new Tagged("!unsafe", content as string);
    case "map": {
      const map: Record<string, Value> = Object.create(null);
      for (const [key, item] of content as [string, unknown][]) map[key] = untyped(item);
      return map;
    }
    default:
      throw new Error(`unexpected type from Ansible: ${JSON.stringify(value)}`);
  }
}

function toInteger(digits: string): number | bigint {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

function toFloat(text: string): number {
  return text.endsWith("inf") ? Number(text.replace("inf", "Infinity")) : Number(text);
}
