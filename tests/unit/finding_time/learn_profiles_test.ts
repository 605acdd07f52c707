import { refused } from "@shared/failures/google_reply.ts";
import type { RequestKind } from "@shared/failures/google_reply.ts";
import assert from "node:assert/strict";
import type { ProfiledConnection } from "@shared/database/calendar_profiles.ts";
import type { Database } from "@shared/database/call.ts";
import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import type { ListedEvent } from "@shared/google/listed_event.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";
import type { PastEvent } from "@shared/scheduling/learn_profile.ts";
import { learnProfiles } from "@shared/finding_time/learn_profiles.ts";
import type { ProfileReader } from "@shared/finding_time/learn_profiles.ts";

const NOW = new Date("2035-01-08T12:00:00Z");
const TIMES = {
  start: { dateTime: "2034-11-06T10:00:00+01:00" },
  end: { dateTime: "2034-11-06T11:00:00+01:00" },
};
const EVENTS: ListedEvent[] = [
  { id: "1", ...TIMES, attendees: [{ responseStatus: "declined" }, me("accepted")] },
  { id: "2", ...TIMES, attendees: [me("declined")] },
  { id: "3", ...TIMES },
  { id: "4", ...TIMES, transparency: "transparent" },
  { id: "5", start: { date: "2034-11-06" }, end: { date: "2034-11-07" } },
  { id: "6", ...TIMES, status: "cancelled" },
  { id: "7", ...TIMES, eventType: "workingLocation" },
];
const AT = { start: TIMES.start.dateTime, end: TIMES.end.dateTime };
const PAST: PastEvent[] = [
  { ...AT, all_day: false, transparent: false, response: "accepted" },
  { ...AT, all_day: false, transparent: false, response: "declined" },
  { ...AT, all_day: false, transparent: false },
  { ...AT, all_day: false, transparent: true },
  { start: "2034-11-06", end: "2034-11-07", all_day: true, transparent: false },
];

Deno.test("learnProfiles() counts a year of meetings by the person's own answers", async () => {
  const { reader, saved, learnedFrom } = fixture({ claims: ["ana", "ben"] });
  const learned = await learnProfiles(reader, credentials(["ana"]));
  assert.deepEqual([...learned], [["ana", "7 events, Europe/Paris"]]);
  assert.deepEqual(learnedFrom, [PAST]);
  assert.deepEqual(saved, [["ana", "account of ana", "7 events, Europe/Paris", 5]]);
});

Deno.test("learnProfiles() skips what is up to date and what another worker reads", async () => {
  const { reader, saved } = fixture({ claims: ["ben"] });
  const fresh = { ...connection("cleo"), profile_is_due: false };
  const own = [connection("ana"), connection("ben"), fresh];
  const learned = await learnProfiles(reader, { organizer: null, own });
  assert.deepEqual([...learned.keys()], ["ben"]);
  assert.equal(saved.length, 1);
});

Deno.test("learnProfiles() invents nothing for a calendar that cannot be listed", async () => {
  const { reader, saved, logged } = fixture({ claims: ["ana"], unreadable: true });
  const learned = await learnProfiles(reader, credentials(["ana"]));
  assert.equal(learned.size, 0);
  assert.deepEqual(saved, []);
  const facts = { user_id: "ana", reason: "forbidden" };
  assert.deepEqual(logged, [["warning", "profile_not_learned", facts]]);
});

function fixture({ claims, unreadable = false }: { claims: string[]; unreadable?: boolean }) {
  const saved: unknown[][] = [];
  const logged: unknown[][] = [];
  const learnedFrom: (readonly PastEvent[])[] = [];
  const rpc = (helper: string, parameters: Record<string, unknown>) => {
    if (helper === "claim_profile_readings") {
      const asked = parameters.p_user_ids as string[];
      return Promise.resolve({ data: asked.filter((id) => claims.includes(id)), error: null });
    }
    saved.push(Object.values(parameters));
    return Promise.resolve({ data: true, error: null });
  };
  const calendar: Pick<GoogleCalendar, "listOccurrences"> = {
    listOccurrences: (_token, calendarId, { timeMin, timeMax }) => {
      assert.equal(calendarId, "primary");
      assert.equal(Date.parse(timeMax) - Date.parse(timeMin), 365 * 24 * 3600 * 1000);
      return Promise.resolve(
        unreadable ? refused({ status: 403, reason: "forbidden", message: "", body: "" }) : {
          verdict: "done",
          status: 200,
          value: { events: EVENTS, timezone: "Europe/Paris", is_complete: true },
        },
      );
    },
  };
  const reader: ProfileReader = {
    now: () => NOW,
    database: { rpc } as unknown as Database,
    calendar: calendar as GoogleCalendar,
    connections: {
      call: <T>(
        used: StoredConnection,
        _kind: RequestKind,
        request: (access_token: string) => Promise<GoogleOutcome<T>>,
      ) => request(used.email),
    },
    log: (...entry) => {
      logged.push(entry);
    },
    learnProfile: (events, { timezone }) => {
      learnedFrom.push(events);
      return `${EVENTS.length} events, ${timezone}`;
    },
  };
  return { reader, saved, logged, learnedFrom };
}

function credentials(user_ids: string[]) {
  return { organizer: null, own: user_ids.map(connection) };
}

function connection(user_id: string): ProfiledConnection {
  return {
    user_id,
    email: `${user_id}@north.example`,
    google_account_id: `account of ${user_id}`,
    profile: null,
    profile_is_due: true,
  } as ProfiledConnection;
}

function me(responseStatus: string) {
  return { self: true, responseStatus };
}
