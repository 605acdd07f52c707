import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import { type AccountSeed, type EmulatorControl, emulatorControl } from "../control.ts";
import { type GoogleEmulator, startGoogleEmulator } from "../emulator.ts";
import { googleClient } from "../google_client.ts";

/** A running strict emulator and its control surface. */
export interface Lab extends AsyncDisposable {
  readonly url: string;
  readonly emulator: GoogleEmulator;
  readonly control: EmulatorControl;
  /** Google's own client, signed in as an account. */
  as(email: string, scopes?: string[]): Promise<calendar_v3.Calendar>;
  /** A request that Google's client would not send: below /calendar/v3/, as an account or
   * without credentials. */
  raw(request: RawRequest): Promise<Answered>;
}

export interface RawRequest {
  method?: string;
  path: string;
  email?: string;
  scopes?: string[];
  headers?: Record<string, string>;
  /** JSON unless it is a text. */
  body?: unknown;
}

/** What came back; of an error Google's first entry. */
export interface Answered {
  status: number;
  headers: Headers;
  body: unknown;
  text: string;
  error: GoogleFailure;
}

export interface GoogleFailure {
  status: number;
  reason?: string;
  domain?: string;
  message?: string;
  location?: string;
  locationType?: string;
}

/** Now in every lab, unless a test sets another time. */
export const lab_now = "2026-11-23T08:00:00Z";

export const ana = "ana@team.example";
export const bo = "bo@team.example";

/** Ana in Paris and Bo in New York, both without events. */
export function openTeam(): Promise<Lab> {
  return openLab({ email: ana, timezone: "Europe/Paris" }, {
    email: bo,
    timezone: "America/New_York",
  });
}

/** Starts a strict emulator with accounts; its clock stands still at lab_now. */
export async function openLab(...accounts: AccountSeed[]): Promise<Lab> {
  const emulator = await startGoogleEmulator({ strict: true });
  const control = emulatorControl(emulator.url);
  await control.setClock(lab_now);
  for (const account of accounts) await control.createAccount(account);
  const tokenOf = async (email: string, scopes?: string[]) => {
    const tokens = await control.signIn({ email, ...(scopes === undefined ? {} : { scopes }) });
    return tokens.access_token;
  };
  return {
    url: emulator.url,
    emulator,
    control,
    as: async (email, scopes) => googleClient(emulator.url, await tokenOf(email, scopes)),
    raw: async ({ method, path, email, scopes, headers, body }) => {
      const response = await fetch(`${emulator.url}/calendar/v3/${path}`, {
        method: method ?? (body === undefined ? "GET" : "POST"),
        headers: {
          ...(email === undefined
            ? {}
            : { authorization: `Bearer ${await tokenOf(email, scopes)}` }),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const json: unknown = text === "" ? null : JSON.parse(text);
      const error = { status: response.status, ...firstError(json) };
      return { status: response.status, headers: response.headers, body: json, text, error };
    },
    [Symbol.asyncDispose]: () => emulator.stop(),
  };
}

/** The failure of a call that must fail, in Google's words. */
export async function refused(call: Promise<unknown>): Promise<GoogleFailure> {
  try {
    await call;
  } catch (error) {
    const response = member(error, "response");
    const status = member(response, "status");
    assert.ok(typeof status === "number", `no answer of Google's: ${error}`);
    const data = member(response, "data");
    return { status, ...firstError(typeof data === "string" ? JSON.parse(data) : data) };
  }
  assert.fail("the call was expected to be refused");
}

function firstError(body: unknown): Omit<GoogleFailure, "status"> {
  const errors = member(member(body, "error"), "errors");
  const [first] = Array.isArray(errors) ? errors : [];
  return typeof first === "object" && first !== null ? { ...first } : {};
}

/** A member of something unknown; undefined where there is none. */
export function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value ?? Reflect.get(value, name)
    : undefined;
}

/** An hour on a day of Paris winter time: `hour(30, 10)` is 30 November 2026, 10 to 11. */
export function hour(day: number, from: number) {
  const two = (number: number) => String(number).padStart(2, "0");
  const at = (clock_hour: number) => ({
    dateTime: `2026-11-${two(day)}T${two(clock_hour)}:00:00+01:00`,
    timeZone: "Europe/Paris",
  });
  return { start: at(from), end: at(from + 1) };
}
