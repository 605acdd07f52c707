import { guestChanges, namedSince } from "@shared/calendar_events/named_fields.ts";
import type { Named } from "@shared/calendar_events/named_fields.ts";
import type { DryRun, DryRunMeeting } from "@shared/finding_time/dry_run.ts";
import type { FoundSlots } from "@shared/finding_time/search.ts";
import { eventReasoning } from "@shared/scheduling/explaining/event_reasoning.ts";
import { DEFAULT_LOCALE, storedLocale } from "@shared/texts/locale.ts";
import { textsOf } from "@shared/texts/texts.ts";
import { peopleOf, withChoices } from "@shared/schemas/people.ts";
import { REMINDERS } from "@shared/schemas/reminders.ts";
import type { WriteTarget } from "@shared/writeback/preview_write.ts";
import { writableMeeting } from "@shared/writeback/writable_meeting.ts";
import type { WritableMeeting } from "@shared/writeback/writable_meeting.ts";

/** Columns of a row that are fields of its event, under the same name. */
const NAMED_COLUMNS = [
  "title",
  "description",
  "location",
  "recurrence",
  "conference",
  "reminders",
  "guests_can_modify",
  "guests_can_invite_others",
  "guests_can_see_other_guests",
] as const;

export interface PreviewedMeeting {
  meeting: WritableMeeting;
  target: WriteTarget;
}

/** The meeting of a dry run as write-back would see it with the slot that was found; null where its row cannot be read. */
export function previewMeeting({ meeting, found, choices }: DryRun): PreviewedMeeting | null {
  return meeting.stored === null
    ? newMeeting(meeting, found, choices)
    : storedMeeting(meeting, found, choices);
}

type NewMeeting = Extract<DryRunMeeting, { stored: null }>;
type StoredMeeting = Exclude<DryRunMeeting, NewMeeting>;

function newMeeting(
  { meeting_id, given, description_details: usual_details, organizer_email }: NewMeeting,
  found: FoundSlots,
  choices: DryRun["choices"],
): PreviewedMeeting {
  const description_details = given.description_details ?? usual_details;
  const locale = given.locale ?? DEFAULT_LOCALE;
  const { reasons, ...slot } = slotOf(found);
  return {
    meeting: {
      meeting_id,
      // The real one is drawn when the meeting is stored.
      event_key: crypto.randomUUID(),
      desired_version: 1,
      title: given.title ?? null,
      description: given.description ?? null,
      location: given.location ?? null,
      description_details,
      locale,
      participants: peopleOf(withChoices(given.participants ?? [], choices)),
      conference: given.conference ?? "meet",
      reminders: REMINDERS.parse(given.reminders),
      recurrence: given.recurrence ?? null,
      guests_can_modify: given.guests_can_modify ?? false,
      guests_can_invite_others: given.guests_can_invite_others ?? true,
      guests_can_see_other_guests: given.guests_can_see_other_guests ?? true,
      ...slot,
      event_reasoning: description_details === "none"
        ? null
        : eventReasoning(textsOf(locale), reasons)[description_details],
      organizer_email,
    },
    target: {
      calendar_id: given.target_calendar_id ?? "primary",
      event_generation: 1,
      update: null,
    },
  };
}

function storedMeeting(
  { stored, columns, organizer_email }: StoredMeeting,
  found: FoundSlots,
  choices: DryRun["choices"],
): PreviewedMeeting | null {
  const row = { ...stored, ...columns };
  const { reasons, ...slot } = slotOf(found);
  const { google_account_id, writeback_status, event_generation } = row;
  const written = writableMeeting(
    {
      ...row,
      ...slot,
      participants: Array.isArray(row.participants)
        ? withChoices(row.participants, choices)
        : row.participants,
      reasoning: "",
      scheduling_details: {
        event_reasoning: { ...eventReasoning(textsOf(storedLocale(row.locale)), reasons) },
      },
      desired_version: row.desired_version + (row.starts_at === null ? 0 : 1),
    },
    organizer_email,
  );
  if ("problem" in written) return null;
  const shown = writeback_status === "created" ? writableMeeting(stored, organizer_email) : null;
  if (shown !== null && "problem" in shown) return null;
  return {
    meeting: written.meeting,
    target: {
      calendar_id: google_account_id === null ? row.target_calendar_id : row.google_calendar_id,
      event_generation,
      update: shown === null ? null : {
        named: namedBy(stored, columns, shown.meeting, written.meeting),
        shown: shown.meeting,
        meet_link: stored.meet_link,
      },
    },
  };
}

/** What the reschedule names, the time always, and what earlier changes have named that are not written yet. */
function namedBy(
  stored: StoredMeeting["stored"],
  columns: StoredMeeting["columns"],
  before: WritableMeeting,
  after: WritableMeeting,
): Named {
  const version = stored.desired_version + 1;
  const changed = NAMED_COLUMNS.filter((name) =>
    columns[name] !== undefined && JSON.stringify(columns[name]) !== JSON.stringify(stored[name])
  );
  return namedSince({
    ...stored.named_fields,
    ...Object.fromEntries(changed.map((name) => [name, version])),
    time: version,
    guests: {
      ...stored.named_fields.guests,
      ...guestChanges(before.participants, after.participants, version),
    },
  }, stored.written_version);
}

function slotOf({ candidates, timezone }: FoundSlots) {
  const [slot] = candidates;
  if (slot === undefined) throw new Error("A search that found slots has a best one");
  return {
    starts_at: slot.start_time,
    ends_at: slot.end_time,
    timezone,
    score: slot.score,
    reasons: slot.reasons,
  };
}
