import assert from "node:assert/strict";
import { eventsOf, pendingMeeting, rowOf } from "../support/meetings.ts";
import { promise, type Stack } from "../support/stack.ts";

const EVENTS = "^/calendar/v3/calendars/[^/]+/events$";
const HOUR = 3600;

/** One of Google's errors as the answer to the insert, and everything that follows from it. */
interface Case {
  status: number;
  reason: string;
  /** Google asks for a pause of so many seconds. */
  retry_after_seconds?: number;
  /** HTTP status and code that the caller sees. */
  answer: readonly [status: number, error: string];
  row: "failed" | "retrying" | "created";
  /** The code in writeback_error; null without an error. */
  code: string | null;
  failed_attempts: 0 | 1;
  /** Seconds from now to the next attempt, least and most; null: none. */
  next: readonly [least: number, most: number] | null;
  outcome_unknown?: boolean;
  /** What Google saw of it, beside the insert that was refused. */
  asked?: string[];
}

const refused = {
  answer: [422, "google_rejected"],
  row: "failed",
  code: "google_rejected",
  failed_attempts: 1,
  next: null,
} as const;

const limited = {
  answer: [429, "rate_limited"],
  row: "retrying",
  code: "rate_limited",
  failed_attempts: 0,
} as const;

const lost = {
  answer: [502, "google_unavailable"],
  row: "retrying",
  code: "google_unavailable",
  failed_attempts: 1,
  next: [0, 60],
  outcome_unknown: true,
} as const;

/** Every error that Google's calendar is known to answer, in the order of its HTTP status. */
const CASES: readonly Case[] = [
  { status: 400, reason: "timeRangeEmpty", ...refused },
  { status: 400, reason: "invalid", ...refused },
  { status: 400, reason: "required", ...refused },
  { status: 400, reason: "badRequest", ...refused },
  { status: 400, reason: "parseError", ...refused },
  { status: 400, reason: "timeRangeTooLong", ...refused },
  { status: 403, reason: "userRateLimitExceeded", ...limited, next: [25, 31] },
  { status: 403, reason: "rateLimitExceeded", ...limited, next: [25, 31] },
  { status: 429, reason: "rateLimitExceeded", ...limited, next: [25, 31] },
  {
    status: 429,
    reason: "rateLimitExceeded",
    retry_after_seconds: 600,
    ...limited,
    next: [590, 601],
  },
  { status: 403, reason: "quotaExceeded", ...limited, next: [5 * HOUR, 7 * HOUR] },
  { status: 403, reason: "dailyLimitExceeded", ...limited, next: [5 * HOUR, 25 * HOUR] },
  { status: 403, reason: "forbiddenForNonOrganizer", ...refused },
  { status: 403, reason: "requiredAccessLevel", ...refused },
  {
    status: 403,
    reason: "insufficientPermissions",
    answer: [409, "needs_reauth"],
    row: "failed",
    code: "insufficient_permissions",
    failed_attempts: 1,
    next: null,
  },
  { status: 403, reason: "accessNotConfigured", ...refused },
  { status: 403, reason: "forbidden", ...refused },
  { status: 403, reason: "forbiddenForServiceAccounts", ...refused },
  { status: 404, reason: "notFound", ...refused },
  { status: 409, reason: "conflict", ...lost, outcome_unknown: false },
  {
    status: 409,
    reason: "duplicate",
    // A taken id is looked at; here it shows nothing, so the next id is used.
    answer: [200, ""],
    row: "created",
    code: null,
    failed_attempts: 0,
    next: null,
    asked: ["GET", "POST"],
  },
  { status: 410, reason: "fullSyncRequired", ...refused },
  { status: 410, reason: "updatedMinTooLongAgo", ...refused },
  { status: 410, reason: "deleted", ...refused },
  { status: 412, reason: "conditionNotMet", ...refused },
  { status: 500, reason: "backendError", ...lost },
  { status: 503, reason: "backendError", ...lost },
];

const promises = Object.fromEntries(CASES.map((example) => [
  `${example.status} ${example.reason}${
    example.retry_after_seconds ? " with Retry-After" : ""
  }: ${example.row}, ${example.failed_attempts} spent`,
  (stack: Stack) => keep(stack, example),
]));

promise("Google's errors", {
  ...promises,

  "401 authError once: refreshed and asked again, and nobody notices": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({ ...insertFault(401, "authError"), times: 1 });
    const answer = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal((await rowOf(stack, meeting_id)).writeback_retry_count, 0);
    assert.equal((await eventsOf(stack, organizer)).length, 1);
  },

  ...Object.fromEntries(["authError", "required"].map((reason) => [
    `401 ${reason} again after a refresh: the user has to connect again`,
    (stack: Stack) =>
      keep(stack, {
        status: 401,
        reason,
        answer: [409, "needs_reauth"],
        row: "failed",
        code: "invalid_credentials",
        failed_attempts: 1,
        next: null,
        asked: ["POST"],
      }),
  ])),
});

async function keep(stack: Stack, example: Case): Promise<void> {
  const { organizer, meeting_id } = await pendingMeeting(stack);
  await stack.google.fault({
    ...insertFault(example.status, example.reason),
    times: example.status === 401 ? 2 : 1,
    ...(example.retry_after_seconds === undefined
      ? {}
      : { retry_after_seconds: example.retry_after_seconds }),
  });
  const answer = await organizer.call("write-back", { body: { meeting_id } });
  const answered = Date.now();

  assert.equal(answer.status, example.answer[0], JSON.stringify(answer.body));
  const row = await rowOf(stack, meeting_id);
  assert.equal(row.writeback_status, example.row);
  assert.equal(row.writeback_retry_count, example.failed_attempts);
  assert.equal(row.writeback_outcome_unknown, example.outcome_unknown === true);
  assert.equal(row.writeback_lease_token, null);
  if (example.code === null) {
    assert.equal(row.writeback_error, null);
    assert.equal(answer.body.results[0].success, true);
  } else {
    assert.ok(row.writeback_error.startsWith(`${example.code}: `), row.writeback_error);
    assert.equal(answer.body.error, example.answer[1]);
    assert.equal(answer.body.results[0].error, example.code);
    assert.equal(row.writeback_attempts, example.failed_attempts);
  }
  if (example.next === null) {
    assert.equal(row.writeback_next_attempt_at, null);
  } else {
    const seconds = (Date.parse(row.writeback_next_attempt_at) - answered) / 1000;
    assert.ok(
      // The row's time was decided a moment before the answer arrived.
      seconds >= example.next[0] - 5 && seconds <= example.next[1],
      `next attempt in ${seconds} s`,
    );
  }
  assert.deepEqual(await asked(stack, organizer.email), ["POST", ...example.asked ?? []]);
  assert.equal((await eventsOf(stack, organizer)).length, example.row === "created" ? 1 : 0);
}

function insertFault(status: number, reason: string) {
  return { method: "POST", path_pattern: EVENTS, status, reason };
}

async function asked(stack: Stack, email: string): Promise<string[]> {
  const requests = await stack.google.requests({ path: "/calendar/v3/calendars/" });
  return requests.filter(({ user }) => user === email).map(({ method }) => method);
}
