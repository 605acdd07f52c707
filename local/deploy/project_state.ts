import * as z from "zod/mini";
import type { FunctionsToUpload } from "./functions_to_upload.ts";
import type { Digests } from "./secrets.ts";
import type { SupabaseProject } from "./supabase_project.ts";

/** The name of the secret key that wakes functions. */
export const AUTOMATIONS = "automations";

/** What a project has before a deployment. */
export interface ProjectState {
  readonly secrets: Digests;
  /** The secret key named `automations`; null if there is none. */
  readonly automations_key: string | null;
  /** The checksum of each deployed function, where Supabase tells one. */
  readonly functions: ReadonlyMap<string, string>;
  readonly database: DatabaseState;
}

export interface DatabaseState {
  readonly is_installed: boolean;
  readonly has_connections: boolean;
  /** Extensions that are neither there nor can be created. */
  readonly missing_extensions: readonly string[];
  /** Versions in the migration history. */
  readonly versions: readonly string[];
  /** SHA-256 of the entries of Vault, in hexadecimal digits, by name. */
  readonly vault: Readonly<Record<string, string>>;
}

const SECRETS = z.object({ secrets: z.array(z.object({ name: z.string(), value: z.string() })) });
const KEYS = z.object({
  keys: z.array(z.object({
    name: z.string(),
    type: z.optional(z.nullable(z.string())),
    api_key: z.optional(z.nullable(z.string())),
  })),
});
const FUNCTIONS = z.object({
  functions: z.array(z.object({
    slug: z.string(),
    ezbr_sha256: z.optional(z.nullable(z.string())),
  })),
});
const DATABASE = z.object({
  is_installed: z.boolean(),
  has_connections: z.boolean(),
  missing_extensions: z.array(z.string()),
  versions: z.array(z.string()),
  vault: z.record(z.string(), z.string()),
});

/** Tables that may be absent are named only in dynamic statements; query_to_xml runs one inside a query. */
const DATABASE_QUERY = `
select jsonb_build_object(
  'is_installed', to_regclass('private.installation') is not null,
  'has_connections', ${
  rowsOf("private.google_connections", "count(*) > 0 as value", "'false'")
} = 'true',
  'missing_extensions', (
    select coalesce(jsonb_agg(e.name), '[]')
    from (values ('pg_cron', 'cron'), ('pg_net', 'net'), ('supabase_vault', 'vault'), ('btree_gist', null)) as e (name, schema)
    where to_regnamespace(e.schema) is null
      and not exists (select from pg_available_extensions as a where a.name = e.name)),
  'versions', ${
  rowsOf(
    "supabase_migrations.schema_migrations",
    "coalesce(jsonb_agg(version order by version), '[]') as value",
    "'[]'",
  )
}::jsonb,
  'vault', ${
  rowsOf(
    "vault.decrypted_secrets",
    "coalesce(jsonb_object_agg(name, encode(sha256(convert_to(decrypted_secret, 'UTF8')), 'hex')), '{}') as value " +
      "from vault.decrypted_secrets where name in ('convene_functions_url', 'convene_automations_key')",
    "'{}'",
  )
}::jsonb
) as state`;

function rowsOf(table: string, columns: string, otherwise: string): string {
  const query = / from /.test(columns) ? `select ${columns}` : `select ${columns} from ${table}`;
  return `case when to_regclass('${table}') is null then ${otherwise}
    else (xpath('/table/row/value/text()', query_to_xml($q$${query}$q$, false, false, '')))[1]::text end`;
}

/** Reads all of it and changes nothing. Throws what the CLI said. */
export async function readProject(project: SupabaseProject): Promise<ProjectState> {
  const { ref } = project;
  const [secrets, keys, functions, database] = await Promise.all([
    project.readJson(["secrets", "list", `--remote=${ref}`]),
    project.readJson(["projects", "api-keys", `--remote=${ref}`, "--reveal"]),
    readFunctions(project),
    project.query<{ state: unknown }>(DATABASE_QUERY),
  ]);
  const automations = z.parse(KEYS, keys).keys.find(({ name, type }) =>
    name === AUTOMATIONS && type === "secret"
  );
  return {
    secrets: new Map(z.parse(SECRETS, secrets).secrets.map(({ name, value }) => [name, value])),
    automations_key: automations?.api_key ?? null,
    functions,
    database: z.parse(DATABASE, database[0]?.state),
  };
}

/** The checksums of the deployed functions by name; without one where Supabase tells none. */
export async function readFunctions(project: SupabaseProject): Promise<Map<string, string>> {
  const listed = await project.readJson(["functions", "list", `--remote=${project.ref}`]);
  return new Map(
    z.parse(FUNCTIONS, listed).functions.map(({ slug, ezbr_sha256 }) => [slug, ezbr_sha256 ?? ""]),
  );
}

/**
 * What the secret CONVENE_DEPLOYED says after a deployment: another value when the sources changed or a
 * function was deployed by other means. Null while one of them is not deployed or has no checksum.
 */
export function deployedMark(
  { names, fingerprint }: FunctionsToUpload,
  functions: ReadonlyMap<string, string>,
): string | null {
  const checksums = names.map((name) => functions.get(name) ?? "");
  return checksums.includes("") ? null : [fingerprint, ...checksums].join(" ");
}
