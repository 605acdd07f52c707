import { type Platform, type PlatformOptions, startPlatform } from "../../local/platform.ts";
import { isChosen } from "../support/chosen_database.ts";
import { emptyPglite } from "../support/prepared_databases.ts";
import { startPostgresServer } from "../support/postgres_server.ts";

export const FIXTURE_MIGRATIONS = new URL("fixtures/migrations/", import.meta.url);
export const FIXTURE_FUNCTIONS = new URL("fixtures/functions/", import.meta.url);

/** A platform on this folder's migrations and functions, without background work. */
export async function startFixture(options: PlatformOptions = {}): Promise<Platform> {
  return await startPlatform({
    database: await emptyPglite(),
    migrations_dir: FIXTURE_MIGRATIONS,
    functions_dir: FIXTURE_FUNCTIONS,
    functions: "none",
    background: { net: false, cron: false },
    // The fixtures never call Google, so no emulator needs to start.
    environment: { GOOGLE_CLIENT_ID: "unused.example", GOOGLE_CLIENT_SECRET: "unused" },
    onError: () => {},
    ...options,
  });
}

/** Registers a test on PGlite and the same on a database of a real server. */
export function onBothDatabases(
  name: string,
  keep: (database: NonNullable<PlatformOptions["database"]>) => Promise<void>,
): void {
  if (isChosen("PGlite", { on_both: true })) {
    Deno.test(`${name}, on PGlite`, async () => await keep(await emptyPglite()));
  }
  if (isChosen("Postgres", { on_both: true })) {
    Deno.test(`${name}, on Postgres`, async () => {
      await using server = await startPostgresServer();
      const { url } = await server.createDatabase();
      await keep({ kind: "url", url });
    });
  }
}

/** Requests to `/rest/v1` of a platform with one key, and a user's token if given. */
export function rest(platform: Platform, apikey: string, access_token?: string) {
  return async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${platform.api_url}/rest/v1/${path}`, {
      ...init,
      headers: {
        apikey,
        ...(access_token ? { authorization: `Bearer ${access_token}` } : {}),
        "content-type": "application/json",
        prefer: "return=minimal",
      },
    });
    const text = await response.text();
    const body: unknown = text === "" ? null : JSON.parse(text);
    return { status: response.status, body, code: codeOf(body) };
  };
}

function codeOf(body: unknown): unknown {
  return typeof body === "object" && body !== null && "code" in body ? body.code : undefined;
}
