import * as z from "zod/mini";
import type { MeetingPage, MeetingState } from "@shared/contract/types.ts";
import { MEETING_STATES } from "@shared/database/meetings.ts";
import { idOf, INSTANT, wholeNumber } from "@shared/schemas/fields.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import { MEETING_ID } from "@shared/schemas/webhook.ts";
import { defineTool } from "../define_tool.ts";
import { READS, TEXT_OF_PEOPLE } from "../tool.ts";
import type { ToolContext, ToolResult } from "../tool.ts";
import { described, given } from "./meeting_fields.ts";
import { stateLines, stateOf } from "./meeting_state.ts";

/** A model reads every line of a page. */
const DEFAULT_LIMIT = 10;

const ONE_OR_MANY = "Expected either meeting_id or the fields of a list";

const INPUT = z.strictObject({
  meeting_id: described(
    z.optional(MEETING_ID),
    "One meeting; left out: the user's meetings, newest first",
  ),
  status: described(z.optional(z.enum(MEETING_STATES)), "Of a list: only meetings in this state"),
  since: described(z.optional(INSTANT), "Of a list: only meetings created then or later"),
  limit: described(
    z.optional(wholeNumber(1, LIMITS.page_meetings, `Expected 1 to ${LIMITS.page_meetings}`)),
    `Of a list: at most so many, default ${DEFAULT_LIMIT}`,
  ),
  cursor: described(
    z.optional(idOf(LIMITS.cursor_characters)),
    "Of a list: next_cursor of the page before",
  ),
}).check(
  z.refine(
    ({ meeting_id, ...list }) => meeting_id === undefined || Object.keys(given(list)).length === 0,
    { path: ["meeting_id"], error: ONE_OR_MANY },
  ),
);

export const MEETING_STATUS = defineTool({
  name: "meeting_status",
  title: "Status of meetings",
  description:
    `The state of one meeting of the user (time, event, replies of guests, errors and what to do about them), or a list of the user's meetings. Only reads. ${TEXT_OF_PEOPLE}`,
  hints: READS,
  input: INPUT,
  run: ({ meeting_id, ...list }, { calls }) =>
    meeting_id === undefined ? listed(list, calls) : one(meeting_id, calls),
});

async function one(meeting_id: string, calls: ToolContext["calls"]): Promise<ToolResult> {
  const meeting: MeetingState = await calls.send("GET status", { query: { meeting_id } });
  return { text: stateLines(meeting).join("\n"), data: stateOf(meeting) };
}

async function listed(
  list: { status?: string | undefined; since?: string | undefined; limit?: number | undefined },
  calls: ToolContext["calls"],
): Promise<ToolResult> {
  const query = { limit: DEFAULT_LIMIT, ...given(list) };
  const { meetings, counts, next_cursor }: MeetingPage = await calls.send("GET status", { query });
  return {
    text: [
      `${meetings.length} meetings, newest first.`,
      ...meetings.flatMap((meeting) => ["", ...stateLines(meeting)]),
      ...(next_cursor === null ? [] : ["", `There are more: cursor ${next_cursor}`]),
    ].join("\n"),
    data: { meetings: meetings.map(stateOf), counts, next_cursor },
  };
}
