/** A Markdown page, taken apart as far as the tests of the documentation need it. */

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

export interface Page {
  /** Relative to the repository. */
  readonly file: string;
  /** Everything outside code blocks. */
  readonly prose: readonly Line[];
  /** Fenced and indented blocks; the indent is removed. */
  readonly blocks: readonly (readonly Line[])[];
  /** Line of a fence that is never closed. */
  readonly openFence: number | undefined;
  /** As GitHub names them in links: `#a-damaged-repository`. */
  readonly headings: ReadonlySet<string>;
}

const INDENT = "    ";

export function readPage(file: string, text: string): Page {
  const prose: Line[] = [];
  const blocks: Line[][] = [];
  let block: Line[] | undefined;
  let fence: number | undefined;
  let inList = false;
  const close = (): void => {
    while (block?.at(-1)?.text === "") block.pop();
    if (block !== undefined && block.length > 0) blocks.push(block);
    block = undefined;
  };
  for (const [index, line] of text.split("\n").entries()) {
    const number = index + 1;
    if (line.trimStart().startsWith("```")) {
      close();
      fence = fence === undefined ? number : undefined;
      if (fence !== undefined) block = [];
    } else if (fence !== undefined) {
      block?.push({ number, text: line });
    } else if (line.startsWith(INDENT) && !inList) {
      block ??= [];
      block.push({ number, text: line.slice(INDENT.length) });
    } else if (line.trim() === "") {
      block?.push({ number, text: "" });
    } else {
      close();
      // What is indented below a point of a list belongs to the point.
      inList = /^(\s*[-*]|\s*\d+\.) /.test(line) || (inList && line.startsWith(" "));
      prose.push({ number, text: line });
    }
  }
  close();
  return { file, prose, blocks, openFence: fence, headings: headingsOf(prose) };
}

function headingsOf(prose: readonly Line[]): ReadonlySet<string> {
  const titles = prose.flatMap(({ text }) => /^#+ (.*)$/.exec(text)?.[1] ?? []);
  return new Set(titles.map(slug));
}

function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .trim()
    .replaceAll(" ", "-");
}

/** Words in backticks, with their line. */
export function inlineCode({ prose }: Page): readonly Line[] {
  return prose.flatMap(({ number, text }) =>
    [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => ({ number, text: code })),
  );
}

/** Targets of links and pictures, with their line. */
export function links({ prose }: Page): readonly Line[] {
  return prose.flatMap(({ number, text }) =>
    [...text.replace(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => ({
      number,
      text: target,
    })),
  );
}
