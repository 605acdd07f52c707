import assert from "node:assert/strict";
import { pendingMeeting, rowOf } from "../support/meetings.ts";
import { callFunction, promise, type Stack } from "../support/stack.ts";
import { eventRow, googleOf, scheduledTask } from "../support/tasks.ts";
import type { Organizer } from "../support/stack.ts";
import { unsyncedEvents } from "../support/unsynced_events.ts";

async function googleCalls(stack: Stack, organizer: Organizer): Promise<string[]> {
  const requests = await stack.google.requests({ user: organizer.email });
  return requests.filter(({ path }) => path.startsWith("/calendar/v3/")).map(({ method, path }) =>
    `${method} ${path.replace(/^.*\/events/, "events")}`
  );
}

promise("sync-organizer", {
  "backfill reads a calendar in one page, resumes where it stopped, and comes to an end": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const ids = await unsyncedEvents(stack, organizer, 40, await stack.guest());
    await stack.platform.sql(
      `insert into public.task_calendar_events (user_id, calendar_event_id, event_start, organizer_self, sync_status)
       values ($1, 'gone0', '2035-01-08T10:00:00Z', null, 'synced')`,
      [organizer.user_id],
    );
    const first = await organizer.call("task-events/sync-organizer", {
      body: { backfill: true, limit: 25 },
    });
    assert.equal(first.status, 200, JSON.stringify(first.body));
    assert.deepEqual(
      [first.body.success, first.body.scanned, first.body.updated, first.body.missing],
      [true, 25, 24, 1],
    );
    const calls = await googleCalls(stack, organizer);
    assert.deepEqual(calls, ["GET events"]);
    const second = await organizer.call("task-events/sync-organizer", { body: { backfill: true } });
    assert.deepEqual([second.body.scanned, second.body.updated], [16, 16]);
    const third = await organizer.call("task-events/sync-organizer", { body: { backfill: true } });
    assert.equal(third.body.scanned, 0);
    const row = await eventRow(stack, organizer, ids[7]!);
    assert.equal(row.organizer_self, true);
    assert.equal(row.organizer_email, organizer.email);
    assert.equal(row.attendees[0].responseStatus, "accepted");
    assert.ok(row.last_synced_at);
  },

  "the function sync-organizer does the same under its own name": async (stack) => {
    const organizer = await stack.organizer();
    const ids = await unsyncedEvents(stack, organizer, 3, await stack.guest());
    const named = await organizer.call("sync-organizer", { body: { event_ids: ids.slice(0, 1) } });
    assert.equal(named.status, 200, JSON.stringify(named.body));
    assert.deepEqual([named.body.scanned, named.body.updated], [1, 1]);
    const rest = await callFunction(stack.platform, "sync-organizer", {
      apikey: stack.platform.automations_key,
      body: { event_ids: ids.slice(1) },
    });
    assert.deepEqual([rest.body.scanned, rest.body.updated], [2, 2]);
    assert.equal((await eventRow(stack, organizer, ids[2]!)).organizer_self, true);

    const unknown = { body: { meeting_id: "unknown-meeting" } };
    const [own, routed] = [
      await organizer.call("sync-organizer", unknown),
      await organizer.call("task-events/sync-organizer", unknown),
    ];
    assert.equal(own.status, 404);
    assert.deepEqual(own.body, routed.body);
    const { status } = await organizer.call("sync-organizer/elsewhere", unknown);
    assert.equal(status, 404);
  },

  "an occurrence of a series is found by its own id": async (stack) => {
    const { organizer, event_id } = await scheduledTask(stack, {
      wanted: { recurrence_pattern: "daily", recurrence_ends: "2035-02-20" },
    });
    const ids = Array.from(
      { length: 10 },
      (_, day) => `${event_id}_203501${String(day + 10).padStart(2, "0")}T090000Z`,
    );
    await stack.platform.sql(
      `insert into public.task_calendar_events
         (user_id, calendar_event_id, event_start, event_end, organizer_self, sync_status, recurrence_master_id)
       select $1, id, '2035-01-08T09:00:00Z', '2035-01-30T09:00:00Z', null, 'synced', $3
         from unnest($2::text[]) as id`,
      [organizer.user_id, ids, event_id],
    );
    const answer = await organizer.call("task-events/sync-organizer", { body: { event_ids: ids } });
    assert.deepEqual([answer.body.updated, answer.body.missing], [10, 0]);
  },

  "named events, tasks and meetings are read again; who changed nothing is unchanged": async (
    stack,
  ) => {
    const { organizer, guests, task_id, event_id } = await scheduledTask(stack, { guests: 1 });
    await stack.google.reply({ email: guests[0]!, event_id, responseStatus: "accepted" });
    const sync = async (body: unknown) => {
      const answer = await organizer.call("task-events/sync-organizer", { body });
      return [answer.status, answer.body.updated, answer.body.unchanged];
    };
    assert.deepEqual(await sync({ event_ids: [event_id] }), [200, 1, 0]);
    assert.equal(
      (await eventRow(stack, organizer, event_id)).attendees[0].responseStatus,
      "accepted",
    );
    assert.deepEqual(await sync({ task_ids: [task_id] }), [200, 0, 1]);

    const meeting = await pendingMeeting(stack);
    await meeting.organizer.call("write-back", { body: { meeting_id: meeting.meeting_id } });
    const row = await rowOf(stack, meeting.meeting_id);
    await stack.google.reply({
      email: meeting.guests[0]!,
      event_id: row.google_event_id,
      responseStatus: "declined",
    });
    const answer = await meeting.organizer.call("task-events/sync-organizer", {
      body: { meeting_id: meeting.meeting_id },
    });
    assert.deepEqual([answer.status, answer.body.updated], [200, 1]);
    const synced = await rowOf(stack, meeting.meeting_id);
    assert.equal(
      synced.attendees.find(({ email }: { email: string }) => email === meeting.guests[0])
        .responseStatus,
      "declined",
    );
    const foreign = await organizer.call("task-events/sync-organizer", {
      body: { meeting_id: meeting.meeting_id },
    });
    assert.equal(foreign.status, 404);
  },

  "a meeting is tracked as a task's event is: by its write-back, by name with a key, by backfill":
    async (stack) => {
      const { organizer, guests, meeting_id } = await pendingMeeting(stack);
      await organizer.call("write-back", { body: { meeting_id } });
      const google = await googleOf(stack, organizer.email);
      const known = async () => {
        const row = await rowOf(stack, meeting_id);
        const { data } = await google.events.get({
          calendarId: "primary",
          eventId: row.google_event_id,
        });
        assert.deepEqual(
          [row.organizer_email, row.organizer_self, row.attendees],
          [data.organizer?.email, true, data.attendees],
        );
        return row;
      };
      const { google_event_id: event_id } = await known();
      await stack.google.reply({ email: guests[0]!, event_id, responseStatus: "accepted" });
      const by_key = await callFunction(stack.platform, "task-events/sync-organizer", {
        apikey: stack.platform.automations_key,
        body: { meeting_id },
      });
      assert.deepEqual([by_key.status, by_key.body.updated], [200, 1]);
      await known();
      await stack.platform.sql(
        `update public.meetings set organizer_email = null, organizer_self = null, attendees = '[]'
          where meeting_id = $1`,
        [meeting_id],
      );
      const backfill = await organizer.call("task-events/sync-organizer", {
        body: { backfill: true },
      });
      assert.deepEqual([backfill.body.scanned, backfill.body.updated], [1, 1]);
      await known();
      const { body: status } = await organizer.call("status", { query: { meeting_id } });
      assert.deepEqual([status.rsvp.status, status.rsvp.awaiting], ["awaiting", [guests[1]]]);
    },

  "a page that was read before a change was stored does not undo it": async (stack) => {
    const { organizer, guests, event_id } = await scheduledTask(stack, { guests: 1 });
    const before = await eventRow(stack, organizer, event_id);
    const store = async (read_at: string, missing: string[] = []) => {
      const [answer] = await stack.platform.sql<{ stored: Record<string, string> }>(
        `select public.store_event_people($1, 'primary', $2::text::jsonb, $3, $4) as stored`,
        [
          organizer.user_id,
          JSON.stringify([{
            calendar_event_id: event_id,
            organizer_email: organizer.email,
            organizer_self: true,
            attendees: [],
          }]),
          `{${missing.join(",")}}`,
          read_at,
        ],
      );
      return answer?.stored[event_id];
    };
    assert.equal(await store("2020-01-01T00:00:00Z", [event_id]), "unchanged");
    const kept = await eventRow(stack, organizer, event_id);
    assert.deepEqual([kept.attendees, kept.etag], [before.attendees, before.etag]);
    assert.equal(kept.attendees[0].email, guests[0]);
    assert.equal(kept.sync_error, null);
    const [leased] = await stack.platform.sql<{ id: string; token: string }>(
      `select response -> 'event' ->> 'id' as id, response -> 'event' ->> 'lease_token' as token
         from public.begin_event_change($1, 'primary', $2) as response`,
      [organizer.user_id, event_id],
    );
    const later = new Date(Date.now() + 60_000).toISOString();
    assert.equal(await store(later), "unchanged");
    await stack.platform.sql(
      "select public.settle_task_event($1, $2, '{}')",
      [leased?.id, leased?.token],
    );
    assert.equal(await store(later), "updated");
    assert.deepEqual((await eventRow(stack, organizer, event_id)).attendees, []);
  },

  "guests whom Google does not show stay, and an earlier version does not replace a later one":
    async (stack) => {
      const organizer = await stack.organizer();
      const [colleague, guest] = [await stack.guest(), await stack.guest()];
      const theirs = await googleOf(stack, colleague);
      const { data: event } = await theirs.events.insert({
        calendarId: "primary",
        requestBody: {
          start: { dateTime: "2035-01-08T10:00:00Z" },
          end: { dateTime: "2035-01-08T11:00:00Z" },
          attendees: [{ email: organizer.email }, { email: guest }],
          guestsCanSeeOtherGuests: false,
        },
      });
      await stack.platform.sql(
        `insert into public.task_calendar_events (user_id, calendar_event_id, organizer_self, attendees, sync_status)
         values ($1, $2, null, $3::text::jsonb, 'synced')`,
        [
          organizer.user_id,
          event.id,
          JSON.stringify([{ email: organizer.email }, { email: guest }]),
        ],
      );
      await organizer.call("task-events/sync-organizer", { body: { event_ids: [event.id] } });
      const row = await eventRow(stack, organizer, event.id ?? "");
      assert.equal(row.organizer_email, colleague);
      assert.equal(row.attendees.length, 2, "the other guest is still known");

      const made = await pendingMeeting(stack);
      const { meeting_id } = made;
      await made.organizer.call("write-back", { body: { meeting_id } });
      const before = await rowOf(stack, meeting_id);
      const store = (updated: string) =>
        stack.platform.sql(
          `select public.store_event_people($1, 'primary', $2::text::jsonb, '{}', $3)`,
          [
            made.organizer.user_id,
            JSON.stringify([{
              calendar_event_id: before.google_event_id,
              organizer_email: made.organizer.email,
              organizer_self: true,
              attendees: [],
              sequence: 0,
              updated,
            }]),
            new Date(Date.now() + 60_000).toISOString(),
          ],
        );
      await store("2020-01-01T00:00:00Z");
      assert.deepEqual((await rowOf(stack, meeting_id)).attendees, before.attendees);
      await store("2099-01-01T00:00:00Z");
      assert.deepEqual((await rowOf(stack, meeting_id)).attendees, []);
    },

  "what is not where its row says is missing, and found when it is named": async (stack) => {
    const organizer = await stack.organizer();
    const ids = await unsyncedEvents(stack, organizer, 10);
    const google = await googleOf(stack, organizer.email);
    await google.events.patch({
      calendarId: "primary",
      eventId: ids[0]!,
      requestBody: {
        start: { dateTime: "2036-05-05T09:00:00Z" },
        end: { dateTime: "2036-05-05T10:00:00Z" },
      },
    });
    const sync = (body: unknown) => organizer.call("task-events/sync-organizer", { body });
    const { body } = await sync({ backfill: true });
    assert.deepEqual([body.updated, body.missing], [9, 1]);
    const missing = body.results.find(({ status }: { status: string }) => status === "missing");
    assert.equal(missing.event_id, ids[0]);
    assert.match(missing.message, /event_ids/);
    assert.equal((await sync({ backfill: true })).body.scanned, 0);
    const named = await sync({ event_ids: [ids[0]] });
    assert.deepEqual([named.body.updated, named.body.missing], [1, 0]);
    assert.equal((await eventRow(stack, organizer, ids[0]!)).organizer_self, true);
  },

  "a calendar that cannot be read fails alone": async (stack) => {
    const lost = await stack.organizer();
    await unsyncedEvents(stack, lost, 8);
    await stack.google.revokeGrant(lost.email);
    const answer = await lost.call("task-events/sync-organizer", { body: { backfill: true } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual([answer.body.success, answer.body.failed], [false, 8]);
    assert.equal(answer.body.results[0].error, "needs_reauth");
  },
});
