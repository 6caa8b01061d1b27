/** What a page must not have: words that stand for text to come, blocks that end in the middle, ways that lead nowhere. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { inlineCode, type Line, links, type Page } from "./page.ts";

const PLACEHOLDER = /\b(OUTPUT|TODO|FIXME|XXX|TBD)\b/;

export function placeholders({ prose, blocks }: Page): readonly Line[] {
  return [...prose, ...blocks.flat()].filter(({ text }) => PLACEHOLDER.test(text));
}

/** Ends of a line that ask for another one. */
const UNFINISHED_END = /(\\|&&|\|\||[^|]\||,|\()$/;
const PAIRS = [
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
] as const;

/**
 * Blocks that end in the middle. Each command with its output is looked at by itself: a fence or a bracket that opens
 * and never closes (output that was cut at a column leaves one open), and a last line that asks for another one.
 */
export function cutBlocks({ blocks, openFence }: Page): readonly Line[] {
  const cut = blocks.flatMap((block) => commandsOf(block).flatMap(cutIn));
  return openFence === undefined ? cut : [...cut, { number: openFence, text: "``` is never closed" }];
}

/** A block of several commands, each with its output. */
function commandsOf(block: readonly Line[]): readonly (readonly Line[])[] {
  const parts: Line[][] = [];
  for (const line of block) {
    if (line.text.startsWith("$ ") || parts.length === 0) parts.push([]);
    parts.at(-1)?.push(line);
  }
  return parts;
}

function cutIn(part: readonly Line[]): readonly Line[] {
  const lines = part.filter(({ text }) => text.trim() !== "");
  const last = lines.at(-1);
  if (last === undefined) return [];
  if (UNFINISHED_END.test(last.text.trimEnd())) return [last];
  const code = lines.map(({ number, text }) => ({ number, text: withoutComment(text) }));
  const open = PAIRS.find(([left, right]) => count(code, left) > count(code, right));
  if (open === undefined) return [];
  return [code.find((line) => count([line], open[0]) > count([line], open[1])) ?? last];
}

function withoutComment(text: string): string {
  return text.replace(/(^|\s)#.*$/, "").replace(/'[^']*'|"[^"]*"/g, "");
}

function count(lines: readonly Line[], character: string): number {
  return lines.reduce((sum, { text }) => sum + text.split(character).length - 1, 0);
}

/** Links to files and headings that do not exist. @param page by its file, for headings of other pages */
export function deadLinks(root: string, page: Page, pages: ReadonlyMap<string, Page>): readonly Line[] {
  return links(page).filter(({ text }) => {
    if (/^[a-z]+:/.test(text)) return false;
    const [path = "", heading] = text.split("#");
    const file = path === "" ? page.file : normalize(join(dirname(page.file), path));
    if (!existsSync(join(root, file))) return true;
    return heading !== undefined && pages.get(file)?.headings.has(heading) !== true;
  });
}

const OURS = /^(tasks|custom|test|bench|bin|lab|docs|inventories|addons)\/\S*$/;

/** Of a site, which is not in this repository. */
const OF_A_SITE = /^inventories\/(<[^>]*>\/|[^/]+\/local\/)/;

/**
 * Paths of this repository in backticks that do not exist. `<name>`, `*` and words in capitals stand for any name.
 * @param foreign paths that belong to other repositories, or to a site
 */
export function deadPaths(root: string, page: Page, foreign: ReadonlySet<string>): readonly Line[] {
  return inlineCode(page).filter(({ text }) => {
    if (!OURS.test(text) || OF_A_SITE.test(text) || foreign.has(text)) return false;
    return !exists(root, text.replace(/\/$/, "").split("/"));
  });
}

function exists(folder: string, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return true;
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return false;
  const pattern = new RegExp(
    `^${name
      .replace(/[.+?^$()|[\]\\]/g, "\\$&")
      .replace(/<[^>]*>|\*|\b[A-Z]{2,}\b/g, ".+")
      .replace(/\{([^}]*)\}/g, (_, names: string) => `(${names.replaceAll(",", "|")})`)}$`,
  );
  return readdirSync(folder).some((entry) => pattern.test(entry) && exists(join(folder, entry), rest));
}
