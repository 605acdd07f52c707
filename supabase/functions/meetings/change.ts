import { changeMeeting, previewChangeOf } from "@shared/database/meeting_changes.ts";
import type {
  Asked,
  ChangeDecision,
  ExpandedSeries,
  MeetingChanges,
  SeriesToExpand,
} from "@shared/database/meeting_changes.ts";
import type { MeetingRow } from "@shared/database/meetings.ts";
import { expandSeries } from "@shared/finding_time/changed_series.ts";
import { HttpFault, meetingNotFound } from "@shared/http/fault.ts";
import { json } from "@shared/http/respond.ts";
import type { DryRunDependencies } from "@shared/finding_time/dry_run.ts";
import { checkChange } from "./check_change.ts";
import { meetingResponse, notWritable, versionConflict } from "./meeting_response.ts";
import { asPreview, guestsOnEvent, invited } from "./preview.ts";

/** Our columns in the words of requests, where they differ. */
const FIELD_OF_COLUMN: Readonly<Record<string, string>> = {
  starts_at: "start_time",
  ends_at: "end_time",
  target_calendar_id: "google_calendar_id",
};

/** Each time, another call has changed the series in between. */
const MAX_EXPANSIONS = 5;

/** Changes one meeting; the queue brings the change to its event. */
export async function changeOne(
  dependencies: DryRunDependencies,
  asked: Asked,
  changes: MeetingChanges,
): Promise<Response> {
  const { found, shown } = await checkChange(dependencies, asked, changes);
  const decided = await withSeries((series) =>
    changeMeeting(dependencies.database, asked, changes, { series, found })
  );
  const body = bodyFor(decided, asked);
  return json(decided.decision === "changed" ? { ...body, ...shown } : body);
}

/** What `changeOne` would return, and who may get mail: Google notifies of what guests can see. Stores nothing. */
export async function previewChange(
  dependencies: DryRunDependencies,
  asked: Asked,
  changes: MeetingChanges,
): Promise<Response> {
  const { shown } = await checkChange(dependencies, asked, changes);
  const { before, ...decided } = await withSeries((series) =>
    previewChangeOf(dependencies.database, asked, changes, series)
  );
  const body = bodyFor(decided, asked);
  const guests = body.event_is_due ? [...guestsOnEvent(before), ...invited(body.participants)] : [];
  const preview = asPreview(body, before, guests);
  return json(decided.decision === "changed" ? { ...preview, ...shown } : preview);
}

function bodyFor(decided: ChangeDecision, asked: Asked) {
  switch (decided.decision) {
    case "changed":
      return meetingResponse(decided.meeting, messageFor(decided.meeting));
    case "unchanged":
      return meetingResponse(
        decided.meeting,
        decided.meeting.write_due_at === null
          ? "Nothing changed: the meeting already has these values."
          : "The meeting already has these values; its event gets them if people have changed it.",
      );
    case "invalid": {
      const path = FIELD_OF_COLUMN[decided.path] ?? decided.path;
      throw new HttpFault("invalid_request", `${path}: ${decided.message}`, { path });
    }
    case "slot_expired":
      throw new HttpFault("slot_expired", "The new time has already passed. Send a later one.", {
        meeting_id: asked.meeting_id,
      });
    case "version_conflict":
      throw versionConflict(decided.meeting);
    case "not_organizer":
    case "wrong_account":
      throw notWritable(decided.decision, decided.meeting);
    case "cancelled":
      throw new HttpFault("cancelled", undefined, {
        meeting_id: asked.meeting_id,
      });
    case "not_found":
      throw meetingNotFound(asked.meeting_id);
  }
}

/** The decision, with the dates of a changed series where the database asks for them. */
async function withSeries<Decision extends ChangeDecision>(
  decide: (series: ExpandedSeries | null) => Promise<Decision | SeriesToExpand>,
): Promise<Decision> {
  let decided = await decide(null);
  for (let turn = 0; decided.decision === "expand" && turn < MAX_EXPANSIONS; turn++) {
    decided = await decide(expandSeries(decided.series));
  }
  if (decided.decision !== "expand") return decided;
  throw new HttpFault("busy", "The series keeps changing. Try again shortly.", {}, 1);
}

function messageFor(
  { writeback_status, write_due_at, search_due_at, starts_at }: MeetingRow,
): string {
  if (starts_at === null && search_due_at !== null) {
    return "The meeting was changed; its time is searched next.";
  }
  // Constraints concern only a later search.
  if (writeback_status === "created" && write_due_at === null) return "The meeting was changed.";
  switch (writeback_status) {
    case "created":
      return "The meeting was changed; its event is updated next.";
    case "failed":
      return "The meeting was changed, but its event could not be written before. Requeue it to try again.";
    default:
      return "The meeting was changed; its event is created with the change.";
  }
}
