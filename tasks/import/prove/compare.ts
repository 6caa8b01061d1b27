/** Compares what a tool's Ansible reads from the old inventory and from our rendering: every variable of every host. */
import type { ToolName } from "../../core/model.ts";
import type { Value } from "../../core/value.ts";
import { SECTION_OF_VARIABLE } from "../../inventory/rules/owners.ts";
import { currentGroupName } from "../map/group-roles.ts";
import { canPassThrough } from "../map/pass-through.ts";
import type { SectionValues } from "../map/section-values.ts";
import { defaultNote } from "../map/upstream-defaults.ts";
import type { Listing } from "../read/listing.ts";
import { type ToolView, toolView } from "../read/tool-view.ts";
import { GROUPS_IN_USE, LOST_GROUP_REASONS } from "./lost-groups.ts";
import { isSame, meansSame } from "./same-value.ts";

/** `moved`: the same meaning, in a section or in another form. `added`: only in our rendering. */
export type Verdict = "same" | "moved" | "added" | "lost";

/** One variable, with the hosts that have the same verdict and values. */
export interface Difference {
  readonly tool: ToolName;
  readonly verdict: Verdict;
  /** A variable, or `(host)` and `(group) <name>` for what is in the inventory. */
  readonly variable: string;
  readonly hosts: readonly string[];
  readonly before?: Value;
  readonly after?: Value;
  readonly why: string;
}

/** Older name of a variable → the name in our rendering. */
const SPELLINGS: Readonly<Record<string, string>> = {
  ansible_ssh_host: "ansible_host",
  ansible_ssh_user: "ansible_user",
  ansible_ssh_port: "ansible_port",
  ansible_private_key_file: "ansible_ssh_private_key_file",
  enable_dual_stack_networks: "ipv6_stack",
};

/**
 * Compares every variable of every host.
 * @param after what the tool reads from our rendering; undefined when we render nothing for it
 */
export function compareListings(
  view: ToolView,
  after: Listing | undefined,
  sections: SectionValues,
): readonly Difference[] {
  const { tool, listing } = view;
  const { rows, add } = rowCollector();
  const rendered = after === undefined ? undefined : toolView(tool, after, new Map());
  for (const host of listing.hosts) {
    const name = view.nameOf(host);
    if (rendered === undefined || !rendered.groupsOf.has(name)) {
      add(name, { tool, verdict: "lost", variable: "(host)", why: whyNoHost(view, host) });
      continue;
    }
    if (name !== host)
      add(name, {
        tool,
        verdict: "moved",
        variable: "(host)",
        before: host,
        after: name,
        why: "one machine has one name",
      });
    for (const group of lostGroups(view, host, rendered, name)) add(name, group);
    const old = listing.effective.get(host) ?? {};
    const now = rendered.listing.effective.get(name) ?? {};
    for (const variable of new Set([...Object.keys(old), ...Object.keys(now)])) {
      if (variable === "kube_magic_source") continue;
      add(name, { tool, variable, ...verdictOn(variable, view, host, rendered, name, sections) });
    }
  }
  const known = new Set(listing.hosts.map((host) => view.nameOf(host)));
  for (const host of rendered?.listing.hosts ?? []) {
    if (!known.has(host))
      add(host, {
        tool,
        verdict: "added",
        variable: "(host)",
        why: "another source gives it a role of this tool",
      });
  }
  return rows();
}

/** Collects one row for all hosts with the same verdict, values and reason. */
function rowCollector() {
  const found = new Map<string, { difference: Omit<Difference, "hosts">; hosts: string[] }>();
  return {
    rows: (): readonly Difference[] =>
      [...found.values()].map(({ difference, hosts }) => ({ ...difference, hosts })),
    add(host: string, difference: Omit<Difference, "hosts">): void {
      const { verdict, variable, before, after, why } = difference;
      const key = JSON.stringify([verdict, variable, show(before), show(after), why]);
      const row = found.get(key) ?? { difference, hosts: [] };
      found.set(key, row);
      row.hosts.push(host);
    },
  };
}

function verdictOn(
  variable: string,
  view: ToolView,
  host: string,
  rendered: ToolView,
  name: string,
  sections: SectionValues,
): Pick<Difference, "verdict" | "why" | "before" | "after"> {
  const { tool } = view;
  const before = view.listing.effective.get(host)?.[variable];
  const after = rendered.listing.effective.get(name)?.[variable];
  const section =
    sections.sectionOf(tool, variable) ??
    SECTION_OF_VARIABLE[tool][variable] ??
    SECTION_OF_VARIABLE.any[variable];
  if (before === undefined)
    return { verdict: "added", after: after ?? null, why: defaultNote(tool, variable, after, section) };
  if (isSame(before, after)) {
    const owner = section === undefined ? "" : `from ${section}`;
    return {
      verdict: section === undefined || canPassThrough(tool, variable) ? "same" : "moved",
      before,
      after: before,
      why: owner,
    };
  }
  const spelling = SPELLINGS[variable];
  const today =
    after ?? (spelling === undefined ? undefined : rendered.listing.effective.get(name)?.[spelling]);
  const values = today === undefined ? { before } : { before, after: today };
  const meant = view.value(host, variable);
  if (meant !== undefined && today !== undefined && meansSame(meant, today)) {
    const where = section === undefined ? "" : ` from ${section}`;
    return {
      verdict: "moved",
      ...values,
      why: `means the same${after === undefined ? ` as ${spelling}` : ""}${where}`,
    };
  }
  const why =
    sections.refusals.get(`${tool} ${variable}`) ??
    whyLost(tool, variable, section, view.value(host, variable));
  return { verdict: "lost", ...values, why };
}

function whyLost(
  tool: ToolName,
  variable: string,
  section: string | undefined,
  value: Value | undefined,
): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) return "Ansible has no variable of this name";
  if (variable.startsWith("kube_magic_")) return "it is generated from the sections";
  if (value === undefined && section !== undefined)
    return `${section} sets it, and accepts neither encrypted values nor templates`;
  if (section !== undefined) return `${section} sets it to another value`;
  return canPassThrough(tool, variable)
    ? "it is kept, but another variable of our rendering overrides it"
    : "a section sets it";
}

/** Groups of a host that our rendering does not have, or has without this host. */
function lostGroups(
  view: ToolView,
  host: string,
  rendered: ToolView,
  name: string,
): readonly Omit<Difference, "hosts">[] {
  const { tool } = view;
  const now = new Set(rendered.groupsOf.get(name));
  return (view.groupsOf.get(host) ?? []).flatMap((group): readonly Omit<Difference, "hosts">[] => {
    const today = currentGroupName(tool, group);
    if (group === "ungrouped" || now.has(today)) return [];
    const variable = `(group) ${group}`;
    if (rendered.listing.groups.has(today) || GROUPS_IN_USE[tool].includes(today))
      return [
        {
          tool,
          verdict: "lost",
          variable,
          why: LOST_GROUP_REASONS[`${tool} ${today}`] ?? "no role puts a host into this group",
        },
      ];
    return [{ tool, verdict: "moved", variable, why: "a group of the site: its hosts have its variables" }];
  });
}

function whyNoHost(view: ToolView, host: string): string {
  const groups = (view.groupsOf.get(host) ?? []).filter((group) => group !== "ungrouped" && group !== "all");
  if (groups.length === 0) return "it is in no group, so it has no role for this tool";
  return `none of its groups (${groups.join(", ")}) means a role of this tool; its roles for other tools stay`;
}

function show(value: Value | undefined): string {
  return (
    JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner)) ?? ""
  );
}
