import type { Tool } from "./tool.ts";
import { CANCEL_MEETING } from "./tools/cancel_meeting.ts";
import { CHANGE_MEETING } from "./tools/change_meeting.ts";
import { EXPLAIN_MEETING } from "./tools/explain_meeting.ts";
import { FIND_TIMES } from "./tools/find_times.ts";
import { MEETING_STATUS } from "./tools/meeting_status.ts";
import { SCHEDULE_MEETING } from "./tools/schedule_meeting.ts";

/** Every tool, in the order in which a client shows them. */
export const TOOLS: readonly Tool[] = [
  FIND_TIMES,
  SCHEDULE_MEETING,
  MEETING_STATUS,
  CHANGE_MEETING,
  CANCEL_MEETING,
  EXPLAIN_MEETING,
];
