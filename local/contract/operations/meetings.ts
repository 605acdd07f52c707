import { BATCH } from "@shared/schemas/webhook.ts";
import {
  CANCEL_FIELDS,
  CHANGE_REQUEST,
  MOVE_DECISION,
  REQUEUE_REQUEST,
} from "../../../supabase/functions/meetings/change_request.ts";
import { component } from "../components.ts";
import { json, plainErrors } from "../operation.ts";
import type { Operation } from "../operation.ts";
import {
  CANCELLED_MEETING,
  CHANGED_MEETING,
  DECIDED_MOVE,
  MEET_LINKS,
  PREVIEWED_CANCELLATION,
  PREVIEWED_CHANGE,
  REQUEUED_MEETING,
  REQUEUED_MEETINGS,
} from "../responses/meetings.ts";
import { ACCEPTED } from "../responses/operations.ts";

const WRITE_CODES = [
  "meeting_not_found",
  "version_conflict",
  "not_organizer",
  "needs_reauth",
  "task_event",
] as const;

export const MEETINGS_OPERATIONS: readonly Operation[] = [
  {
    method: "PATCH",
    path: "/meetings",
    id: "changeMeeting",
    summary: "Changes a meeting; its event is changed next.",
    callers: ["user", "key"],
    body: [component("ChangeMeetingRequest", CHANGE_REQUEST)],
    successes: {
      200: json("The meeting; with `dry_run` what it would be.", CHANGED_MEETING, PREVIEWED_CHANGE),
    },
    errors: [plainErrors(...WRITE_CODES, "slot_expired", "cancelled")],
  },
  {
    method: "DELETE",
    path: "/meetings",
    id: "cancelMeeting",
    summary: "Cancels a meeting; its event is deleted next.",
    callers: ["user", "key"],
    query: CANCEL_FIELDS,
    successes: {
      200: json(
        "The meeting; with `dry_run` what it would be.",
        CANCELLED_MEETING,
        PREVIEWED_CANCELLATION,
      ),
    },
    errors: [plainErrors(...WRITE_CODES)],
  },
  {
    method: "POST",
    path: "/meetings/requeue",
    id: "requeueMeeting",
    summary: "Tries a failed meeting again; with a secret key also all that a filter names.",
    callers: ["user", "key"],
    body: [component("RequeueRequest", REQUEUE_REQUEST)],
    successes: {
      200: json("The meeting, or how many were requeued.", REQUEUED_MEETING, REQUEUED_MEETINGS),
    },
    errors: [plainErrors("meeting_not_found", "slot_expired", "slot_taken")],
  },
  {
    method: "POST",
    path: "/meetings/moves",
    id: "decideMove",
    summary: "Accepts or rejects a time that was proposed for a meeting.",
    callers: ["user", "key"],
    body: [component("MoveDecision", MOVE_DECISION)],
    successes: { 200: json("The decision.", DECIDED_MOVE) },
    errors: [plainErrors("meeting_not_found", "no_proposal", "cancelled")],
  },
  {
    method: "POST",
    path: "/meetings/meet-links",
    id: "fetchMeetLinks",
    summary: "Reads Meet links that Google had not created before.",
    callers: ["key"],
    body: [BATCH],
    successes: {
      200: json("How many events were read.", MEET_LINKS),
      202: json("The work continues.", ACCEPTED),
    },
    errors: [],
  },
];
