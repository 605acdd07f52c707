import assert from "node:assert/strict";
import { createdMeeting, write } from "../support/changes.ts";
import { eventsOf, insertMeeting, MONDAY, rowOf, SLOT } from "../support/meetings.ts";
import { type Organizer, promise } from "../support/stack.ts";
import {
  answerInGoogle,
  calendarsOf,
  lastRequest,
  requestsOf,
  responsesOf,
  syncDue,
  syncNow,
} from "../support/sync.ts";
import { syncedMeeting } from "../support/synced_meeting.ts";
import { eventRow, googleOf, insertTask } from "../support/tasks.ts";

promise("sync of pages", {
  "an expired cursor leads to a full read, which finds what vanished meanwhile and announces nothing twice":
    async (stack) => {
      const { organizer, guests, meeting_id, google, eventId } = await syncedMeeting(stack);
      const { event_id } = await scheduledTaskOf(organizer);
      await syncNow(stack, organizer);
      await answerInGoogle(stack, guests[0]!, eventId, { responseStatus: "accepted" });
      await google.events.delete({ calendarId: "primary", eventId: event_id });
      await stack.google.expireSyncTokens(organizer.email);
      const since = await lastRequest(stack);
      await syncNow(stack, organizer);
      assert.deepEqual(await requestsOf(stack, organizer.email, since), [
        "list since",
        "list",
        "get",
      ]);
      assert.equal((await eventRow(stack, organizer, event_id)).sync_status, "cancelled");
      const row = await rowOf(stack, meeting_id);
      assert.equal(row.cancelled_in_google_at, null);
      assert.deepEqual(await responsesOf(organizer, meeting_id), [`${guests[0]} accepted`]);
    },

  "a token that Google does not know, of a cursor or of a page, in whatever words, leads to a full read":
    async (stack) => {
      const { organizer, meeting_id, google, eventId } = await syncedMeeting(stack);
      const refused = {
        method: "GET",
        path_pattern: "^/calendar/v3/calendars/[^/]+/events$",
        times: 1,
      };
      for (
        const [status, columns] of [
          [400, "cursor = 'unknown', page_token = null"],
          [410, "cursor = null, page_token = 'unknown'"],
          [400, "cursor = null, page_token = 'unknown'"],
        ] as const
      ) {
        const summary = `Planning ${status} ${columns.length}`;
        await google.events.patch({ calendarId: "primary", eventId, requestBody: { summary } });
        await stack.platform.sql(
          `update private.sync_calendars set ${columns} where user_id = $1`,
          [organizer.user_id],
        );
        await stack.google.fault({ ...refused, status });
        assert.equal((await syncNow(stack, organizer)).synced, 1, `${status} ${columns}`);
        assert.equal((await rowOf(stack, meeting_id)).title, summary);
      }
    },

  "a calendar that can no longer be read says nothing about its events": async (stack) => {
    const { organizer, meeting_id } = await syncedMeeting(stack);
    await stack.google.fault({
      method: "GET",
      path_pattern: "/events$",
      status: 404,
      reason: "notFound",
      times: 1,
    });
    const answer = await syncNow(stack, organizer);
    assert.ok(answer.results.some(({ status }: { status: string }) => status === "unreadable"));
    assert.equal((await rowOf(stack, meeting_id)).cancelled_in_google_at, null);
    const [calendar] = await calendarsOf(stack, organizer);
    assert.match(calendar?.error, /^calendar_unreadable: /);
    assert.ok(Date.parse(calendar?.next_sync_at) > Date.now() + 3_600_000);
  },

  "a page and its cursor are one: a worker that dies after any request leaves nothing out": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id, eventId } = await syncedMeeting(stack);
    await answerInGoogle(stack, guests[0]!, eventId, { responseStatus: "accepted" });
    await stack.google.fault({ method: "GET", path_pattern: "/events$", drop: "after", times: 1 });
    await syncNow(stack, organizer);
    assert.deepEqual((await rowOf(stack, meeting_id)).attendees.map(statusOf), [
      "accepted",
      "needsAction",
      "needsAction",
    ]);
    await stack.platform.sql(
      "update private.work set due_at = clock_timestamp() where kind = 'sync'",
    );
    await syncDue(stack);
    assert.deepEqual((await rowOf(stack, meeting_id)).attendees.map(statusOf), [
      "accepted",
      "accepted",
      "needsAction",
    ]);
  },

  "the newest version of an event stays, in whatever order they are stored": async (stack) => {
    const store = async (seen: object) => {
      const [row] = await stack.platform.sql<{ stored: boolean }>(
        "select private.record_seen_event('meeting', 'any', $1::text::jsonb) as stored",
        [JSON.stringify(seen)],
      );
      return row?.stored;
    };
    const version = (id: string, sequence: number, minute: number) => ({
      id,
      sequence,
      updated: `2030-01-01T00:0${minute}:00.000Z`,
    });
    assert.equal(await store(version("one", 1, 5)), true);
    assert.equal(await store(version("one", 1, 4)), false);
    assert.equal(await store(version("one", 0, 6)), false);
    assert.equal(await store(version("one", 1, 5)), true);
    assert.equal(await store(version("two", 0, 0)), true);
    await stack.platform.sql("delete from private.event_state where subject_id = 'any'");
  },

  "short and empty pages with a token lose nothing, in a full read and after it": async (stack) => {
    const { organizer, guests, meeting_id: first } = await createdMeeting(stack);
    const ids = [first];
    for (let count = 0; count < 4; count++) {
      const meeting_id = await insertMeeting(organizer, {
        participants: guests,
        ...SLOT,
      });
      await write(organizer, meeting_id);
      ids.push(meeting_id);
    }
    const google = await googleOf(stack, organizer.email);
    await stack.google.undocumented({ list_pages: "short" });
    try {
      for (const summary of ["First", "Second"]) {
        for (const { id } of await eventsOf(stack, organizer)) {
          await google.events.patch({
            calendarId: "primary",
            eventId: id,
            requestBody: { summary },
          });
        }
        const before = await lastRequest(stack);
        await syncNow(stack, organizer);
        const lists = await requestsOf(stack, organizer.email, before);
        assert.equal(lists.filter((name) => name.startsWith("list")).length, 4, lists.join());
        for (const meeting_id of ids) {
          assert.equal((await rowOf(stack, meeting_id)).title, summary, meeting_id);
        }
      }
    } finally {
      await stack.google.undocumented({ list_pages: "full" });
    }
  },

  "without a connection, or with another account, nothing is called": async (stack) => {
    const { organizer } = await syncedMeeting(stack);
    const since = await lastRequest(stack);
    await stack.platform.sql(
      "update private.google_connections set google_account_id = 'another' where user_id = $1",
      [organizer.user_id],
    );
    await syncNow(stack, organizer);
    assert.deepEqual(await requestsOf(stack, organizer.email, since), []);
    await stack.platform.sql(
      "delete from private.google_connections where user_id = $1",
      [organizer.user_id],
    );
    await syncNow(stack, organizer);
    assert.deepEqual(await requestsOf(stack, organizer.email, since), []);
  },
}, { databases: "both" });

function statusOf({ responseStatus }: { responseStatus: string }): string {
  return responseStatus;
}

async function scheduledTaskOf(organizer: Organizer) {
  const task_id = await insertTask(organizer, { start_date: `${MONDAY}T16:00:00Z` });
  const { body } = await organizer.call("task-events/schedule", {
    body: { task_id, timeZone: "UTC" },
  });
  return { event_id: body.event_id as string };
}
