import assert from "node:assert/strict";
import {
  deleteOnGoogle,
  eventsOf,
  mailsBy,
  makeDue,
  pendingMeeting,
  rowOf,
} from "../support/meetings.ts";
import { callFunction, promise, type Stack } from "../support/stack.ts";

const EVENTS = "^/calendar/v3/calendars/[^/]+/events$";

promise("write-back", {
  "write-back creates the event and returns the fields of the origin": async (stack) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack);
    const answer = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const [event] = await eventsOf(stack, organizer);
    assert.deepEqual(answer.body, {
      success: true,
      message: "Calendar event created successfully",
      results: [{
        meeting_id,
        success: true,
        google_event_id: event?.id,
        google_event_link: event?.htmlLink,
        already_exists: false,
      }],
    });
    assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.writeback_status, "created");
    assert.equal(row.writeback_retry_count, 0);
    assert.equal(row.google_event_id, event?.id);
    assert.equal(row.meet_link, event?.hangoutLink);
    assert.equal(row.organizer_self, true);
    assert.equal(row.attendees.length, 3);
    assert.equal(row.leased_until, null);
  },

  "the event carries zone, guests, Meet link and reminders as Google stored them": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack, { title: "Budget" });
    await organizer.call("write-back", { body: { meeting_id } });
    const [event] = await eventsOf(stack, organizer);
    assert.ok(event);
    assert.equal(event.summary, "Budget");
    assert.equal(event.start?.timeZone, "Europe/Paris");
    assert.equal(Date.parse(event.start?.dateTime ?? ""), Date.parse("2035-01-08T10:00:00Z"));
    assert.deepEqual(
      event.attendees?.map(({ email }) => email).toSorted(),
      [organizer.email, ...guests].toSorted(),
    );
    assert.match(event.hangoutLink ?? "", /^https:\/\/meet\.google\.com\//);
    assert.equal(event.reminders?.useDefault ?? false, false);
    assert.deepEqual(
      event.reminders?.overrides?.toSorted((a, b) => Number(a.minutes) - Number(b.minutes)),
      [{ method: "popup", minutes: 30 }, { method: "email", minutes: 1440 }],
    );
  },

  "a second call says already_exists with the same id and sends no mail": async (stack) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack);
    const first = await organizer.call("write-back", { body: { meeting_id } });
    const second = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(second.status, 200);
    assert.deepEqual(second.body.results[0], {
      ...first.body.results[0],
      already_exists: true,
    });
    assert.equal((await eventsOf(stack, organizer)).length, 1);
    assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
  },

  "a reply lost after Google stored the event leads to one event, adopted at the next attempt":
    async (stack) => {
      const { organizer, guests, meeting_id } = await pendingMeeting(stack);
      await stack.google.fault({ method: "POST", path_pattern: EVENTS, drop: "after", times: 1 });
      const lost = await organizer.call("write-back", { body: { meeting_id } });
      assert.equal(lost.status, 502);
      assert.equal(lost.body.error, "google_unavailable");
      assert.equal((await rowOf(stack, meeting_id)).writeback_status, "retrying");

      const retry = await organizer.call("write-back", { body: { meeting_id } });
      assert.equal(retry.status, 200, JSON.stringify(retry.body));
      assert.equal(retry.body.results[0].already_exists, true);
      const events = await eventsOf(stack, organizer);
      assert.deepEqual(events.map(({ id }) => id), [retry.body.results[0].google_event_id]);
      assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
    },

  "a request lost before Google saw it is written at the next attempt": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, drop: "before", times: 1 });
    assert.equal((await organizer.call("write-back", { body: { meeting_id } })).status, 502);
    const retry = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(retry.body.results[0].already_exists, false);
    assert.equal((await eventsOf(stack, organizer)).length, 1);
    assert.equal((await rowOf(stack, meeting_id)).writeback_retry_count, 1);
  },

  "three failed attempts make the meeting failed, after a verification that found nothing": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, status: 503, times: 9 });
    const seen = [];
    for (let attempt = 1; attempt <= 3; attempt++) {
      await makeDue(stack, meeting_id);
      await organizer.call("write-back", { body: { meeting_id } });
      const row = await rowOf(stack, meeting_id);
      seen.push([row.writeback_status, row.writeback_retry_count]);
    }
    assert.deepEqual(seen, [["retrying", 1], ["retrying", 2], ["retrying", 3]]);

    // The third request may still take effect: the verification that decides is not made before.
    const undecided = await rowOf(stack, meeting_id);
    const early = await organizer.call("write-back", { body: { meeting_id } });
    assert.deepEqual([early.status, early.body.error], [409, "in_progress"]);
    const { until } = early.body.details;
    assert.equal(Date.parse(until), Math.floor(Date.parse(undecided.write_due_at) / 1000) * 1000);
    assert.ok(early.body.message.includes(`Google Calendar is read again at ${until}`));
    const wait = Number(early.headers.get("retry-after"));
    assert.ok(wait > 2 && wait <= 3600, `Retry-After: ${wait}`);
    assert.deepEqual(await rowOf(stack, meeting_id), undecided);

    await makeDue(stack, meeting_id);
    await organizer.call("write-back", { body: { meeting_id } });
    assert.equal((await rowOf(stack, meeting_id)).writeback_status, "failed");
    assert.deepEqual(await eventsOf(stack, organizer), []);
    assert.deepEqual(await mailsBy(stack, guests), [[], []]);
  },

  "an event deleted on Google while its reply was lost gets the next generation's id": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, drop: "after", times: 1 });
    await organizer.call("write-back", { body: { meeting_id } });
    const [lost] = await eventsOf(stack, organizer);
    await deleteOnGoogle(stack, organizer.email, lost?.id ?? "");

    const retry = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(retry.body.results[0].already_exists, false);
    const [event, ...more] = await eventsOf(stack, organizer);
    assert.deepEqual(more, []);
    assert.match(event?.id ?? "", /g2$/);
    assert.equal((await rowOf(stack, meeting_id)).event_generation, 2);
  },

  "a foreign event under our id is left unchanged and reported": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    const { event_key } = await rowOf(stack, meeting_id);
    const id = `convene${event_key.replaceAll("-", "")}g1`;
    await stack.google.addEvents(organizer.email, [{
      id,
      summary: "A foreign event",
      start: { dateTime: "2035-01-08T10:00:00Z" },
      end: { dateTime: "2035-01-08T11:00:00Z" },
    }]);
    const answer = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(answer.status, 422);
    assert.equal(answer.body.results[0].error, "foreign_event");
    assert.equal((await rowOf(stack, meeting_id)).writeback_status, "failed");
    const events = await eventsOf(stack, organizer);
    assert.deepEqual(events.map(({ summary }) => summary), ["A foreign event"]);
  },

  "a batch writes what is due, and each element has its own result": async (stack) => {
    const good = await pendingMeeting(stack);
    const bad = await pendingMeeting(stack);
    await stack.google.revokeGrant(bad.organizer.email);
    await stack.google.expireAccessTokens(bad.organizer.email);
    const answer = await batch(stack);
    assert.equal(answer.status, 200);
    const byId = Object.fromEntries(
      answer.body.results.map((result: { meeting_id: string }) => [result.meeting_id, result]),
    );
    assert.equal(byId[good.meeting_id].success, true);
    assert.equal(byId[bad.meeting_id].error, "invalid_grant");
    assert.equal(answer.body.total_processed, answer.body.succeeded + answer.body.failed);
    assert.equal((await rowOf(stack, good.meeting_id)).writeback_status, "created");
    assert.equal((await rowOf(stack, bad.meeting_id)).writeback_status, "failed");
  },

  "a rate limit spends no attempt, pauses the organizer and honours Retry-After": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({
      method: "POST",
      path_pattern: EVENTS,
      status: 403,
      reason: "userRateLimitExceeded",
      retry_after_seconds: 7,
      times: 1,
    });
    const limited = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(limited.status, 429);
    assert.equal(limited.headers.get("retry-after"), "7");
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.writeback_status, "retrying");
    assert.equal(row.writeback_retry_count, 0);
    assert.equal(row.attempts, 0);

    const early = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(early.status, 429, "the pause holds for calls by name too");
    assert.deepEqual(await rowOf(stack, meeting_id), row, "and they do not even begin");
    await makeDue(stack, meeting_id);
    const swept = await batch(stack);
    assert.ok(!swept.body.results.some((r: { meeting_id: string }) => r.meeting_id === meeting_id));
  },

  "GET write-back returns the state with the fields of the origin": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    const before = await organizer.call("write-back", { query: { meeting_id } });
    assert.deepEqual(before.body, {
      meeting_id,
      status: "pending",
      stage: "write",
      reason: null,
      until: null,
      google_event_id: null,
      google_event_link: null,
      error: null,
      retry_count: 0,
      succeeded_at: null,
    });
    await organizer.call("write-back", { body: { meeting_id } });
    const after = await organizer.call("write-back", { query: { meeting_id } });
    assert.equal(after.body.status, "created");
    assert.ok(after.body.google_event_id && after.body.succeeded_at);
  },

  "the ledger has the requests to Google and their responses": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, drop: "after", times: 1 });
    await organizer.call("write-back", { body: { meeting_id } });
    await organizer.call("write-back", { body: { meeting_id } });
    const steps = await stack.platform.sql<Record<string, unknown>>(
      "select step, request ->> 'method' as method, status, outcome, decision from public.writeback_ledger where meeting_id = $1 order by ledger_id",
      [meeting_id],
    );
    assert.deepEqual(
      steps.map(({ step, method, status, outcome, decision }) =>
        [step, method, status, outcome, decision].filter((value) => value !== null)
      ),
      [
        ["claimed"],
        ["requested", "insert"],
        ["answered", "unknown"],
        ["settled", "retrying"],
        ["claimed"],
        ["requested", "get"],
        ["answered", 200, "done"],
        ["settled", "created"],
      ],
    );
  },

  "a slot that has passed is never written": async (stack) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack, {
      starts_at: "2020-01-06T10:00:00Z",
      ends_at: "2020-01-06T10:30:00Z",
    });
    const answer = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(answer.status, 422);
    assert.equal(answer.body.error, "slot_expired");
    assert.equal((await rowOf(stack, meeting_id)).writeback_status, "failed");
    assert.deepEqual(await eventsOf(stack, organizer), []);
    assert.deepEqual(await mailsBy(stack, guests), [[], []]);
  },

  "description, place, conference none, reminders and permissions given on the row are obeyed":
    async (stack) => {
      const { organizer, meeting_id } = await pendingMeeting(stack, {
        description: "Agenda: <costs>",
        location: "Room 4",
        conference: "none",
        reminders: [{ method: "popup", minutes: 5 }],
        guests_can_invite_others: false,
      });
      await organizer.call("write-back", { body: { meeting_id } });
      const [event] = await eventsOf(stack, organizer);
      assert.ok(event);
      assert.ok(event.description?.startsWith("Agenda: &lt;costs&gt;\n"));
      assert.equal(event.location, "Room 4");
      assert.equal(event.hangoutLink, undefined);
      assert.deepEqual(event.reminders?.overrides, [{ method: "popup", minutes: 5 }]);
      assert.equal(event.guestsCanInviteOthers, false);
    },

  "a Meet link that is still pending does not keep the event from being created": async (stack) => {
    await stack.google.conference({ mode: "pending" });
    const { organizer, meeting_id } = await pendingMeeting(stack);
    const answer = await organizer.call("write-back", { body: { meeting_id } });
    await stack.google.conference({ mode: "success" });
    assert.equal(answer.status, 200);
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.writeback_status, "created");
    assert.equal(row.meet_link, null);
  },
}, { databases: "both" });

function batch(stack: Stack) {
  return callFunction(stack.platform, "write-back", {
    apikey: stack.platform.automations_key,
    body: { batch: true, limit: 50 },
  });
}
