import { MEETING_WEBHOOK } from "@shared/schemas/webhook.ts";
import { AUDIT_REQUEST } from "../../../supabase/functions/write-back/audit.ts";
import { ONE_MEETING, WRITE_BATCH } from "../../../supabase/functions/write-back/request.ts";
import { component } from "../components.ts";
import { json, plainErrors } from "../operation.ts";
import type { Operation } from "../operation.ts";
import { ACCEPTED } from "../responses/operations.ts";
import {
  AUDIT,
  PENDING_WRITE,
  TASK_AUDIT,
  WRITE_ERROR,
  WRITE_STATUS,
  WRITTEN_BACK,
  WRITTEN_BATCH,
} from "../responses/write_back.ts";

export const WRITE_BACK_OPERATIONS: readonly Operation[] = [
  {
    method: "POST",
    path: "/write-back",
    id: "writeBack",
    summary: "Creates, updates or deletes the event of a meeting; with a secret key also what is " +
      "due, and the comparison of rows with Google Calendar.",
    callers: ["user", "key"],
    body: [
      component("OneMeeting", ONE_MEETING),
      WRITE_BATCH,
      component("AuditRequest", AUDIT_REQUEST),
      MEETING_WEBHOOK,
    ],
    successes: {
      200: json("What was written or found.", WRITTEN_BACK, WRITTEN_BATCH, AUDIT, TASK_AUDIT),
      202: json("The event is not written yet.", PENDING_WRITE, ACCEPTED),
    },
    errors: [
      plainErrors(
        "meeting_not_found",
        "no_slot",
        "in_progress",
        "rate_limited",
        "limit_reached",
        "cancelled",
        "processing_paused",
      ),
      {
        body: WRITE_ERROR,
        codes: [
          "needs_reauth",
          "not_organizer",
          "in_progress",
          "slot_expired",
          "slot_taken",
          "invalid_request",
          "google_rejected",
          "calendar_unreadable",
          "rate_limited",
          "limit_reached",
          "google_unavailable",
          "internal",
          "busy",
        ],
      },
    ],
  },
  {
    method: "GET",
    path: "/write-back",
    id: "readWriteBack",
    summary: "Returns the state of a meeting's write-back.",
    callers: ["user", "key"],
    query: ONE_MEETING,
    successes: { 200: json("The state.", WRITE_STATUS) },
    errors: [plainErrors("meeting_not_found")],
  },
];
