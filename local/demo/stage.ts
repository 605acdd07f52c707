import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { connectGoogle } from "../connect_google.ts";
import {
  type EmulatorControl,
  emulatorControl,
} from "../../packages/google-calendar-emulator/control.ts";
import type { Platform } from "../platform.ts";
import type { CalendarFile, Person } from "./cast.ts";
import type { Busy } from "./picture.ts";

/** The running platform with all calendars and the organizer signed in and connected. */
export interface Stage {
  /** The participants, the organizer first. */
  people: Person[];
  google: EmulatorControl;
  supabase: SupabaseClient;
  /** Signs another person up and leads them through Google's consent page; calls functions as that person. */
  join(email: string): Promise<Call>;
  /** A function as the organizer: status and body. */
  call: Call;
  /** Has the organizer's calendar read for the first time, which opens its push channel, and awaits that. */
  watchCalendar(): Promise<void>;
  /** The busy times of all people from Google's freeBusy. */
  busy(people: readonly Person[], from: string, to: string): Promise<Map<string, Busy[]>>;
}

export type Call = (name: string, request: { body?: unknown; query?: string }) => Promise<Answer>;

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** Creates the accounts and leads the organizer through the consent page. */
export async function setStage(platform: Platform, files: readonly CalendarFile[]): Promise<Stage> {
  const google = emulatorControl(platform.google_url);
  const people: Person[] = [];
  for (const { key, email, name, asked_timezone, ics } of files) {
    const imported = await google.importCalendar({
      ...{ email, name, ics },
      ...(asked_timezone === undefined ? {} : { timezone: asked_timezone }),
    });
    people.push({ key, email, name, timezone: imported.timezone, imported });
  }
  const [organizer] = people;
  if (organizer === undefined) throw new Error("There is no participant");
  const join = async (email: string): Promise<string> => {
    const { access_token } = await platform.createUser(email);
    await connectGoogle(platform.functions_url, access_token, google, { email });
    return access_token;
  };
  const access_token = await join(organizer.email);

  return {
    people,
    google,
    supabase: createClient(platform.api_url, platform.publishable_key, {
      global: { headers: { authorization: `Bearer ${access_token}` } },
      auth: { persistSession: false, autoRefreshToken: false },
    }),
    join: async (email) => caller(platform, await join(email)),
    call: caller(platform, access_token),
    watchCalendar: () => watchCalendar(platform),
    async busy(people, timeMin, timeMax) {
      const { access_token } = await google.signIn({ email: organizer.email });
      const response = await fetch(`${platform.google_url}/calendar/v3/freeBusy`, {
        method: "POST",
        headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
        body: JSON.stringify({
          timeMin,
          timeMax,
          items: people.map(({ email: id }) => ({ id })),
        }),
      });
      const answer = await response.json() as { calendars: Record<string, { busy: Busy[] }> };
      return new Map(Object.entries(answer.calendars).map(([email, { busy }]) => [email, busy]));
    },
  };
}

/** A calendar is first read two minutes after its first event; the demo does not wait so long. */
async function watchCalendar(platform: Platform): Promise<void> {
  await platform.sql(
    "update private.sync_calendars set next_sync_at = clock_timestamp() where next_sync_at > clock_timestamp()",
  );
  await platform.sql("select private.enqueue_syncs()");
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const [open] = await platform.sql(
      `select from private.channels as ch join private.sync_calendars as s on s.sync_id = ch.sync_id
       where ch.expires_at is not null and s.cursor is not null
         and not exists (select from private.work as w where w.kind = 'sync' and w.subject_id = s.sync_id)`,
    );
    if (open !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("No push channel was opened on the organizer's calendar");
}

function caller(platform: Platform, access_token: string): Call {
  return async (name, { body, query = "" }) => {
    const response = await fetch(`${platform.functions_url}/${name}${query}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
}
