import { blocksIn, readPage } from "../support/markdown.ts";

/** A block of code as a page prints it. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/** The blocks of a page that can be executed, by the heading above them. */
export async function blocksOf(page: string): Promise<Map<string, Block[]>> {
  const blocks = blocksIn(await readPage(page))
    .filter(({ language }) => language === "sh" || language === "sql");
  return Map.groupBy(blocks, ({ heading }) => heading);
}

/** With what a reader puts in; throws where a placeholder is left. */
export function filledIn(text: string, values: Readonly<Record<string, string>>): string {
  let filled = text;
  for (const [placeholder, value] of Object.entries(values)) {
    filled = filled.replaceAll(placeholder, value);
  }
  const left = /<[a-z][a-z ]*>/.exec(filled);
  if (left !== null) throw new Error(`Nothing is given for ${left[0]} in:\n${text}`);
  return filled;
}
