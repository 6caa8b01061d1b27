/** Where a value of the inventory comes from, what it overrode, which rendered files carry it: as text. */
import { closest } from "../core/closest.ts";
import { InputError } from "../core/errors.ts";
import { formatPath, type InventoryPath } from "../core/path.ts";
import { isSecretName } from "../core/secret.ts";
import { Float, isMap, Tagged, type Value } from "../core/value.ts";
import { expandRange } from "../inventory/layers/host-ranges.ts";
import type { LoadedInventory } from "../inventory/load.ts";
import { descriptionAt, knownKeys } from "../inventory/schema/walk.ts";
import { whichFilesCarry } from "../render/trace.ts";
import { toolInventory } from "./tool-files.ts";

/** @throws InputError for a path that the inventory does not have */
export function explain(loaded: LoadedInventory, path: InventoryPath): string {
  const exact = firstOfRange(path);
  const value = loaded.value(exact);
  if (value === undefined) return explainUnset(loaded, exact);
  if (isMap(value)) return explainMap(loaded, exact, value);
  return explainValue(loaded, exact, value) + carriers(loaded, exact);
}

/** `hosts.compute[1:4].ip` is about all of them, and shown for the first. */
function firstOfRange(path: InventoryPath): InventoryPath {
  return path.map((part, index) => {
    const isHost = (index === 1 && path[0] === "hosts") || (index === 3 && path[0] === "tools");
    return isHost && typeof part === "string" ? (expandRange(part).items?.[0] ?? part) : part;
  });
}

function explainValue(loaded: LoadedInventory, path: InventoryPath, value: Value): string {
  const name = formatPath(path);
  const say = (shown: Value) => show(shown, path);
  const history = loaded.history(path).toReversed();
  const [source, ...overridden] = history;
  const description = descriptionAt(path);
  const at = ({ origin }: (typeof history)[number]) => `${origin.file}:${origin.line}:${origin.column}`;
  return [
    `${name} = ${say(value)}`,
    ...(description === undefined ? [] : [`  meaning    ${description}`]),
    ...(source === undefined ? [] : [`  from       ${at(source)}`]),
    ...overridden.map((one) => `  overrides  ${at(one)}, which says ${say(one.value)}`),
    "",
  ].join("\n");
}

function explainMap(loaded: LoadedInventory, path: InventoryPath, map: Value): string {
  const rows = leaves(map, path).map((leaf) => {
    const value = loaded.value(leaf) ?? null;
    const origin = loaded.origin(leaf);
    return [
      `${formatPath(leaf)} = ${show(value, leaf)}`,
      origin === undefined ? "" : `${origin.file}:${origin.line}`,
    ] as const;
  });
  const width = Math.min(60, Math.max(0, ...rows.map(([left]) => left.length)));
  return `${rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`).join("\n")}\n`;
}

function leaves(value: Value, path: InventoryPath): InventoryPath[] {
  if (!isMap(value) || Object.keys(value).length === 0) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

function explainUnset(loaded: LoadedInventory, path: InventoryPath): string {
  const description = descriptionAt(path);
  const isKnown = path.every((part, index) => {
    const isThere = loaded.value(path.slice(0, index + 1)) !== undefined;
    return isThere || knownKeys(path.slice(0, index)).includes(String(part));
  });
  if (isKnown && description !== undefined)
    return `${formatPath(path)} is not set\n  meaning    ${description}\n`;
  for (let length = path.length - 1; length >= 0; length -= 1) {
    const parent = length === 0 ? loaded.value([]) : loaded.value(path.slice(0, length));
    if (parent === undefined) continue;
    const part = String(path[length]);
    const near = isMap(parent) ? closest(part, Object.keys(parent)) : undefined;
    const hint = near === undefined ? "" : `, did you mean ${formatPath([...path.slice(0, length), near])}?`;
    throw new InputError(`${formatPath(path)} is not in the inventory${hint}`, {
      remedy:
        length === 0
          ? "npm run explain -- network lists a section"
          : `npm run explain -- ${formatPath(path.slice(0, length))} lists what is there`,
    });
  }
  throw new InputError(`${formatPath(path)} is not in the inventory`);
}

const MOST_SHOWN = 5;

/** The rendered variables that would differ if the value did, one line a file. */
function carriers(loaded: LoadedInventory, path: InventoryPath): string {
  const { model } = loaded;
  const variant = model === undefined ? undefined : loaded.variant(path);
  if (model === undefined || variant === undefined) return "";
  const byFile = new Map<string, string[]>();
  for (const { tool, file, variable } of whichFilesCarry(model, variant, toolInventory)) {
    const name = `build/${loaded.cluster}/${tool}/${file}`;
    byFile.set(name, [...(byFile.get(name) ?? []), variable]);
  }
  return [...byFile]
    .map(([file, variables]) => {
      const more = variables.length - MOST_SHOWN;
      const shown = variables.slice(0, MOST_SHOWN).join(", ") + (more > 0 ? `, and ${more} more` : "");
      return `  rendered   ${file}: ${shown}\n`;
    })
    .join("");
}

/** On one line; secrets are named, not shown. */
function show(value: Value, path: InventoryPath): string {
  const name = path.findLast((part) => typeof part === "string") ?? "";
  if (value instanceof Tagged && value.tag === "!vault") return "(encrypted with ansible-vault)";
  if (typeof value === "string" && isSecretName(String(name))) return "(a secret)";
  if (value instanceof Tagged) return `!unsafe ${JSON.stringify(value.text)}`;
  if (value instanceof Float) return String(value.value);
  if (Array.isArray(value)) return `[${value.map((item) => show(item, path)).join(", ")}]`;
  if (isMap(value)) {
    const entries = Object.entries(value).map(([key, item]) => `${key}: ${show(item, [...path, key])}`);
    return `{${entries.length === 0 ? "" : ` ${entries.join(", ")} `}}`;
  }
  if (value === null) return "null";
  return String(value).includes("\n") ? JSON.stringify(value) : String(value);
}
