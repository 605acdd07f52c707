import type { DryRunMeeting } from "@shared/finding_time/dry_run.ts";
import type { FoundSlots } from "@shared/finding_time/search.ts";
import { guestReasoning } from "@shared/scheduling/explaining/guest_reasoning.ts";
import { REMINDERS } from "@shared/schemas/reminders.ts";
import type { WriteTarget } from "@shared/writeback/preview_write.ts";
import { writableMeeting } from "@shared/writeback/writable_meeting.ts";
import type { WritableMeeting } from "@shared/writeback/writable_meeting.ts";

const SETTINGS = [
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
export function previewMeeting(meeting: DryRunMeeting, found: FoundSlots): PreviewedMeeting | null {
  return meeting.stored === null ? newMeeting(meeting, found) : storedMeeting(meeting, found);
}

type NewMeeting = Extract<DryRunMeeting, { stored: null }>;
type StoredMeeting = Exclude<DryRunMeeting, NewMeeting>;

function newMeeting(
  { meeting_id, given, organizer_email }: NewMeeting,
  found: FoundSlots,
): PreviewedMeeting {
  return {
    meeting: {
      meeting_id,
      // The real one is drawn when the meeting is stored.
      event_key: crypto.randomUUID(),
      desired_version: 1,
      title: given.title ?? null,
      description: given.description ?? null,
      location: given.location ?? null,
      participants: given.participants ?? [],
      conference: given.conference ?? "meet",
      reminders: REMINDERS.parse(given.reminders),
      recurrence: given.recurrence ?? null,
      guests_can_modify: given.guests_can_modify ?? false,
      guests_can_invite_others: given.guests_can_invite_others ?? true,
      guests_can_see_other_guests: given.guests_can_see_other_guests ?? true,
      ...slotOf(found),
      organizer_email,
    },
    target: {
      calendar_id: given.target_calendar_id ?? "primary",
      event_generation: 1,
      operation: "create",
      changes_settings: false,
      has_conference: false,
    },
  };
}

function storedMeeting(
  { stored, columns, organizer_email }: StoredMeeting,
  found: FoundSlots,
): PreviewedMeeting | null {
  const row = { ...stored, ...columns };
  const { guest_reasoning, ...slot } = slotOf(found);
  const { google_account_id, writeback_status, event_generation } = row;
  const written = writableMeeting(
    {
      ...row,
      ...slot,
      reasoning: guest_reasoning,
      scheduling_details: { guest_reasoning },
      desired_version: row.desired_version + (row.starts_at === null ? 0 : 1),
    },
    organizer_email,
  );
  if ("problem" in written) return null;
  return {
    meeting: written.meeting,
    target: {
      calendar_id: google_account_id === null ? row.target_calendar_id : row.google_calendar_id,
      event_generation,
      operation: writeback_status === "created" ? "update" : "create",
      changes_settings: row.settings_version > row.written_version ||
        SETTINGS.some((name) => JSON.stringify(row[name]) !== JSON.stringify(stored[name])),
      has_conference: stored.conference === "meet",
    },
  };
}

function slotOf({ candidates, timezone }: FoundSlots) {
  const [slot] = candidates;
  if (slot === undefined) throw new Error("A search that found slots has a best one");
  return {
    starts_at: slot.start_time,
    ends_at: slot.end_time,
    timezone,
    score: slot.score,
    guest_reasoning: guestReasoning(slot.reasons),
  };
}
