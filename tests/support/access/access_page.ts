import {
  DATABASE_ROLES,
  type DatabaseAccess,
  type DatabaseRole,
  type FunctionTry,
  type RelationTry,
} from "./database_access.ts";
import { FUNCTION_CALLERS, type FunctionLine } from "./function_access.ts";

export const ACCESS_PAGE = new URL("../../../docs/access.md", import.meta.url);

/** The headings of the page, with what stands below each. */
export type Section = "Tables and views" | "SQL functions" | "Edge functions";

const INTRODUCTION = `# Who may do what

Written by \`deno task docs:access\`: every right was tried on a migrated database and a running stack,
in which one user, the owner, has a row in every table. \`tests/integration/access_test.ts\` tries again
and compares, also on a project whose default privileges grant everything. An object that is not on this
page fails that test.

| column        | who                                                                                     |
| ------------- | --------------------------------------------------------------------------------------- |
| anonymous     | role \`anon\`: without a key, or with the publishable key                                 |
| stranger      | a signed-in user who has nothing to do with the owner                                   |
| participant   | a signed-in user who is a participant of the owner's meeting and a guest of their event |
| owner         | the signed-in user to whom the rows belong                                              |
| secret key    | role \`service_role\`: any secret key, and the edge functions themselves                  |

An empty cell: refused. \`none\`: allowed for the caller's own rows; no row of the owner was reached.
Each column is tried separately; \`_row_\` is the row as a whole.`;

const DATABASE =
  `Schema \`private\` is not exposed over REST. Its objects were also tried as if users had the
right to use the schema: they are refused all the same.`;

const FUNCTIONS =
  `\`yes\`: done. \`own\`: the request concerns only what is the caller's. Anything else is the error
code. Other methods are answered \`method_not_allowed\`, other paths \`not_found\`. Every method of every
function answers \`OPTIONS\` (CORS) without credentials.`;

/** docs/access.md before formatting. */
export function accessPage(database: DatabaseAccess, functions: FunctionLine[]): string {
  return [
    INTRODUCTION,
    relationsSection(database.relations),
    functionsSection(database.functions),
    edgeFunctionsSection(functions),
  ].join("\n\n") + "\n";
}

/** One section of a page, from its heading to the next. */
export function sectionOf(page: string, section: Section): string {
  const [, after = ""] = page.split(`## ${section}\n`);
  return `## ${section}\n${after.split(/^## /m)[0] ?? ""}`.trimEnd() + "\n";
}

export function relationsSection(tries: readonly RelationTry[]): string {
  const parts = [...groupedBy(tries, ({ object }) => object)].map(([object, of]) => {
    const rows = [...groupedBy(of, ({ column_name }) => column_name)].map(([column, cells]) => [
      column === "" ? "_row_" : `\`${column}\``,
      ...DATABASE_ROLES.map((role) => cell(cells.filter(({ role_name }) => role_name === role))),
    ]);
    return `### ${of[0]?.kind} \`${object}\`\n\n${table(["column", ...DATABASE_ROLES], rows)}`;
  });
  return ["## Tables and views", DATABASE, ...parts].join("\n\n");
}

function cell(tries: readonly RelationTry[]): string {
  const reached = tries.filter(({ reach }) => reach === "reached");
  if (reached.length > 0) return reached.map(({ operation }) => operation).join(", ");
  return tries.some(({ reach }) => reach === "none") ? "none" : "";
}

export function functionsSection(tries: readonly FunctionTry[]): string {
  const answer = (of: readonly FunctionTry[], role: DatabaseRole) => {
    const reach = of.find(({ role_name }) => role_name === role)?.reach;
    return reach === "reached" ? "call" : reach === "none" ? "none" : "";
  };
  const rows = [...groupedBy(tries, ({ object }) => object)].map(([object, of]) => [
    `\`${object}\`${of[0]?.kind === "trigger" ? " (trigger)" : ""}`,
    ...DATABASE_ROLES.map((role) => answer(of, role)),
  ]);
  return `## SQL functions\n\n${table(["function", ...DATABASE_ROLES], rows)}`;
}

export function edgeFunctionsSection(lines: readonly FunctionLine[]): string {
  const sorted = [...lines].sort((a, b) => a.function < b.function ? -1 : 1);
  const parts = [...groupedBy(sorted, ({ function: name }) => name)].map(([name, of]) => {
    const rows = of.map(({ method, path, about, answers }) => [
      `${method} ${path}`,
      about,
      ...FUNCTION_CALLERS.map((caller) => answers[caller]),
    ]);
    return `### \`${name}\`\n\n${table(["method and path", "about", ...FUNCTION_CALLERS], rows)}`;
  });
  return ["## Edge functions", FUNCTIONS, ...parts].join("\n\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function groupedBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...groups.get(key(item)) ?? [], item]);
  return groups;
}
