import type { Session } from "../database/local_database.ts";

/** SQL functions that people call; all others are how the edge functions use the database. */
const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  "For signed-in users": ["read_queue"],
  "To see": [
    "convene_health",
    "get_pending_writebacks",
    "list_failed_searches",
    "count_failed_work",
    "preview_change",
  ],
  "To change and cancel": [
    "change_meeting",
    "cancel_meeting",
    "cancel_meetings_of_user",
    "decide_move",
  ],
  "To retry, pause and resume": [
    "requeue_meeting",
    "requeue_meetings",
    "requeue_failed_work",
    "pause_work",
    "resume_work",
  ],
  "Of the original system": [
    "claim_writebacks",
    "mark_writeback_success",
    "mark_writeback_failure",
  ],
};

const INTRODUCTION = `# Tables and SQL functions

Written by \`deno task docs:sql\` from the comments of the database, and compared with it by
\`tests/integration/sql_page_test.ts\`. This page has the schema \`public\`, which REST exposes. Row
level security gives signed-in users their own rows; which columns they may read and write is in
[access.md](access.md). What a row of \`meetings\` may contain is in [schedule.md](schedule.md) and
[limits.md](limits.md). The schema \`private\` holds the queue, the settings and the Google
connections: [operations.md](operations.md) names what an operator uses of it.`;

const FUNCTION_INTRODUCTION = `## Functions

Call a function in the SQL editor, or over REST as \`supabase.rpc(name, {parameter: value})\`.
\`read_queue\` is for signed-in users, all others are for the service role (a secret key). Examples
are in [operations.md](operations.md). A parameter with a default can be left out; a null
\`p_user_id\` means every user. Functions that are not listed here belong to the edge functions and
may change; [access.md](access.md) has all of them.`;

interface Relation {
  name: string;
  kind: "table" | "view";
  comment: string;
  columns: { name: string; type: string; default: string | null; comment: string }[];
}

interface SqlFunction {
  name: string;
  arguments: string;
  result: string;
  comment: string;
}

/** The page of tables, views and SQL functions, as Markdown, read from a migrated database. */
export async function sqlPage(database: Pick<Session, "query">): Promise<string> {
  const relations = await database.query<Relation>(RELATIONS);
  const functions = await database.query<SqlFunction>(FUNCTIONS_OF_PUBLIC);
  return [
    INTRODUCTION,
    ...(["table", "view"] as const).flatMap((kind) => [
      `## ${kind === "table" ? "Tables" : "Views"}`,
      ...relations.filter((relation) => relation.kind === kind).map(relationText),
    ]),
    FUNCTION_INTRODUCTION,
    ...Object.entries(FUNCTIONS).flatMap(([heading, names]) => [
      `### ${heading}`,
      functionTable(functions, names),
    ]),
  ].join("\n\n") + "\n";
}

function relationText({ name, comment, columns }: Relation): string {
  const rows = columns.map((column) =>
    row([
      `\`${column.name}\``,
      `\`${shortType(column.type)}\``,
      column.default === null ? "" : `\`${shortType(column.default)}\``,
      plain(column.comment),
    ])
  );
  return `### \`${name}\`\n\n${plain(comment)}\n\n${
    row(["column", "type", "default", "meaning"])
  }\n| --- | --- | --- | --- |\n${rows.join("\n")}`;
}

function functionTable(functions: readonly SqlFunction[], names: readonly string[]): string {
  const rows = names.map((name) => {
    const found = functions.filter((one) => one.name === name);
    const [first] = found;
    if (first === undefined || found.length > 1) {
      throw new Error(
        `public has ${found.length} functions ${name}: correct local/tasks/sql_page.ts`,
      );
    }
    return row([
      `\`${name}(${shortType(first.arguments)})\``,
      `\`${shortType(first.result)}\``,
      plain(first.comment),
    ]);
  });
  return `${row(["function", "returns", "does"])}\n| --- | --- | --- |\n${rows.join("\n")}`;
}

function row(cells: readonly string[]): string {
  return `| ${
    cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")
  } |`;
}

/** A comment has no Markdown in it. */
function plain(text: string): string {
  return text.replaceAll(/[<>*]/g, "\\$&");
}

/** Types as people write them, and literals without the type that Postgres prints after them. */
function shortType(sql: string): string {
  return sql.replaceAll(/::[a-z]+(?: [a-z]+)*(?:\[\])?/g, "")
    .replaceAll("timestamp with time zone", "timestamptz").replaceAll("DEFAULT NULL", "= null")
    .replaceAll("DEFAULT", "=");
}

const RELATIONS = `
select c.relname as name, case c.relkind when 'v' then 'view' else 'table' end as kind,
  obj_description(c.oid, 'pg_class') as comment,
  (select jsonb_agg(jsonb_build_object(
     'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
     'default', case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
     'comment', coalesce(col_description(c.oid, a.attnum), '')) order by a.attnum)
   from pg_attribute as a left join pg_attrdef as d on d.adrelid = c.oid and d.adnum = a.attnum
   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
from pg_class as c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
  and not exists (select from pg_depend as e where e.objid = c.oid and e.deptype = 'e')
order by c.relname`;

const FUNCTIONS_OF_PUBLIC = `
select p.proname as name, pg_get_function_arguments(p.oid) as arguments,
  pg_get_function_result(p.oid) as result, obj_description(p.oid, 'pg_proc') as comment
from pg_proc as p
where p.pronamespace = 'public'::regnamespace
order by p.proname`;
