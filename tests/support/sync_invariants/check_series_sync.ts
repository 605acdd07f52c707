import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import type { CutLines } from "../cut_lines.ts";
import type { Row } from "../meetings.ts";
import type { Stack } from "../stack.ts";
import { responsesOf, syncDue, syncNow } from "../sync.ts";
import { eventRows } from "../tasks.ts";
import { endSyncLeases, finish, take } from "./series_acts.ts";
import type { SeriesStep } from "./series_steps.ts";
import { beginSeries, type SeriesWorld, shown } from "./series_world.ts";

const DRAIN_ROUNDS = 8;
/**
 * Does the steps; then what is pending, one sweep, and what is due after it. Throws where a row is not what Google
 * shows, a title is neither people's last nor a change's, or a guest was invited twice.
 */
export async function checkSeriesSync(
  stack: Stack,
  lines: CutLines,
  steps: readonly SeriesStep[],
): Promise<void> {
  const world = await beginSeries(stack, lines);
  for (const step of steps) await take(world, step);
  await stack.google.pushMode("lost");
  for (let round = 0; round < DRAIN_ROUNDS && await isDue(world, "task_event"); round++) {
    await finish(world);
  }
  await syncNow(stack, world.organizer);
  for (let round = 0; round < DRAIN_ROUNDS && await isDue(world, "sync"); round++) {
    await finish(world);
    await endSyncLeases(world);
    await syncDue(stack);
  }
  for (const kind of ["task_event", "sync"]) {
    assert.equal(await isDue(world, kind), false, `${kind} is still due`);
  }
  for (const row of await eventRows(stack, world.organizer)) await checkRow(world, row);
  await checkEvents(world);
  await checkMails(world);
  await stack.google.pushMode("once");
}

/** A lease that a dead worker has left makes nothing due. */
async function isDue({ stack, organizer }: SeriesWorld, kind: string): Promise<boolean> {
  const rows = await stack.platform.sql(
    `select from private.work
     where owner_id = $1 and kind = $2 and (due_at < 'infinity' or leased_until > clock_timestamp())`,
    [organizer.user_id, kind],
  );
  return rows.length > 0;
}

/** A live row equals its event, and the event of a deleted row is deleted. */
async function checkRow(world: SeriesWorld, row: Row): Promise<void> {
  const id = row.calendar_event_id;
  const is_deleted = row.deleted_at !== null || row.sync_status === "cancelled";
  if (world.handed_over.includes(row.recurrence_master_id ?? id)) {
    return checkHandedOver(world, row, is_deleted);
  }
  const event = await shown(world.google, id);
  // People have restored what Convene has deleted: the row stays deleted, and the event as they left it.
  const is_kept = is_deleted && world.removed.has(row.recurrence_master_id ?? id) &&
    world.restored.includes(id);
  if (is_kept) return;
  assert.equal(is_deleted, event === null, `whether ${id} is deleted`);
  if (event === null) return;
  const instant = (value: unknown) => new Date(String(value)).toISOString();
  assert.deepEqual({
    title: row.event_title,
    start: instant(row.event_start),
    end: instant(row.event_end),
    zone: row.timezone,
    recurrence: row.recurrence_rule,
    attendees: row.attendees,
    organizer: [row.organizer_email, row.organizer_self],
    calendar: row.calendar_id,
    etag: row.etag,
  }, {
    title: event.summary,
    start: instant(event.start?.dateTime),
    end: instant(event.end?.dateTime),
    zone: event.start?.timeZone,
    recurrence: event.recurrence?.join("\n") ?? null,
    attendees: event.attendees,
    organizer: [event.organizer?.email, true],
    calendar: "primary",
    etag: event.etag,
  }, `the row of ${id}`);
  const possible = world.titles.get(id);
  if (possible !== undefined) {
    assert.ok(possible.has(event.summary ?? ""), `${event.summary}, not ${[...possible]}`);
  }
  await checkReplies(world, row, event);
}

/** It is the colleague's, and lives, whatever of it can still be read here. */
function checkHandedOver({ colleague }: SeriesWorld, row: Row, is_deleted: boolean): void {
  if (row.recurrence_master_id !== null) return;
  const { organizer_email, organizer_self } = row;
  assert.deepEqual(
    { organizer_email, organizer_self, is_deleted },
    { organizer_email: colleague.email, organizer_self: false, is_deleted: false },
    `the row of ${row.calendar_event_id}, which was handed over`,
  );
}

/** The history ends with what each guest has replied. */
async function checkReplies(
  { organizer, guests }: SeriesWorld,
  row: Row,
  { attendees = [] }: calendar_v3.Schema$Event,
): Promise<void> {
  if (row.recurrence_master_id !== null) return;
  const history = await responsesOf(organizer, row.id);
  for (const { email, responseStatus } of attendees) {
    if (!guests.includes(email ?? "")) continue;
    const last = history.findLast((line) => line.startsWith(`${email} `)) ??
      `${email} needsAction`;
    assert.equal(last, `${email} ${responseStatus}`, "the end of the history");
  }
}

/** Every event that Convene has made has a row. */
async function checkEvents({ stack, organizer }: SeriesWorld): Promise<void> {
  const rows = await eventRows(stack, organizer);
  const known = new Set(rows.map(({ calendar_event_id }) => calendar_event_id));
  const live = await stack.google.events({ calendar_id: organizer.email, status: "live" });
  const unknown = live.filter(({ id }) => id.startsWith("convene") && !id.includes("_"))
    .filter(({ id }) => !known.has(id));
  assert.deepEqual(unknown.map(({ id }) => id), [], "events without a row");
}

/** A guest is invited to a series once, and told once that it is deleted, for each time that people restore it. */
async function checkMails({ stack, guests, restored }: SeriesWorld): Promise<void> {
  for (const to of guests) {
    const cancellations = await stack.google.mails({ to, kind: "cancellation" });
    const by_event = Map.groupBy(cancellations, ({ event_id }) => event_id);
    for (const [event_id, told] of by_event) {
      const times = restored.filter((id) => id === event_id).length;
      assert.ok(told.length <= 1 + times, `a guest was told ${told.length} times of a deletion`);
    }
    const mails = await stack.google.mails({ to, kind: "invitation" });
    const ids = mails.map(({ event_id }) => event_id);
    assert.equal(ids.length, new Set(ids).size, "a guest was invited twice");
  }
}
