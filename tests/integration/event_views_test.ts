import assert from "node:assert/strict";
import { cancel, createdMeeting, write } from "../support/changes.ts";
import { type Row, rowOf, SLOT } from "../support/meetings.ts";
import { type Organizer, promise } from "../support/stack.ts";
import { answerInGoogle, syncNow } from "../support/sync.ts";
import { googleOf, insertTask } from "../support/tasks.ts";

const VIEWS = [
  "v_calendar_events",
  "v_events_with_declined_guests",
  "v_organizing_by_month",
  "v_frequent_collaborators",
];

promise("views of events", {
  "meetings are counted as well as tasks, and none of another user": async (stack) => {
    const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
    const [ana = "", bo = ""] = guests;
    const task_id = await insertTask(organizer);
    const { body: { event_id } } = await organizer.call("task-events/schedule", {
      body: { task_id, timeZone: "Europe/Paris", assignees: [ana] },
    });
    const cancelled = await organizer.client.from("meetings")
      .insert({ participants: [bo], ...SLOT } as never).select("meeting_id").single();
    const other_id = (cancelled.data as unknown as Row).meeting_id;
    await write(organizer, other_id);
    await cancel(organizer, other_id);
    await syncNow(stack, organizer);
    await answerInGoogle(stack, ana, event.id ?? "", { responseStatus: "declined" });
    await syncNow(stack, organizer);

    const events = await rows(organizer, "v_calendar_events");
    assert.deepEqual(
      events.map((row) => [row.kind, row.calendar_event_id, row.meeting_id, row.organizer_self]),
      [["meeting", event.id, meeting_id, true], ["task", event_id, null, true]],
    );
    assert.deepEqual(
      (await rows(organizer, "v_events_with_declined_guests")).map((row) => [
        row.kind,
        row.id,
        row.meeting_id,
        row.declined_emails,
      ]),
      [["meeting", null, meeting_id, [ana]]],
    );
    assert.deepEqual(
      (await rows(organizer, "v_organizing_by_month")).map((row) => [
        row.organizing,
        row.meetings,
        row.tasks,
      ]),
      [[2, 1, 1]],
    );
    const people = (await rows(organizer, "v_frequent_collaborators")).map((row) => [
      row.email,
      row.events,
      row.meetings,
      row.declined,
    ]);
    assert.deepEqual(people.toSorted(), [[ana, 2, 1, 1], [bo, 1, 1, 0]].toSorted());
    const stranger = await stack.organizer();
    for (const view of VIEWS) assert.deepEqual(await rows(stranger, view), [], view);
  },

  "the user is no collaborator, on a secondary calendar too": async (stack) => {
    const { organizer, guests, meeting_id, event } = await createdMeeting(stack);
    await syncNow(stack, organizer);
    const google = await googleOf(stack, organizer.email);
    const { data: team } = await google.calendars.insert({ requestBody: { summary: "Team" } });
    await google.events.move({
      calendarId: "primary",
      eventId: event.id ?? "",
      destination: team.id ?? "",
    });
    await syncNow(stack, organizer);
    const { attendees } = await rowOf(stack, meeting_id);
    assert.ok(
      attendees.some(({ email, self }: { email: string; self?: boolean }) =>
        email === organizer.email && self !== true
      ),
      "Google does not mark the user there",
    );
    const own = await rows(organizer, "v_frequent_collaborators");
    assert.deepEqual(own.map(({ email }) => email).toSorted(), guests.toSorted());
    const all = await stack.platform.sql(
      "select email from public.v_frequent_collaborators where user_id = $1 order by 1",
      [organizer.user_id],
    );
    assert.deepEqual(all.map(({ email }) => email), guests.toSorted());
  },

  "the queries of docs/task-events.md run as they are written": async (stack) => {
    const { organizer } = await createdMeeting(stack);
    const page = await Deno.readTextFile(new URL("../../docs/task-events.md", import.meta.url));
    const [, queries = ""] = /^```sql\n([\s\S]*?v_calendar_events[\s\S]*?)^```$/m.exec(page) ?? [];
    const statements = queries.split(/;\n/).filter((one) => one.trim() !== "");
    assert.equal(statements.length, 4);
    for (const statement of statements) await stack.platform.sql(statement);
    const month = await rows(organizer, "v_organizing_by_month");
    assert.equal(month[0]?.meetings, 1);
  },
}, { databases: "both" });

async function rows(organizer: Organizer, view: string): Promise<Row[]> {
  const { data, error } = await organizer.client.from(view).select("*");
  assert.equal(error, null, JSON.stringify(error));
  const found = data as unknown as Row[];
  return found.toSorted((a, b) => String(a.kind) < String(b.kind) ? -1 : 1);
}
