import * as z from "zod/mini";
import type { Alternatives, Candidate, MeetingState } from "@shared/contract/types.ts";
import { wholeNumber } from "@shared/schemas/fields.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { defineTool } from "../define_tool.ts";
import type { FunctionCalls } from "../function_calls.ts";
import { READS, TEXT_OF_PEOPLE } from "../tool.ts";
import { timeLines, timesOf } from "./found_times.ts";
import { described, EXISTING_MEETING_ID } from "./meeting_fields.ts";
import { stateLines, stateOf } from "./meeting_state.ts";

const MOST = 20;
const DEFAULT = 3;

const INPUT = z.strictObject({
  meeting_id: EXISTING_MEETING_ID,
  alternatives: described(
    z.optional(wholeNumber(0, MOST, `Expected a whole number from 0 to ${MOST}`)),
    `How many other times are searched now, default ${DEFAULT}; 0: none, and no calendar is read`,
  ),
});

export const EXPLAIN_MEETING = defineTool({
  name: "explain_meeting",
  title: "Explain a meeting's time",
  description:
    `Why a meeting of the user has its time, or has none: the reasons and the score, the times that the search compared, and the next best times now. Only reads. ${TEXT_OF_PEOPLE}`,
  hints: READS,
  input: INPUT,
  async run({ meeting_id, alternatives = DEFAULT }, { calls }) {
    const meeting: MeetingState = await calls.send("GET status", {
      query: { meeting_id, candidates: true },
    });
    const { score, reasoning, candidates = [], scheduling_details = null } = meeting;
    const others = alternatives === 0 ? null : await search(calls, meeting_id, alternatives);
    return {
      text: [
        ...stateLines(meeting),
        ...(reasoning === null ? [] : [`Why (score ${score}): ${reasoning}`]),
        ...(others?.candidates === undefined ? [] : [
          others.candidates.length === 0 ? "No other time fits now." : "Other times now:",
          ...timeLines(others.candidates),
        ]),
        ...(others?.error === undefined ? [] : [`No other times: ${others.error.message}`]),
      ].join("\n"),
      data: {
        ...stateOf(meeting),
        score,
        reasoning,
        compared_times: timesOf(candidates),
        search: withoutEventText(scheduling_details),
        other_times: timesOf(others?.candidates ?? []),
        other_times_error: others?.error ?? null,
      },
    };
  },
});

/** The event has it. */
function withoutEventText(details: Record<string, unknown> | null): Record<string, unknown> {
  const { event_reasoning: _, ...search } = details ?? {};
  return search;
}

interface OtherTimes {
  candidates?: readonly Candidate[];
  error?: { error: string; message: string };
}

/** The meeting is explained also where no other time can be found: the reason is part of the explanation. */
async function search(
  calls: FunctionCalls,
  meeting_id: string,
  max_candidates: number,
): Promise<OtherTimes> {
  try {
    const body = { meeting_id, max_candidates };
    const { candidates }: Alternatives = await calls.send("POST schedule/alternatives", { body });
    return { candidates };
  } catch (thrown) {
    if (thrown instanceof HttpFault) {
      return { error: { error: thrown.code, message: thrown.message } };
    }
    throw thrown;
  }
}
