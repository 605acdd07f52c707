import type { LocalDatabase } from "../../../local/database/local_database.ts";
import { openPostgresDatabase } from "../../../local/database/postgres_database.ts";
import { openApi } from "../../../local/api.ts";
import { prepareDatabase } from "../../../local/database/prepare_database.ts";
import { generateKeys } from "../../../local/keys.ts";
import type { PreparedProject } from "../../../local/platform.ts";

/** The superuser of a hosted project; migrations never run as this role. */
export const HOSTED_SUPERUSER = "supabase_admin";

/** A database of one role, a superuser, prepared as the local platform prepares it. */
export async function preparedProject(
  database: LocalDatabase,
): Promise<PreparedProject & AsyncDisposable> {
  return {
    owner: database,
    api: database,
    providers: await prepareDatabase(database, openApi(database, generateKeys()).app),
    [Symbol.asyncDispose]: () => database.close(),
  };
}

/**
 * Makes the empty database at `superuser_url` a hosted project before its first migration:
 * `supabase_admin` owns auth, extensions, cron, net and vault, made beforehand; `postgres` is no
 * superuser; `authenticator` has timeouts of 8 s and inherits nothing. Returns connections as
 * `postgres` and as `authenticator`, whose passwords are `password`.
 */
export async function hostedProject(
  superuser_url: string,
  password: string = crypto.randomUUID(),
): Promise<PreparedProject & AsyncDisposable> {
  const superuser = await openPostgresDatabase(superuser_url);
  try {
    const { providers } = await preparedProject(superuser);
    if (providers.cron === "extension") {
      await superuser.execute("create extension pg_cron with schema pg_catalog");
    }
    await applyHostedRoles(superuser);
    await superuser.execute(`
      alter role postgres password '${password}';
      alter role authenticator password '${password}';
    `);
    await using opened = new AsyncDisposableStack();
    const openAs = async (role: string) => {
      const url = new URL(superuser_url);
      url.username = role;
      url.password = password;
      const database = await openPostgresDatabase(url.href);
      opened.defer(() => database.close());
      return database;
    };
    const project = {
      owner: await openAs("postgres"),
      api: await openAs("authenticator"),
      providers,
    };
    // lite reads the schema through information_schema, which shows a role only what it may use
    // itself; hosted PostgREST reads the catalog.
    const { introspect } = project.owner.connection;
    project.api.connection.introspect = introspect.bind(project.owner.connection);
    const connections = opened.move();
    return { ...project, [Symbol.asyncDispose]: () => connections.disposeAsync() };
  } finally {
    await superuser.close();
  }
}

/** Gives the roles of a prepared database the rights of a hosted project. */
export async function applyHostedRoles(superuser: LocalDatabase): Promise<void> {
  await superuser.execute(
    await Deno.readTextFile(new URL("hosted_roles.sql", import.meta.url)),
  );
}
