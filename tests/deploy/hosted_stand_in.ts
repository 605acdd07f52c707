import postgres from "postgres";
import { netWorker } from "../../local/background/net_worker.ts";
import { cronRunner } from "../../local/background/cron_runner.ts";
import { openApi } from "../../local/api.ts";
import { startGateway } from "../../local/gateway.ts";
import { generateKeys } from "../../local/keys.ts";
import { userTokens } from "../../local/user_tokens.ts";
import { type LocalUser, signUp } from "../../local/users.ts";
import { startGoogleEmulator } from "../../packages/google-calendar-emulator/emulator.ts";
import {
  type EmulatorControl,
  emulatorControl,
} from "../../packages/google-calendar-emulator/control.ts";
import { HOSTED_SUPERUSER, hostedProject } from "../support/hosted/hosted_project.ts";
import { bootPostgres } from "../support/postgres_boot.ts";
import { hostedFunctions } from "./hosted_functions.ts";
import { PROJECT_REF, startManagementApi } from "./management_api.ts";
import { sessionPooler } from "./session_pooler.ts";

/** A hosted project before Convene, everything on this machine, and Google's emulator. */
export interface HostedStandIn extends AsyncDisposable {
  readonly ref: string;
  /** In place of https://<ref>.supabase.co. */
  readonly api_url: string;
  /** As the role postgres, the owner of what the CLI creates. */
  readonly database_url: string;
  /** Makes the CLI a logged-in user of this project. */
  readonly environment: Record<string, string>;
  /** GOOGLE_* of the emulator: the client, and its addresses. */
  readonly google_secrets: Record<string, string>;
  readonly google: EmulatorControl;
  /** The functions' secrets, as set. */
  readonly secrets: Map<string, string>;
  /** Names and values of the secret keys. */
  readonly keys: Map<string, string>;
  /** The requests that changed something, as "METHOD /path". */
  readonly changes: string[];
  sql<Row = Record<string, unknown>>(text: string): Promise<Row[]>;
  createUser(email: string): Promise<LocalUser>;
}

const CRON_PAUSE_MS = 500;

export async function startHostedStandIn(): Promise<HostedStandIn> {
  await using started = new AsyncDisposableStack();
  const server = await bootPostgres({ superuser: HOSTED_SUPERUSER });
  started.defer(() => server.stop());
  const password = crypto.randomUUID();
  const project = started.use(await hostedProject(server.admin_url, password));
  const owner_url = new URL(server.admin_url);
  owner_url.username = "postgres";
  owner_url.password = password;
  const sql = postgres(owner_url.href, { max: 2, onnotice: () => {} });
  started.defer(() => sql.end());
  const pooler = started.use(await sessionPooler(server.admin_url, PROJECT_REF));

  const platform_keys = generateKeys();
  const tokens = await userTokens(platform_keys.jwt_secret);
  const api = openApi(project.api, platform_keys);
  const gateway = startGateway({ port: 0, tokens });
  started.defer(() => gateway.stop());
  gateway.setApi(api.fetch);

  const google_secrets = {
    GOOGLE_CLIENT_ID: platform_keys.google_client_id,
    GOOGLE_CLIENT_SECRET: platform_keys.google_client_secret,
  };
  const emulator = await startGoogleEmulator({
    port: 0,
    strict: true,
    client: {
      client_id: google_secrets.GOOGLE_CLIENT_ID,
      client_secret: google_secrets.GOOGLE_CLIENT_SECRET,
      redirect_uris: [`${gateway.url}/functions/v1/google-auth/callback`],
    },
  });
  started.defer(() => emulator.stop());

  const secrets = new Map<string, string>();
  const keys = new Map([["default", platform_keys.secret_key]]);
  const changes: string[] = [];
  const functions = hostedFunctions(() => ({
    SUPABASE_URL: gateway.url,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: platform_keys.publishable_key }),
    SUPABASE_SECRET_KEYS: JSON.stringify(Object.fromEntries(keys)),
    SUPABASE_JWKS: tokens.jwks,
    ...Object.fromEntries(secrets),
  }));
  started.use(functions);
  gateway.setFunctions(functions.origin);

  const management = started.use(
    await startManagementApi({
      onDeployment: (slug) => {
        changes.push(`deploy ${slug}`);
        functions.deploy(slug, `${management.directory}/${slug}`);
      },
      routes: {
        "GET ": () =>
          Response.json({
            id: PROJECT_REF,
            ref: PROJECT_REF,
            organization_id: "convene",
            organization_slug: "convene",
            name: "convene",
            region: "eu-west-1",
            created_at: "2030-01-01T00:00:00Z",
            status: "ACTIVE_HEALTHY",
            database: { host: "", version: "17.4", postgres_engine: "17", release_channel: "ga" },
          }),
        "GET /api-keys": () =>
          Response.json([
            {
              name: "default",
              api_key: platform_keys.publishable_key,
              type: "publishable",
              id: "publishable",
            },
            ...[...keys].map(([name, api_key]) => ({ name, api_key, type: "secret", id: name })),
          ]),
        "GET /config/database/pooler": () => Response.json([pooler.configuration]),
        "POST /cli/login-role": () => Response.json(pooler.login, { status: 201 }),
        "GET /secrets": async () => Response.json(await digests(secrets)),
        "POST /secrets": async (request) => {
          for (const { name, value } of await request.json()) {
            secrets.set(name, value);
            changes.push(`secret ${name}`);
          }
          functions.restart();
          return new Response(null, { status: 201 });
        },
        "DELETE /secrets": async (request) => {
          for (const name of await request.json()) {
            secrets.delete(name);
            changes.push(`unset ${name}`);
          }
          functions.restart();
          return Response.json({});
        },
        "GET /functions": () => Response.json(functions.list()),
        // Several functions are uploaded one by one, and become active together.
        "PUT /functions": () => Response.json({ functions: functions.list() }),
        "POST /database/query": async (request) =>
          await runQuery(sql, await request.json(), changes),
      },
      otherRoute: (route) => {
        const slug = /^DELETE \/functions\/([a-z-]+)$/.exec(route)?.[1];
        if (slug === undefined) return null;
        functions.remove(slug);
        changes.push(`delete ${slug}`);
        return Response.json({});
      },
    }),
  );

  // What is created after lite read the schema has to be seen; Supabase's REST hears of it by an event trigger.
  const refresh = async () => {
    await project.owner.exclusive(() => project.api.connection.clearSchemaCache());
  };
  const net = netWorker(project.owner, () => {});
  net.start();
  started.defer(() => net.stop());
  const cron = cronRunner(project.owner, { keep_details: true, onError: () => {} });
  let timer: ReturnType<typeof setTimeout>;
  const tick = async () => {
    await cron.runAll().catch(() => []);
    timer = setTimeout(tick, CRON_PAUSE_MS);
  };
  timer = setTimeout(tick, CRON_PAUSE_MS);
  started.defer(async () => {
    clearTimeout(timer);
    await cron.stop();
  });

  const running = started.move();
  return {
    ref: PROJECT_REF,
    api_url: gateway.url,
    database_url: owner_url.href,
    environment: management.environment,
    google_secrets: {
      ...google_secrets,
      GOOGLE_AUTHORIZATION_URL: `${emulator.url}/o/oauth2/v2/auth`,
      GOOGLE_TOKEN_URL: `${emulator.url}/token`,
      GOOGLE_REVOCATION_URL: `${emulator.url}/revoke`,
      GOOGLE_USERINFO_URL: `${emulator.url}/v1/userinfo`,
      GOOGLE_CALENDAR_URL: `${emulator.url}/calendar/v3`,
    },
    google: emulatorControl(emulator.url),
    secrets,
    keys,
    changes,
    sql: async <Row>(text: string) => [...await sql.unsafe(text)] as unknown as Row[],
    async createUser(email) {
      await refresh();
      return await signUp(api.fetch, platform_keys.publishable_key, tokens, email);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function digests(secrets: ReadonlyMap<string, string>) {
  return await Promise.all(
    [...secrets].map(async ([name, value]) => {
      const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(value));
      return { name, value: new Uint8Array(digest).toHex(), updated_at: "2030-01-01T00:00:00Z" };
    }),
  );
}

/** As the role postgres; the result of the last statement. */
async function runQuery(
  sql: postgres.Sql,
  { query, read_only }: { query: string; read_only?: boolean },
  changes: string[],
): Promise<Response> {
  if (read_only !== true) changes.push("query");
  const begin = read_only === true ? "begin read only;" : "begin;";
  const connection = await sql.reserve();
  try {
    await connection.unsafe(begin);
    const result: unknown = await connection.unsafe(query);
    await connection.unsafe("commit");
    const last = Array.isArray(result) && Array.isArray(result.at(-1)) ? result.at(-1) : result;
    return Response.json(last, { status: 201 });
  } catch (error) {
    await connection.unsafe("rollback");
    const { message, code, hint } = error as postgres.PostgresError;
    const text = `Failed to run sql query: ERROR:  ${code}: ${message}${
      hint ? `\nHINT:  ${hint}` : ""
    }`;
    return Response.json({ message: text }, { status: 400 });
  } finally {
    connection.release();
  }
}
