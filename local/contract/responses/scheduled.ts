import * as z from "zod/mini";
import { component, described } from "../components.ts";
import { CODE, ERROR_FIELDS } from "./errors.ts";
import { ANY_OBJECT, COUNT, INSTANT, TIMES, upTo } from "./values.ts";

const PARTICIPANT_AVAILABILITY = component(
  "ParticipantAvailability",
  z.strictObject({
    email: z.string(),
    name: z.optional(z.string()),
    status: z.enum(["free", "busy", "tentative", "unknown", "outside_hours"]),
    local_start: described(INSTANT, "The start in the participant's own zone."),
    burden: described(z.optional(upTo(100)), "Inconvenience of the hour; absent: none."),
  }),
);

const CHOSEN_MEMBERS = component(
  "ChosenMembers",
  z.strictObject({
    index: described(COUNT, "Which of the groups, from 0."),
    name: z.optional(z.string()),
    count: COUNT,
    chosen: described(z.array(z.string()), "Addresses."),
    why: z.enum(["chosen_before", "only_free", "fewest_turns", "first_free"]),
    free: COUNT,
    members: COUNT,
  }),
  "Who takes part of a group.",
);

const SERIES = component(
  "SeriesAvailability",
  z.strictObject({
    start_times: z.array(INSTANT),
    occurrences: described(COUNT, "How many were checked."),
    free: described(COUNT, "How many of them fit all required participants."),
    share_free: upTo(1),
    clashes: z.array(z.strictObject({
      start_time: INSTANT,
      names: described(z.array(z.string()), "The first five who cannot come."),
      others: described(z.optional(COUNT), "How many more cannot come; absent for none."),
    })),
  }),
);

const CODE_WITH_ARGUMENTS = z.strictObject({ code: z.string(), args: ANY_OBJECT });

const EXPLAINED = {
  score_breakdown: component(
    "ScoreBreakdown",
    z.strictObject({
      availability: upTo(100),
      preference: upTo(100),
      conflict_proximity: upTo(100),
      fragmentation: upTo(100),
      optimization: upTo(100),
    }),
    "Points that add up to the score.",
  ),
  reasons: z.array(CODE_WITH_ARGUMENTS),
  participant_availability: z.array(PARTICIPANT_AVAILABILITY),
};

const OF_SOME_CANDIDATES = {
  groups: z.optional(z.array(CHOSEN_MEMBERS)),
  recurrence: z.optional(SERIES),
  conceded: described(z.optional(z.literal(true)), "Constraints were relaxed."),
  concessions: z.optional(z.array(CODE_WITH_ARGUMENTS)),
  concession: z.optional(z.string()),
};

export const CANDIDATE = component(
  "Candidate",
  z.strictObject({
    ...TIMES,
    score: upTo(100),
    reasoning: z.string(),
    ...EXPLAINED,
    ...OF_SOME_CANDIDATES,
  }),
  "A possible time of a meeting.",
);

const TIMEZONE = z.nullable(z.string());

const SELECTED_SLOT = component(
  "SelectedSlot",
  z.strictObject({
    ...TIMES,
    timezone: TIMEZONE,
    score: z.nullable(upTo(100)),
    reasoning: z.nullable(z.string()),
    score_breakdown: z.optional(EXPLAINED.score_breakdown),
    reasons: z.optional(EXPLAINED.reasons),
    participant_availability: z.optional(EXPLAINED.participant_availability),
    ...OF_SOME_CANDIDATES,
  }),
  "The best candidate. A time that the caller had given has neither score nor reasons.",
);

const ANALYTICS = component(
  "SearchAnalytics",
  z.strictObject({
    participants: COUNT,
    unknown: COUNT,
    density: described(upTo(1), "How much of the open hours is busy."),
    conflict_rate: described(upTo(1), "How many starts within everyone's hours clash."),
    most_constrained_participants: described(z.array(z.string()), "At most three addresses."),
  }),
);

const WARNINGS = z.optional(z.array(z.strictObject({
  code: z.literal("tentative_unknown"),
  message: z.string(),
  participants: z.array(z.string()),
})));

const FOUND = {
  meeting_id: z.string(),
  success: z.literal(true),
  message: z.string(),
  candidates: described(z.array(CANDIDATE), "The best first."),
  total_candidates_evaluated: COUNT,
  processing_time_ms: COUNT,
  negotiation_rounds: described(COUNT, "0 if a slot fits everyone."),
  analytics: z.optional(ANALYTICS),
  unknown: described(z.optional(z.array(z.string())), "Addresses whose calendar was not read."),
  warnings: WARNINGS,
};

export const SCHEDULED = component(
  "Scheduled",
  z.strictObject({ ...FOUND, selected_slot: SELECTED_SLOT }),
  "A meeting with its slot.",
);

export const DRY_RUN = component(
  "DryRun",
  z.strictObject({
    ...FOUND,
    selected_slot: SELECTED_SLOT,
    dry_run: z.literal(true),
    google_request: described(
      z.strictObject({ method: z.string(), path: z.string(), query: ANY_OBJECT, body: ANY_OBJECT }),
      "The request that Google would receive.",
    ),
    mail_recipients: z.array(z.string()),
  }),
  "What scheduling would return. Nothing was stored.",
);

const CURRENT_SLOT = z.nullable(z.strictObject({
  ...TIMES,
  timezone: TIMEZONE,
  score: z.nullable(upTo(100)),
}));

export const ALTERNATIVES = component(
  "Alternatives",
  z.strictObject({ ...FOUND, current_slot: CURRENT_SLOT }),
  "Other times for a meeting.",
);

export const SCHEDULED_BATCH = component(
  "ScheduledBatch",
  z.strictObject({
    success: z.literal(true),
    results: z.array(z.union([
      z.strictObject({
        meeting_id: z.string(),
        success: z.literal(true),
        start_time: INSTANT,
        score: upTo(100),
      }),
      z.strictObject({
        meeting_id: z.string(),
        success: z.literal(true),
        proposed_start_time: INSTANT,
      }),
      z.strictObject({
        meeting_id: z.string(),
        success: z.literal(true),
        kept: described(z.string(), "Code of why the meeting keeps its time."),
      }),
      z.strictObject({
        meeting_id: z.string(),
        success: z.literal(false),
        error: CODE,
        message: z.string(),
      }),
    ])),
    total_processed: COUNT,
  }),
);

export const CHECKED_CONFLICTS = component(
  "CheckedConflicts",
  z.strictObject({
    success: z.literal(true),
    results: z.array(z.strictObject({
      meeting_id: z.string(),
      conflicts: described(z.nullable(COUNT), "How many people; null: not checked."),
    })),
    total_processed: COUNT,
  }),
);

const NO_CANDIDATES = {
  selected_slot: z.null(),
  candidates: z.array(CANDIDATE).check(z.maxLength(0)),
  total_candidates_evaluated: COUNT,
  processing_time_ms: COUNT,
};

export const PENDING_SEARCH = component(
  "PendingSearch",
  z.strictObject({
    success: z.literal(false),
    status: z.literal("pending"),
    message: z.string(),
    retry_after_seconds: COUNT,
    meeting_id: z.string(),
    ...NO_CANDIDATES,
  }),
  "Another worker is searching. Repeat the request.",
);

const BLOCKING = z.strictObject({
  email: z.optional(z.string()),
  any_of: z.optional(z.array(z.string())),
  name: z.optional(z.string()),
  reason: z.enum(["busy", "outside_hours", "unknown"]),
  blocked_percentage: upTo(100),
});

export const SEARCH_ERROR = component(
  "SearchError",
  z.strictObject({
    ...ERROR_FIELDS,
    meeting_id: z.string(),
    success: z.literal(false),
    ...NO_CANDIDATES,
    path: z.optional(z.string()),
    reason: z.optional(z.string()),
    empty_reason: z.optional(z.enum([
      "attendeesUnavailable",
      "organizerUnavailable",
      "attendeesUnavailableOrUnknown",
      "locationsUnavailable",
      "unknown",
    ])),
    blocking: described(z.optional(z.array(BLOCKING)), "Who rules out starts, most starts first."),
    suggestion: z.optional(z.string()),
    unknown: z.optional(z.array(z.string())),
    analytics: z.optional(ANALYTICS),
    negotiation_rounds: z.optional(COUNT),
    conceded_candidates: z.optional(z.array(CANDIDATE)),
    warnings: WARNINGS,
    dry_run: z.optional(z.literal(true)),
    current_slot: z.optional(CURRENT_SLOT),
  }),
  "A search without a slot: `details` are repeated beside it.",
);
