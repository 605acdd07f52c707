import assert from "node:assert/strict";
import { ACCESS_REQUESTS } from "../support/access/function_requests.ts";
import { write } from "../support/changes.ts";
import { insertMeeting, MONDAY, SLOT, WEEK } from "../support/meetings.ts";
import { decline, movableMeeting, searchDue } from "../support/moves.ts";
import { checkTimes, type SeenTimes } from "../support/shown_times.ts";
import { type Answer, callFunction, promise } from "../support/stack.ts";
import { insertTask, scheduledTask } from "../support/tasks.ts";

const PARIS = { timezone: "Europe/Paris" };

/** Checks the times of a response of this status and returns its body. */
function checked(label: string, answer: Answer, seen: SeenTimes, status = 200): Answer["body"] {
  assert.equal(answer.status, status, `${label}: ${JSON.stringify(answer.body)}`);
  checkTimes(label, answer.body, seen);
  return answer.body;
}

promise("times in responses", {
  "every response of every function has one form of time": async (stack) => {
    const [owner, participant, stranger] = [
      await stack.organizer(PARIS),
      await stack.organizer(),
      await stack.organizer(),
    ];
    const seen: SeenTimes = new Set();
    const silent: string[] = [];
    for (const request of ACCESS_REQUESTS) {
      const path = `${request.function}${request.path}`;
      let answered = 0;
      for (const is_key of [false, true]) {
        const user = is_key ? { user_id: owner.user_id } : {};
        const sent = await request.send({ stack, owner, participant, stranger, user });
        const answer = await callFunction(stack.platform, path, {
          method: request.method,
          ...(is_key
            ? { apikey: stack.platform.automations_key }
            : { access_token: owner.access_token }),
          ...sent,
        });
        checkTimes(path, answer.body, seen);
        if (answer.status < 300) answered++;
      }
      if (answered === 0) silent.push(`${request.method} ${path}`);
    }
    // A redirect to the app.
    assert.deepEqual(silent, ["GET google-auth/callback"]);
    for (
      const field of [
        "google-auth/sharing.created_at",
        "status/.meetings[].created_at",
        "status/health.checks.storage[].since",
        "meetings/.start_time",
        "meetings/moves.move.from.start_time",
        "task-events/events.time_range.start",
      ]
    ) assert.ok(seen.has(field), `${field} in ${[...seen].sort().join(", ")}`);
  },

  "a meeting has its times in its zone, and what happened in UTC, from search to cancellation":
    async (stack) => {
      const organizer = await stack.organizer(PARIS);
      const seen: SeenTimes = new Set();
      const constraints = { ...WEEK, ...PARIS };
      const given = { participants: [organizer.email], constraints };
      const dry = await organizer.call("schedule", { body: { ...given, dry_run: true } });
      checked("dry_run", dry, seen);
      const searched = checked("schedule", await organizer.call("schedule", { body: given }), seen);
      const { meeting_id } = searched;
      const again = await organizer.call("schedule", { body: { meeting_id } });
      const repeated = checked("repeated", again, seen);
      assert.equal(repeated.selected_slot.start_time, searched.selected_slot.start_time);
      const alternatives = await organizer.call("schedule/alternatives", { body: { meeting_id } });
      const { current_slot } = checked("alternatives", alternatives, seen);
      assert.equal(current_slot.start_time, searched.selected_slot.start_time);

      const slot = await insertMeeting(organizer, { participants: [organizer.email], ...SLOT });
      const stored = await organizer.call("schedule", { body: { meeting_id: slot } });
      const selected = checked("given time", stored, seen).selected_slot;
      assert.deepEqual(
        [selected.start_time, selected.end_time],
        [`${MONDAY}T11:00:00+01:00`, `${MONDAY}T11:30:00+01:00`],
      );
      await write(organizer, slot);
      const query = { meeting_id: slot };
      const written = checked("written", await organizer.call("write-back", { query }), seen);
      assert.match(written.succeeded_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      const shown = checked(
        "status",
        await organizer.call("status", {
          query: { ...query, attempts: "true", candidates: "true" },
        }),
        seen,
      );
      assert.equal(shown.start_time, `${MONDAY}T11:00:00+01:00`);
      assert.equal(shown.succeeded_at, written.succeeded_at);
      assert.ok(seen.has("status.attempts[].at"));
      assert.match(shown.created_at, /Z$/);
      const changed = await organizer.call("meetings", {
        method: "PATCH",
        body: { meeting_id: slot, timezone: "America/New_York" },
      });
      assert.equal(checked("changed", changed, seen).start_time, `${MONDAY}T05:00:00-05:00`);
      const cancelled = await organizer.call("meetings", { method: "DELETE", query });
      assert.match(checked("cancelled", cancelled, seen).cancelled_at, /Z$/);
      checked("page", await organizer.call("status"), seen);
      const audited = await callFunction(stack.platform, "write-back", {
        apikey: stack.platform.automations_key,
        body: { audit: true, limit: 50 },
      });
      checked("audit", audited, seen);
    },

  "a proposed time is in the zone of its meeting": async (stack) => {
    const made = await movableMeeting(stack, {
      ...PARIS,
      auto_reschedule: { on: "required_declined", approve: true },
    });
    await decline(stack, made, made.guests[0]);
    await searchDue(stack, made.meeting_id);
    const seen: SeenTimes = new Set();
    const { meeting_id } = made;
    const { move } = checked(
      "status",
      await made.organizer.call("status", { query: { meeting_id } }),
      seen,
    );
    assert.equal(move.decision, "proposed");
    assert.match(move.from.start_time, /\+01:00$/);
    assert.match(move.to.start_time, /\+01:00$/);
    const wrong = await made.organizer.call("meetings/moves", {
      body: { meeting_id, decision: "accept", start_time: `${MONDAY}T03:00:00Z` },
    });
    assert.ok(checked("not offered", wrong, seen, 422).details.alternatives.length > 0);
    const accepted = await made.organizer.call("meetings/moves", {
      body: { meeting_id, decision: "accept" },
    });
    assert.match(checked("accepted", accepted, seen).move.to.start_time, /\+01:00$/);
  },

  "the events of tasks have their times in their zone, and whole days as dates": async (stack) => {
    const seen: SeenTimes = new Set();
    const { organizer, task_id, event_id } = await scheduledTask(stack, {
      columns: { recurrence_pattern: "weekly" },
    });
    const scheduled = await organizer.call("task-events/schedule", { body: { task_id } });
    assert.equal(checked("schedule", scheduled, seen).start_time, `${MONDAY}T10:00:00+01:00`);
    const split = await organizer.call("task-events/update", {
      body: {
        event_id,
        update_scope: "future",
        instance_date: "2035-01-22",
        start_time: "2035-01-22T12:00:00+01:00",
      },
    });
    checked("update", split, seen);
    const moved = await organizer.call("task-events/reschedule", {
      body: { tasks: [{ task_id, start_time: "2035-01-09T09:00:00Z" }] },
    });
    checked("reschedule", moved, seen);
    const day = await insertTask(organizer);
    const whole = await organizer.call("task-events/schedule", {
      body: { task_id: day, start_time: MONDAY },
    });
    assert.equal(checked("whole day", whole, seen).start_time, MONDAY);
    const listed = await organizer.call("task-events/events", {
      query: { timeMin: MONDAY, timeMax: "2035-03-01T00:00:00+01:00" },
    });
    assert.ok(checked("events", listed, seen).event_count > 2);
    assert.equal(listed.body.time_range.end, "2035-02-28T23:00:00Z");
  },

  "a pause of the connection and of a meeting ends at a time in UTC": async (stack) => {
    const organizer = await stack.organizer(PARIS);
    const meeting_id = await insertMeeting(organizer, {
      participants: [organizer.email],
      ...SLOT,
    });
    await stack.platform.sql(
      `update private.google_connections
        set paused_until = now() + interval '1 hour', writes_paused_until = now() + interval '2 hours'
        where user_id = $1`,
      [organizer.user_id],
    );
    const seen: SeenTimes = new Set();
    const connection = checked("google-auth", await organizer.call("google-auth"), seen);
    assert.match(connection.paused_until, /Z$/);
    assert.match(connection.writes_paused_until, /Z$/);
    const waiting = await organizer.call("status", { query: { meeting_id } });
    assert.match(checked("status", waiting, seen).until, /Z$/);
    const health = await callFunction(stack.platform, "status/health", {
      apikey: stack.platform.automations_key,
    });
    const [, user] = checked("health", health, seen).checks.paused;
    assert.match(user.details.writes_until, /Z$/);
  },
});
