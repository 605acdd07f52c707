import type { Session } from "../../local/database/local_database.ts";

export const PREFLIGHT = new URL(
  "../../supabase/migrations/20261129095900_preflight.sql",
  import.meta.url,
);

export const UNINSTALL = new URL("../../supabase/uninstall.sql", import.meta.url);

/** Lists by the name of their constant, each as a text between quotes. */
type Lists = Record<
  "c_relations" | "c_functions" | "c_triggers" | "c_documented" | "c_versions",
  string
>;

/**
 * The preflight with its lists as the migrated `database` has them, which must have nothing else in
 * schemas public and private.
 */
export async function preflightFor(database: Session): Promise<string> {
  const { c_versions: _, ...lists } = await readLists(database);
  return await withLists(PREFLIGHT, lists);
}

/** The same of the script that removes Convene. */
export async function uninstallFor(database: Session): Promise<string> {
  const { c_documented: _, ...lists } = await readLists(database);
  return await withLists(UNINSTALL, lists);
}

async function withLists(file: URL, lists: Partial<Lists>): Promise<string> {
  let text = await Deno.readTextFile(file);
  for (const [name, list] of Object.entries(lists)) {
    const constant = new RegExp(`(  ${name} constant [^']*')[^']*'`);
    if (!constant.test(text)) throw new Error(`${file.pathname} has no list ${name}`);
    text = text.replace(constant, (_, start) => `${start}${wrapped(list)}'`);
  }
  return text;
}

/** In lines of at most 116 characters, indented by four. */
function wrapped(list: string): string {
  const lines = [""];
  for (const word of list.split(" ")) {
    const line = `${lines.at(-1)} ${word}`.trim();
    if (line.length > 112) lines.push(word);
    else lines[lines.length - 1] = line;
  }
  return lines.map((line) => `\n    ${line}`).join("");
}

const OURS = "('public'::regnamespace, 'private'::regnamespace)";
const ADOPTABLE = ["meetings", "tasks", "task_calendar_events"];

async function readLists(database: Session): Promise<Lists> {
  const names = async (text: string) =>
    (await database.query<{ name: string }>(`${text} order by 1`)).map(({ name }) => name).join(
      " ",
    );
  const columns = await database.query<{ table: string; column: string; type: string }>(
    `select c.relname::text as table, a.attname::text as column,
       t.typname::text as type
     from pg_class as c
     join pg_attribute as a on a.attrelid = c.oid
     join pg_type as t on t.oid = a.atttypid
     where c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped
     order by c.oid, a.attnum`,
  );
  const documented = Object.fromEntries(
    ADOPTABLE.map((name) => [
      name,
      Object.fromEntries(
        columns.filter(({ table }) => table === name).map(({ column, type }) => [column, type]),
      ),
    ]),
  );
  return {
    // Not the index of a constraint: Postgres itself finds another name for it. Partitions come and
    // go by the month.
    c_relations: await names(
      `select c.relnamespace::regnamespace || '.' || c.relname as name from pg_class as c
       where c.relnamespace in ${OURS} and c.relkind in ('r', 'v', 'm', 'p', 'S', 'i', 'I')
         and not c.relispartition
         and not exists (select from pg_constraint as k where k.conindid = c.oid)`,
    ),
    c_functions: await names(
      `select distinct p.pronamespace::regnamespace || '.' || p.proname as name from pg_proc as p
       where p.pronamespace in ${OURS} and not exists (
         select from pg_depend as d
          where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`,
    ),
    c_triggers: await names(
      `select distinct tgname::text as name from pg_trigger
       where not tgisinternal and tgrelid::regclass::text = any ('{${ADOPTABLE}}')`,
    ),
    c_versions: await names(
      "select version as name from supabase_migrations.schema_migrations",
    ),
    c_documented: JSON.stringify(documented).replaceAll('":', '": ').replaceAll(',"', ', "'),
  };
}
