import { BATCH, MEETING_WEBHOOK } from "@shared/schemas/webhook.ts";
import {
  ALTERNATIVES_REQUEST,
  SCHEDULE_REQUEST,
} from "../../../supabase/functions/schedule/request.ts";
import { component } from "../components.ts";
import { json, plainErrors } from "../operation.ts";
import type { Operation } from "../operation.ts";
import { ACCEPTED } from "../responses/operations.ts";
import {
  ALTERNATIVES,
  CHECKED_CONFLICTS,
  DRY_RUN,
  PENDING_SEARCH,
  SCHEDULED,
  SCHEDULED_BATCH,
  SEARCH_ERROR,
} from "../responses/scheduled.ts";

const SEARCH_CODES = [
  "invalid_request",
  "needs_reauth",
  "calendar_unreadable",
  "no_common_slot",
  "google_unavailable",
  "rate_limited",
  "limit_reached",
  "busy",
  "internal",
] as const;

export const SCHEDULE_OPERATIONS: readonly Operation[] = [
  {
    method: "POST",
    path: "/schedule",
    id: "schedule",
    summary: "Finds a meeting its slot and stores it; with a secret key also what is due.",
    callers: ["user", "key"],
    body: [
      component("ScheduleRequest", SCHEDULE_REQUEST),
      BATCH,
      component("MeetingWebhook", MEETING_WEBHOOK, "What a database webhook of Supabase posts."),
    ],
    successes: {
      200: json("The slot, or the results of a batch.", SCHEDULED, DRY_RUN, SCHEDULED_BATCH),
      202: json("The search is not finished.", PENDING_SEARCH, ACCEPTED),
    },
    errors: [
      plainErrors(
        "meeting_not_found",
        "meeting_id_taken",
        "already_scheduled",
        "cancelled",
        "limit_reached",
        "processing_paused",
      ),
      { body: SEARCH_ERROR, codes: SEARCH_CODES },
    ],
  },
  {
    method: "POST",
    path: "/schedule/alternatives",
    id: "findAlternatives",
    summary: "Returns other times for a meeting. Stores nothing.",
    callers: ["user", "key"],
    body: [component("AlternativesRequest", ALTERNATIVES_REQUEST)],
    successes: { 200: json("The next best times.", ALTERNATIVES) },
    errors: [
      plainErrors("meeting_not_found", "cancelled", "limit_reached"),
      { body: SEARCH_ERROR, codes: SEARCH_CODES },
    ],
  },
  {
    method: "POST",
    path: "/schedule/conflicts",
    id: "checkConflicts",
    summary: "Checks the times of meetings that are due for conflicts.",
    callers: ["key"],
    body: [BATCH],
    successes: {
      200: json("How many conflicts each has.", CHECKED_CONFLICTS),
      202: json("The work continues.", ACCEPTED),
    },
    errors: [],
  },
];
