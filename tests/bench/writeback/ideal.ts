import { eventId } from "@shared/google/event_id.ts";
import type { Organizer, Stack } from "../../support/stack.ts";
import type { PacedWork } from "./paced_client.ts";

/** What Google takes for an insert. */
export const GOOGLE_MILLISECONDS = 200;
const AT_ONCE = 3;
const USER_QUOTA = 600;
const PROJECT_QUOTA = 10_000;
const MINUTE_SECONDS = 60;

/**
 * Seconds that Google's limits alone take for `meetings` dealt out to `users`: each calendar three requests at a
 * time, at most 600 a user and 10,000 a project in any minute, and nothing but Google takes time.
 */
export function leastSeconds(meetings: number, users: number): number {
  const each = Math.ceil(meetings / users);
  const full_minutes = Math.max(
    Math.ceil(each / USER_QUOTA),
    Math.ceil(meetings / PROJECT_QUOTA),
  ) - 1;
  const last = Math.min(each, each - full_minutes * USER_QUOTA);
  const burst = Math.ceil(last / AT_ONCE) * GOOGLE_MILLISECONDS / 1000;
  return full_minutes * MINUTE_SECONDS + burst;
}

/**
 * Seconds for `meetings` dealt out to `users` at an even pace, each user's 600 a minute spread over it, and 200 ms for
 * the last request.
 */
export function evenPaceSeconds(meetings: number, users: number): number {
  const spread = meetings / users / USER_QUOTA * MINUTE_SECONDS;
  return spread + GOOGLE_MILLISECONDS / 1000;
}

/**
 * Seconds that a process of its own takes which does nothing else than send the same inserts to the same Google, at
 * the same pace: what a write-back would take that needed no database and made no mistakes.
 */
export async function idealSeconds(
  stack: Stack,
  organizers: readonly Organizer[],
  meetings: number,
): Promise<number> {
  const tokens = await Promise.all(
    organizers.map(({ email }) => stack.google.signIn({ email })),
  );
  const calendars = tokens.map(({ access_token }, user) => ({
    access_token,
    bodies: Array.from(
      { length: Math.ceil((meetings - user) / organizers.length) },
      (_, n) => insertBody(user + n * organizers.length),
    ),
  }));
  await stack.google.quotas({ enabled: true });
  const client = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", new URL("paced_client.ts", import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const work: PacedWork = {
    google_url: stack.platform.google_url,
    at_once: AT_ONCE,
    per_user_a_minute: USER_QUOTA,
    calendars,
  };
  const writer = client.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(work)));
  await writer.close();
  const { success, stdout } = await client.output();
  if (!success) throw new Error("The paced client failed; its output is above");
  return JSON.parse(new TextDecoder().decode(stdout)).seconds;
}

/** An insert like those of the batch: one guest, a Meet link, reminders. */
function insertBody(n: number): string {
  const start = Date.UTC(2035, 0, 8, 10, n);
  const time = (ms: number) => ({ dateTime: new Date(ms).toISOString(), timeZone: "UTC" });
  const key = crypto.randomUUID();
  return JSON.stringify({
    id: eventId(key, 1),
    summary: `Meeting ${n}`,
    description: "🤖 AI-Scheduled Meeting\n\nParticipants:\n- guest@north.example",
    start: time(start),
    end: time(start + 1_800_000),
    attendees: [{ email: "guest@north.example" }],
    conferenceData: {
      createRequest: { requestId: key, conferenceSolutionKey: { type: "hangoutsMeet" } },
    },
    reminders: {
      useDefault: false,
      overrides: [{ method: "email", minutes: 60 }, { method: "popup", minutes: 10 }],
    },
    extendedProperties: { private: { convene_event_key: key, convene_version: "1" } },
  });
}
