/** npm run ldap:check */
import { FORMAT_OPTION, wantsJson } from "../../cli/format-option.ts";
import { INVENTORY_OPTIONS } from "../../cli/inventory-options.ts";
import { optionValue, type Task, type TaskContext } from "../../cli/task.ts";
import { EXIT, InputError } from "../../core/errors.ts";
import { type ClusterModel, hostsWith } from "../../core/model.ts";
import { customAnsible } from "../../deploy/prepare.ts";
import { requireModel } from "../../inventory/load.ts";
import { loadChosenInventory } from "../../inventory/load-chosen.ts";
import { checkLdap, type MappingResult } from "../../ldap/check.ts";
import { requireResults } from "../../ldap/require-results.ts";
import type { Directory, SearchPlace } from "../../ldap/search.ts";
import { readAuthority, readPassword } from "../../ldap/secret.ts";
import { table } from "../../report/text.ts";

export const task: Task = {
  description: `Asks the directory of section ldap for what the sync jobs would find: binds with the configured account, looks up each
mapped group and its members. Reads only. The request is sent from the first control plane, as the jobs will do.
Exit code 3 when a mapping matches no group, or the directory refuses.`,
  options: {
    ...INVENTORY_OPTIONS,
    members: { type: "boolean", help: "list every member, and every entry that is left out" },
    from: {
      type: "string",
      value: "HOST",
      help: "ask from this host, or from local",
      default: "first control plane",
      complete: "host",
    },
    ...FORMAT_OPTION,
  },
  async run(context) {
    const { args, env, out } = context;
    const model = requireModel(await loadChosenInventory(context));
    const { ldap } = model;
    if (ldap === undefined)
      throw new InputError(`${model.name} has no section ldap`, { remedy: "docs/ldap.md shows one" });
    const bin = async (): Promise<string> => (await customAnsible(context, true))?.bin ?? "";
    const { name, from } = askedFrom(model, optionValue(args, "from"));
    const directory: Directory = {
      ldap,
      password: await readPassword(ldap, { bin, env }),
      authority: readAuthority(ldap),
      from,
      env,
    };
    const result = await checkLdap(directory);
    const results = requireResults(result, directory, name);
    const unmatched = results.filter(({ found }) => !found);
    if (wantsJson(args))
      out(`${JSON.stringify({ cluster: model.name, url: ldap.url, from: name, results }, null, 2)}\n`);
    else {
      out(`${model.name}: ${ldap.url} asked from ${name}\n${describe(results)}\n`);
      if (args.flags.has("members")) out(everyMember(results));
      say(context, results);
    }
    return unmatched.length > 0 ? EXIT.gate : EXIT.done;
  },
};

function askedFrom(model: ClusterModel, asked: string | undefined): { name: string; from: SearchPlace } {
  if (asked === "local") return { name: "this machine", from: { kind: "controller" } };
  const hosts =
    asked === undefined
      ? hostsWith(model, "control-plane")
      : model.hosts.filter(({ name }) => name === asked);
  const [host] = hosts;
  if (host === undefined)
    throw new InputError(asked === undefined ? `${model.name} has no control plane` : `no host ${asked}`, {
      remedy: "name a host of the inventory with --from, or --from local",
    });
  return { name: host.name, from: { kind: "host", model, host } };
}

function describe(results: readonly MappingResult[]): string {
  return table([
    ["group", "members", "left out", "roles", "in the directory"],
    ...results.map(({ mapping, found, members, leftOut }) => [
      mapping.group,
      found ? String(members.length) : "-",
      found ? String(leftOut.length) : "-",
      mapping.roles.join(", ") || "none",
      `${mapping.ldap}${found ? "" : "  NOT FOUND"}`,
    ]),
  ]);
}

function everyMember(results: readonly MappingResult[]): string {
  return results
    .map(({ mapping, members, leftOut }) =>
      [
        `\n${mapping.group}:`,
        ...members.map((member) => `  ${member}`),
        ...leftOut.map(({ member, why }) => `  left out: ${member} ${why}`),
        "",
      ].join("\n"),
    )
    .join("");
}

function say({ err }: TaskContext, results: readonly MappingResult[]): void {
  for (const { mapping, found, members, leftOut, notes } of results) {
    if (!found) err(`${mapping.group}: no group ${mapping.ldap} is in the directory\n`);
    else if (members.length === 0)
      err(`note: ${mapping.group} would have no member${leftOut.length > 0 ? ": all are left out" : ""}\n`);
    for (const note of notes) err(`note: ${mapping.group}: ${note}\n`);
  }
}
