import { readOptions } from "./command_line.ts";
import type { PlatformOptions } from "./platform.ts";

export interface StartOptions {
  help: boolean;
  json: boolean;
  platform: PlatformOptions;
}

export const START_HELP =
  `Runs all of Convene on this machine: database, API, functions and a Google Calendar emulator.

Usage: deno task start [options]

  --data DIR          keep the database and the keys in DIR (default: in memory, gone at the end);
                      the emulator's accounts, events and mails are gone at the end in any case
  --database-url URL  use this Postgres instead; with --data, DIR keeps only the keys
  --api-port N        port of the API and the functions (default 54321, 0 = any free one)
  --google-port N     port of the Google emulator (default 54380, 0 = any free one)
  --postgres-port N   port for psql on PGlite (default 54322, 0 = any free one); a transaction that is
                      left open is rolled back after 10 seconds, because everything else waits for it
  --json              print one line of JSON when ready, instead of the summary
  --help              this text

With GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET in the environment the functions talk to the real
Google and no emulator is started. Register <api url>/functions/v1/google-auth/callback as the
redirect URI of that client. CONVENE_APP_URLS and CONVENE_TOKEN_KEYS replace what is made up here;
CONVENE_MAIL_KEY and CONVENE_MAIL_FROM (and CONVENE_MAIL_URL) let notifications go out by mail.`;

/** Secrets and settings of a deployed project that may also come from the environment here. */
const OWN_VARIABLES = [
  "CONVENE_APP_URLS",
  "CONVENE_TOKEN_KEYS",
  "CONVENE_MAIL_URL",
  "CONVENE_MAIL_KEY",
  "CONVENE_MAIL_FROM",
];
const GOOGLE_VARIABLES = [
  "GOOGLE_CLIENT_ID",
  "GOOGLE_CLIENT_SECRET",
  "GOOGLE_REDIRECT_URL",
  "GOOGLE_AUTHORIZATION_URL",
  "GOOGLE_TOKEN_URL",
  "GOOGLE_REVOCATION_URL",
  "GOOGLE_USERINFO_URL",
  "GOOGLE_CALENDAR_URL",
];

/** Reads the command line and the environment. Throws a sentence naming what is wrong. */
export function parseStartOptions(
  args: string[],
  environment: Record<string, string>,
): StartOptions {
  const values = readOptions(args, {
    data: { type: "string" },
    "database-url": { type: "string" },
    "api-port": { type: "string", default: "54321" },
    "google-port": { type: "string", default: "54380" },
    "postgres-port": { type: "string", default: "54322" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  });
  return {
    help: values.help,
    json: values.json,
    platform: {
      ...databaseOptions(values["database-url"], values.data?.replace(/(?<=.)\/+$/, "")),
      api_port: port("--api-port", values["api-port"]),
      google_port: port("--google-port", values["google-port"]),
      postgres_port: port("--postgres-port", values["postgres-port"]),
      environment: functionVariables(environment),
    },
  };
}

function databaseOptions(url: string | undefined, directory: string | undefined): PlatformOptions {
  if (url !== undefined) {
    return {
      database: { kind: "url", url },
      ...(directory === undefined ? {} : { keys_directory: directory }),
    };
  }
  return {
    database: directory === undefined ? { kind: "memory" } : { kind: "directory", path: directory },
  };
}

function port(option: string, text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 65_535) return number;
  throw new Error(`${option} is not a port number between 0 and 65535: ${text}`);
}

function functionVariables(environment: Record<string, string>): Record<string, string> {
  const { GOOGLE_CLIENT_ID: id, GOOGLE_CLIENT_SECRET: secret } = environment;
  if (Boolean(id) !== Boolean(secret)) {
    const missing = id ? "GOOGLE_CLIENT_SECRET" : "GOOGLE_CLIENT_ID";
    throw new Error(
      `${missing} is missing: set both variables to use the real Google, or none for the emulator`,
    );
  }
  const names = id ? [...OWN_VARIABLES, ...GOOGLE_VARIABLES] : OWN_VARIABLES;
  return Object.fromEntries(
    names.flatMap((name) => environment[name] ? [[name, environment[name]]] : []),
  );
}
