import assert from "node:assert/strict";
import { createdMeeting } from "../support/changes.ts";
import { eventsOf, mailsBy } from "../support/meetings.ts";
import { mondays, SUMMER, WINTER } from "../support/mondays.ts";
import { promise } from "../support/stack.ts";
import type { Organizer, Stack } from "../support/stack.ts";
import {
  change,
  eventRow,
  eventRows,
  googleOf,
  occurrencesOn,
  scheduledTask,
  startsOn,
} from "../support/tasks.ts";

const EVENTS = "^/calendar/v3/calendars/[^/]+/events$";
const EVENT = "^/calendar/v3/calendars/[^/]+/events/[^/]+$";

function remove(organizer: Organizer, body: Record<string, unknown>) {
  return organizer.call("task-events", { method: "DELETE", body });
}

async function eventOf(stack: Stack, { email }: Organizer, event_id: string) {
  const [event] = await stack.google.events({ calendar_id: email, event_id });
  assert.ok(event);
  return event;
}

/** What was sent to the user's calendars by `act`: methods in order. */
async function sentBy(stack: Stack, { email }: Organizer, act: () => Promise<unknown>) {
  const since_id = (await stack.google.requests()).at(-1)?.id ?? 0;
  await act();
  const requests = await stack.google.requests({ user: email, since_id });
  return requests.filter(({ path }) => path.includes("/events")).map(({ method }) => method);
}

async function accepted(answer: ReturnType<typeof change>) {
  const { status, body } = await answer;
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

promise("what task-events changes and what it refuses", {
  "a meeting's event is refused, and the meeting and its function are named": async (stack) => {
    const { organizer, meeting_id, event } = await createdMeeting(stack);
    const [before] = await eventsOf(stack, organizer);
    for (const event_id of [event.id, `${event.id}_20350108T100000Z`]) {
      for (
        const answer of [
          await change(organizer, { event_id, summary: "Mine" }),
          await change(organizer, { event_id, summary: "Mine", preview: true }),
          await remove(organizer, { event_id }),
        ]
      ) {
        assert.deepEqual([answer.status, answer.body.error], [409, "meeting_event"]);
        assert.equal(answer.body.details.meeting_id, meeting_id);
        assert.equal(answer.body.details.function, "meetings");
        assert.match(answer.body.message, /PATCH meetings.*DELETE meetings/);
      }
    }
    assert.deepEqual(await eventsOf(stack, organizer), [before]);
  },

  "the event of a task is refused as a meeting, and its row and function are named": async (
    stack,
  ) => {
    const { organizer, event_id } = await scheduledTask(stack);
    const { id } = await eventRow(stack, organizer, event_id);
    const other = await stack.organizer();
    for (const meeting_id of [id, event_id]) {
      const patch = { method: "PATCH", body: { meeting_id, title: "Mine" } } as const;
      const removal = { method: "DELETE", query: { meeting_id } } as const;
      for (const request of [patch, removal]) {
        const answer = await organizer.call("meetings", request);
        assert.deepEqual([answer.status, answer.body.error], [409, "task_event"]);
        assert.deepEqual(answer.body.details, { id, event_id, function: "task-events" });
        assert.equal((await other.call("meetings", request)).body.error, "meeting_not_found");
      }
    }
    assert.equal((await eventRow(stack, organizer, event_id)).deleted_at, null);
  },

  "one occurrence of an event that is no series is not found, and nothing changes": async (
    stack,
  ) => {
    const { organizer, event_id } = await scheduledTask(stack);
    const before = await eventOf(stack, organizer, event_id);
    for (const update_scope of ["single", "future", undefined]) {
      const scope = {
        event_id,
        instance_date: "2035-01-08",
        ...(update_scope === undefined ? {} : { update_scope }),
      };
      const methods = await sentBy(stack, organizer, async () => {
        for (
          const answer of [
            await change(organizer, { ...scope, summary: "Mine" }),
            await remove(organizer, scope),
          ]
        ) {
          assert.deepEqual([answer.status, answer.body.error], [404, "instance_not_found"]);
        }
      });
      assert.deepEqual(new Set(methods), new Set(["GET"]));
    }
    assert.deepEqual(await eventOf(stack, organizer, event_id), before);
    assert.equal((await eventRow(stack, organizer, event_id)).deleted_at, null);
  },

  "a change and a deletion are one read and one write, also by the id of the row": async (
    stack,
  ) => {
    const { organizer, event_id } = await scheduledTask(stack, { guests: 1 });
    const { id } = await eventRow(stack, organizer, event_id);
    const unclear = await change(organizer, { event_id, id, summary: "Both" });
    assert.deepEqual([unclear.status, unclear.body.details], [422, { path: "event_id" }]);
    const unknown = await change(organizer, { id: crypto.randomUUID(), summary: "None" });
    assert.deepEqual([unknown.status, unknown.body.error], [404, "event_not_found"]);
    assert.deepEqual(
      await sentBy(stack, organizer, () => accepted(change(organizer, { id, summary: "By row" }))),
      ["GET", "PATCH"],
    );
    assert.equal((await eventOf(stack, organizer, event_id)).summary, "By row");
    const gone: Record<string, unknown>[] = [];
    assert.deepEqual(
      await sentBy(
        stack,
        organizer,
        async () => void gone.push(await accepted(remove(organizer, { id }))),
      ),
      ["GET", "DELETE"],
    );
    assert.equal(gone[0]?.event_id, event_id);
  },

  "a change that people cannot see mails no guest, and unchanged guests are left out": async (
    stack,
  ) => {
    const { organizer, guests, event_id } = await scheduledTask(stack, {
      guests: 1,
      wanted: { timeZone: "Asia/Calcutta" },
    });
    const [guest = ""] = guests;
    await stack.google.reply({ email: guest, event_id, responseStatus: "accepted" });
    for (
      const unseen of [
        { attendees: [{ email: guest.toUpperCase() }] },
        { timeZone: "Asia/Kolkata" },
        { summary: "Write the report", sendUpdates: "all" },
      ]
    ) {
      const body = await accepted(change(organizer, { event_id, ...unseen }));
      assert.equal(body.sendUpdates, "none", JSON.stringify(unseen));
    }
    assert.deepEqual(await mailsBy(stack, guests), [["invitation"]]);
    const patches = (await stack.google.requests({ user: organizer.email, method: "PATCH" }))
      .slice(-3).map(({ body }) => Object.keys(body as object));
    assert.ok(patches.every((fields) => !fields.includes("attendees")), JSON.stringify(patches));
    const event = await eventOf(stack, organizer, event_id);
    assert.deepEqual(event.attendees?.map(({ email, responseStatus }) => [email, responseStatus]), [
      [guest, "accepted"],
    ]);
  },

  "a time zone alone keeps the instant, of a series on the wall clock of the new zone": async (
    stack,
  ) => {
    const single = await scheduledTask(stack);
    await accepted(change(single.organizer, {
      event_id: single.event_id,
      timeZone: "America/New_York",
    }));
    const event = await eventOf(stack, single.organizer, single.event_id);
    assert.equal(event.start?.timeZone, "America/New_York");
    assert.deepEqual(await startsOn(stack, single.organizer.email), ["2035-01-08T09:00:00Z"]);

    const { organizer, event_id } = await mondays(stack);
    await accepted(change(organizer, { event_id, update_scope: "all", timeZone: "UTC" }));
    assert.deepEqual(await startsOn(stack, organizer.email), [
      ...WINTER,
      ...SUMMER.map((start) => start.replace("T08", "T09")),
    ]);
  },

  "whole days that get a time of day are in the calendar's zone": async (stack) => {
    for (
      const recurrence of [{}, { recurrence_pattern: "weekly", recurrence_ends: "2035-03-27" }]
    ) {
      const { organizer, event_id } = await scheduledTask(stack, {
        wanted: { start_time: "2035-03-19", ...recurrence },
      });
      await accepted(change(organizer, {
        event_id,
        update_scope: "all",
        start_time: "2035-03-19T09:00:00Z",
      }));
      const event = await eventOf(stack, organizer, event_id);
      assert.equal(event.start?.timeZone, "Europe/Paris");
      // Paris changes to summer time in between.
      const starts = ["2035-03-19T09:00:00Z", "2035-03-26T08:00:00Z"];
      assert.deepEqual(
        await startsOn(stack, organizer.email),
        "recurrence_pattern" in recurrence ? starts : starts.slice(0, 1),
      );
    }
  },

  "a description has the length that Google keeps, counted after escaping": async (stack) => {
    const { organizer, event_id } = await scheduledTask(stack);
    const longest = "&".repeat(1638) + "ab";
    const body = await change(organizer, { event_id, description: `${longest}c` });
    assert.deepEqual([body.status, body.body.details], [422, { path: "description" }]);
    assert.match(body.body.message, /8192 characters/);
    await accepted(change(organizer, { event_id, description: longest }));
    const event = await eventOf(stack, organizer, event_id);
    assert.equal(event.description, longest.replaceAll("&", "&amp;"));
  },

  "the tail series has the Zoom conference, attachments and source; what it lacks is named": async (
    stack,
  ) => {
    const conferenceData = {
      conferenceId: "zoom-1",
      conferenceSolution: { key: { type: "addOn" }, name: "Zoom Meeting" },
      entryPoints: [{ entryPointType: "video", uri: "https://zoom.example/j/1", passcode: "7" }],
      notes: "Ask for the key",
    };
    const attachments = [{ fileUrl: "https://drive.example/1", title: "Agenda" }];
    const source = { url: "https://tracker.example/7", title: "Ticket 7" };
    for (const is_refused of [false, true]) {
      const { organizer, event_id } = await mondays(stack);
      const google = await googleOf(stack, organizer.email);
      await google.events.patch({
        calendarId: "primary",
        eventId: event_id,
        conferenceDataVersion: 1,
        supportsAttachments: true,
        requestBody: { conferenceData, attachments, source },
      });
      if (is_refused) {
        await stack.google.fault({
          method: "POST",
          path_pattern: EVENTS,
          status: 400,
          reason: "invalid",
          times: 1,
        });
      }
      const body = await accepted(change(organizer, {
        event_id,
        update_scope: "future",
        instance_date: "2035-03-26",
        summary: "New series",
      }));
      const tail = await eventOf(stack, organizer, body.following.event_id);
      assert.equal(tail.summary, "New series");
      assert.deepEqual(
        [tail.conferenceData, tail.attachments, tail.source],
        is_refused ? [undefined, undefined, undefined] : [conferenceData, attachments, source],
      );
      assert.deepEqual(
        body.not_carried.map(({ field }: { field: string }) => field),
        is_refused ? ["conferenceData", "attachments", "source"] : [],
      );
    }
  },

  "changed occurrences that Google leaves alive after the cut are cancelled": async (stack) => {
    await stack.google.undocumented({ exceptions_after_cut: "alive" });
    try {
      for (const is_deletion of [true, false]) {
        const { organizer, guests, event_id } = await mondays(stack, 1);
        await accepted(change(organizer, {
          event_id,
          update_scope: "single",
          instance_date: "2035-04-02",
          start_time: "2035-04-03T12:00:00Z",
        }));
        const scope = { event_id, update_scope: "future", instance_date: "2035-03-26" };
        if (is_deletion) await accepted(remove(organizer, scope));
        else await accepted(change(organizer, { ...scope, summary: "New series", confirm: true }));
        const kept = [SUMMER[0], "2035-04-03T12:00:00Z", SUMMER[2]];
        const left = [...WINTER, ...(is_deletion ? [] : kept)];
        for (const email of [organizer.email, ...guests]) {
          assert.deepEqual(await startsOn(stack, email), left, email);
        }
      }
    } finally {
      await stack.google.undocumented({ exceptions_after_cut: "cancelled" });
    }
  },

  "a refused tail series is undone on the version that is there": async (stack) => {
    const { organizer, event_id } = await mondays(stack);
    const rule = (await eventOf(stack, organizer, event_id)).recurrence;
    // The first patch is the cut; the second one, the undo, finds another version.
    const outdated = { status: 412, reason: "conditionNotMet", skip: 1, times: 1 };
    await stack.google.fault({ method: "PATCH", path_pattern: EVENT, ...outdated });
    await stack.google.fault({ method: "POST", path_pattern: EVENTS, status: 400, times: 1 });
    const refused = await change(organizer, {
      event_id,
      update_scope: "future",
      instance_date: "2035-03-26",
      summary: "New series",
    });
    assert.equal(refused.body.error, "google_rejected", JSON.stringify(refused.body));
    assert.deepEqual((await eventOf(stack, organizer, event_id)).recurrence, rule);
    assert.equal((await eventRow(stack, organizer, event_id)).pending_change, null);
  },

  "what Google does not let change of a special event is refused before anything is sent": async (
    stack,
  ) => {
    const organizer = await stack.organizer({ timezone: "Europe/Paris" });
    const timed = {
      start: { dateTime: "2035-02-05T09:00:00Z" },
      end: { dateTime: "2035-02-05T10:00:00Z" },
    };
    const birthday = {
      start: { date: "2035-02-06" },
      end: { date: "2035-02-07" },
      eventType: "birthday",
      visibility: "private",
      transparency: "transparent",
      recurrence: ["RRULE:FREQ=YEARLY"],
    };
    const { event_ids } = await stack.google.addEvents(organizer.email, [
      birthday,
      { ...birthday, birthdayProperties: { type: "birthday", contact: "people/c1" } },
      { ...timed, eventType: "fromGmail" },
      { ...timed, eventType: "focusTime", focusTimeProperties: {} },
      { ...timed, eventType: "outOfOffice", outOfOfficeProperties: {} },
      {
        ...timed,
        eventType: "workingLocation",
        visibility: "public",
        transparency: "transparent",
        workingLocationProperties: { type: "homeOffice", homeOffice: {} },
      },
    ]);
    const [free, bound, flight, focus, away, home] = event_ids;
    const all = { update_scope: "all" };
    const refused: [string | undefined, Record<string, unknown>, string[]][] = [
      [free, { location: "Kitchen", ...all }, ["location"]],
      [free, { start_time: "2035-02-06T09:00:00Z", ...all }, ["start_time"]],
      [free, { update_scope: "future", instance_date: "2036-02-06", summary: "Bo" }, [
        "update_scope",
      ]],
      [bound, { start_time: "2035-02-08", ...all }, ["start_time"]],
      [flight, { summary: "Train", location: "Gate" }, ["summary", "location"]],
      [focus, { start_time: "2035-02-05" }, ["start_time"]],
      [away, { start_time: "2035-02-05" }, ["start_time"]],
    ];
    const methods = await sentBy(stack, organizer, async () => {
      for (const [event_id, request, fields] of refused) {
        const { status, body } = await change(organizer, { event_id, ...request });
        assert.deepEqual([status, body.error], [409, "event_type_limited"], JSON.stringify(body));
        assert.deepEqual(body.details.fields, fields);
        assert.match(body.message, /\.$/);
      }
      const ended = await remove(organizer, {
        event_id: free,
        update_scope: "future",
        instance_date: "2036-02-06",
      });
      assert.equal(ended.body.error, "event_type_limited");
    });
    assert.deepEqual(new Set(methods), new Set(["GET"]));
    await accepted(change(organizer, { event_id: free, summary: "Bo", ...all }));
    for (const event_id of [focus, away, home]) {
      await accepted(change(organizer, { event_id, start_time: "2035-02-05T12:00:00Z" }));
    }
    for (const event_id of event_ids) await accepted(remove(organizer, { event_id }));
    assert.deepEqual(await occurrencesOn(stack, organizer.email), []);
    assert.equal((await eventRows(stack, organizer)).length, event_ids.length);
  },
}, { databases: "both" });
