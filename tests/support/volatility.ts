/** A function as the catalog has it. */
export interface CatalogFunction {
  /** As `regprocedure` prints it. */
  signature: string;
  /** Without its schema. */
  name: string;
  volatility: Volatility;
  body: string;
}

/** `pg_proc.provolatile`: immutable, stable, volatile. */
export type Volatility = "i" | "s" | "v";

const ORDER: Record<Volatility, number> = { i: 0, s: 1, v: 2 };
const WORDS: Record<Volatility, string> = { i: "immutable", s: "stable", v: "volatile" };

/**
 * Each function that promises more than its body keeps, with the reason: it writes, it reads a table,
 * or it calls a function that is less strict. A function's name counts as its least strict overload
 * among `functions` and as its strictest among `built_in`, so that nothing is reported on a guess.
 */
export function tooStrict(
  functions: readonly CatalogFunction[],
  built_in: ReadonlyMap<string, Volatility>,
): string[] {
  const own = new Map<string, Volatility>();
  for (const { name, volatility } of functions) {
    if (ORDER[volatility] >= ORDER[own.get(name) ?? "i"]) own.set(name, volatility);
  }
  return functions.flatMap(({ signature, volatility, body }) => {
    const text = withoutLiterals(body);
    const reasons = new Set<string>();
    const needs = (least: Volatility, reason: string) => {
      if (ORDER[least] > ORDER[volatility]) reasons.add(reason);
    };
    if (
      /\b(insert\s+into|delete\s+from|truncate|update\s+[\w.]+(\s+as\s+\w+)?\s+set)\b/.test(text)
    ) {
      needs("v", "writes");
    }
    if (/\bfor\s+(no\s+key\s+)?update\b/.test(text)) needs("v", "locks rows");
    if (/\b(from|join)\s+(public|private|auth|vault|net|cron)\./.test(text)) {
      needs("s", "reads a table");
    }
    for (const [, schema, name = ""] of text.matchAll(/(?:\b(\w+)\.)?\b(\w+)\s*\(/g)) {
      const called = schema === "public" || schema === "private"
        ? own.get(name)
        : schema === undefined || schema === "pg_catalog"
        ? built_in.get(name)
        : undefined;
      if (called) needs(called, `calls ${name}(), which is ${WORDS[called]}`);
    }
    if (reasons.size === 0) return [];
    return [`${signature} is declared ${WORDS[volatility]} but ${[...reasons].join(", ")}`];
  });
}

function withoutLiterals(body: string): string {
  return body.toLowerCase().replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, " ");
}
