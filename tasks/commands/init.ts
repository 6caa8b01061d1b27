/** npm run init: the upstream tools, pinned and patched, each with an Ansible that it accepts. */

import { setMaxListeners } from "node:events";
import { join } from "node:path";
import { optionValue, type Task, type TaskContext } from "../cli/task.ts";
import { ensurePrograms } from "../controller/install.ts";
import { EXIT, GateError, InputError, InterruptedError, VendorError } from "../core/errors.ts";
import { TOOLS } from "../core/model.ts";
import { acquireLock, type Lock } from "../io/lock.ts";
import { table } from "../report/text.ts";
import { type EnvironmentResult, ensureEnvironments } from "../toolchain/environments/all-environments.ts";
import type { InstalledSource } from "../toolchain/fetch/install-source.ts";
import {
  combineFailures,
  type InstallSourcesOptions,
  installSources,
} from "../toolchain/fetch/install-sources.ts";
import { type ChosenVersion, chooseVersions } from "../toolchain/pins/choose-versions.ts";
import { readLock, writeLock } from "../toolchain/pins/lock-file.ts";
import { readPins } from "../toolchain/pins/pins.ts";

export const task: Task = {
  description: `Fetches what deploys need on this machine: kubespray, ceph-ansible and openshift-ansible at the commits pinned in
vendor/vendor.yml, with the patches of vendor/patches/, and for each tool an Ansible environment from hash-pinned
requirements. What exists already stays; a second run does nothing. Trees with local changes are never overwritten.
The result is recorded in vendor/vendor.lock.yml.`,
  options: {
    only: {
      type: "string",
      multiple: true,
      separated: true,
      value: "TOOL[,TOOL]",
      complete: TOOLS,
      help: "prepare these tools only; custom: our playbooks",
      default: "all",
    },
    ref: {
      type: "string",
      multiple: true,
      value: "TOOL=VERSION",
      help: "select another version of vendor.yml (repeatable)",
      default: "as locked",
    },
    update: { type: "boolean", help: "move the trees to the commits that vendor.yml pins now" },
    mirror: {
      type: "string",
      value: "DIR|URL",
      help: "fetch the trees from there",
      default: "KUBE_MAGIC_MIRROR, else GitHub",
      complete: "folder",
    },
    offline: { type: "boolean", help: "use no network: mirror folders, wheels in KUBE_MAGIC_WHEELS" },
    "trees-only": { type: "boolean", help: "build no Ansible environments" },
  },
  async run(context) {
    const { args, paths, env } = context;
    const started = Date.now();
    const pins = readPins(paths.vendor);
    const only = args.values.get("only") ?? [];
    const refs = new Map((args.values.get("ref") ?? []).map(toolAndVersion));
    const mirror = optionValue(args, "mirror") ?? env.KUBE_MAGIC_MIRROR;
    const abort = new AbortController();
    setMaxListeners(0, abort.signal);
    const stop = (): void => abort.abort();
    await ensurePrograms(args.flags.has("trees-only") ? ["sources"] : ["sources", "ansible"], {
      env,
      note: (text) => context.err(`${text}\n`),
    });
    const lock = await lockVendor(join(paths.vendor, ".init.lock"));
    for (const signal of SIGNALS) process.on(signal, stop);
    try {
      if (lock.inheritedFrom !== undefined)
        context.err(
          `note: an earlier init (process ${lock.inheritedFrom.process.pid}) has died; this run continues from what it left\n`,
        );
      const sources = only.filter((name) => name !== "custom");
      const chosen =
        only.length > 0 && sources.length === 0 && refs.size === 0
          ? []
          : chooseVersions(pins, readLock(paths.vendor), {
              only: sources,
              refs,
              update: args.flags.has("update"),
            });
      const options: InstallSourcesOptions = {
        vendorFolder: paths.vendor,
        env,
        mirror,
        offline: args.flags.has("offline"),
        signal: abort.signal,
        progress: (message) => context.err(`${message}\n`),
      };
      const named = new Set(only);
      const environments = args.flags.has("trees-only")
        ? Promise.resolve([])
        : ensureEnvironments(chosen, {
            ...options,
            custom: only.length === 0 || named.has("custom"),
            isRequired: (tool) => named.has(tool) || refs.has(tool),
          });
      const [trees, ansible] = await Promise.allSettled([
        installSources(chosen, pins, options),
        environments,
      ]);
      const failures = [trees, ansible].flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
      if (trees.status === "fulfilled") failures.unshift(...trees.value.failures);
      if (abort.signal.aborted)
        throw failures.find((failure) => failure instanceof InterruptedError) ?? interrupted();
      if (trees.status === "fulfilled") report(context, trees.value.installed, chosen);
      if (ansible.status === "fulfilled") {
        remember(paths.vendor, ansible.value);
        reportEnvironments(context, ansible.value);
      }
      if (failures.length > 0) throw combineFailures(failures, chosen);
      context.err(`init: ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
      return EXIT.done;
    } finally {
      for (const signal of SIGNALS) process.off(signal, stop);
      lock.release();
    }
  },
};

/** @throws LockedError when another init runs; VendorError when the lock cannot be written. */
async function lockVendor(path: string): Promise<Lock> {
  try {
    return await acquireLock(path, "init");
  } catch (error) {
    if (!(error instanceof GateError)) throw error;
    throw new VendorError(error.message, {
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
      cause: error,
    });
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function interrupted(): InterruptedError {
  return new InterruptedError("init was interrupted; no partial download was kept", {
    remedy: "to resume: npm run init",
  });
}

function toolAndVersion(text: string): readonly [tool: string, version: string] {
  const [tool, version, ...more] = text.split("=");
  if (tool !== undefined && version !== undefined && version !== "" && more.length === 0)
    return [tool, version];
  throw new InputError(`init: --ref ${text} is not TOOL=VERSION`, {
    remedy: "for example: --ref ceph-ansible=stable-8.0",
  });
}

function report(
  context: TaskContext,
  installed: readonly InstalledSource[],
  chosen: readonly ChosenVersion[],
): void {
  for (const { pin, done, entry, reports = [] } of installed) {
    const patches = entry.patches.length === 0 ? "no patches" : `${entry.patches.length} patch(es)`;
    context.out(`${pin.source}: ${pin.version} (${pin.commit.slice(0, 9)}), ${patches}, ${WHAT[done]}\n`);
    for (const { patch, status } of reports) {
      if (status.kind === "retired")
        context.err(`note: upstream contains ${patch.name} of ${pin.source} now: delete the patch\n`);
    }
  }
  for (const { pin, newer } of chosen) {
    if (newer !== undefined)
      context.err(
        `note: vendor.yml pins ${newer.source} ${newer.version} (${newer.commit.slice(0, 9)}), this tree has ${pin.version} (${pin.commit.slice(0, 9)}) → npm run init -- --update --only ${pin.source}\n`,
      );
  }
}

const WHAT: Readonly<Record<InstalledSource["done"], string>> = {
  nothing: "unchanged",
  fetched: "fetched",
  moved: "moved to this commit",
  patched: "patched again",
};

function remember(vendorFolder: string, results: readonly EnvironmentResult[]): void {
  const lock = new Map(readLock(vendorFolder));
  for (const { source, key } of results) {
    const entry = lock.get(source);
    if (entry !== undefined && key !== undefined) lock.set(source, { ...entry, ansible: key });
  }
  if (lock.size > 0) writeLock(vendorFolder, lock);
}

function reportEnvironments(context: TaskContext, results: readonly EnvironmentResult[]): void {
  if (results.length === 0) return;
  const rows = results.map(({ source, environment, problem }) =>
    environment === undefined
      ? [source, "none", problem?.message ?? ""]
      : [
          source,
          `ansible-core ${environment.ansibleCore}`,
          environment.origin === "built"
            ? `own, Python ${environment.python ?? "?"}`
            : `installed in ${environment.bin}: ${environment.why ?? ""}`,
        ],
  );
  context.out(`\n${table([["tool", "ansible", "why"], ...rows])}\n`);
  for (const { problem } of results)
    if (problem?.remedy !== undefined) context.err(`  → ${problem.remedy}\n`);
}
