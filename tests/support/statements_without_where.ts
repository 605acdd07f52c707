/**
 * The UPDATE and DELETE statements of an SQL or PL/pgSQL text that have no WHERE of their own, each
 * as its first words. Comments and string literals are left out; a nested dollar-quoted body counts
 * as a literal.
 */
export function statementsWithoutWhere(text: string): string[] {
  const tokens = tokenize(text);
  const found: string[] = [];
  tokens.forEach((token, start) => {
    if (!begins(tokens, start)) return;
    let depth = 0;
    let has_where = false;
    let has_set = token === "delete";
    for (let at = start + 1; at < tokens.length; at++) {
      const next = tokens[at] ?? "";
      if (next === "(") depth++;
      else if (next === ")" && depth-- === 0) break;
      else if (next === ";" && depth === 0) break;
      else if (depth === 0 && next === "set") has_set = true;
      else if (depth === 0 && next === "where") has_where = true;
    }
    // Privileges, triggers and row locks say "update", too, but set nothing.
    if (has_set && !has_where) found.push(tokens.slice(start, start + 8).join(" "));
  });
  return found;
}

/** Words that come before an "update" which is no statement. */
const NOT_A_STATEMENT = new Set(["for", "key", "do", "or", "of", "before", "after", "grant", ","]);

function begins(tokens: string[], at: number): boolean {
  const [before = ";", token, after] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (token === "delete") return after === "from";
  return token === "update" && !NOT_A_STATEMENT.has(before) && /^[a-z_"]/.test(after ?? "");
}

const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|(\$(?:[a-z_]\w*)?\$)[\s\S]*?\1|'(?:[^']|'')*'|"[^"]*"|[a-z_][\w.]*|\d+|\S/gi;

function tokenize(text: string): string[] {
  return [...text.matchAll(TOKEN)]
    .map(([token]) => token.toLowerCase())
    .filter((token) => !/^(--|\/\*|'|\$\w*\$)/.test(token));
}
