import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import { change, createdMeeting, write } from "../support/changes.ts";
import { inGoogle } from "../support/google_people.ts";
import { rowOf } from "../support/meetings.ts";
import { addTarget, notify, outbox } from "../support/notifications.ts";
import { promise, type Stack } from "../support/stack.ts";
import { syncNow } from "../support/sync.ts";
import { eventRow, googleOf, scheduledTask } from "../support/tasks.ts";
import { startReceiver } from "../unit/notifications/receiver.ts";

promise("an event that people made a whole day", {
  "has not moved when its zone changes: its row has the zone, and nothing is announced or decided again":
    async (stack) => {
      await using receiver = startReceiver();
      const { organizer, meeting_id, event } = await createdMeeting(stack);
      await addTarget(organizer, receiver, "slack", { events: ["moved"] });
      const person = await inGoogle(stack, organizer.email);
      const shown = async () => {
        await notify(stack);
        const { starts_at, ends_at, timezone } = await rowOf(stack, meeting_id);
        const times = [starts_at, ends_at].map((at) => new Date(at).toISOString().slice(0, 16));
        return [...times, timezone, `${(await outbox(stack, meeting_id)).length} announced`];
      };
      await person.edit(event.id, wholeDay("2035-01-09", "2035-01-10"));
      await syncNow(stack, organizer);
      const in_paris = ["2035-01-08T23:00", "2035-01-09T23:00", "Europe/Paris"];
      assert.deepEqual(await shown(), [...in_paris, "1 announced"]);
      await propose(stack, meeting_id);

      await change(organizer, meeting_id, { timezone: "Asia/Tokyo" });
      await write(organizer, meeting_id);
      const in_tokyo = ["2035-01-08T15:00", "2035-01-09T15:00", "Asia/Tokyo"];
      assert.deepEqual(await shown(), [...in_tokyo, "1 announced"]);

      await seeZone(stack, meeting_id, "Pacific/Auckland");
      const in_auckland = ["2035-01-08T11:00", "2035-01-09T11:00", "Pacific/Auckland"];
      assert.deepEqual(await shown(), [...in_auckland, "1 announced"]);
      assert.deepEqual(await decisionsOf(stack, meeting_id), ["proposed"]);

      await person.edit(event.id, wholeDay("2035-01-10", "2035-01-11"));
      await syncNow(stack, organizer);
      const a_day_later = ["2035-01-09T11:00", "2035-01-10T11:00", "Pacific/Auckland"];
      assert.deepEqual(await shown(), [...a_day_later, "2 announced"]);
      assert.deepEqual(await decisionsOf(stack, meeting_id), ["kept"]);
    },

  "has moved when people make it longer, or give it a time of day": async (
    stack,
  ) => {
    await using receiver = startReceiver();
    const { organizer, meeting_id, event } = await createdMeeting(stack);
    await addTarget(organizer, receiver, "slack", { events: ["moved"] });
    const person = await inGoogle(stack, organizer.email);
    const at = (dateTime: string) => ({ dateTime, timeZone: "Europe/Paris", date: null as never });
    for (
      const times of [
        { start: at("2035-01-09T08:00:00Z"), end: at("2035-01-10T08:00:00Z") },
        wholeDay("2035-01-09", "2035-01-10"),
        wholeDay("2035-01-09", "2035-01-11"),
        { start: at("2035-01-08T22:00:00Z"), end: at("2035-01-10T22:00:00Z") },
      ]
    ) {
      const before = (await outbox(stack, meeting_id)).length;
      await person.edit(event.id, times);
      await syncNow(stack, organizer);
      await notify(stack);
      assert.equal((await outbox(stack, meeting_id)).length, before + 1, JSON.stringify(times));
    }
  },

  "is at the same instants in the row of a task, whatever its zone": async (stack) => {
    const { organizer, event_id } = await scheduledTask(stack);
    const person = await inGoogle(stack, organizer.email);
    await person.edit(event_id, wholeDay("2035-01-09", "2035-01-10"));
    for (const timeZone of ["Europe/Paris", "Asia/Tokyo"]) {
      const google = await googleOf(stack, organizer.email);
      await google.calendars.patch({ calendarId: "primary", requestBody: { timeZone } });
      await person.edit(event_id, { summary: `Day off in ${timeZone}` });
      await syncNow(stack, organizer);
      const row = await eventRow(stack, organizer, event_id);
      assert.deepEqual(
        [row.event_title, new Date(row.event_start).toISOString(), row.is_all_day, row.timezone],
        [`Day off in ${timeZone}`, "2035-01-09T00:00:00.000Z", true, null],
      );
    }
  },
}, { databases: "both" });

function wholeDay(day: string, next: string): calendar_v3.Schema$Event {
  const at = (date: string) => ({ date, dateTime: null as never, timeZone: null as never });
  return { start: at(day), end: at(next) };
}

/** Google shows the same days with a zone, which the emulator gives no whole day. */
async function seeZone(stack: Stack, meeting_id: string, zone: string): Promise<void> {
  const [seen] = await stack.platform.sql<{ is_changed: boolean }>(
    `select public.adopt_google_event('meeting', es.subject_id, es.seen_event || jsonb_build_object(
       'start', es.seen_event -> 'start' || jsonb_build_object('timeZone', $2::text),
       'end', es.seen_event -> 'end' || jsonb_build_object('timeZone', $2::text))) as is_changed
     from private.event_state as es where es.kind = 'meeting' and es.subject_id = $1`,
    [meeting_id, zone],
  );
  assert.equal(seen?.is_changed, true);
}

/** Another time is proposed to the organizer, who has not answered. */
async function propose(stack: Stack, meeting_id: string): Promise<void> {
  await stack.platform.sql(
    `insert into private.moves
       (meeting_id, version, trigger, decision, from_starts_at, from_ends_at, to_starts_at, to_ends_at, expires_at)
     select m.meeting_id, 'one', 'required_declined', 'proposed', m.starts_at, m.ends_at, m.starts_at + interval '7 days',
       m.ends_at + interval '7 days', m.starts_at
     from public.meetings as m where m.meeting_id = $1`,
    [meeting_id],
  );
}

async function decisionsOf(stack: Stack, meeting_id: string): Promise<string[]> {
  const moves = await stack.platform.sql<{ decision: string }>(
    "select decision from private.moves where meeting_id = $1",
    [meeting_id],
  );
  return moves.map(({ decision }) => decision);
}
