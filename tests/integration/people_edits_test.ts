import assert from "node:assert/strict";
import {
  answersOf,
  AT_NOON,
  batch,
  change,
  createdMeeting,
  EVENT,
  EVENTS,
  makeRetryDue,
  onlyEvent,
  requestsAbout,
  requeue,
  write,
} from "../support/changes.ts";
import { inGoogle } from "../support/google_people.ts";
import { insertMeeting, mailsBy, MONDAY, rowOf, SLOT, WEEK } from "../support/meetings.ts";
import { promise } from "../support/stack.ts";
import { syncNow } from "../support/sync.ts";
import { change as changeTask, scheduledTask, START } from "../support/tasks.ts";

const AT_TWO = {
  start: { dateTime: `${MONDAY}T14:00:00Z`, timeZone: "Europe/Paris" },
  end: { dateTime: `${MONDAY}T14:30:00Z`, timeZone: "Europe/Paris" },
};
const BY_HAND = { summary: "By hand", location: "Garden", description: "An agenda of people" };

promise("what people changed on Google", {
  "a moved event stays where it is when something else changes, and guests get one mail": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
    await (await inGoogle(stack, organizer.email)).edit(event.id, AT_TWO);
    await change(organizer, meeting_id, { description: "Bring numbers" });
    const { body } = await write(organizer, meeting_id);
    assert.equal("overwritten" in body.results[0], false);
    const now = await onlyEvent(stack, organizer);
    isAt(now, AT_TWO);
    assert.match(now.description ?? "", /^Bring numbers\n/);
    assert.deepEqual(await mailsBy(stack, guests), [
      ["invitation", "update"],
      ["invitation", "update"],
    ]);
  },

  "title, place and agenda that people edited stay when a participant is added": async (stack) => {
    const { organizer, guests, meeting_id, event } = await createdMeeting(stack, {
      title: "Budget",
      location: "Room 4",
      description: "Bring numbers",
    });
    await (await inGoogle(stack, organizer.email)).edit(event.id, BY_HAND);
    const joins = await stack.guest();
    await change(organizer, meeting_id, { participants: [organizer.email, ...guests, joins] });
    await write(organizer, meeting_id);
    const now = await onlyEvent(stack, organizer);
    const { summary, location, description } = now;
    assert.deepEqual({ summary, location, description }, BY_HAND);
    assert.ok(joins in answersOf(now));

    // Text that people did not edit follows the guests.
    const other = await createdMeeting(stack);
    await change(other.organizer, other.meeting_id, { participants: [joins] });
    await write(other.organizer, other.meeting_id);
    const { description: composed } = await onlyEvent(stack, other.organizer);
    assert.match(composed ?? "", new RegExp(joins));
    assert.doesNotMatch(composed ?? "", new RegExp(other.guests[0]!));
  },

  "a place that a guest set stays, and a place that a change names replaces it": async (stack) => {
    const { organizer, guests, meeting_id, event } = await createdMeeting(stack, {
      guests_can_modify: true,
    });
    await (await inGoogle(stack, guests[0]!)).edit(event.id, { location: "Garden" });
    await change(organizer, meeting_id, { title: "Budget" });
    await write(organizer, meeting_id);
    assert.equal((await onlyEvent(stack, organizer)).location, "Garden");
    await change(organizer, meeting_id, { location: null });
    const { body } = await write(organizer, meeting_id);
    assert.equal((await onlyEvent(stack, organizer)).location, undefined);
    assert.deepEqual(body.results[0].overwritten, [{ field: "location", was: "Garden" }]);
  },

  "a guest whom people removed comes back only when a list names them again": async (stack) => {
    const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
    const [stays, leaves] = guests as [string, string];
    const person = await inGoogle(stack, organizer.email);
    await person.edit(event.id, { attendees: [{ email: organizer.email }, { email: stays }] });
    const everybody = [organizer.email, stays, leaves];
    const joins = await stack.guest();
    const isInvited = async () => leaves in answersOf(await onlyEvent(stack, organizer));
    for (const participants of [[...everybody, joins], [organizer.email, stays], everybody]) {
      assert.equal(await isInvited(), false);
      await change(organizer, meeting_id, { participants });
      await write(organizer, meeting_id);
    }
    assert.equal(await isInvited(), true);
    assert.deepEqual(await mailsBy(stack, [leaves]), [["invitation", "invitation"]]);
  },

  "a guest whom people removed is not counted as invited by later changes": async (stack) => {
    const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
    const people = await inGoogle(stack, organizer.email);
    await people.edit(event.id, { attendees: [{ email: guests[0]! }] });
    await syncNow(stack, organizer);
    const spent = async () => {
      const [row] = await stack.platform.sql(
        "select spent from private.budget_spending where user_id = $1 and budget = 'guests_invited_per_day'",
        [organizer.user_id],
      );
      return Number(row?.spent);
    };
    const before = await spent();
    await change(organizer, meeting_id, { title: "Budget" });
    await write(organizer, meeting_id);
    assert.equal(await spent(), before);
    const third = await stack.guest();
    await change(organizer, meeting_id, { participants: [...guests, third] });
    await write(organizer, meeting_id);
    assert.equal(await spent(), before + 1);
  },

  "a time that a change names wins, also where the row has it already, and the answer says so":
    async (stack) => {
      const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
      await (await inGoogle(stack, organizer.email)).edit(event.id, AT_TWO);
      const { starts_at, ends_at } = SLOT;
      const asked = await change(organizer, meeting_id, { starts_at, ends_at });
      assert.equal(asked.body.event_is_due, true);
      const { body } = await write(organizer, meeting_id);
      const now = await onlyEvent(stack, organizer);
      isAt(now, { start: { dateTime: starts_at }, end: { dateTime: ends_at } });
      const overwritten = [{
        field: "time",
        was: {
          start: `${MONDAY}T14:00:00.000Z`,
          end: `${MONDAY}T14:30:00.000Z`,
          zone: "Europe/Paris",
        },
      }];
      assert.deepEqual(body.results[0].overwritten, overwritten);
      const [sent] = await stack.platform.sql<{ request: Record<string, unknown> }>(
        `select request from public.writeback_ledger
         where meeting_id = $1 and request ->> 'method' = 'patch'`,
        [meeting_id],
      );
      assert.deepEqual([sent?.request.fields, sent?.request.overwritten], [["time"], overwritten]);
      assert.deepEqual(await mailsBy(stack, guests), [
        ["invitation", "update"],
        ["invitation", "update"],
      ]);
    },

  "a zone alone keeps the instants that the event has": async (stack) => {
    const { organizer, meeting_id, event } = await createdMeeting(stack);
    await (await inGoogle(stack, organizer.email)).edit(event.id, AT_TWO);
    await change(organizer, meeting_id, { timezone: "Asia/Tokyo" });
    await write(organizer, meeting_id);
    const now = await onlyEvent(stack, organizer);
    isAt(now, AT_TWO);
    assert.equal(now.start?.timeZone, "Asia/Tokyo");
  },

  "both spellings of the zone mean the same for a meeting and a task's event, and are given once":
    async (
      stack,
    ) => {
      for (const name of ["timezone", "timeZone"]) {
        const { organizer, meeting_id, event } = await createdMeeting(stack);
        const task = await scheduledTask(stack);
        await change(organizer, meeting_id, { [name]: "Asia/Tokyo" });
        await write(organizer, meeting_id);
        const changed = await changeTask(task.organizer, {
          event_id: task.event_id,
          [name]: "Asia/Tokyo",
        });
        assert.equal(changed.status, 200, JSON.stringify(changed.body));
        const [own, of_task] = [
          await onlyEvent(stack, organizer),
          await onlyEvent(stack, task.organizer),
        ];
        for (const [now, before] of [[own, SLOT.starts_at], [of_task, START]] as const) {
          assert.equal(now.start?.timeZone, "Asia/Tokyo");
          assert.equal(Date.parse(now.start?.dateTime ?? ""), Date.parse(before));
        }
        const both = { timezone: "UTC", timeZone: "UTC" };
        const twice = [
          await organizer.call("meetings", { method: "PATCH", body: { meeting_id, ...both } }),
          await changeTask(task.organizer, { event_id: task.event_id, ...both }),
        ];
        for (const { status, body } of twice) {
          assert.equal(status, 422);
          assert.match(body.message, /Expected either/);
        }
        assert.equal(own.id, event.id);
      }
    },

  "a Meet link that people removed leaves the row, and comes back only by name": async (stack) => {
    const { organizer, meeting_id, event } = await createdMeeting(stack);
    assert.ok(event.hangoutLink);
    await (await inGoogle(stack, organizer.email)).edit(event.id, {
      conferenceData: null as never,
    });
    await change(organizer, meeting_id, { title: "Budget" });
    await write(organizer, meeting_id);
    assert.equal((await onlyEvent(stack, organizer)).hangoutLink, undefined);
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual([row.meet_link, row.meet_link_due_at], [null, null]);
    await change(organizer, meeting_id, { conference: "meet" });
    await write(organizer, meeting_id);
    const { hangoutLink } = await onlyEvent(stack, organizer);
    assert.ok(hangoutLink);
    assert.equal((await rowOf(stack, meeting_id)).meet_link, hangoutLink);
  },

  "a patch without a response, an edit by people and a further change: nothing is lost or mailed twice":
    async (stack) => {
      const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
      await change(organizer, meeting_id, { ...AT_NOON, title: "Budget" });
      await stack.google.fault({ method: "PATCH", path_pattern: EVENT, drop: "after", times: 1 });
      await organizer.call("write-back", { body: { meeting_id } });
      await (await inGoogle(stack, organizer.email)).edit(event.id, { summary: "By hand" });
      await change(organizer, meeting_id, { location: "Room 4" });
      await makeRetryDue(stack, meeting_id);
      await batch(stack);
      const now = await onlyEvent(stack, organizer);
      assert.deepEqual([now.summary, now.location], ["By hand", "Room 4"]);
      assert.equal(Date.parse(now.start?.dateTime ?? ""), Date.parse(AT_NOON.start_time));
      assert.equal((await requestsAbout(stack, event.id, "PATCH")).length, 3, "one by people");
      assert.deepEqual(await mailsBy(stack, guests), [
        ["invitation", "update", "update"],
        ["invitation", "update", "update"],
      ]);
    },

  "a change that guests cannot see mails no guest": async (stack) => {
    const { organizer, guests, meeting_id } = await createdMeeting(stack, {
      timezone: "UTC",
    });
    await change(organizer, meeting_id, {
      participants: [organizer.email, ...guests.map((email) => email.toUpperCase())],
    });
    await write(organizer, meeting_id);
    await change(organizer, meeting_id, { timezone: "Etc/UTC" });
    await write(organizer, meeting_id);
    assert.deepEqual(await mailsBy(stack, guests), [["invitation"], ["invitation"]]);
    assert.equal((await rowOf(stack, meeting_id)).written_version, 3);
  },
});

promise("what a change may name", {
  "conference, repetition, reminders and permissions are changed, and only they": async (stack) => {
    const weekly = ["RRULE:FREQ=WEEKLY;COUNT=3"];
    const { organizer, meeting_id, event } = await createdMeeting(stack, {
      participants: ["a@north.example"],
      recurrence: weekly,
    });
    assert.deepEqual(event.recurrence, weekly);
    await (await inGoogle(stack, organizer.email)).edit(event.id, BY_HAND);
    await change(organizer, meeting_id, {
      conference: "none",
      recurrence: null,
      constraints: { duration_minutes: 45 },
      reminders: [{ method: "popup", minutes: 5 }],
      guests_can_modify: true,
      guests_can_invite_others: false,
      guests_can_see_other_guests: false,
    });
    await write(organizer, meeting_id);
    const now = await onlyEvent(stack, organizer);
    const { summary, location, description } = now;
    assert.deepEqual({ summary, location, description }, BY_HAND);
    assert.deepEqual([now.recurrence, now.hangoutLink], [undefined, undefined]);
    assert.deepEqual(now.reminders?.overrides, [{ method: "popup", minutes: 5 }]);
    assert.deepEqual(
      [now.guestsCanModify, now.guestsCanInviteOthers, now.guestsCanSeeOtherGuests],
      [true, false, false],
    );
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual([row.meet_link, row.recurrence], [null, null]);
    assert.equal(row.constraints.duration_minutes, 45);

    const only_constraints = await change(organizer, meeting_id, {
      constraints: { duration_minutes: 60 },
    });
    assert.equal(only_constraints.body.event_is_due, false, "they are no field of the event");
  },

  "a repetition by people that no request may have stays, and keeps no change from the event":
    async (stack) => {
      const { organizer, meeting_id, event } = await createdMeeting(stack);
      const recurrence = [
        "RRULE:FREQ=DAILY;COUNT=60",
        ...Array.from(
          { length: 25 },
          (_, day) => `EXDATE:203502${String(day + 1).padStart(2, "0")}T100000Z`,
        ),
      ];
      const people = await inGoogle(stack, organizer.email);
      await people.edit(event.id, {
        recurrence,
        start: { dateTime: `${MONDAY}T10:00:00Z`, timeZone: "UTC" },
        end: { dateTime: `${MONDAY}T10:30:00Z`, timeZone: "UTC" },
      });
      await syncNow(stack, organizer);
      await change(organizer, meeting_id, { location: "Room 4" });
      await write(organizer, meeting_id);
      const now = await onlyEvent(stack, organizer);
      assert.deepEqual([now.location, now.recurrence], ["Room 4", recurrence]);
      assert.deepEqual((await rowOf(stack, meeting_id)).recurrence, recurrence);
    },

  "a Meet link that a change names takes the place of the conference that people set": async (
    stack,
  ) => {
    const { organizer, meeting_id, event } = await createdMeeting(stack);
    const zoom = {
      entryPoints: [{ entryPointType: "video", uri: "https://zoom.example/j/1" }],
      conferenceSolution: { key: { type: "addOn" }, name: "Zoom" },
    };
    const people = await inGoogle(stack, organizer.email);
    await people.edit(event.id, { conferenceData: null as never });
    await people.edit(event.id, { conferenceData: zoom });
    await change(organizer, meeting_id, { title: "Budget" });
    await write(organizer, meeting_id);
    const kept = await onlyEvent(stack, organizer);
    assert.equal(kept.conferenceData?.conferenceSolution?.key?.type, "addOn");
    await change(organizer, meeting_id, { conference: "meet" });
    await write(organizer, meeting_id);
    const { hangoutLink } = await onlyEvent(stack, organizer);
    assert.ok(hangoutLink);
    assert.equal((await rowOf(stack, meeting_id)).meet_link, hangoutLink);
  },

  "a time that a change has named is not replaced by a later search": async (stack) => {
    const organizer = await stack.organizer();
    const { body: { meeting_id, selected_slot } } = await organizer.call("schedule", {
      body: { participants: [organizer.email, await stack.guest()], constraints: WEEK },
    });
    const { start_time, end_time } = selected_slot;
    await change(organizer, meeting_id, { start_time, end_time });
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, status: 403, times: 1 });
    await organizer.call("write-back", { body: { meeting_id } });
    await stack.platform.sql(
      `update public.meetings set writeback_attempted_at = now() - interval '1 hour'
       where meeting_id = $1 and writeback_status = 'failed'`,
      [meeting_id],
    );
    await requeue(organizer, meeting_id);
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual([row.writeback_status, row.search_due_at], ["pending", null]);
    assert.equal(Date.parse(row.starts_at), Date.parse(start_time));
  },

  "a calendar without Google Meet gets the event without a link, which the row explains": async (
    stack,
  ) => {
    const email = `bare-${crypto.randomUUID().slice(0, 8)}@north.example`;
    const organizer = await stack.organizer({ email, meet: false });
    const guest = await stack.guest();
    const meeting_id = await insertMeeting(organizer, { participants: [guest], ...SLOT });
    await write(organizer, meeting_id);
    const event = await onlyEvent(stack, organizer);
    assert.equal(event.hangoutLink, undefined);
    const refused = async () => {
      const row = await rowOf(stack, meeting_id);
      assert.equal(row.writeback_status, "created");
      assert.match(row.meet_link_error, /^conference_refused: .*Invalid conference type value/);
      assert.equal(row.meet_link_due_at, null);
    };
    await refused();
    await change(organizer, meeting_id, { conference: "meet", title: "Budget" });
    await write(organizer, meeting_id);
    assert.equal((await onlyEvent(stack, organizer)).summary, "Budget");
    await refused();
    assert.deepEqual(await mailsBy(stack, [guest]), [["invitation", "update"]]);
  },

  "a meeting of another Google account is refused at once, and its calendar stays": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    const response = await fetch(
      `${stack.platform.api_url}/rest/v1/meetings?meeting_id=eq.${meeting_id}`,
      {
        method: "PATCH",
        headers: { apikey: stack.platform.secret_key, "content-type": "application/json" },
        body: JSON.stringify({ target_calendar_id: "other@north.example" }),
      },
    );
    assert.equal(response.status, 409, await response.text());

    await stack.platform.sql(
      "update private.google_connections set google_account_id = 'another' where user_id = $1",
      [organizer.user_id],
    );
    for (
      const answer of [
        await organizer.call("meetings", { method: "DELETE", query: { meeting_id } }),
        await organizer.call("meetings", { method: "PATCH", body: { meeting_id, title: "x" } }),
      ]
    ) {
      assert.deepEqual([answer.status, answer.body.error], [409, "needs_reauth"]);
      assert.equal(answer.body.details.reason, "wrong_account");
    }
  },
});

function isAt(
  event: { start?: Time | null | undefined; end?: Time | null | undefined },
  wanted: { start: Time; end: Time },
): void {
  const instants = (one: typeof event) =>
    [one.start, one.end].map((time) => Date.parse(time?.dateTime ?? ""));
  assert.deepEqual(instants(event), instants(wanted));
}

interface Time {
  dateTime?: string | null | undefined;
}
