/**
 * Splits a migration into its statements, as the Supabase CLI splits and records it: cut at every
 * `;` outside quotes, dollar quotes, comments, parentheses and `begin atomic ... end` bodies;
 * comments before a statement stay with it; the `;` and outer white space go.
 */
export function splitStatements(script: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let position = 0;
  let parentheses = 0;
  let atomic = 0;
  const cut = (end: number) => {
    const statement = script.slice(start, end).trim();
    if (statement !== "") statements.push(statement);
    start = end + 1;
  };

  while (position < script.length) {
    const token = tokenAt(script, position);
    if (token.word === "atomic" && /\bbegin\s+$/i.test(script.slice(start, position))) atomic++;
    else if (atomic > 0 && token.word === "case") atomic++;
    else if (atomic > 0 && token.word === "end") atomic--;
    else if (token.symbol === "(") parentheses++;
    else if (token.symbol === ")") parentheses--;
    else if (token.symbol === ";" && parentheses <= 0 && atomic === 0) cut(position);
    position = token.end;
  }
  cut(script.length);
  return statements;
}

interface Token {
  end: number;
  word?: string;
  symbol?: string;
}

function tokenAt(script: string, at: number): Token {
  const rest = script.slice(at, at + 64);
  const character = script[at] ?? "";
  if (rest.startsWith("--")) return { end: after(script, "\n", at) };
  if (rest.startsWith("/*")) return { end: blockCommentEnd(script, at) };
  if (character === "'" || character === '"') return { end: quoteEnd(script, at, character) };
  const escapeString = /^[eE]'/.exec(rest);
  if (escapeString) return { end: quoteEnd(script, at + 1, "'", true) };
  const tag = /^\$(?:[A-Za-z_]\w*)?\$/.exec(rest)?.[0];
  if (tag) return { end: after(script, tag, at + tag.length) };
  const word = /^[A-Za-z_]\w*/.exec(script.slice(at, at + 256))?.[0];
  if (word) return { end: at + word.length, word: word.toLowerCase() };
  return { end: at + 1, symbol: character };
}

function after(script: string, end: string, from: number): number {
  const found = script.indexOf(end, from);
  return found < 0 ? script.length : found + end.length;
}

function quoteEnd(script: string, opening: number, quote: string, backslashes = false): number {
  for (let position = opening + 1; position < script.length; position++) {
    if (backslashes && script[position] === "\\") position++;
    else if (script[position] === quote) {
      if (script[position + 1] !== quote) return position + 1;
      position++;
    }
  }
  return script.length;
}

function blockCommentEnd(script: string, at: number): number {
  let depth = 0;
  for (let position = at; position < script.length; position++) {
    const pair = script.slice(position, position + 2);
    if (pair !== "/*" && pair !== "*/") continue;
    depth += pair === "/*" ? 1 : -1;
    position++;
    if (depth === 0) return position + 1;
  }
  return script.length;
}
