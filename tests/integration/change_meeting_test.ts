import assert from "node:assert/strict";
import {
  answersOf,
  AT_NOON,
  batch,
  cancel,
  change,
  createdMeeting,
  endLease,
  EVENT,
  EVENTS,
  killDuring,
  makeRetryDue,
  onlyEvent,
  requestsAbout,
  write,
} from "../support/changes.ts";
import {
  deleteOnGoogle,
  eventsOf,
  insertMeeting,
  mailsBy,
  makeDue,
  MONDAY,
  pendingMeeting,
  rowOf,
  SLOT,
  WEEK,
} from "../support/meetings.ts";
import { callFunction, promise, type Stack } from "../support/stack.ts";

const AT_TWO = { start_time: `${MONDAY}T14:00:00Z`, end_time: `${MONDAY}T14:45:00Z` };

promise("changing meetings", {
  "a meeting moved twice while a guest replies keeps its event, its link and every reply": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
    const [first, second] = guests as [string, string];
    await stack.google.reply({ email: first, event_id: event.id, responseStatus: "accepted" });
    const moved = await change(organizer, meeting_id, AT_NOON);
    assert.equal(moved.body.version, 2);
    assert.equal(moved.body.event_is_due, true);
    await write(organizer, meeting_id);
    await stack.google.reply({
      email: second,
      event_id: event.id,
      responseStatus: "declined",
      comment: "On leave",
    });
    await change(organizer, meeting_id, AT_TWO);
    await write(organizer, meeting_id);

    const now = await onlyEvent(stack, organizer);
    assert.equal(now.id, event.id);
    assert.equal(now.hangoutLink, event.hangoutLink);
    assert.equal(Date.parse(now.start?.dateTime ?? ""), Date.parse(AT_TWO.start_time));
    assert.equal(Date.parse(now.end?.dateTime ?? ""), Date.parse(AT_TWO.end_time));
    assert.deepEqual(answersOf(now), {
      [organizer.email]: "accepted",
      [first]: "accepted",
      [second]: "declined",
    });
    assert.equal(now.attendees?.find(({ email }) => email === second)?.comment, "On leave");
    assert.deepEqual(await mailsBy(stack, guests), [
      ["invitation", "update", "update"],
      ["invitation", "update", "update"],
    ]);
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.writeback_status, "created");
    assert.equal(row.google_event_id, event.id);
    assert.equal(row.meet_link, event.hangoutLink);
    assert.equal(row.written_version, 3);
    assert.equal(row.write_due_at, null);
  },

  "a guest who replies between the read and the patch keeps the reply": async (stack) => {
    const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
    await change(organizer, meeting_id, AT_NOON);
    await stack.google.fault({ method: "PATCH", path_pattern: EVENT, delay_ms: 2000, times: 1 });
    const asked = (await stack.google.requests()).length;
    const writing = write(organizer, meeting_id);
    // The patch was sent after the response to the read; it takes effect only after the delay.
    while ((await stack.google.requests()).length === asked) await Promise.resolve();
    await stack.google.reply({
      email: guests[0]!,
      event_id: event.id,
      responseStatus: "accepted",
    });
    await writing;
    const refused = await stack.platform.sql(
      "select from public.writeback_ledger where meeting_id = $1 and status = 412",
      [meeting_id],
    );
    assert.equal(refused.length, 1);
    const now = await onlyEvent(stack, organizer);
    assert.equal(answersOf(now)[guests[0]!], "accepted");
    assert.equal(Date.parse(now.start?.dateTime ?? ""), Date.parse(AT_NOON.start_time));
    assert.deepEqual(await mailsBy(stack, guests), [
      ["invitation", "update"],
      ["invitation", "update"],
    ]);
  },

  "an event that others keep changing is left for later, and then changed": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    await change(organizer, meeting_id, AT_NOON);
    await stack.google.fault({
      method: "PATCH",
      path_pattern: EVENT,
      status: 412,
      reason: "conditionNotMet",
      times: 3,
    });
    const answer = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(answer.status, 502);
    assert.match(answer.body.message, /prevented this one/);
    await makeRetryDue(stack, meeting_id);
    await batch(stack);
    const event = await onlyEvent(stack, organizer);
    assert.equal(Date.parse(event.start?.dateTime ?? ""), Date.parse(AT_NOON.start_time));
  },

  "several changes before the write become one patch with the last state": async (stack) => {
    const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
    await change(organizer, meeting_id, AT_NOON);
    await change(organizer, meeting_id, { title: "Budget", location: "Room 4" });
    await change(organizer, meeting_id, { ...AT_TWO, description: "Bring numbers" });
    await write(organizer, meeting_id);
    const now = await onlyEvent(stack, organizer);
    assert.equal(now.id, event.id);
    assert.equal(now.summary, "Budget");
    assert.equal(now.location, "Room 4");
    assert.match(now.description ?? "", /^Bring numbers\n/);
    assert.equal(Date.parse(now.start?.dateTime ?? ""), Date.parse(AT_TWO.start_time));
    assert.deepEqual(await mailsBy(stack, guests), [
      ["invitation", "update"],
      ["invitation", "update"],
    ]);
    assert.equal((await requestsAbout(stack, event.id, "PATCH")).length, 1);

    await change(organizer, meeting_id, { location: null });
    await write(organizer, meeting_id);
    assert.equal((await onlyEvent(stack, organizer)).location, undefined);
  },

  "a change before the event exists is written with it, once": async (stack) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack);
    await change(organizer, meeting_id, { title: "Budget", ...AT_NOON });
    await write(organizer, meeting_id);
    const event = await onlyEvent(stack, organizer);
    assert.equal(event.summary, "Budget");
    assert.equal(Date.parse(event.start?.dateTime ?? ""), Date.parse(AT_NOON.start_time));
    assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
    assert.equal((await rowOf(stack, meeting_id)).write_due_at, null);
  },

  "a change after an insert whose reply was lost follows once the event is found": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, drop: "after", times: 1 });
    assert.equal((await organizer.call("write-back", { body: { meeting_id } })).status, 502);
    await change(organizer, meeting_id, AT_NOON);
    await write(organizer, meeting_id);
    const found = await rowOf(stack, meeting_id);
    assert.deepEqual([found.written_version, found.operation], [1, "update"]);
    await write(organizer, meeting_id);
    const { start } = await onlyEvent(stack, organizer);
    assert.equal(Date.parse(start?.dateTime ?? ""), Date.parse(AT_NOON.start_time));
    assert.deepEqual(await mailsBy(stack, guests), [
      ["invitation", "update"],
      ["invitation", "update"],
    ]);
  },

  "a change while the event is being written follows as an update": async (stack) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({
      method: "POST",
      path_pattern: "/events$",
      answer_delay_ms: 500,
      times: 1,
    });
    const writing = write(organizer, meeting_id);
    while ((await eventsOf(stack, organizer)).length === 0) await Promise.resolve();
    await change(organizer, meeting_id, AT_NOON);
    await writing;
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.writeback_status, "created");
    assert.equal(row.operation, "update");
    assert.notEqual(row.write_due_at, null);
    await batch(stack);
    const event = await onlyEvent(stack, organizer);
    assert.equal(Date.parse(event.start?.dateTime ?? ""), Date.parse(AT_NOON.start_time));
    assert.deepEqual(await mailsBy(stack, guests), [
      ["invitation", "update"],
      ["invitation", "update"],
    ]);
  },

  "removed participants are notified once, new ones invited, guests added by others stay": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
    const [stays, leaves] = guests as [string, string];
    const [friend, joins] = [await stack.guest(), await stack.guest()];
    await addGuest(stack, organizer.email, event.id, friend);
    await stack.google.reply({ email: stays, event_id: event.id, responseStatus: "tentative" });
    await change(organizer, meeting_id, { participants: [organizer.email, stays, joins] });
    await write(organizer, meeting_id);
    assert.deepEqual(answersOf(await onlyEvent(stack, organizer)), {
      [organizer.email]: "accepted",
      [stays]: "tentative",
      [joins]: "needsAction",
      [friend]: "needsAction",
    });
    // A second change must not take the friend, whom the row has seen by now, for one of ours.
    await change(organizer, meeting_id, AT_NOON);
    await write(organizer, meeting_id);
    const now = answersOf(await onlyEvent(stack, organizer));
    assert.deepEqual(
      Object.keys(now).toSorted(),
      [organizer.email, stays, joins, friend].toSorted(),
    );
    assert.deepEqual(await mailsBy(stack, [stays, leaves, joins]), [
      ["invitation", "update", "update"],
      ["invitation", "cancellation"],
      ["invitation", "update"],
    ]);
    assert.deepEqual((await rowOf(stack, meeting_id)).removed_participants, []);
  },

  "a patch whose reply is lost is recognised and mails no guest twice": async (stack) => {
    const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
    await change(organizer, meeting_id, AT_NOON);
    await stack.google.fault({ method: "PATCH", path_pattern: EVENT, drop: "after", times: 1 });
    const lost = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(lost.status, 502, JSON.stringify(lost.body));
    assert.equal((await rowOf(stack, meeting_id)).writeback_status, "created");
    await makeRetryDue(stack, meeting_id);
    await batch(stack);
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.written_version, row.desired_version);
    assert.equal(row.writeback_error, null);
    assert.equal((await requestsAbout(stack, event.id, "PATCH")).length, 1);
    assert.deepEqual(await mailsBy(stack, guests), [
      ["invitation", "update"],
      ["invitation", "update"],
    ]);
  },

  "a patch that never reached Google is sent again by the queue": async (stack) => {
    const { organizer, guests, meeting_id } = await createdMeeting(stack);
    await change(organizer, meeting_id, AT_NOON);
    await stack.google.fault({ method: "PATCH", path_pattern: EVENT, drop: "before", times: 1 });
    assert.equal((await organizer.call("write-back", { body: { meeting_id } })).status, 502);
    await makeRetryDue(stack, meeting_id);
    await batch(stack);
    const event = await onlyEvent(stack, organizer);
    assert.equal(Date.parse(event.start?.dateTime ?? ""), Date.parse(AT_NOON.start_time));
    assert.deepEqual(await mailsBy(stack, guests), [
      ["invitation", "update"],
      ["invitation", "update"],
    ]);
    assert.equal((await rowOf(stack, meeting_id)).writeback_error, null);
  },

  "a worker killed in the middle of a patch leaves one update, found by the next": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
    await change(organizer, meeting_id, AT_NOON);
    await killDuring(stack, organizer, meeting_id, "PATCH", async () => {
      const { start } = await onlyEvent(stack, organizer);
      return Date.parse(start?.dateTime ?? "") === Date.parse(AT_NOON.start_time);
    });
    await endLease(stack, meeting_id);
    await write(organizer, meeting_id);
    assert.equal((await requestsAbout(stack, event.id, "PATCH")).length, 1);
    assert.deepEqual(await mailsBy(stack, guests), [
      ["invitation", "update"],
      ["invitation", "update"],
    ]);
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.written_version, 2);
    assert.equal(row.lease_token, null);
  },

  "a change that fails three times is given up with a reason, and continues when requeued": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
    await change(organizer, meeting_id, AT_NOON);
    await stack.google.fault({ method: "PATCH", path_pattern: EVENT, status: 503, times: 9 });
    for (let attempt = 0; attempt < 4; attempt++) {
      await makeDue(stack, meeting_id);
      await organizer.call("write-back", { body: { meeting_id } });
    }
    const given_up = await rowOf(stack, meeting_id);
    assert.equal(given_up.writeback_status, "created");
    assert.equal(given_up.write_due_at, null);
    assert.match(given_up.writeback_error, /^google_unavailable: 3 attempts/);
    assert.equal((await organizer.call("write-back", { body: { meeting_id } })).status, 502);

    await stack.google.clearFaults();
    const requeued = await organizer.call("meetings/requeue", { body: { meeting_id } });
    assert.equal(requeued.body.requeued, true, JSON.stringify(requeued.body));
    await write(organizer, meeting_id);
    const now = await onlyEvent(stack, organizer);
    assert.equal(now.id, event.id);
    assert.equal(Date.parse(now.start?.dateTime ?? ""), Date.parse(AT_NOON.start_time));
    assert.deepEqual(await mailsBy(stack, guests), [
      ["invitation", "update"],
      ["invitation", "update"],
    ]);
  },

  "a change of an event that was deleted on Google says so; requeued, the meeting gets a new one":
    async (stack) => {
      const { organizer, meeting_id, event } = await createdMeeting(stack);
      await deleteOnGoogle(stack, organizer.email, event.id);
      await change(organizer, meeting_id, AT_NOON);
      const answer = await organizer.call("write-back", { body: { meeting_id } });
      assert.equal(answer.status, 422);
      assert.equal(answer.body.results[0].error, "event_missing");
      assert.deepEqual(await eventsOf(stack, organizer), []);

      const requeued = await organizer.call("meetings/requeue", { body: { meeting_id } });
      assert.equal(requeued.body.requeued, true, JSON.stringify(requeued.body));
      assert.equal(requeued.body.status, "pending");
      await write(organizer, meeting_id);
      const written = await onlyEvent(stack, organizer);
      assert.match(written.id, /g2$/);
      assert.equal(Date.parse(written.start?.dateTime ?? ""), Date.parse(AT_NOON.start_time));
      const row = await rowOf(stack, meeting_id);
      assert.equal(row.google_event_id, written.id);
      assert.equal(row.meet_link, written.hangoutLink);
    },

  "an event that an application made and stored is changed and deleted under its own id": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.addEvents(organizer.email, [{
      id: "handmade1",
      summary: "By hand",
      start: { dateTime: `${MONDAY}T10:00:00Z` },
      end: { dateTime: `${MONDAY}T10:30:00Z` },
    }]);
    await stack.platform.sql(
      "select mark_writeback_success($1, 'handmade1', 'primary', 'https://calendar.example/1')",
      [meeting_id],
    );
    await change(organizer, meeting_id, { title: "Budget" });
    await write(organizer, meeting_id);
    const event = await onlyEvent(stack, organizer);
    assert.deepEqual([event.id, event.summary], ["handmade1", "Budget"]);
    await cancel(organizer, meeting_id);
    await write(organizer, meeting_id);
    assert.deepEqual(await eventsOf(stack, organizer), []);
  },

  "schedule with reschedule moves the same event": async (stack) => {
    const organizer = await stack.organizer();
    const guest = await stack.guest();
    const asked = await organizer.call("schedule", {
      body: { participants: [organizer.email, guest], constraints: WEEK },
    });
    const { meeting_id } = asked.body;
    await write(organizer, meeting_id);
    const event = await onlyEvent(stack, organizer);
    await stack.google.reply({ email: guest, event_id: event.id, responseStatus: "accepted" });
    const again = await organizer.call("schedule", {
      body: {
        meeting_id,
        reschedule: true,
        constraints: { ...WEEK, earliest_date: "2035-01-10" },
      },
    });
    assert.equal(again.status, 200, JSON.stringify(again.body));
    await write(organizer, meeting_id);
    const moved = await onlyEvent(stack, organizer);
    assert.equal(moved.id, event.id);
    assert.equal(moved.hangoutLink, event.hangoutLink);
    assert.equal(
      Date.parse(moved.start?.dateTime ?? ""),
      Date.parse(again.body.selected_slot.start_time),
    );
    assert.equal(answersOf(moved)[guest], "accepted");
    assert.deepEqual(await mailsBy(stack, [guest]), [["invitation", "update"]]);
  },

  "a change based on an older version is a conflict, and changes nothing": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    await change(organizer, meeting_id, { title: "One", expected_version: 1 });
    const before = await rowOf(stack, meeting_id);
    const stale = await organizer.call("meetings", {
      method: "PATCH",
      body: { meeting_id, title: "Two", expected_version: 1 },
    });
    assert.equal(stale.status, 409);
    assert.equal(stale.body.error, "version_conflict");
    assert.equal(stale.body.details.version, 2);
    assert.deepEqual(await rowOf(stack, meeting_id), before);
    const status = await organizer.call("status", { query: { meeting_id } });
    assert.equal(status.body.version, 2);
  },

  "a change that changes nothing is compared with the event, and mails no guest": async (stack) => {
    const { organizer, guests, meeting_id } = await createdMeeting(stack, { title: "Budget" });
    const same = {
      title: "Budget",
      starts_at: `${MONDAY}T11:00:00+01:00`,
      ends_at: `${MONDAY}T11:30:00+01:00`,
    };
    const answer = await change(organizer, meeting_id, same);
    // People may have changed the event, and what is named wins.
    assert.deepEqual([answer.body.version, answer.body.event_is_due], [2, true]);
    await write(organizer, meeting_id);
    assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
    const waiting = await insertMeeting(organizer, {
      participants: guests,
      ...SLOT,
      title: "Plan",
    });
    const unchanged = await change(organizer, waiting, { title: "Plan" });
    assert.equal(unchanged.body.version, 1, "without an event there is nothing to compare");
  },

  "a change that is reverted before it is written sends no mail": async (stack) => {
    const { organizer, guests, meeting_id, event } = await createdMeeting(stack, {
      title: "Budget",
    });
    await change(organizer, meeting_id, { title: "Plan" });
    await change(organizer, meeting_id, { title: "Budget" });
    await write(organizer, meeting_id);
    assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
    const [patch] = await requestsAbout(stack, event.id, "PATCH");
    assert.match(JSON.stringify(patch), /sendUpdates\W+none/);
    assert.equal((await rowOf(stack, meeting_id)).write_due_at, null);
  },

  "a time given by hand to a meeting without a slot is its slot": async (stack) => {
    const organizer = await stack.organizer();
    const meeting_id = await insertMeeting(organizer, {
      participants: [organizer.email],
      constraints: WEEK,
    });
    const answer = await change(organizer, meeting_id, AT_NOON);
    assert.equal(answer.body.status, "pending");
    await write(organizer, meeting_id);
    const event = await onlyEvent(stack, organizer);
    assert.equal(Date.parse(event.start?.dateTime ?? ""), Date.parse(AT_NOON.start_time));
    assert.equal((await rowOf(stack, meeting_id)).search_due_at, null);
  },

  "a wrong change is refused with the path of the field and changes nothing": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    const before = await rowOf(stack, meeting_id);
    const wrong: [Record<string, unknown>, number, string][] = [
      [{ start_time: AT_NOON.start_time }, 422, "end_time"],
      [{ ends_at: AT_NOON.end_time }, 422, "start_time"],
      [{ start_time: AT_NOON.end_time, end_time: AT_NOON.start_time }, 422, "end_time"],
      [{ start_time: "2035-01-08T12:00:00", end_time: AT_NOON.end_time }, 422, "start_time"],
      [{ timezone: "Mars/Base" }, 422, "timezone"],
      [{ participants: [] }, 422, "participants"],
      [{ participants: ["no-address"] }, 422, "participants[0]"],
      [{ participants: ["a@north.example"], participant_emails: [] }, 422, "participant_emails"],
      [{ writeback_status: "created" }, 422, "writeback_status"],
      [{ expected_version: 0 }, 422, "expected_version"],
    ];
    for (const [changes, status, path] of wrong) {
      const answer = await organizer.call("meetings", {
        method: "PATCH",
        body: { meeting_id, ...changes },
      });
      assert.equal(answer.status, status, JSON.stringify([changes, answer.body]));
      assert.equal(answer.body.error, "invalid_request");
      assert.equal(answer.body.details.path, path);
    }
    const past = await organizer.call("meetings", {
      method: "PATCH",
      body: { meeting_id, start_time: "2020-01-06T10:00:00Z", end_time: "2020-01-06T11:00:00Z" },
    });
    assert.equal(past.body.error, "slot_expired");
    assert.deepEqual(await rowOf(stack, meeting_id), before);
  },

  "a user changes, cancels and requeues only their own meetings; a key may": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    const stranger = await stack.organizer();
    const before = await rowOf(stack, meeting_id);
    for (const id of [meeting_id, "no-such-meeting"]) {
      for (
        const answer of [
          await stranger.call("meetings", {
            method: "PATCH",
            body: { meeting_id: id, title: "Mine" },
          }),
          await stranger.call("meetings", { method: "DELETE", query: { meeting_id: id } }),
          await stranger.call("meetings/requeue", { body: { meeting_id: id } }),
        ]
      ) {
        assert.equal(answer.status, 404, JSON.stringify(answer.body));
        assert.equal(answer.body.error, "meeting_not_found");
      }
    }
    assert.deepEqual(await rowOf(stack, meeting_id), before);
    const anonymous = await callFunction(stack.platform, "meetings", {
      method: "PATCH",
      body: { meeting_id, title: "x" },
    });
    assert.equal(anonymous.status, 401);
    const key = await callFunction(stack.platform, "meetings", {
      apikey: stack.platform.automations_key,
      method: "PATCH",
      body: { meeting_id, title: "By the office" },
    });
    assert.equal(key.status, 200);
    await write(organizer, meeting_id);
    assert.equal((await onlyEvent(stack, organizer)).summary, "By the office");
    assert.equal((await organizer.call("meetings")).status, 405);
    assert.equal((await organizer.call("meetings/nothing")).status, 404);
  },
}, { databases: "both" });

/** Adds a guest in Google's own interface, as the owner of the event, without mail. */
async function addGuest(stack: Stack, owner: string, event_id: string, email: string) {
  const { access_token } = await stack.google.signIn({ email: owner });
  const url = `${stack.platform.google_url}/calendar/v3/calendars/primary/events/${event_id}`;
  const headers = {
    authorization: `Bearer ${access_token}`,
    "content-type": "application/json",
  };
  const { attendees } = await (await fetch(url, { headers })).json();
  const response = await fetch(`${url}?sendUpdates=none`, {
    method: "PATCH",
    headers,
    body: JSON.stringify({ attendees: [...attendees, { email }] }),
  });
  await response.body?.cancel();
  assert.equal(response.status, 200);
}
