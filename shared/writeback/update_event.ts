import {
  isGone,
  isOutdated,
  isWithoutAccess,
  patchEvent,
  refusesConference,
} from "@shared/calendar_events/event_calendar.ts";
import { locateEvent } from "@shared/calendar_events/find_moved_event.ts";
import type { Located } from "@shared/calendar_events/find_moved_event.ts";
import { namedSince } from "@shared/calendar_events/named_fields.ts";
import { EVENT_FIELDS } from "@shared/database/event_fields.ts";
import type { EventField } from "@shared/database/event_fields.ts";
import { writtenFields } from "@shared/calendar_events/written_fields.ts";
import { deferral, rejection } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";
import type { GoogleEvent } from "@shared/google/event.ts";
import { eventId } from "@shared/google/event_id.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";
import { attemptsSpent, keepsChanging, notOrganizer, whyOutOfReach } from "./attempt_failure.ts";
import { shownVersion } from "@shared/calendar_events/own_event.ts";
import { instantIso, momentOf } from "@shared/time/wall_time.ts";
import { eventTitle } from "./compose_event.ts";
import { composePatch } from "./compose_patch.ts";
import type { ComposedPatch } from "./compose_patch.ts";
import { mustMove } from "./time_taken.ts";
import type { WriteContext, WriteOutcome } from "./write_context.ts";

/** A reply of a guest between our read and our patch makes Google answer 412; read again, this often. */
const MAX_READS = 3;

type FoundEvent = Extract<Located, { kind: "there" }>;

/**
 * Brings what changes have named to an event that exists: same id, same Meet link, every guest's reply
 * kept, on the calendar that organizes it now, and never over a version that was not read (If-Match).
 * The version that the event shows tells whether a patch whose response was lost took effect, so no
 * guest gets a second mail.
 */
export async function updateEvent(context: WriteContext): Promise<WriteOutcome> {
  const { row, meeting } = context;
  const id = row.google_event_id ?? eventId(row.event_key, row.event_generation);
  for (let reads = 1; reads <= MAX_READS; reads++) {
    const found = await locateEvent(context.at, id);
    const out_of_reach = whyOutOfReach(row, context.at, found);
    if (out_of_reach !== null) return failed(context, out_of_reach);
    if (found.kind !== "there") return failed(context, rejection("event_missing"));
    // Ours even without our key: its id is in the row.
    if ((shownVersion(found.event) ?? 0) >= meeting.desired_version) {
      return written(context, found, found.event, null);
    }
    if (row.attempts >= row.max_attempts) return failed(context, changeGivenUp(context));
    if (mustMove(row)) return failed(context, deferral("slot_taken", 1));
    if (!context.has_time()) return failed(context, deferral("out_of_time", 1));

    const composed = compose(context, found.event);
    if (composed.fields.includes("guests") && found.event.attendeesOmitted === true) {
      return failed(context, rejection("guests_hidden"));
    }
    const { patched, refusal } = await send(found, composed);
    if (patched.verdict === "done") {
      return written(context, found, patched.value, composed, refusal);
    }
    if (isWithoutAccess(patched)) {
      return failed(context, notOrganizer(found.event.organizer?.email ?? found.at.calendar_id));
    }
    // Moved, deleted or changed after it was read: the next read shows which.
    if (!isGone(patched) && !isOutdated(patched)) return failed(context, patched);
  }
  return failed(context, keepsChanging());
}

function compose({ meeting, row }: WriteContext, event: GoogleEvent): Composed {
  const shown = shownVersion(event) ?? 0;
  const named = namedSince(row.named_fields, Math.max(row.written_version, shown));
  const is_move_withdrawn = named.has("time") && isMovedFrom(row, event);
  const composed = composePatch(meeting, {
    event,
    named: is_move_withdrawn
      ? { ...named, has: (field) => field !== "time" && named.has(field) }
      : named,
    // A later version than the last settled one was written without a response, so what of it is ours is unknown.
    written: shown > row.written_version ? null : row.written_fields,
    generation: row.event_generation,
  });
  return { ...composed, is_move_withdrawn };
}

interface Composed extends ComposedPatch {
  /** People had moved the event before an automatic move that no change named, so it keeps their time. */
  is_move_withdrawn: boolean;
}

/** Whether people have moved the event from the time from which Convene is to move it automatically. */
function isMovedFrom({ moved_from, timezone }: WriteContext["row"], event: GoogleEvent): boolean {
  if (moved_from === null) return false;
  const zone = timezone ?? "UTC";
  const [start, end] = [momentOf(event.start, zone), momentOf(event.end, zone)];
  return start === null || end === null || start.zone === null ||
    !isSameSecond(instantIso(start), moved_from.starts_at) ||
    !isSameSecond(instantIso(end), moved_from.ends_at);
}

/** Google keeps whole seconds. */
function isSameSecond(one: string, other: string): boolean {
  return Math.floor(Date.parse(one) / 1000) === Math.floor(Date.parse(other) / 1000);
}

/** `refusal`: why the event was patched without the conference that was asked for. */
async function send(
  { at, event }: FoundEvent,
  { patch, is_visible, fields, overwritten }: ComposedPatch,
): Promise<{ patched: GoogleOutcome<GoogleEvent>; refusal?: string }> {
  const note = { fields, ...(overwritten.length === 0 ? {} : { overwritten }) };
  const options = { sendUpdates: is_visible ? "all" : "none", etag: event.etag, note } as const;
  const patched = await patchEvent(at, event.id, patch, options);
  if (patched.verdict === "done" || !refusesConference(patched)) return { patched };
  const { conferenceData: _, ...others } = patch;
  const again = await patchEvent(at, event.id, others, options);
  return { patched: again, refusal: patched.google.message };
}

function changeGivenUp({ row }: WriteContext): Failure {
  return attemptsSpent(row, "the event shows the version before");
}

/** `composed` null: the patch was sent before, and its response lost. */
function written(
  { row, meeting }: WriteContext,
  { at }: FoundEvent,
  event: GoogleEvent,
  composed: Composed | null,
  meet_link_refusal?: string,
): WriteOutcome {
  return {
    kind: "written",
    event,
    already_exists: true,
    generation: row.event_generation,
    version: meeting.desired_version,
    calendar_id: at.calendar_id,
    written_fields: writtenFields(
      row.written_fields,
      event,
      [...sentFields(row, composed), ...ownTitle(meeting, event)],
    ),
    overwritten: composed?.overwritten ?? [],
    is_move_withdrawn: composed?.is_move_withdrawn ?? false,
    ...(composed?.fields.includes("conference") === true
      ? { meet_link_refusal: meet_link_refusal ?? null }
      : {}),
  };
}

/**
 * What this write and those without a response have sent since the last settlement. Whether the text is ours
 * is decided by its mark, because people may have edited it since.
 */
function sentFields(
  { named_fields, written_version }: WriteContext["row"],
  composed: ComposedPatch | null,
): (EventField | "guests")[] {
  const named = namedSince(named_fields, written_version);
  const before = EVENT_FIELDS.filter((field) => field !== "description" && named.has(field));
  return [...before, ...(composed?.fields ?? [])];
}

/** A composed title follows the guests unnamed, so after a lost response only the title itself tells that it was sent. */
function ownTitle(meeting: WriteContext["meeting"], { summary }: GoogleEvent): "title"[] {
  return meeting.title === null && summary === eventTitle(meeting) ? ["title"] : [];
}

function failed(context: WriteContext, failure: Failure): WriteOutcome {
  return { kind: "failed", failure, generation: context.row.event_generation };
}
