import {
  PAUSE_REQUEST,
  REQUEUE_REQUEST,
  RESUME_REQUEST,
} from "../../../supabase/functions/operations/requests.ts";
import { component } from "../components.ts";
import { json, plainErrors } from "../operation.ts";
import type { Operation } from "../operation.ts";
import { REQUEUED_MEETINGS } from "../responses/meetings.ts";
import { FAILED_WORK, PAUSED, REQUEUED_ROW, RESUMED } from "../responses/operations.ts";

/** What operators do with the queue. */
export const OPERATORS_OPERATIONS: readonly Operation[] = [
  {
    method: "POST",
    path: "/operations/requeue",
    id: "requeueWork",
    summary: "Gives what failed new attempts: one row, or all that a filter names.",
    callers: ["key"],
    body: [component("RequeueWorkRequest", REQUEUE_REQUEST)],
    successes: {
      200: json("What was requeued, or would be.", REQUEUED_ROW, REQUEUED_MEETINGS, FAILED_WORK),
    },
    errors: [plainErrors("not_found")],
  },
  {
    method: "POST",
    path: "/operations/pause",
    id: "pauseWork",
    summary: "Pauses everything, a kind of work, a user, or a kind of work of a user.",
    callers: ["key"],
    body: [component("PauseRequest", PAUSE_REQUEST)],
    successes: { 200: json("The pauses.", PAUSED) },
    errors: [],
  },
  {
    method: "POST",
    path: "/operations/resume",
    id: "resumeWork",
    summary: "Ends pauses.",
    callers: ["key"],
    body: [component("ResumeRequest", RESUME_REQUEST)],
    successes: { 200: json("What is still paused.", RESUMED) },
    errors: [],
  },
];
