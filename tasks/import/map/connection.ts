/**
 * How to reach the hosts: `ansible_*` variables → ip, address, ssh. The most common value goes to the cluster's section
 * ssh, any other value to the host.
 */
import { canonicalIp } from "../../core/ip.ts";
import type { Value } from "../../core/value.ts";
import { isSame } from "../prove/same-value.ts";
import { numberOf, type ToolView, textOf } from "../read/tool-view.ts";
import type { SectionValues } from "./section-values.ts";
import { addressOf } from "./shared.ts";

/** The current name of each variable first. */
const SSH: readonly { readonly field: string; readonly variables: readonly string[] }[] = [
  { field: "user", variables: ["ansible_user", "ansible_ssh_user"] },
  { field: "port", variables: ["ansible_port", "ansible_ssh_port"] },
  { field: "privateKeyFile", variables: ["ansible_ssh_private_key_file", "ansible_private_key_file"] },
  { field: "knownHostsFile", variables: ["ansible_ssh_common_args"] },
  { field: "hostKeys", variables: ["ansible_ssh_common_args"] },
];

/** Adds addresses and SSH settings of all tools. */
export function mapConnection(views: readonly ToolView[], sections: SectionValues): void {
  for (const view of views) {
    for (const host of view.listing.hosts) mapAddress(view, host, sections);
  }
  for (const { field, variables } of SSH) {
    const found = views.flatMap((view) =>
      view.listing.hosts.map((host) => ({ view, host, ...sshValue(view, host, field, variables) })),
    );
    // A value goes to the cluster's section only when every host has one: a host without it must not get it.
    const withValue = new Set(
      found.flatMap(({ view, host, value }) => (value === undefined ? [] : [view.nameOf(host)])),
    );
    const isOnEveryHost = found.every(({ view, host }) => withValue.has(view.nameOf(host)));
    const shared = isOnEveryHost ? commonest(found.map(({ value }) => value)) : undefined;
    for (const { view, host, value, variable } of found) {
      if (value === undefined) continue;
      const from = { tool: view.tool, variable };
      if (isSame(value, shared)) sections.put(["ssh", field], value, from);
      else sections.put(["hosts", view.nameOf(host), "ssh", field], value, from);
    }
  }
}

function mapAddress(view: ToolView, host: string, sections: SectionValues): void {
  const { tool } = view;
  const path = ["hosts", view.nameOf(host)];
  const ip = addressOf(view, host);
  const source = ["ip", "ip6", "access_ip", "ansible_host", "ansible_ssh_host"];
  const variable = source.find((name) => textOf(view.value(host, name)) === ip) ?? "ansible_host";
  if (ip !== undefined && !sections.has([...path, "ip"]))
    sections.put([...path, "ip"], canonicalIp(ip), { tool, variable });
  const ip6 = textOf(view.value(host, "ip6"));
  if (ip6 !== undefined && ip6 !== ip)
    sections.put([...path, "ip6"], canonicalIp(ip6), { tool, variable: "ip6" });
  for (const name of ["ansible_host", "ansible_ssh_host"]) {
    const address = textOf(view.value(host, name));
    const main = sections.get([...path, "ip"]);
    if (address !== undefined && main !== undefined && canonicalIp(address) !== main)
      sections.put([...path, "address"], address, { tool, variable: name });
  }
}

function sshValue(
  view: ToolView,
  host: string,
  field: string,
  variables: readonly string[],
): { readonly variable: string; readonly value: Value | undefined } {
  const variable = variables.find((name) => view.value(host, name) !== undefined) ?? (variables[0] as string);
  const value = view.value(host, variable);
  if (field === "port") return { variable, value: numberOf(value) };
  if (variable === "ansible_ssh_common_args") return { variable, value: option(textOf(value) ?? "", field) };
  const text = textOf(value);
  // A relative path starts in the folder where ansible-playbook was called, which is unknown.
  if (field === "privateKeyFile" && text !== undefined && !/^[~/]/.test(text))
    return { variable, value: undefined };
  return { variable, value: text };
}

/** The value of ssh's arguments for a field of the section ssh; `StrictHostKeyChecking=no` has no field. */
function option(text: string, field: string): string | undefined {
  const outer = text.replace(/ProxyCommand=.*$/, "");
  if (field === "knownHostsFile") {
    const file = /UserKnownHostsFile=("[^"]*"|[^\s'"]+)/
      .exec(outer)?.[1]
      ?.replaceAll('"', "")
      .replaceAll("%%", "%");
    return file?.startsWith("/") || file?.startsWith("~/") ? file : undefined;
  }
  const policy = /StrictHostKeyChecking=(\S+?)'?(?:\s|$)/.exec(outer)?.[1];
  return policy === "yes" ? "strict" : policy === "accept-new" ? policy : undefined;
}

function commonest(values: readonly (Value | undefined)[]): Value | undefined {
  const present = values.filter((value) => value !== undefined);
  const count = (value: Value) => present.filter((other) => isSame(other, value)).length;
  const candidates = present.filter((value, at) => present.findIndex((other) => isSame(other, value)) === at);
  return candidates.sort((a, b) => count(b) - count(a))[0];
}
