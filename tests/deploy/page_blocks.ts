import { PROJECT_ROOT } from "../../local/tasks/supabase_cli.ts";

/** A block of code as a page prints it. */
export interface Block {
  readonly language: "sh" | "sql";
  readonly text: string;
}

/** The blocks of a page that can be executed, by the heading above them. */
export async function blocksOf(page: string): Promise<Map<string, Block[]>> {
  const lines = (await Deno.readTextFile(`${PROJECT_ROOT}/${page}`)).split("\n");
  const blocks = new Map<string, Block[]>();
  let heading = "";
  let language: Block["language"] | "other" | null = null;
  let text: string[] = [];
  for (const line of lines) {
    const fence = /^```(\w*)/.exec(line);
    if (fence !== null && language === null) {
      language = fence[1] === "sh" || fence[1] === "sql" ? fence[1] : "other";
      text = [];
    } else if (fence !== null) {
      if (language === "sh" || language === "sql") {
        blocks.set(heading, [...blocks.get(heading) ?? [], { language, text: text.join("\n") }]);
      }
      language = null;
    } else if (language !== null) {
      text.push(line);
    } else {
      heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
    }
  }
  return blocks;
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
