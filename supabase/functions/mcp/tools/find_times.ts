import * as z from "zod/mini";
import type { DryRun } from "@shared/contract/types.ts";
import { MEETING_ID } from "@shared/schemas/webhook.ts";
import { defineTool } from "../define_tool.ts";
import { READS } from "../tool.ts";
import { remarkLines, remarksOf, timeLines, timesOf } from "./found_times.ts";
import { described, given, SEARCH_FIELDS } from "./meeting_fields.ts";

const INPUT = z.strictObject({
  ...SEARCH_FIELDS,
  meeting_id: described(
    z.optional(MEETING_ID),
    "A meeting of the user, for another time of it; left out: times for a new meeting",
  ),
}).check(
  z.refine(
    ({ participants, meeting_id }) => participants !== undefined || meeting_id !== undefined,
    { path: ["participants"], error: "Name participants, or the meeting_id of a meeting" },
  ),
);

export const FIND_TIMES = defineTool({
  name: "find_times",
  title: "Find times",
  description:
    "Finds the best times for a meeting of the user with other people, from their calendars, with a score and reasons. Never writes and never sends mail.",
  hints: READS,
  input: INPUT,
  async run(search, { calls }) {
    const found: DryRun = await calls.send("POST schedule", {
      body: { ...given(search), dry_run: true },
    });
    const { candidates, selected_slot: { timezone } } = found;
    return {
      text: [
        `Times that fit, the best first, in ${timezone}. Nothing was written.`,
        ...timeLines(candidates),
        ...remarkLines(found),
      ].join("\n"),
      data: { timezone, times: timesOf(candidates), ...remarksOf(found) },
    };
  },
});
