import assert from "node:assert/strict";
import { emulatorControl } from "../../packages/google-calendar-emulator/control.ts";
import type { EmulatorControl } from "../../packages/google-calendar-emulator/control.ts";
import { startPlatform } from "../../local/platform.ts";
import type { Platform } from "../../local/platform.ts";
import type { TestDatabase } from "../support/chosen_database.ts";
import { fetchFunction } from "../support/contract/fetch_function.ts";
import { migratedPglite, migratedPostgres } from "../support/prepared_databases.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import type { Start } from "../support/promises.ts";

/** A signed-in user with requests to google-auth in their name. */
export interface Person {
  user_id: string;
  access_token: string;
  email: string;
  ask(method: string, path: string, body?: unknown): Promise<Answer>;
}

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

export interface GoogleAuth {
  platform: Platform;
  control: EmulatorControl;
}

/** Starts the whole stack without automatic wake-ups, and its emulator. */
export function startOn(kind: TestDatabase): Start<GoogleAuth> {
  return async (resources) => {
    const server = kind === "Postgres" ? resources.use(await startPostgresServer()) : null;
    const platform = resources.use(
      await startPlatform({
        strict_google: true,
        background: { net: false, cron: false },
        database: server === null ? await migratedPglite() : await migratedPostgres(server),
      }),
    );
    return { platform, control: emulatorControl(platform.google_url) };
  };
}

let people = 0;

/** A new user of Convene who also has a Google account of the same address. */
export async function aPerson(platform: Platform, control: EmulatorControl): Promise<Person> {
  const email = `person${++people}@team.example`;
  await control.createAccount({ email, timezone: "Europe/Berlin" });
  const { user_id, access_token } = await platform.createUser(email);
  const headers = { authorization: `Bearer ${access_token}`, apikey: platform.publishable_key };
  return {
    user_id,
    access_token,
    email,
    ask: (method, path, body) => ask(platform, method, path, { headers, body }),
  };
}

/** A request to google-auth whose JSON answer is returned. */
export async function ask(
  platform: Platform,
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> {
  const response = await fetchFunction(`${platform.functions_url}/google-auth${path}`, {
    method,
    redirect: "manual",
    headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() as Record<string, unknown> };
}

export interface Consent {
  scopes?: "all" | string[];
  deny?: boolean;
  return_url?: string;
  /** The Google account, if not the person's own. */
  account?: string;
}

/** What a person does in the browser up to Google's redirect: its address, not yet followed. */
export async function consent(
  person: Person,
  control: EmulatorControl,
  { scopes = "all", deny = false, return_url, account = person.email }: Consent = {},
): Promise<string> {
  const begun = await person.ask(
    "POST",
    "/initiate",
    return_url === undefined ? {} : { return_url },
  );
  assert.equal(begun.status, 200);
  const { redirect_url } = await control.approve({
    authorization_url: String(begun.body.authorization_url),
    email: account,
    scopes,
    deny,
  });
  return redirect_url;
}

/** Follows Google's redirect like a browser, without credentials; where the app is called. */
export async function follow(redirect_url: string): Promise<URL> {
  const response = await fetchFunction(redirect_url, { redirect: "manual" });
  await response.body?.cancel();
  assert.equal(response.status, 302);
  assert.equal(response.headers.get("cache-control"), "no-store");
  return new URL(response.headers.get("location") ?? "");
}

/** The whole way: consent, redirect, complete. */
export async function connectPerson(
  person: Person,
  control: EmulatorControl,
  how: Consent = {},
): Promise<Answer> {
  const app = await follow(await consent(person, control, how));
  return await person.ask("POST", "/complete", { code: app.searchParams.get("convene_code") });
}
