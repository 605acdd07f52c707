import type { LocalDatabase } from "../../../local/database/local_database.ts";
import { openPgliteDatabase } from "../../../local/database/pglite_database.ts";
import type { PreparedProject } from "../../../local/platform.ts";
import { applyHostedRoles, HOSTED_SUPERUSER, preparedProject } from "./hosted_project.ts";

/**
 * The same project as `hostedProject()` makes, in PGlite. Its one session belongs to a superuser for
 * ever, so each use of the database begins as another role; the timeouts of a role, which only a
 * login sets, do not apply.
 */
export async function hostedPglite(): Promise<PreparedProject & AsyncDisposable> {
  const database = await openPgliteDatabase();
  try {
    // The first role cannot lose its rights, but its name can go to a role that has none.
    await database.execute(`
      create role ${HOSTED_SUPERUSER} superuser login bypassrls;
      set session authorization ${HOSTED_SUPERUSER};
      alter role postgres rename to initial_superuser;
    `);
    const { providers } = await preparedProject(database);
    await applyHostedRoles(database);
    introspectAsSuperuser(database);
    return {
      owner: actingAs(database, "postgres"),
      api: actingAs(database, "authenticator"),
      providers,
      [Symbol.asyncDispose]: () => database.close(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Why the API's role must not: see `hostedProject()`. Only that role's requests lead to it. */
function introspectAsSuperuser({ connection }: LocalDatabase): void {
  const introspect = connection.introspect.bind(connection);
  connection.introspect = async (options) => {
    await connection.exec(`set session authorization ${HOSTED_SUPERUSER}`);
    try {
      return await introspect(options);
    } finally {
      await connection.exec("set session authorization authenticator");
    }
  };
}

function actingAs(database: LocalDatabase, role: string): LocalDatabase {
  const login = `set local session authorization ${role}`;
  const transaction: LocalDatabase["transaction"] = (work) =>
    database.transaction(async (session) => {
      await session.execute(login);
      return await work(session);
    });
  return {
    ...database,
    query: (text, params) => transaction((session) => session.query(text, params)),
    execute: (script) => transaction((session) => session.execute(script)),
    transaction,
    exclusive: (work) =>
      database.exclusive(async () => {
        await database.connection.exec(`set session authorization ${role}`);
        try {
          return await work();
        } finally {
          await database.connection.exec(`set session authorization ${HOSTED_SUPERUSER}`);
        }
      }),
  };
}
