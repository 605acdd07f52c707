/** A row of a table: the paths in its first cell, as its heading completes them, and its other cells. */
export interface PageRow {
  paths: string[];
  cells: string[];
}

/**
 * The rows of all tables in a section ("## name") of a page. A heading that is a path in backticks is
 * the beginning of every path in its tables.
 */
export function tableRows(page: string, section: string): PageRow[] {
  const text = page.split(/^## /m).find((part) => part.startsWith(`${section}\n`));
  if (text === undefined) throw new Error(`No section ${section}`);
  const rows: PageRow[] = [];
  let prefix = "";
  for (const line of text.split("\n")) {
    const heading = /^### (.*)$/.exec(line)?.[1];
    if (heading !== undefined) {
      const path = /^`(.*)`$/.exec(heading)?.[1];
      prefix = path === undefined ? "" : `${path}.`;
    }
    const [first, ...cells] = line.split("|").slice(1, -1).map((cell) => cell.trim());
    const names = [...(first ?? "").matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
    if (names.length > 0) rows.push({ paths: names.map((name) => prefix + name), cells });
  }
  return rows;
}
