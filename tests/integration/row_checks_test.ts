import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import fc from "../unit/fast_check.ts";
import * as z from "zod/mini";
import { firstIssue } from "@shared/failures/issues.ts";
import { MEETING_FIELDS } from "@shared/schemas/given_meeting.ts";
import { GENERATED_MEETING, type Json } from "../support/generated_meetings.ts";
import {
  eventsOf,
  insertInvalid,
  insertMeeting,
  makeInvalid,
  rowOf,
  SLOT,
  WEEK,
} from "../support/meetings.ts";
import { callFunction, promise, type Stack } from "../support/stack.ts";
import { scheduledTask } from "../support/tasks.ts";

const MEETING = z.strictObject(MEETING_FIELDS);
const ROWS = 5_000;
const AT_ONCE = 250;

promise("checks of rows", {
  "a row has the problem that a request with the same fields has, in 5,000 random ones": async (
    { platform },
  ) => {
    const rows = fc.sample(GENERATED_MEETING, { numRuns: ROWS, seed: 14 });
    const differ: unknown[] = [];
    let wrong = 0;
    const paths = new Set<string>();
    for (let from = 0; from < rows.length; from += AT_ONCE) {
      const checked = await platform.sql<{ given: Json; problem: Json }>(
        `select g.given, private.meeting_problem(jsonb_populate_record(null::public.meetings, g.given)) as problem
         from jsonb_array_elements($1::jsonb) with ordinality as g (given, place) order by g.place`,
        [JSON.stringify(rows.slice(from, from + AT_ONCE))],
      );
      for (const { given, problem } of checked) {
        const sent = MEETING.safeParse(given);
        const expected = sent.success ? null : firstIssue(sent.error);
        if (!isDeepStrictEqual(problem, expected)) differ.push({ problem, expected, given });
        if (expected === null) continue;
        wrong++;
        paths.add(expected.path.replaceAll(/\d+/g, ""));
      }
    }
    const shown = differ.slice(0, 5).map((one) => JSON.stringify(one)).join("\n");
    assert.equal(differ.length, 0, `${differ.length} rows differ, such as\n${shown}`);
    assert.ok(wrong > ROWS / 3 && wrong < ROWS * 0.9, `${wrong} of ${ROWS} were wrong`);
    assert.ok(paths.size > 60, `${paths.size} paths: ${[...paths].join(", ")}`);
  },

  "one bad row refuses a whole insert, and is named with its field and what is accepted": async (
    stack,
  ) => {
    const organizer = await stack.organizer({ connected: false });
    const good = { participants: [organizer.email], constraints: WEEK };
    const bad: [columns: Json, path: string, expected: RegExp][] = [
      [{ participants: [] }, "participants", /Expected at least one participant$/],
      [{ participants: ["Ana"] }, "participants[0]", /Expected an e-mail address$/],
      [{ timezone: "Paris" }, "timezone", /Expected an IANA time zone, e.g. Europe\/Paris$/],
      [{ constraints: { durations: 1 } }, "constraints.durations", /one of duration_minutes, /],
      [{ recurrence: ["RRULE:FREQ=HOURLY"] }, "recurrence[0]", /DAILY, WEEKLY, MONTHLY or YEARLY$/],
      [{ weights: { comfort: 5 } }, "weights.comfort", /Expected one of availability, /],
      [{ ...SLOT, ends_at: SLOT.starts_at }, "ends_at", /Expected an end after the start$/],
    ];
    for (const [columns, path, expected] of bad) {
      const rows = [good, { ...good, ...columns }, good];
      const meetings = rows.map((row) => ({ meeting_id: crypto.randomUUID(), ...row }));
      const { error, status } = await organizer.client.from("meetings").insert(meetings as never);
      assert.deepEqual([status, error?.code], [400, "22023"], path);
      assert.match(error?.message ?? "", expected);
      assert.ok(error?.message.startsWith(`invalid_request: ${path}: `), error?.message);
      assert.deepEqual(JSON.parse(error?.details ?? ""), {
        path,
        row: 2,
        meeting_id: meetings[1]?.meeting_id,
      });
      assert.ok(error?.hint.includes(`${path} in row 2`), error?.hint);
    }
    const { data } = await organizer.client.from("meetings").select("meeting_id");
    assert.deepEqual(data, []);
  },

  "a row that becomes invalid later fails with the path, and writes nothing": async (stack) => {
    const organizer = await stack.organizer();
    const given = { participants: [organizer.email], constraints: WEEK };
    const searched = await insertInvalid(stack, organizer, given, { participants: [] });
    const written = await insertInvalid(
      stack,
      organizer,
      { ...given, ...SLOT },
      { timezone: "Paris" },
    );
    await sweep(stack, "schedule");
    await sweep(stack, "write-back");
    const { scheduling_status, scheduling_error, scheduling_details } = await rowOf(
      stack,
      searched,
    );
    assert.deepEqual([scheduling_status, scheduling_error], ["failed", "invalid_request"]);
    assert.equal(scheduling_details.path, "participants");
    const { writeback_status, writeback_error } = await rowOf(stack, written);
    assert.equal(writeback_status, "failed");
    assert.match(writeback_error, /^invalid_request: timezone/);
    assert.deepEqual(await eventsOf(stack, organizer), []);
  },

  "an update is checked in what it changes, and in nothing else": async (stack) => {
    const organizer = await stack.organizer();
    const meeting_id = await insertInvalid(
      stack,
      organizer,
      { participants: [organizer.email], ...SLOT },
      { constraints: { durations: 1 }, locale: "fr" },
    );
    const update = (sql: string) =>
      stack.platform.sql(`update public.meetings set ${sql} where meeting_id = $1`, [meeting_id]);
    await update("title = 'Other', constraints = constraints");
    await assert.rejects(update("participants = '[]'"), /^.*invalid_request: participants: /);
    await assert.rejects(update("timezone = 'Paris'"), /invalid_request: timezone: /);
    await assert.rejects(update("constraints = '{}', title = repeat('x', 1001)"), /title: /);
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual([row.title, row.timezone, row.locale], ["Other", SLOT.timezone, "fr"]);
    const changed = await organizer.call("meetings", {
      method: "PATCH",
      body: { meeting_id, title: "Third" },
    });
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
  },

  "a failed search starts again when its constraints are changed": async (stack) => {
    const organizer = await stack.organizer();
    const meeting_id = await insertMeeting(organizer, {
      participants: [organizer.email],
      constraints: WEEK,
    });
    await makeInvalid(stack, meeting_id, { constraints: { ...WEEK, durations: 1 } });
    await sweep(stack, "schedule");
    assert.equal((await rowOf(stack, meeting_id)).scheduling_status, "failed");
    const title = await organizer.call("meetings", {
      method: "PATCH",
      body: { meeting_id, title: "Review" },
    });
    assert.equal(title.body.status, "failed");
    const changed = await organizer.call("meetings", {
      method: "PATCH",
      body: { meeting_id, constraints: WEEK },
    });
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
    assert.equal(changed.body.status, "searching");
    assert.equal(changed.body.error, null);
    assert.equal(changed.body.message, "The meeting was changed; its time is searched next.");
    await sweep(stack, "schedule");
    assert.equal((await rowOf(stack, meeting_id)).scheduling_status, "scheduled");
  },

  "a failed search starts again with other weights or with concessions": async (stack) => {
    const organizer = await stack.organizer();
    const meeting_id = await insertMeeting(organizer, {
      participants: [organizer.email],
      constraints: { ...WEEK, duration_minutes: 540 },
    });
    await sweep(stack, "schedule");
    assert.equal((await rowOf(stack, meeting_id)).scheduling_status, "failed");
    const change = (body: Record<string, unknown>) =>
      organizer.call("meetings", { method: "PATCH", body: { meeting_id, ...body } });
    const weighted = await change({ weights: { availability: 60 } });
    assert.equal(weighted.status, 200, JSON.stringify(weighted.body));
    assert.equal(weighted.body.status, "searching");
    await sweep(stack, "schedule");
    assert.equal((await rowOf(stack, meeting_id)).scheduling_status, "failed");
    const preview = await change({ allow_concessions: true, weights: null, dry_run: true });
    assert.equal(preview.body.status, "searching");
    const conceding = await change({ allow_concessions: true, weights: null });
    assert.equal(conceding.body.message, "The meeting was changed; its time is searched next.");
    await sweep(stack, "schedule");
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual(
      [row.scheduling_status, row.allow_concessions, row.weights],
      ["scheduled", true, null],
    );
    const refused = await change({ weights: { availability: 101 } });
    assert.deepEqual([refused.status, refused.body.details.path], [422, "weights.availability"]);
  },

  "a change may name the calendar and the language, the calendar while there is no event": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const meeting_id = await insertMeeting(organizer, {
      participants: [organizer.email, await stack.guest()],
      ...SLOT,
    });
    const change = (body: Record<string, unknown>) =>
      organizer.call("meetings", { method: "PATCH", body: { meeting_id, ...body } });
    const german = await change({ locale: "de", google_calendar_id: organizer.email });
    assert.equal(german.status, 200, JSON.stringify(german.body));
    await sweep(stack, "write-back");
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual(
      [row.writeback_status, row.google_calendar_id, row.locale],
      ["created", organizer.email, "de"],
    );
    const moved = await change({ google_calendar_id: "primary" });
    assert.deepEqual([moved.status, moved.body.details?.path], [422, "google_calendar_id"]);
    assert.match(moved.body.message, /cannot move to another calendar/);
    const english = await change({ locale: "en" });
    assert.equal(english.body.event_is_due, true, "the description is written again");
  },

  "change_meeting says which field of a change it does not know": async (stack) => {
    const organizer = await stack.organizer();
    const meeting_id = await insertMeeting(organizer, {
      participants: [organizer.email],
      ...SLOT,
    });
    const [row] = await stack.platform.sql(
      "select public.change_meeting($1, null, $2::jsonb) as decided",
      [meeting_id, JSON.stringify({ title: "Other", start_time: SLOT.starts_at })],
    );
    const { decision, path, message } = row!.decided as Record<string, string>;
    assert.deepEqual([decision, path], ["invalid", "start_time"]);
    assert.match(message!, /^Unknown field start_time\. A change may name title, .*starts_at/);
    assert.equal((await rowOf(stack, meeting_id)).title, null);
  },

  "a user's UPDATE or DELETE of what functions change is refused with the function to use": async (
    stack,
  ) => {
    const { organizer, event_id } = await scheduledTask(stack);
    const meeting_id = await insertMeeting(organizer, {
      participants: [organizer.email],
      constraints: WEEK,
    });
    const meeting = await rowOf(stack, meeting_id);
    const { client } = organizer;
    const cases = [
      [await client.from("meetings").update({ title: "x" } as never), /PATCH meetings/],
      [
        await client.from("meetings").upsert({ meeting_id, title: "x" } as never),
        /PATCH meetings/,
      ],
      [
        await client.from("meetings").delete().eq("meeting_id", meeting_id),
        /DELETE meetings/,
      ],
      [
        await client.from("task_calendar_events").update({ event_title: "x" } as never)
          .eq("calendar_event_id", event_id),
        /PATCH task-events/,
      ],
      [
        await client.from("task_calendar_events").delete().eq("calendar_event_id", event_id),
        /DELETE task-events/,
      ],
    ] as const;
    for (const [{ error, status }, hint] of cases) {
      assert.deepEqual([status, error?.code], [403, "42501"], JSON.stringify(error));
      assert.match(error?.hint ?? "", hint);
    }
    // The second lock: no policy lets a user's statement reach a row.
    const triggers = (state: string) =>
      stack.platform.sql(`alter table public.meetings ${state} trigger user`);
    await triggers("disable");
    try {
      await client.from("meetings").update({ title: "x" } as never).eq("meeting_id", meeting_id);
      await client.from("meetings").delete().eq("meeting_id", meeting_id);
    } finally {
      await triggers("enable");
    }
    assert.deepEqual(await rowOf(stack, meeting_id), meeting);
  },
});

async function sweep(stack: Stack, name: string): Promise<void> {
  const answer = await callFunction(stack.platform, name, {
    apikey: stack.platform.automations_key,
    body: { batch: true, limit: 20 },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}
