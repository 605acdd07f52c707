import assert from "node:assert/strict";
import { mondays, SUMMER, WINTER } from "../support/mondays.ts";
import { promise } from "../support/stack.ts";
import {
  change,
  eventRow,
  eventRows,
  googleOf,
  makeEventsDue,
  occurrencesOn,
  scheduledTask,
  startOf,
  startsOn,
  sweep,
} from "../support/tasks.ts";
import { mailsBy } from "../support/meetings.ts";

const EVENTS = "^/calendar/v3/calendars/[^/]+/events$";

promise("series of tasks", {
  "single changes one occurrence, found by its day, and leaves the row of the series alone": async (
    stack,
  ) => {
    const { organizer, event_id } = await mondays(stack);
    const before = await eventRow(stack, organizer, event_id);
    const answer = await change(organizer, {
      event_id,
      update_scope: "single",
      instance_date: "2035-03-26",
      start_time: "2035-03-27T13:00:00Z",
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(
      await startsOn(stack, organizer.email),
      [...WINTER, "2035-03-27T13:00:00Z", ...SUMMER.slice(1)],
    );
    const exception = await eventRow(stack, organizer, answer.body.event_id);
    assert.equal(exception.is_exception, true);
    assert.equal(exception.exception_type, "moved");
    assert.equal(exception.recurrence_master_id, event_id);
    assert.equal(Date.parse(exception.original_start_time), Date.parse(SUMMER[0]!));
    assert.equal(exception.series_update_scope, "single");
    const after = await eventRow(stack, organizer, event_id);
    for (const column of ["event_start", "event_title", "recurrence_rule", "etag", "attendees"]) {
      assert.deepEqual(after[column], before[column], column);
    }
    const again = await change(organizer, {
      event_id: answer.body.event_id,
      summary: "Only this one",
    });
    assert.equal(again.body.update_scope, "single");
    const google = await googleOf(stack, organizer.email);
    const { data } = await google.events.get({ calendarId: "primary", eventId: event_id });
    assert.equal(data.summary, "Write the report");
  },

  "single finds a whole-day occurrence": async (stack) => {
    const { organizer, event_id } = await scheduledTask(stack, {
      wanted: {
        start_time: "2035-03-05",
        recurrence_pattern: "monthly",
        recurrence_ends: "2035-06-30",
      },
    });
    const answer = await change(organizer, {
      event_id,
      update_scope: "single",
      instance_date: "2035-04-05",
      start_time: "2035-04-07",
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(await startsOn(stack, organizer.email), [
      "2035-03-05",
      "2035-04-07",
      "2035-05-05",
      "2035-06-05",
    ]);
  },

  "all moves every occurrence on the wall clock; deleted ones stay deleted, moved ones stay moved":
    async (stack) => {
      const { organizer, event_id } = await mondays(stack);
      const google = await googleOf(stack, organizer.email);
      const occurrences = await occurrencesOn(stack, organizer.email);
      await google.events.delete({ calendarId: "primary", eventId: occurrences[1]!.id! });
      await change(organizer, {
        event_id,
        update_scope: "single",
        instance_date: "2035-04-02",
        start_time: "2035-04-04T12:00:00Z",
      });
      const answer = await change(organizer, {
        event_id,
        update_scope: "all",
        start_time: "2035-03-05T14:00:00Z",
      });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.deepEqual(await startsOn(stack, organizer.email), [
        "2035-03-05T14:00:00Z",
        "2035-03-19T14:00:00Z",
        "2035-03-26T13:00:00Z",
        "2035-04-04T12:00:00Z",
        "2035-04-09T13:00:00Z",
      ]);
      assert.equal((await eventRow(stack, organizer, event_id)).series_update_scope, "all");
    },

  "all with an occurrence named moves the whole series as far as that occurrence": async (
    stack,
  ) => {
    const { organizer, event_id } = await mondays(stack);
    const answer = await change(organizer, {
      event_id,
      update_scope: "all",
      instance_date: "2035-04-02",
      start_time: "2035-04-03T09:30:00Z",
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(await startsOn(stack, organizer.email), [
      "2035-03-06T10:30:00Z",
      "2035-03-13T10:30:00Z",
      "2035-03-20T10:30:00Z",
      "2035-03-27T09:30:00Z",
      "2035-04-03T09:30:00Z",
      "2035-04-10T09:30:00Z",
    ]);
  },

  "future divides the series: guests, replies, reminders, Meet and later changes go along": async (
    stack,
  ) => {
    const { organizer, guests, event_id } = await mondays(stack, 2);
    const [ana = "", bo = ""] = guests;
    const google = await googleOf(stack, organizer.email);
    await google.events.patch({
      calendarId: "primary",
      eventId: event_id,
      conferenceDataVersion: 1,
      requestBody: {
        reminders: { useDefault: false, overrides: [{ method: "popup", minutes: 7 }] },
        conferenceData: { createRequest: { requestId: "one" } },
      },
    });
    await stack.google.reply({ email: ana, event_id, responseStatus: "accepted" });
    const moved = await change(organizer, {
      event_id,
      update_scope: "single",
      instance_date: "2035-04-02",
      start_time: "2035-04-05T08:00:00Z",
    });
    await stack.google.reply({
      email: bo,
      event_id: moved.body.event_id,
      responseStatus: "declined",
    });
    const occurrences = await occurrencesOn(stack, organizer.email);
    await google.events.delete({ calendarId: "primary", eventId: occurrences.at(-1)!.id! });

    const request = {
      event_id,
      update_scope: "future",
      instance_date: "2035-03-19",
      start_time: "2035-03-20T13:00:00Z",
      summary: "Report, new time",
    };
    const preview = await change(organizer, { ...request, preview: true });
    assert.equal(preview.status, 200, JSON.stringify(preview.body));
    assert.equal(preview.body.preview, true);
    assert.equal(preview.body.carried_exceptions.length, 1);
    const unconfirmed = await change(organizer, request);
    assert.equal(unconfirmed.status, 409);
    assert.equal(unconfirmed.body.error, "confirmation_required");
    assert.deepEqual(await startsOn(stack, organizer.email), [
      ...WINTER,
      SUMMER[0],
      "2035-04-05T08:00:00Z",
    ]);

    const answer = await change(organizer, { ...request, confirm: true });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(await startsOn(stack, organizer.email), [
      ...WINTER.slice(0, 2),
      "2035-03-20T13:00:00Z",
      "2035-03-27T12:00:00Z",
      "2035-04-05T08:00:00Z",
    ]);
    assert.equal(answer.body.carried_exceptions.length, 1);
    assert.equal(answer.body.cancelled_occurrences.length, 1);
    assert.deepEqual(answer.body.lost_exceptions, []);

    const following = await google.events.get({
      calendarId: "primary",
      eventId: answer.body.following.event_id,
    });
    assert.equal(following.data.summary, "Report, new time");
    assert.deepEqual(following.data.reminders?.overrides, [{ method: "popup", minutes: 7 }]);
    assert.match(following.data.hangoutLink ?? "", /^https:/);
    assert.equal(
      following.data.attendees?.find(({ email }) => email === ana)?.responseStatus,
      "accepted",
    );
    const carried = (await occurrencesOn(stack, organizer.email)).at(-1);
    assert.equal(
      carried?.attendees?.find(({ email }) => email === bo)?.responseStatus,
      "declined",
    );
    const rows = await eventRows(stack, organizer);
    const live = rows.filter((row) => row.deleted_at === null);
    assert.deepEqual(
      live.map((row) => row.calendar_event_id).sort(),
      [event_id, answer.body.following.event_id, carried?.id].sort(),
    );
    assert.equal(rows.find((row) => row.calendar_event_id === event_id)?.pending_change, null);
  },

  "future at the first occurrence is the whole series, and a divided series divides again": async (
    stack,
  ) => {
    const { organizer, event_id } = await mondays(stack);
    const first = await change(organizer, {
      event_id,
      update_scope: "future",
      instance_date: "2035-03-05",
      start_time: "2035-03-05T10:00:00Z",
    });
    assert.equal(first.body.update_scope, "all");
    const second = await change(organizer, {
      event_id,
      update_scope: "future",
      instance_date: "2035-03-19",
      summary: "Second part",
    });
    const third = await change(organizer, {
      event_id: second.body.following.event_id,
      update_scope: "future",
      instance_date: "2035-04-02",
      summary: "Third part",
    });
    assert.equal(third.status, 200, JSON.stringify(third.body));
    const shown = await occurrencesOn(stack, organizer.email);
    assert.deepEqual(shown.map((event) => [startOf(event), event.summary]), [
      ["2035-03-05T10:00:00Z", "Write the report"],
      ["2035-03-12T10:00:00Z", "Write the report"],
      ["2035-03-19T10:00:00Z", "Second part"],
      ["2035-03-26T09:00:00Z", "Second part"],
      ["2035-04-02T09:00:00Z", "Third part"],
      ["2035-04-09T09:00:00Z", "Third part"],
    ]);
  },

  "a series that ends by COUNT keeps its number of occurrences when it is divided": async (
    stack,
  ) => {
    const { organizer, event_id } = await mondays(stack);
    await change(organizer, {
      event_id,
      update_scope: "all",
      recurrence: "RRULE:FREQ=DAILY;INTERVAL=2;COUNT=6",
    });
    const before = await startsOn(stack, organizer.email);
    assert.equal(before.length, 6);
    const answer = await change(organizer, {
      event_id,
      update_scope: "future",
      instance_date: before[3]!.slice(0, 10),
      summary: "Second part",
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(await startsOn(stack, organizer.email), before);
  },

  "an answer lost between the two calls of future is made good by the sweep: no hole, nothing twice":
    async (stack) => {
      for (const drop of ["before", "after"] as const) {
        for (const method of ["PATCH", "POST"] as const) {
          const { organizer, guests, event_id } = await mondays(stack, 1);
          await stack.google.fault({
            method,
            path_pattern: method === "POST" ? EVENTS : `/events/${event_id}$`,
            drop,
            times: 1,
          });
          const lost = await change(organizer, {
            event_id,
            update_scope: "future",
            instance_date: "2035-03-26",
            start_time: "2035-03-26T10:00:00Z",
            confirm: true,
          });
          assert.equal(lost.status, 502, JSON.stringify(lost.body));
          await makeEventsDue(stack, organizer);
          const swept = await sweep(stack);
          assert.equal(swept.failed, 0, JSON.stringify(swept));
          assert.deepEqual(await startsOn(stack, organizer.email), [
            ...WINTER,
            "2035-03-26T10:00:00Z",
            "2035-04-02T10:00:00Z",
            "2035-04-09T10:00:00Z",
          ], `${method} dropped ${drop}`);
          const live = await stack.google.events({ calendar_id: organizer.email, status: "live" });
          assert.equal(live.length, 2);
          const [mails] = await mailsBy(stack, guests);
          assert.deepEqual(mails?.filter((kind) => kind === "invitation").length, 2);
        }
      }
    },

  "an answer lost while later changes are carried along is made good too": async (stack) => {
    for (const drop of ["before", "after"] as const) {
      const { organizer, event_id } = await mondays(stack);
      await change(organizer, {
        event_id,
        update_scope: "single",
        instance_date: "2035-04-02",
        start_time: "2035-04-04T12:00:00Z",
      });
      await stack.google.fault({
        method: "PATCH",
        path_pattern: "/events/[^/]+_2035[^/]+$",
        drop,
        times: 1,
      });
      const lost = await change(organizer, {
        event_id,
        update_scope: "future",
        instance_date: "2035-03-26",
        summary: "Second part",
      });
      assert.equal(lost.status, 502, JSON.stringify(lost.body));
      await makeEventsDue(stack, organizer);
      assert.equal((await sweep(stack)).failed, 0);
      assert.deepEqual(await startsOn(stack, organizer.email), [
        ...WINTER,
        SUMMER[0],
        "2035-04-04T12:00:00Z",
        SUMMER[2],
      ]);
      const live = (await eventRows(stack, organizer)).filter((row) => row.deleted_at === null);
      assert.equal(live.length, 3);
    }
  },

  "what Google will never take is given up by the sweep as well, with nothing left half done":
    async (stack) => {
      const { organizer, guests, event_id } = await mondays(stack, 1);
      await stack.google.fault({
        method: "PATCH",
        path_pattern: `/events/${event_id}$`,
        drop: "after",
        times: 1,
      });
      await change(organizer, {
        event_id,
        update_scope: "future",
        instance_date: "2035-03-26",
        summary: "Second part",
        confirm: true,
      });
      assert.deepEqual(await startsOn(stack, organizer.email), WINTER);
      await stack.google.fault({
        method: "POST",
        path_pattern: EVENTS,
        status: 400,
        reason: "invalid",
      });
      for (let sweeps = 0; sweeps < 3; sweeps++) {
        await makeEventsDue(stack, organizer);
        await sweep(stack);
      }
      assert.deepEqual(await startsOn(stack, organizer.email), [...WINTER, ...SUMMER]);
      const row = await eventRow(stack, organizer, event_id);
      assert.equal(row.pending_change, null);
      assert.match(row.sync_error, /^google_rejected/);
      assert.deepEqual(await mailsBy(stack, guests), [["invitation", "update", "update"]]);
    },

  "a following series that Google will never take gives the first one its occurrences back": async (
    stack,
  ) => {
    const { organizer, event_id } = await mondays(stack);
    await stack.google.fault({
      method: "POST",
      path_pattern: EVENTS,
      status: 400,
      reason: "invalid",
      times: 1,
    });
    const answer = await change(organizer, {
      event_id,
      update_scope: "future",
      instance_date: "2035-03-26",
      summary: "Second part",
    });
    assert.equal(answer.status, 422);
    assert.deepEqual(await startsOn(stack, organizer.email), [...WINTER, ...SUMMER]);
    assert.equal((await eventRow(stack, organizer, event_id)).pending_change, null);
  },
});
