import { createClient } from "@supabase/supabase-js";
import { connectGoogle } from "../../local/connect_google.ts";
import {
  type EmulatorControl,
  emulatorControl,
} from "../../packages/google-calendar-emulator/control.ts";
import { type Platform, type PlatformOptions, startPlatform } from "../../local/platform.ts";
import { isChosen } from "./chosen_database.ts";
import { fetchFunction } from "./contract/fetch_function.ts";
import {
  emptyPglite,
  emptyPostgres,
  migratedPglite,
  migratedPostgres,
} from "./prepared_databases.ts";
import { startPostgresServer } from "./postgres_server.ts";
import { sharedPlatform } from "./shared_platform.ts";
import { promisesOf } from "./promises.ts";

/** All of Convene for one test file; nothing in it runs automatically unless requested. */
export interface Stack {
  platform: Platform;
  google: EmulatorControl;
  is_postgres: boolean;
  /** A new signed-in user whose Google account is connected. */
  organizer(options?: OrganizerOptions): Promise<Organizer>;
  /** A Google account without a Convene user: a guest. */
  guest(options?: GuestOptions): Promise<string>;
}

export interface GuestOptions {
  timezone?: string;
  freebusy?: "public" | "private";
  /** Taken times, RFC 3339. */
  busy?: [start: string, end: string][];
  /** Whether the calendar allows Google Meet; default true. */
  meet?: boolean;
  /** Further addresses of the account. */
  aliases?: string[];
  /** A room, which answers invitations automatically. */
  room?: boolean;
}

export interface OrganizerOptions extends GuestOptions {
  email?: string;
  /** Google's claims about the account. */
  hosted_domain?: string;
  email_verified?: boolean;
  /** What everybody's searches may use of the organizer's own connection. Default: nothing. */
  shares?: "busy" | "habits";
  connected?: boolean;
  scopes?: "all" | string[];
}

export interface Organizer {
  email: string;
  user_id: string;
  access_token: string;
  /** A function as this user: status and parsed body. */
  call(name: string, init?: CallInit): Promise<Answer>;
  /** supabase-js as this user. */
  client: ReturnType<typeof createClient>;
}

export interface CallInit {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  headers?: Record<string, string>;
  body?: unknown;
  query?: Record<string, string>;
  functions_url?: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  // deno-lint-ignore no-explicit-any -- an answer is whatever the test asserts it to be
  body: any;
}

/**
 * Registers each promise of one part as a test on a real Postgres, named "<part> on Postgres: <promise>", and, where it
 * runs on both or PGlite was asked for, as one on PGlite. The promises of a part share one platform a database, so each
 * arranges what it needs and none relies on another.
 */
export function promise(
  part: string,
  promises: Record<string, (stack: Stack) => Promise<void>>,
  options: PlatformOptions & {
    /** "both": the part is what `task demo` and `task start` show, which use PGlite. "only postgres": never on PGlite. */
    databases?: "both" | "only postgres";
    /** Where the server has pg_cron, its jobs are real ones (there is one such database a server). */
    real_cron?: boolean;
  } = {},
): void {
  const { databases, real_cron = false, ...platform } = options;
  const on_both = databases === "both";
  const is_migrated = platform.default_privileges !== "legacy-grant-all" &&
    platform.migrations_dir === undefined;
  const is_default = !real_cron && Object.keys(platform).length === 0;
  const afterEach = async (stack: Stack) => {
    await stack.google.clearFaults();
    // A call that a wake-up caused looks once more before it ends: it would take what the next promise leaves due.
    await stack.platform.settled();
  };
  if (databases !== "only postgres" && isChosen("PGlite", { on_both })) {
    promisesOf(
      `${part} on PGlite`,
      async (resources) => {
        const shared = is_default ? await sharedPlatform("PGlite") : null;
        if (shared !== null) return stackOf(shared, false);
        const database = is_migrated ? await migratedPglite() : await emptyPglite();
        const started = await startPlatform({ database, ...quietBut(platform) });
        return stackOf(resources.use(started), false);
      },
      promises,
      // PGlite keeps its own state in the process's exit code until it is closed.
      { afterEach, sanitizeExit: false },
    );
  }
  if (!isChosen("Postgres", { on_both })) return;
  promisesOf(
    `${part} on Postgres`,
    async (resources) => {
      const shared = is_default ? await sharedPlatform("Postgres") : null;
      if (shared !== null) return stackOf(shared, true);
      const server = resources.use(await startPostgresServer());
      const database = real_cron && server.has_pg_cron
        ? await emptyPostgres(server, server.cron_database)
        : is_migrated
        ? await migratedPostgres(server)
        : await emptyPostgres(server);
      return stackOf(
        resources.use(await startPlatform({ ...quietBut(platform), database })),
        true,
      );
    },
    promises,
    { afterEach },
  );
}

/** Nothing in it runs automatically. */
export const QUIET: PlatformOptions = {
  strict_google: true,
  background: { net: false, cron: false, push: false },
};

function quietBut(options: PlatformOptions): PlatformOptions {
  return { ...QUIET, ...options, background: { ...QUIET.background, ...options.background } };
}

/** The conveniences of a running platform. */
export function stackOf(platform: Platform, is_postgres: boolean): Stack {
  const google = emulatorControl(platform.google_url);
  return {
    platform,
    google,
    is_postgres,
    guest: (options = {}) => createAccount(google, "guest", options),
    async organizer({ connected = true, scopes = "all", shares, ...options } = {}) {
      const email = await createAccount(google, "organizer", options);
      const { user_id, access_token } = await platform.createUser(email);
      if (shares !== undefined) {
        await platform.sql("select public.allow_availability($1, 'everybody', null, $2)", [
          user_id,
          shares,
        ]);
      }
      if (connected) {
        await connectGoogle(platform.functions_url, access_token, google, { email, scopes });
      }
      return {
        email,
        user_id,
        access_token,
        call: (name, init) => callFunction(platform, name, { ...init, access_token }),
        client: createClient(platform.api_url, platform.publishable_key, {
          global: {
            headers: { authorization: `Bearer ${access_token}` },
            fetch: fetchFunction,
          },
          auth: { persistSession: false, autoRefreshToken: false },
        }),
      };
    },
  };
}

async function createAccount(
  google: EmulatorControl,
  role: string,
  { timezone = "UTC", freebusy = "public", busy = [], ...claims }: Omit<
    OrganizerOptions,
    "connected" | "scopes" | "shares"
  >,
): Promise<string> {
  const email = claims.email ?? `${role}-${crypto.randomUUID().slice(0, 8)}@north.example`;
  await google.createAccount({
    ...claims,
    email,
    timezone,
    freebusy,
    events: busy.map(([start, end]) => ({
      summary: "Taken",
      start: { dateTime: start },
      end: { dateTime: end },
    })),
  });
  return email;
}

/** Calls a function as a user (access_token), with a key (apikey), or without credentials. */
export async function callFunction(
  platform: Platform,
  name: string,
  init: CallInit & { access_token?: string; apikey?: string; text?: string } = {},
): Promise<Answer> {
  const url = new URL(`${init.functions_url ?? platform.functions_url}/${name}`);
  for (const [key, value] of Object.entries(init.query ?? {})) url.searchParams.set(key, value);
  const body = init.text ?? (init.body === undefined ? undefined : JSON.stringify(init.body));
  const response = await fetchFunction(url, {
    method: init.method ?? (body === undefined ? "GET" : "POST"),
    headers: {
      "content-type": "application/json",
      ...(init.access_token ? { authorization: `Bearer ${init.access_token}` } : {}),
      ...(init.apikey ? { apikey: init.apikey } : {}),
      ...init.headers,
    },
    redirect: "manual",
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" || isText(response) ? text || null : JSON.parse(text),
  };
}

/** Metrics are the only answer that is no JSON. */
function isText({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("text/plain; version=") === true;
}
