import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CODES, isCode } from "@shared/failures/codes.ts";
import { REASONS } from "@shared/failures/reasons.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Decisions of the database that are no error; of `failed`, the row says the code. The others are codes, or become one. */
const NO_ERRORS = new Set([
  "accepted",
  "already_cancelled",
  "changed",
  "claimed",
  "created",
  "discarded",
  "exists",
  "expand",
  "failed",
  "kept",
  "new",
  "not_needed",
  "proposed",
  "rejected",
  "requeued",
  "scheduled",
  "settled",
  "stored",
  "unchanged",
]);

/** Decisions under another name than the code that a caller gets for them. */
const DECISIONS: Readonly<Record<string, string>> = {
  deleted: "cancelled",
  frozen: "invalid_request",
  incomplete: "invalid_request",
  invalid: "invalid_request",
  lease_lost: "in_progress",
  not_found: "meeting_not_found",
  not_offered: "invalid_request",
  paused: "connection_paused",
  taken: "busy",
  too_many_holds: "rate_limited",
};

/** Codes of results that are no errors. */
const RESULTS = new Set([
  "created",
  "rescheduled",
  "unchanged",
  "user_busy",
  "guest_busy",
  "guest_unknown",
  "no_alternatives",
  "tentative_unknown",
]);

interface Literal {
  file: string;
  code: string;
}

const sql = await textsOf("supabase/migrations", ".sql");
const typescript = [
  ...await textsOf("shared", ".ts"),
  ...await textsOf("supabase/functions", ".ts"),
].filter(({ file }) =>
  !/\/(failures|scheduling|meetings|schemas)\/|(contract|database)\/types\.ts$/.test(file)
);

Deno.test("every stored error in SQL begins with a code of the registry", () => {
  const found = [
    ...literals(sql, /'([a-z_]+): [A-Z]/g),
    ...listed(
      sql,
      /\b(?:writeback_error|scheduling_error|sync_error|meet_link_error|v_code)\s*(?::?=|<>|in|not in|is distinct from)\s*(\([^)]*\)|'[a-z_]+')/g,
    ),
    ...listed(sql, /split_part\([^)]*_error, ':', 1\)\s*(?:=|<>|in)\s*(\([^)]*\)|'[a-z_]+')/g),
  ];
  assert.ok(found.length > 10, "the patterns find the literals");
  assert.deepEqual(found.filter(({ code }) => !isCode(code)), []);
});

Deno.test("every decision in SQL is no error, or a code of the registry", () => {
  const found = [
    ...literals(sql, /'decision', '([a-z_]+)'/g),
    ...listed(sql, /'decision', (case\b[\s\S]*?\bend),/g, /\b(?:then|else) '([a-z_]+)'/g),
  ];
  assert.ok(found.length > 30, "the patterns find the literals");
  const known = (code: string) => NO_ERRORS.has(code) || isCode(DECISIONS[code] ?? code);
  assert.deepEqual(found.filter(({ code }) => !known(code)), []);
});

Deno.test("SQL requeues after reconnecting exactly what the registry says reconnecting cures", () => {
  const text = sql.map(({ text }) => text).join("\n");
  const body = /function private\.connection_failures\(\)[\s\S]*?array\[([^\]]*)\]/.exec(text)?.[1];
  const cured = Object.entries(REASONS).filter(([, { verdict }]) => verdict === "reconnect");
  assert.deepEqual(
    [...(body ?? "").matchAll(/'([a-z_]+)'/g)].map(([, code]) => code).sort(),
    cured.map(([code]) => code).sort(),
  );
});

Deno.test("every code in TypeScript is one of the registry", () => {
  const found = [
    ...literals(typescript, /\b(?:error|code): "([a-z]+(?:_[a-z]+)*)"/g),
    ...literals(
      typescript,
      /\b(?:HttpFault|rejection|deferral|rejected|refused|reconnect|over|errorText)\(\s*"([a-z_]+)"/g,
    ),
  ];
  assert.ok(found.length > 60, "the patterns find the literals");
  assert.deepEqual(found.filter(({ code }) => !isCode(code) && !RESULTS.has(code)), []);
});

Deno.test("no code is left that nothing says", () => {
  const text = [...sql, ...typescript, ...TRANSLATION].map(({ text }) => text).join("\n");
  const unused = Object.keys(CODES).filter((code) =>
    !new RegExp(`["'\`]${code}(?:["'\`:]|_\\$)|\\.${code}\\b`).test(text)
  );
  assert.deepEqual(unused, []);
});

/** The translation of Google's replies is itself a user of the codes. */
const TRANSLATION = (await textsOf("shared/failures", ".ts")).filter(({ file }) =>
  /reply\.ts$/.test(file)
);

function literals(files: readonly { file: string; text: string }[], pattern: RegExp): Literal[] {
  return files.flatMap(({ file, text }) =>
    [...text.matchAll(pattern)].map(([, code = ""]) => ({ file, code }))
  );
}

/** The codes inside of what `pattern` finds. */
function listed(
  files: readonly { file: string; text: string }[],
  pattern: RegExp,
  inner = /'([a-z_]+)'/g,
): Literal[] {
  return files.flatMap(({ file, text }) =>
    [...text.matchAll(pattern)].flatMap(([, part = ""]) => literals([{ file, text: part }], inner))
  );
}

async function textsOf(folder: string, end: string): Promise<{ file: string; text: string }[]> {
  const found: { file: string; text: string }[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
    const file = `${folder}/${name}`;
    if (isDirectory) found.push(...await textsOf(file, end));
    else if (name.endsWith(end)) {
      const text = await Deno.readTextFile(join(ROOT, file));
      found.push({ file, text: text.replace(/^\s*(?:--|\/\/|\*).*$/gm, "") });
    }
  }
  return found;
}
