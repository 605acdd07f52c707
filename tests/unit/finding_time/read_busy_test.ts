import { unanswered } from "@shared/failures/google_reply.ts";
import type { RequestKind } from "@shared/failures/google_reply.ts";
import assert from "node:assert/strict";
import type { ProfiledConnection } from "@shared/database/calendar_profiles.ts";
import type { StoredConnection } from "@shared/database/google_connections.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";
import { readBusy } from "@shared/finding_time/read_busy.ts";
import type { BusyReader } from "@shared/finding_time/read_busy.ts";

const WINDOW = { start: "2035-01-08T00:00:00Z", end: "2035-01-09T00:00:00Z" };
const BUSY = { start: "2035-01-08T09:00:00Z", end: "2035-01-08T10:00:00Z" };
const ORGANIZER = connection("ana@north.example");
const COLLEAGUE = connection("ben@north.example");

const WANTED = [
  wanted("ana@north.example", ORGANIZER),
  wanted("cleo@north.example", ORGANIZER),
  wanted("ben@north.example", COLLEAGUE),
];

Deno.test("readBusy() makes people unknown whose credential does not answer in time", async () => {
  const reader = readerOf((token) =>
    token === COLLEAGUE.email ? new Promise(() => {}) : Promise.resolve("free")
  );
  const read = await readBusy(
    reader,
    WANTED,
    { organizer: ORGANIZER, own: [COLLEAGUE] },
    WINDOW,
    20,
  );
  assert.ok(read instanceof Map);
  assert.deepEqual(read.get("ben@north.example"), { busy: "unknown", unknown_reason: "timeout" });
  assert.deepEqual(read.get("cleo@north.example"), { busy: [BUSY] });
});

Deno.test("readBusy() asks with the organizer's connection for whom their own fails", async () => {
  const asked: string[] = [];
  const reader = readerOf((token) => {
    asked.push(token);
    return Promise.resolve(token === COLLEAGUE.email ? "failed" : "free");
  });
  const read = await readBusy(reader, WANTED, { organizer: ORGANIZER, own: [COLLEAGUE] }, WINDOW);
  assert.ok(read instanceof Map);
  assert.deepEqual(read.get("ben@north.example"), { busy: [BUSY] });
  assert.deepEqual(asked, [ORGANIZER.email, COLLEAGUE.email, ORGANIZER.email]);
});

Deno.test("readBusy() returns the failure of the organizer's own connection", async () => {
  const reader = readerOf((token) =>
    Promise.resolve(token === ORGANIZER.email ? "failed" : "free")
  );
  const read = await readBusy(reader, WANTED, { organizer: ORGANIZER, own: [COLLEAGUE] }, WINDOW);
  assert.ok(!(read instanceof Map));
  assert.equal(read.verdict, "retry");
});

function readerOf(answer: (token: string) => Promise<"free" | "failed">): BusyReader {
  const calendar: Pick<GoogleCalendar, "freeBusy"> = {
    freeBusy: async (token, { calendars }) =>
      await answer(token) === "free"
        ? {
          verdict: "done",
          status: 200,
          value: new Map(calendars.map((id) => [id, { busy: [BUSY] }])),
        }
        : unanswered({ status: 503, reason: "backendError", message: "", body: "" }),
  };
  return {
    calendar: calendar as GoogleCalendar,
    connections: {
      call: <T>(
        used: StoredConnection,
        _kind: RequestKind,
        request: (access_token: string) => Promise<GoogleOutcome<T>>,
      ) => request(used.email),
    },
  };
}

function connection(email: string): ProfiledConnection {
  return { user_id: `user-${email}`, email } as ProfiledConnection;
}

function wanted(email: string, connection: StoredConnection) {
  return { email, calendar_ids: [email], connection, may_read_events: true };
}
