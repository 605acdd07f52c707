import * as z from "zod/mini";
import type { ChangedMeeting, MeetingState, PreviewedChange } from "@shared/contract/types.ts";
import { DESCRIPTION } from "@shared/schemas/description.ts";
import { CALENDAR_ID, INSTANT, text, TIMEZONE } from "@shared/schemas/fields.ts";
import { MEETING_FIELDS } from "@shared/schemas/given_meeting.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import { RECURRENCE } from "@shared/schemas/recurrence.ts";
import { WEIGHTS } from "@shared/schemas/weights.ts";
import { defineTool } from "../define_tool.ts";
import type { FunctionCalls } from "../function_calls.ts";
import { REPLACES, TEXT_OF_PEOPLE } from "../tool.ts";
import type { ToolResult } from "../tool.ts";
import {
  CONFIRM,
  described,
  EXISTING_MEETING_ID,
  EXPECTED_VERSION,
  given,
  SEARCH_FIELDS,
  START_TIME,
} from "./meeting_fields.ts";
import { mailLine, stateLines, stateOf } from "./meeting_state.ts";
import { waitLines, writeEvent } from "./write_event.ts";

const clearable = (most: number) =>
  described(z.optional(z.nullable(text(most))), "null takes it away");

const INPUT = z.strictObject({
  meeting_id: EXISTING_MEETING_ID,
  title: clearable(LIMITS.title_characters),
  description: described(z.optional(z.nullable(DESCRIPTION)), "null takes it away"),
  location: clearable(LIMITS.location_characters),
  participants: described(
    z.optional(MEETING_FIELDS.participants),
    "The whole list: who is left out is removed",
  ),
  start_time: described(
    z.optional(START_TIME),
    "Another time, with end_time; find_times with the meeting_id finds one",
  ),
  end_time: described(z.optional(INSTANT), "End of the other time, with start_time"),
  timezone: z.optional(TIMEZONE),
  recurrence: described(z.optional(z.nullable(RECURRENCE)), "null ends the repeating"),
  constraints: described(
    SEARCH_FIELDS.constraints,
    "For a later search; the time of the meeting stays",
  ),
  weights: described(z.optional(z.nullable(WEIGHTS)), "For a later search; null: the default"),
  allow_concessions: MEETING_FIELDS.allow_concessions,
  google_calendar_id: described(z.optional(CALENDAR_ID), "Only while there is no event"),
  description_details: MEETING_FIELDS.description_details,
  locale: MEETING_FIELDS.locale,
  conference: MEETING_FIELDS.conference,
  reminders: MEETING_FIELDS.reminders,
  auto_reschedule: MEETING_FIELDS.auto_reschedule,
  on_conflict: MEETING_FIELDS.on_conflict,
  guests_can_modify: MEETING_FIELDS.guests_can_modify,
  guests_can_invite_others: MEETING_FIELDS.guests_can_invite_others,
  guests_can_see_other_guests: MEETING_FIELDS.guests_can_see_other_guests,
  expected_version: EXPECTED_VERSION,
  confirm: CONFIRM,
});

export const CHANGE_MEETING = defineTool({
  name: "change_meeting",
  title: "Change a meeting",
  description:
    `Changes a meeting of the user: title, description, place, participants, time, series or settings. Fields that are left out stay. The event keeps its id, its Meet link and the replies. Without confirm: true it is a dry run. ${TEXT_OF_PEOPLE}`,
  hints: REPLACES,
  input: INPUT,
  async run({ confirm = false, ...fields }, { calls }) {
    const { meeting_id } = fields;
    const body = given(fields);
    if (!confirm) return await previewed(calls, body);
    const { message }: ChangedMeeting = await calls.send("PATCH meetings", { body });
    const event = await writeEvent(calls, meeting_id);
    const meeting: MeetingState = await calls.send("GET status", { query: { meeting_id } });
    return {
      text: [message, ...stateLines(meeting), ...waitLines(event)].join("\n"),
      data: { dry_run: false, event, ...stateOf(meeting) },
    };
  },
});

async function previewed(
  calls: FunctionCalls,
  body: Record<string, unknown>,
): Promise<ToolResult> {
  const preview: PreviewedChange = await calls.send("PATCH meetings", {
    body: { ...body, dry_run: true },
  });
  const { meeting_id, before, mail_recipients, event_is_due } = preview;
  const { version, start_time, end_time, ...texts } = before;
  const changes = Object.keys(body).filter((name) =>
    name !== "meeting_id" && name !== "expected_version"
  );
  return {
    text: [
      "Dry run: nothing was written.",
      `Fields that would be set: ${changes.join(", ") || "none"}.`,
      `Time before: ${start_time} to ${end_time}; after: ${preview.start_time} to ${preview.end_time} (${preview.timezone}).`,
      event_is_due ? "The event would be updated." : "The event would stay as it is.",
      mailLine(mail_recipients),
      `If the user agrees, call again with the same arguments, expected_version ${version} and confirm: true.`,
    ].join("\n"),
    data: {
      dry_run: true,
      meeting_id,
      version,
      changes: Object.fromEntries(changes.map((name) => [name, body[name]])),
      before: { start_time, end_time, timezone: texts.timezone, recurrence: texts.recurrence },
      after: {
        start_time: preview.start_time,
        end_time: preview.end_time,
        timezone: preview.timezone,
        recurrence: preview.recurrence,
      },
      event_is_due,
      mail_recipients,
      written_by_people: {
        title: texts.title,
        description: texts.description,
        location: texts.location,
      },
    },
  };
}
