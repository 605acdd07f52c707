import type { connectionState } from "@shared/connections/connection_state.ts";
import type { AvailabilitySharing as StoredSharing } from "@shared/database/availability_sharing.ts";
import type { Move as StoredMove } from "@shared/database/moves.ts";
import type { Candidate as FoundCandidate } from "@shared/scheduling/explaining/candidate.ts";
import type { RsvpSummary } from "@shared/schemas/rsvp.ts";
import type { RescheduledTask as OneRescheduled } from "@shared/task_events/execute/reschedule_task.ts";
import type { SyncReport } from "@shared/task_events/sync_organizer_request.ts";
import type { previewOf } from "@shared/task_events/plan/preview_change.ts";
import type { meetingResponse as changedResponse } from "../../supabase/functions/meetings/meeting_response.ts";
import type { meetingResponse, summary } from "../../supabase/functions/status/status_response.ts";
import type {
  eventResponse,
  rowResponse,
} from "../../supabase/functions/task-events/event_response.ts";
import type {
  AvailabilitySharing,
  Candidate,
  ChangedMeeting,
  ChangePreview,
  GoogleConnection,
  MeetingState,
  MeetingSummary,
  Move,
  RescheduledTask,
  Rsvp,
  ScheduledTask,
  SyncedOrganizers,
  TaskEvent,
} from "../../client/mod.ts";
import { fits } from "./same_type.ts";

type JsonColumns = "participants" | "attendees";

Deno.test("the client's types of responses have the fields that the functions return", () => {
  fits<ReturnType<typeof summary>, MeetingSummary>(true);
  fits<Required<ReturnType<typeof meetingResponse>>, Required<MeetingState>>(true);
  fits<ReturnType<typeof changedResponse>, ChangedMeeting, "participants" | "success">(true);
  fits<StoredMove, Move>(true);
  fits<RsvpSummary, Rsvp>(true);
  fits<FoundCandidate, Candidate, "groups">(true);
  fits<ReturnType<typeof connectionState>, GoogleConnection>(true);
  fits<StoredSharing, AvailabilitySharing>(true);
  fits<Required<ReturnType<typeof eventResponse>>, Required<TaskEvent>>(true);
  fits<
    ReturnType<typeof rowResponse>,
    Omit<ScheduledTask, "success" | "task_id" | "already_exists" | "selected_slot" | "candidates">,
    JsonColumns
  >(true);
  fits<ReturnType<typeof previewOf>, Omit<ChangePreview, "success" | "preview">>(true);
  fits<OneRescheduled, RescheduledTask>(true);
  fits<SyncReport, SyncedOrganizers>(true);
});
