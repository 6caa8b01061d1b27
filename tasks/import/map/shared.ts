/** What several mappings share: reading a variable, a size, an address. */
import { isIpv6, parseIp } from "../../core/ip.ts";
import { isTrue, type ToolView, textOf } from "../read/tool-view.ts";
import type { SectionValues, ValueSource } from "./section-values.ts";

/** Calls `put` with the value that most hosts have; does nothing when no host has the variable. */
export function take(
  view: ToolView,
  variable: string,
  put: (value: NonNullable<ReturnType<ToolView["common"]>>, from: ValueSource) => void,
): void {
  const value = view.common(variable);
  if (value !== undefined && value !== null) put(value, { tool: view.tool, variable });
}

/** Adds the value of a variable as text; refuses a list or a map. */
export function takeText(
  view: ToolView,
  sections: SectionValues,
  variable: string,
  path: readonly string[],
): void {
  take(view, variable, (value, from) => {
    const text = textOf(value);
    if (text === undefined) sections.refuse(from, "its value is not text");
    else sections.put(path, text, from);
  });
}

/** Bytes with a unit: `4294967296` → 4Gi. A number without a whole Mi, and any other text, stay unchanged. */
export function sizeText(bytes: string): string | number {
  if (!/^\d{1,15}$/.test(bytes)) return bytes;
  for (const [unit, size] of [
    ["Gi", 2 ** 30],
    ["Mi", 2 ** 20],
  ] as const) {
    if (Number(bytes) % size === 0) return `${Number(bytes) / size}${unit}`;
  }
  return Number(bytes);
}

/** Main address of a host, from the variables of its tool; undefined when the tool has only its name. */
export function addressOf(view: ToolView, host: string): string | undefined {
  const others = ["access_ip", "openshift_ip", "ansible_host", "ansible_ssh_host"];
  // ip6 is the main address only where there is no IPv4.
  const isIpv6Only = view.value(host, "ipv4_stack") !== undefined && !isTrue(view.value(host, "ipv4_stack"));
  const names = isIpv6Only ? ["ip", "ip6", ...others] : ["ip", ...others, "ip6"];
  return [...names.map((name) => textOf(view.value(host, name))), host].find(
    (text) => text !== undefined && parseIp(text) !== undefined,
  );
}

/** The IPv4 and the IPv6 network of two variables as one list, IPv4 first. */
export function families(v4: string | undefined, v6: string | undefined): string[] {
  return [v4, v6].flatMap((one) => one ?? []).sort((a, b) => Number(isIpv6(a)) - Number(isIpv6(b)));
}
