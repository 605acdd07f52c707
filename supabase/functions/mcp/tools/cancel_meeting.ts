import * as z from "zod/mini";
import type {
  CancelledMeeting,
  MeetingState,
  PreviewedCancellation,
} from "@shared/contract/types.ts";
import { defineTool } from "../define_tool.ts";
import { REPLACES, TEXT_OF_PEOPLE } from "../tool.ts";
import { CONFIRM, EXISTING_MEETING_ID, EXPECTED_VERSION } from "./meeting_fields.ts";
import { mailLine, stateLines, stateOf } from "./meeting_state.ts";
import { waitLines, writeEvent } from "./write_event.ts";

const INPUT = z.strictObject({
  meeting_id: EXISTING_MEETING_ID,
  expected_version: EXPECTED_VERSION,
  confirm: CONFIRM,
});

export const CANCEL_MEETING = defineTool({
  name: "cancel_meeting",
  title: "Cancel a meeting",
  description:
    `Cancels a meeting of the user for good: its event is deleted and Google notifies the guests. Without confirm: true it is a dry run. ${TEXT_OF_PEOPLE}`,
  hints: REPLACES,
  input: INPUT,
  async run({ meeting_id, expected_version, confirm = false }, { calls }) {
    const query = { meeting_id, expected_version };
    if (!confirm) {
      const { already_cancelled, before, mail_recipients }: PreviewedCancellation = await calls
        .send("DELETE meetings", { query: { ...query, dry_run: true } });
      const { version, start_time, end_time, title } = before;
      return {
        text: [
          "Dry run: nothing was written.",
          already_cancelled
            ? "The meeting is cancelled already."
            : `Meeting ${meeting_id} (${start_time} to ${end_time}) would be cancelled for good and its event deleted.`,
          `Title, as people wrote it: ${JSON.stringify(title)}`,
          mailLine(mail_recipients),
          `If the user agrees, call again with meeting_id ${
            JSON.stringify(meeting_id)
          }, expected_version ${version} and confirm: true.`,
        ].join("\n"),
        data: {
          dry_run: true,
          meeting_id,
          already_cancelled,
          version,
          start_time,
          end_time,
          mail_recipients,
          written_by_people: { title },
        },
      };
    }
    const { already_cancelled, message, event_is_due }: CancelledMeeting = await calls.send(
      "DELETE meetings",
      { query },
    );
    const event = event_is_due ? await writeEvent(calls, meeting_id) : null;
    const meeting: MeetingState = await calls.send("GET status", { query: { meeting_id } });
    return {
      text: [
        already_cancelled ? message : "The meeting was cancelled.",
        ...stateLines(meeting),
        ...(event === null ? [] : waitLines(event)),
      ].join("\n"),
      data: { dry_run: false, already_cancelled, event, ...stateOf(meeting) },
    };
  },
});
