/** Mappings that several tools have in common. */
import { isIpv6, parseIp } from "../../core/ip.ts";
import { isTrue, textOf, type View } from "../read/tool-view.ts";
import type { Claims, Found } from "./section-values.ts";

/** Takes what most hosts have in a variable; `put` is not called when nobody has it. */
export function take(
  view: View,
  variable: string,
  put: (value: NonNullable<ReturnType<View["common"]>>, from: Found) => void,
): void {
  const value = view.common(variable);
  if (value !== undefined && value !== null) put(value, { tool: view.tool, variable });
}

export function takeText(view: View, claims: Claims, variable: string, path: readonly string[]): void {
  take(view, variable, (value, from) => {
    const text = textOf(value);
    if (text === undefined) claims.refuse(from, "it is no text");
    else claims.put(path, text, from);
  });
}

/** `4294967296` → 4Gi; anything odd stays as it is. */
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

/** A host's main address, by the tools' own variables; undefined when only its name is known. */
export function addressOf(view: View, host: string): string | undefined {
  const others = ["access_ip", "openshift_ip", "ansible_host", "ansible_ssh_host"];
  // ip6 is the main address only where there is no IPv4.
  const isIpv6Only = view.value(host, "ipv4_stack") !== undefined && !isTrue(view.value(host, "ipv4_stack"));
  const names = isIpv6Only ? ["ip", "ip6", ...others] : ["ip", ...others, "ip6"];
  return [...names.map((name) => textOf(view.value(host, name))), host].find(
    (text) => text !== undefined && parseIp(text) !== undefined,
  );
}

/** IPv4 and IPv6 networks of two variables, as one list. */
export function families(v4: string | undefined, v6: string | undefined): string[] {
  return [v4, v6].flatMap((one) => one ?? []).sort((a, b) => Number(isIpv6(a)) - Number(isIpv6(b)));
}
