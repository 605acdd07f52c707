import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A fenced block of a page. */
export interface Block {
  /** What follows the opening fence; empty if nothing does. */
  readonly language: string;
  readonly text: string;
  /** The nearest heading above. */
  readonly heading: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
}

/** A page of the repository as it is written; `path` is relative to the repository. */
export async function readPage(path: string): Promise<string> {
  return await Deno.readTextFile(`${ROOT}${path}`);
}

export function blocksIn(markdown: string): Block[] {
  const blocks: Block[] = [];
  let heading = "";
  let open: { language: string; line: number; indent: number; lines: string[] } | null = null;
  for (const [index, line] of markdown.split("\n").entries()) {
    const fence = /^( *)```(\w*)/.exec(line);
    if (open !== null && fence !== null) {
      const { language, line: first, lines } = open;
      blocks.push({ language, line: first, heading, text: lines.join("\n") });
      open = null;
    } else if (open !== null) {
      open.lines.push(line.slice(Math.min(open.indent, line.length - line.trimStart().length)));
    } else if (fence !== null) {
      const [, indent = "", language = ""] = fence;
      open = { language, line: index + 1, indent: indent.length, lines: [] };
    } else {
      heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
    }
  }
  return blocks;
}

/** The page without its fenced blocks and inline code. */
export function proseOf(markdown: string): string {
  return markdown.replaceAll(/^ *```[^]*?^ *```$/gm, "").replaceAll(/`[^`\n]*`/g, "`code`");
}

/** The targets of all links and images, `[text](target)` and `<img src="target">`. */
export function linksIn(markdown: string): string[] {
  const prose = proseOf(markdown);
  return [
    ...[...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target),
    ...[...prose.matchAll(/\b(?:src|srcset|href)="([^"]+)"/g)].map(([, target = ""]) => target),
  ];
}

/** The anchors that GitHub gives the headings of a page. */
export function anchorsOf(markdown: string): Set<string> {
  const counts = new Map<string, number>();
  const anchors = new Set<string>();
  const text = markdown.replaceAll(/^ *```[^]*?^ *```$/gm, "");
  for (const [, heading = ""] of text.matchAll(/^#+ +(.*?) *#*$/gm)) {
    const shown = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll(/[`*]/g, "");
    const anchor = shown.toLowerCase().replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, "")
      .replaceAll(" ", "-");
    const count = counts.get(anchor) ?? 0;
    counts.set(anchor, count + 1);
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`);
  }
  return anchors;
}
