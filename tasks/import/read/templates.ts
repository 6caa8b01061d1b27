/** Resolves templates that only name another variable of the same host, such as `access_ip: "{{ ip }}"`. */
import { isMap, Tagged, type Value, type ValueMap } from "../../core/value.ts";

const REFERENCE = /\{\{\s*([A-Za-z_]\w*)\s*\}\}/g;

/** The value with its templates resolved; undefined when they need more than plain names, or when it is encrypted. */
export function withoutTemplates(
  value: Value | undefined,
  variables: ValueMap,
  depth = 0,
): Value | undefined {
  if (typeof value === "string") return textWithoutTemplates(value, variables, depth);
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutTemplates(item, variables, depth));
    return items.some((item) => item === undefined) ? undefined : (items as Value[]);
  }
  if (value instanceof Tagged) return undefined;
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(
    ([key, item]) => [key, withoutTemplates(item, variables, depth)] as const,
  );
  return entries.some(([, item]) => item === undefined)
    ? undefined
    : (Object.fromEntries(entries) as ValueMap);
}

function textWithoutTemplates(text: string, variables: ValueMap, depth: number): Value | undefined {
  if (!/\{[{%#]/.test(text)) return text;
  if (depth > 5) return undefined;
  const whole = /^\{\{\s*([A-Za-z_]\w*)\s*\}\}$/.exec(text)?.[1];
  if (whole !== undefined) return withoutTemplates(variables[whole], variables, depth + 1);
  let failed = false;
  const filled = text.replace(REFERENCE, (_, name: string) => {
    const value = withoutTemplates(variables[name], variables, depth + 1);
    if (typeof value === "string" || typeof value === "number") return String(value);
    failed = true;
    return "";
  });
  return failed || /\{[{%#]/.test(filled) ? undefined : filled;
}
