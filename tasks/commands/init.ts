/** npm run init: the upstream tools, pinned and patched, each with an Ansible that it accepts. */
import type { ParsedArguments, Task } from "../cli/task.ts";
import { ensurePrograms } from "../controller/install.ts";
import { EXIT, InputError } from "../core/errors.ts";
import { TOOLS } from "../core/model.ts";
import { describeInit } from "../report/init.ts";
import { combineFailures } from "../toolchain/fetch/install-sources.ts";
import { type InitRequest, initTools } from "../toolchain/init-tools.ts";

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
    const started = Date.now();
    const request = requestOf(context.args, context.env);
    await ensurePrograms(request.treesOnly ? ["sources"] : ["sources", "ansible"], {
      env: context.env,
      note: (text) => context.err(`${text}\n`),
    });
    const result = await initTools(context, request);
    const { out, err } = describeInit(result);
    context.out(out);
    context.err(err);
    if (result.failures.length > 0) throw combineFailures(result.failures, result.chosen);
    context.err(`init: ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
    return EXIT.done;
  },
};

function requestOf({ flags, values }: ParsedArguments, env: NodeJS.ProcessEnv): InitRequest {
  return {
    only: values.get("only") ?? [],
    refs: new Map((values.get("ref") ?? []).map(toolAndVersion)),
    update: flags.has("update"),
    mirror: values.get("mirror")?.at(-1) ?? env.KUBE_MAGIC_MIRROR,
    offline: flags.has("offline"),
    treesOnly: flags.has("trees-only"),
  };
}

function toolAndVersion(text: string): readonly [tool: string, version: string] {
  const [tool, version, ...more] = text.split("=");
  if (tool !== undefined && version !== undefined && version !== "" && more.length === 0)
    return [tool, version];
  throw new InputError(`init: --ref ${text} is not TOOL=VERSION`, {
    remedy: "for example: --ref ceph-ansible=stable-8.0",
  });
}
