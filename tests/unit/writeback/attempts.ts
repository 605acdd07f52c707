import { createClient } from "@supabase/supabase-js";
import type { Connections, StoredConnection } from "@shared/connections/connections.ts";
import type { LeasedMeeting } from "@shared/database/meetings.ts";
import { googleCalendar } from "@shared/google/calendar.ts";
import { attemptWriteback } from "@shared/writeback/write_back.ts";
import { recordedFetch } from "../google/recorded_fetch.ts";
import type { Sent } from "../google/recorded_fetch.ts";

const CONNECTION = { google_account_id: "1042", email: "a@north.example" } as StoredConnection;
const CONNECTIONS: Connections = { call: (_connection, _kind, request) => request("token") };
const NO_DATABASE = createClient("http://127.0.0.1:1", "key", {
  auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
});

/** A meeting whose event is to be written, as a claim hands it on. */
export const LEASED_ROW = {
  meeting_id: "m-1",
  event_key: "0b9f4c1e-5d5e-4a5b-8a55-0d6a1c2b3e4f",
  event_generation: 1,
  desired_version: 1,
  title: "Budget",
  description: null,
  location: null,
  participants: ["b@north.example"],
  conference: "none",
  reminders: null,
  recurrence: null,
  guests_can_modify: false,
  guests_can_invite_others: true,
  guests_can_see_other_guests: true,
  starts_at: "2035-01-08T10:00:00+00:00",
  ends_at: "2035-01-08T10:30:00+00:00",
  timezone: "UTC",
  score: null,
  reasoning: null,
  scheduling_details: null,
  description_details: "summary",
  locale: "en",
  cancelled_at: null as string | null,
  google_account_id: "1042",
  google_calendar_id: "primary",
  google_event_id: null as string | null,
  named_fields: {},
  written_fields: null,
  written_version: 0,
  moved_from: null,
  deletion_sent: false,
  writeback_status: "pending",
  operation: "create",
  outcome_unknown: false,
  attempts: 0,
  max_attempts: 3,
  time_taken: null,
  crashes: 0,
  write_due_at: "2034-12-31T23:59:00Z",
  lease_token: "00000000-0000-4000-8000-000000000001",
};

/** One attempt on such a row against a Google with given responses, and the requests that it got. */
export async function attemptOn(
  columns: Partial<typeof LEASED_ROW>,
  answer: (sent: Sent) => Response,
  { has_time = () => true, connections = CONNECTIONS }: {
    has_time?: () => boolean;
    connections?: Connections;
  } = {},
) {
  const { fetch, sent } = recordedFetch(answer);
  const { settlement, result } = await attemptWriteback(
    {
      database: NO_DATABASE,
      calendar: googleCalendar({ base_url: "http://127.0.0.1:1/calendar/v3", fetch }),
      connections,
      now: () => new Date("2035-01-01T00:00:00Z"),
    },
    { ...LEASED_ROW, ...columns } as unknown as LeasedMeeting,
    CONNECTION,
    has_time,
  );
  return { settlement, result, sent };
}
