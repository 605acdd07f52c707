import assert from "node:assert/strict";
import { eventsOf, insertInvalid, MONDAY, rowOf, SLOT, WEEK } from "../support/meetings.ts";
import { callFunction, promise } from "../support/stack.ts";

promise("schedule", {
  "schedule stores a new meeting with its best slot and makes the write-back due": async (
    stack,
  ) => {
    const organizer = await stack.organizer({
      busy: [[`${MONDAY}T09:00:00Z`, `${MONDAY}T10:00:00Z`]],
    });
    const guest = await stack.guest({ busy: [[`${MONDAY}T10:00:00Z`, `${MONDAY}T12:00:00Z`]] });
    const meeting_id = crypto.randomUUID();
    const answer = await organizer.call("schedule", {
      body: { meeting_id, participant_emails: [organizer.email, guest], constraints: WEEK },
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.meeting_id, meeting_id);
    assert.equal(answer.body.success, true);
    assert.ok(answer.body.candidates.length > 0);
    assert.deepEqual(answer.body.candidates[0].start_time, answer.body.selected_slot.start_time);
    const starts = answer.body.candidates.map((c: { start_time: string }) =>
      Date.parse(c.start_time)
    );
    const noon = Date.parse(`${MONDAY}T12:00:00Z`);
    assert.ok(starts.every((start: number) => start >= noon), "a candidate lies in busy time");

    const row = await rowOf(stack, meeting_id);
    assert.equal(row.scheduling_status, "scheduled");
    assert.equal(row.writeback_status, "pending");
    assert.equal(
      row.starts_at.toISOString?.() ?? new Date(row.starts_at).toISOString(),
      new Date(answer.body.selected_slot.start_time).toISOString(),
    );
    assert.equal(Number(row.score), answer.body.selected_slot.score);
    assert.equal(row.organizer_user_id, organizer.user_id);
  },

  "an invitation tells guests nothing about the calendar of a named person": async (stack) => {
    const organizer = await stack.organizer();
    const email = await stack.guest({ busy: [[`${MONDAY}T09:00:00Z`, `${MONDAY}T13:00:00Z`]] });
    const guest = { email, name: "Ana Lund" };
    const { body } = await organizer.call("schedule", {
      body: {
        participants: [organizer.email, guest],
        constraints: { ...WEEK, latest_date: MONDAY, max_candidates: 1 },
      },
    });
    await organizer.call("write-back", { body: { meeting_id: body.meeting_id } });
    const { reasoning } = await rowOf(stack, body.meeting_id);
    assert.match(reasoning, /Ana Lund/, "the organizer sees what decided");
    const [event] = await eventsOf(stack, organizer);
    const [before, after] = String(event?.description).split("Participants:");
    assert.ok(before && !before.includes("Ana"), before);
    assert.match(before, /Everyone is free\./);
    assert.match(String(after), /Ana Lund/);
  },

  "a repeated call returns the stored answer, other constraints are refused unless reschedule":
    async (stack) => {
      const organizer = await stack.organizer();
      const body = {
        meeting_id: crypto.randomUUID(),
        participants: [organizer.email],
        constraints: WEEK,
      };
      const first = await organizer.call("schedule", { body });
      const again = await organizer.call("schedule", { body });
      assert.equal(again.status, 200);
      assert.deepEqual(again.body.selected_slot, first.body.selected_slot);
      assert.deepEqual(again.body.candidates, first.body.candidates);

      const other = { ...body, constraints: { ...WEEK, duration_minutes: 60 } };
      const refused = await organizer.call("schedule", { body: other });
      assert.equal(refused.status, 409);
      assert.equal(refused.body.error, "already_scheduled");
      const moved = await organizer.call("schedule", { body: { ...other, reschedule: true } });
      assert.equal(moved.status, 200, JSON.stringify(moved.body));
      const { start_time, end_time } = moved.body.selected_slot;
      assert.equal(Date.parse(end_time) - Date.parse(start_time), 60 * 60_000);
    },

  "a reschedule that is refused leaves people, title and slot as they were": async (stack) => {
    const organizer = await stack.organizer();
    const hidden = await stack.guest({ freebusy: "private" });
    const body = {
      meeting_id: crypto.randomUUID(),
      title: "One",
      participants: [organizer.email],
      constraints: WEEK,
    };
    await organizer.call("schedule", { body });
    const before = await rowOf(stack, body.meeting_id);
    const refused = await organizer.call("schedule", {
      body: { ...body, title: "Two", participants: [hidden], reschedule: true },
    });
    assert.equal(refused.status, 422);
    const after = await rowOf(stack, body.meeting_id);
    for (const column of ["title", "participants", "constraints", "starts_at", "desired_version"]) {
      assert.deepEqual(after[column], before[column], column);
    }
    assert.equal((await organizer.call("schedule", { body })).status, 200);

    const accepted = await organizer.call("schedule", {
      body: { ...body, title: "Three", location: "Room 4", reschedule: true },
    });
    assert.equal(accepted.status, 200, JSON.stringify(accepted.body));
    const changed = await rowOf(stack, body.meeting_id);
    assert.deepEqual([changed.title, changed.location], ["Three", "Room 4"]);
    assert.equal(changed.search_request, null);
  },

  "a required person whose calendar cannot be read refuses by name": async (stack) => {
    const organizer = await stack.organizer();
    const hidden = await stack.guest({ freebusy: "private" });
    const meeting_id = crypto.randomUUID();
    const answer = await organizer.call("schedule", {
      body: { meeting_id, participants: [organizer.email, hidden], constraints: WEEK },
    });
    assert.equal(answer.status, 422);
    assert.equal(answer.body.error, "calendar_unreadable");
    assert.ok(answer.body.message.includes(hidden), answer.body.message);
    assert.deepEqual(answer.body.unknown, [hidden]);
    assert.equal(answer.body.empty_reason, "attendeesUnavailableOrUnknown");
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.scheduling_status, "failed");
    assert.equal(row.writeback_status, null);
  },

  "an optional person whose calendar cannot be read is named and does not stop the meeting": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const hidden = await stack.guest({ freebusy: "private" });
    const answer = await organizer.call("schedule", {
      body: {
        participants: [organizer.email, { email: hidden, type: "optional" }],
        constraints: WEEK,
      },
    });
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body.unknown, [hidden]);
    const status = answer.body.selected_slot.participant_availability
      .find((one: { email: string }) => one.email === hidden).status;
    assert.equal(status, "unknown");
  },

  "when nothing fits the answer says who is in the way and what would change it": async (stack) => {
    const organizer = await stack.organizer();
    const guest = await stack.guest({ busy: [["2035-01-07T00:00:00Z", "2035-01-14T00:00:00Z"]] });
    const answer = await organizer.call("schedule", {
      body: { participants: [organizer.email, guest], constraints: WEEK },
    });
    assert.equal(answer.status, 422);
    assert.equal(answer.body.error, "no_common_slot");
    assert.equal(answer.body.empty_reason, "attendeesUnavailable");
    assert.equal(answer.body.blocking[0].email, guest);
    assert.ok(answer.body.message.includes(guest), answer.body.message);
  },

  "each person's hours count in their own zone": async (stack) => {
    const organizer = await stack.organizer({ timezone: "America/New_York" });
    const guest = await stack.guest({ timezone: "Europe/Paris" });
    const answer = await organizer.call("schedule", {
      body: {
        participants: [
          { email: organizer.email, timezone: "America/New_York" },
          { email: guest, timezone: "Europe/Paris" },
        ],
        constraints: { ...WEEK, timezone: "America/New_York" },
      },
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    for (const candidate of answer.body.candidates) {
      const [hour, minute] = candidate.start_time.slice(11, 16).split(":").map(Number);
      const minutes = hour * 60 + minute;
      assert.ok(minutes >= 9 * 60 && minutes + 30 <= 11 * 60, candidate.start_time);
    }
  },

  "the organizer's calendar counts although only guests are named": async (stack) => {
    const organizer = await stack.organizer({
      busy: [["2035-01-07T00:00:00Z", "2035-01-14T00:00:00Z"]],
    });
    const answer = await organizer.call("schedule", {
      body: { participants: [await stack.guest()], constraints: WEEK },
    });
    assert.equal(answer.status, 422);
    assert.equal(answer.body.empty_reason, "organizerUnavailable");
  },

  "schedule reads all calendars in one query of at most fifty": async (stack) => {
    const organizer = await stack.organizer();
    const guests = await Promise.all(Array.from({ length: 54 }, () => stack.guest()));
    const before = (await stack.google.requests({ path: "/calendar/v3/freeBusy" })).length;
    const answer = await organizer.call("schedule", {
      body: { participants: [organizer.email, ...guests], constraints: WEEK },
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body).slice(0, 500));
    const after = await stack.google.requests({ path: "/calendar/v3/freeBusy" });
    assert.equal(after.length - before, 2);
  },

  "busy time of the request is used and no calendar of that person is read": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const answer = await organizer.call("schedule", {
      body: {
        participants: [organizer.email, {
          email: "elsewhere@south.example",
          busy: [{ start: `${MONDAY}T09:00:00Z`, end: `${MONDAY}T16:00:00Z` }],
        }],
        constraints: { ...WEEK, latest_date: MONDAY },
      },
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.ok(answer.body.selected_slot.start_time >= `${MONDAY}T16:00:00`);
  },

  "an unreachable Google postpones the search, which the queue retries": async (stack) => {
    const organizer = await stack.organizer();
    await stack.google.fault({ path: "/calendar/v3/freeBusy", status: 503, times: 1 });
    const meeting_id = crypto.randomUUID();
    const answer = await organizer.call("schedule", {
      body: { meeting_id, participants: [organizer.email], constraints: WEEK },
    });
    assert.equal(answer.status, 502);
    assert.equal(answer.body.error, "google_unavailable");
    assert.equal((await rowOf(stack, meeting_id)).scheduling_status, "retrying");

    await stack.platform.sql(
      "update private.work set due_at = clock_timestamp() where kind = 'search' and subject_id = $1",
      [meeting_id],
    );
    await callFunction(stack.platform, "schedule", {
      apikey: stack.platform.automations_key,
      body: { batch: true, limit: 50 },
    });
    assert.equal((await rowOf(stack, meeting_id)).scheduling_status, "scheduled");
  },

  "a row inserted by SQL with wrong constraints becomes failed with the field's path": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const meeting_id = await insertInvalid(
      stack,
      organizer,
      { participants: [organizer.email] },
      { constraints: { timezone: "Mars/Base" } },
    );
    const answer = await organizer.call("schedule", { body: { meeting_id } });
    assert.equal(answer.status, 422);
    assert.equal(answer.body.details.path, "constraints.timezone");
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.scheduling_status, "failed");
    assert.equal(row.scheduling_error, "invalid_request");
    assert.match(row.scheduling_reason, /^constraints\.timezone: /);
  },

  "a row that cannot work is refused with the path of its field and nothing is stored": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const wrong: [Record<string, unknown>, string][] = [
      [{ participants: [] }, "participants"],
      [{ participants: ["no-address"] }, "participants[0]"],
      [{ participants: [{ email: "no-address" }] }, "participants[0].email"],
      [{ conference: "zoom" }, "conference"],
      [{ reminders: [{ method: "sms", minutes: 1 }] }, "reminders[0].method"],
      [{ ...SLOT, ends_at: SLOT.starts_at }, "ends_at"],
      [{ ...SLOT, ends_at: null }, "ends_at"],
      [{ ...SLOT, timezone: "Mars/Base" }, "timezone"],
      [{ ...SLOT, starts_at: "infinity", ends_at: "infinity" }, "starts_at"],
      [{ ...SLOT, ends_at: "10000-01-01T00:00:00Z" }, "ends_at"],
      [{ title: "x".repeat(1001) }, "title"],
      [{ target_calendar_id: ".." }, "target_calendar_id"],
      [{ constraints: [] }, "constraints"],
    ];
    for (const [columns, path] of wrong) {
      const { error } = await organizer.client.from("meetings").insert(
        { participants: [organizer.email], ...columns } as never,
      );
      assert.equal(JSON.parse(error?.details ?? "{}").path, path, error?.message);
    }
    const { data } = await organizer.client.from("meetings").select("meeting_id");
    assert.deepEqual(data, []);
  },

  "a meeting whose organizer is not connected says what to do": async (stack) => {
    const organizer = await stack.organizer({ connected: false });
    const answer = await organizer.call("schedule", {
      body: { participants: [await stack.guest()], constraints: WEEK },
    });
    assert.equal(answer.status, 409);
    assert.equal(answer.body.error, "needs_reauth");
    assert.match(answer.body.message, /google-auth/);
  },

  "a key schedules for the organizer it names": async (stack) => {
    const organizer = await stack.organizer();
    const body = { participants: [organizer.email], constraints: WEEK };
    const apikey = stack.platform.secret_key;
    const nameless = await callFunction(stack.platform, "schedule", { apikey, body });
    assert.equal(nameless.status, 422);
    assert.equal(nameless.body.details.path, "organizer_user_id");
    const stranger = await callFunction(stack.platform, "schedule", {
      apikey,
      body: { ...body, organizer_user_id: crypto.randomUUID() },
    });
    assert.equal(stranger.status, 422);
    const named = await callFunction(stack.platform, "schedule", {
      apikey,
      body: { ...body, organizer_user_id: organizer.user_id },
    });
    assert.equal(named.status, 200, JSON.stringify(named.body));
  },
}, { databases: "both" });
