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
  /** A function as the organizer: status and body. */
  call(name: string, request: { body?: unknown; query?: string }): Promise<Answer>;
  /** The busy times of all people from Google's freeBusy. */
  busy(people: readonly Person[], from: string, to: string): Promise<Map<string, Busy[]>>;
}

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
  const { access_token } = await platform.createUser(organizer.email);
  await connectGoogle(platform.functions_url, access_token, google, { email: organizer.email });

  return {
    people,
    google,
    supabase: createClient(platform.api_url, platform.publishable_key, {
      global: { headers: { authorization: `Bearer ${access_token}` } },
      auth: { persistSession: false, autoRefreshToken: false },
    }),
    async call(name, { body, query = "" }) {
      const response = await fetch(`${platform.functions_url}/${name}${query}`, {
        method: body === undefined ? "GET" : "POST",
        headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json() };
    },
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
