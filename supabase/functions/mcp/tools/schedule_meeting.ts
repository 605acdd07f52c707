import * as z from "zod/mini";
import type { DryRun, MeetingState, Scheduled } from "@shared/contract/types.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { MEETING_ID } from "@shared/schemas/webhook.ts";
import { defineTool } from "../define_tool.ts";
import type { FunctionCalls } from "../function_calls.ts";
import { TEXT_OF_PEOPLE, WRITES } from "../tool.ts";
import type { ToolResult } from "../tool.ts";
import { remarkLines, remarksOf, timeLines, timesOf } from "./found_times.ts";
import {
  CONFIRM,
  described,
  EVENT_FIELDS,
  given,
  SEARCH_FIELDS,
  START_TIME,
} from "./meeting_fields.ts";
import { meetingKey } from "./meeting_key.ts";
import { mailLine, stateLines, stateOf } from "./meeting_state.ts";
import { waitLines, writeEvent } from "./write_event.ts";

const INPUT = z.strictObject({
  ...SEARCH_FIELDS,
  ...EVENT_FIELDS,
  meeting_id: described(
    z.optional(MEETING_ID),
    "The meeting_id of the dry run, or one of your own (1 to 200 characters). A call with the id of a meeting that has a " +
      "time writes no second one. Left out: an id that follows from the other arguments, so the same call twice is one " +
      "meeting; for a second meeting with the same arguments, name a new id",
  ),
  start_time: described(
    z.optional(START_TIME),
    "The start that the user agreed to, one of the times of the dry run or of find_times: this time or none. Left out: " +
      "the best one at that moment. Only for a new meeting",
  ),
  confirm: CONFIRM,
}).check(
  z.refine(
    ({ participants, meeting_id }) => participants !== undefined || meeting_id !== undefined,
    { path: ["participants"], error: "A new meeting needs participants" },
  ),
  z.refine(
    ({ participants, start_time }) => participants !== undefined || start_time === undefined,
    { path: ["start_time"], error: "Only together with participants; see change_meeting" },
  ),
);

type Input = z.input<typeof INPUT>;
type Constraints = Input["constraints"];
type Fields = Omit<Input, "meeting_id" | "start_time" | "confirm">;

const DEFAULT_MINUTES = 30;

export const SCHEDULE_MEETING = defineTool({
  name: "schedule_meeting",
  title: "Schedule a meeting",
  description:
    `Schedules a meeting of the user: finds the best time, writes the event to the user's Google Calendar and has Google mail the invitations. Without confirm: true it is a dry run. ${TEXT_OF_PEOPLE}`,
  hints: WRITES,
  input: INPUT,
  async run({ confirm = false, start_time, meeting_id: named, ...fields }, { calls, user_id }) {
    const meeting_id = named ?? await meetingKey(user_id, fields);
    const stored = await readMeeting(calls, meeting_id);
    if (stored !== null && stored.cancelled_at !== null) throw cancelledBefore(meeting_id);
    if (stored !== null && stored.start_time !== null) {
      return await continued(calls, stored, confirm);
    }
    const request = { meeting_id, fields, start_time };
    return confirm ? await scheduled(calls, request) : await previewed(calls, request);
  },
});

interface Request {
  meeting_id: string;
  fields: Fields;
  start_time: string | undefined;
}

async function previewed(calls: FunctionCalls, request: Request): Promise<ToolResult> {
  const { meeting_id, start_time } = request;
  const body = { ...bodyOf(request), dry_run: true };
  const found: DryRun = await calls.send("POST schedule", { body });
  const { selected_slot, candidates, google_request, mail_recipients } = found;
  const { start_time: best, end_time, timezone, score, reasoning } = selected_slot;
  return {
    text: [
      "Dry run: nothing was written.",
      `${
        start_time === undefined ? "Best time" : "Time"
      }: ${best} to ${end_time} (${timezone}), score ${score}.`,
      ...(reasoning === null ? [] : [reasoning]),
      mailLine(mail_recipients),
      ...(candidates.length < 2 ? [] : ["Other times:", ...timeLines(candidates.slice(1))]),
      ...remarkLines(found),
      `If the user agrees, call again with the same arguments, meeting_id ${
        JSON.stringify(meeting_id)
      }, start_time ${JSON.stringify(best)} and confirm: true.`,
    ].join("\n"),
    data: {
      dry_run: true,
      meeting_id,
      start_time: best,
      end_time,
      timezone,
      score,
      reasoning,
      other_times: timesOf(candidates.slice(1)),
      mail_recipients,
      google_request,
      ...remarksOf(found),
    },
  };
}

async function scheduled(calls: FunctionCalls, request: Request): Promise<ToolResult> {
  const { meeting_id, start_time, fields } = request;
  const found: Scheduled = await calls.send("POST schedule", { body: bodyOf(request) });
  const result = await written(calls, meeting_id, "The meeting was scheduled.");
  if (start_time !== undefined) {
    // Its own search had the agreed time alone; a later search has what was asked for.
    const constraints = fields.constraints ?? {};
    await calls.send("PATCH meetings", { body: { meeting_id, constraints } });
  }
  return { ...result, data: { ...result.data, ...remarksOf(found) } };
}

/** A repeated call: the meeting has its time, and its event is written if that is still to be done. */
async function continued(
  calls: FunctionCalls,
  stored: MeetingState,
  confirm: boolean,
): Promise<ToolResult> {
  const said = `This meeting exists since ${stored.created_at}: it was not scheduled again. ` +
    "For another meeting with the same arguments, name another meeting_id.";
  if (confirm) return await written(calls, stored.meeting_id, said);
  return {
    text: [said, ...stateLines(stored)].join("\n"),
    data: { dry_run: true, already_scheduled: true, ...stateOf(stored) },
  };
}

async function written(
  calls: FunctionCalls,
  meeting_id: string,
  said: string,
): Promise<ToolResult> {
  const event = await writeEvent(calls, meeting_id);
  const meeting: MeetingState = await calls.send("GET status", { query: { meeting_id } });
  return {
    text: [said, ...stateLines(meeting), ...waitLines(event)].join("\n"),
    data: {
      dry_run: false,
      already_scheduled: event.already_exists,
      event,
      ...stateOf(meeting),
    },
  };
}

function bodyOf({ meeting_id, fields, start_time }: Request): Record<string, unknown> {
  const body = { ...given(fields), meeting_id };
  if (start_time === undefined) return body;
  return { ...body, constraints: given(at(start_time, fields.constraints)) };
}

/** The constraints with a window that has room for one start. */
function at(start_time: string, constraints: Constraints = {}): NonNullable<Constraints> {
  const { duration_minutes = DEFAULT_MINUTES } = constraints;
  const end = new Date(Date.parse(start_time) + duration_minutes * 60_000);
  return { ...constraints, earliest_date: start_time, latest_date: end.toISOString() };
}

async function readMeeting(calls: FunctionCalls, meeting_id: string): Promise<MeetingState | null> {
  try {
    return await calls.send<"GET status", MeetingState>("GET status", { query: { meeting_id } });
  } catch (thrown) {
    if (thrown instanceof HttpFault && thrown.code === "meeting_not_found") return null;
    throw thrown;
  }
}

function cancelledBefore(meeting_id: string): HttpFault {
  return new HttpFault(
    "cancelled",
    "The meeting with this meeting_id was cancelled. Name another meeting_id for a new meeting.",
    { meeting_id, path: "meeting_id" },
  );
}
