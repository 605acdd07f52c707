import assert from "node:assert/strict";
import { classify } from "@shared/failures/google_reply.ts";
import type { RequestKind } from "@shared/failures/google_reply.ts";
import { secondsToNextGoogleDay } from "@shared/failures/google_day.ts";
import { batch, cancel, change, createdMeeting, EVENT, EVENTS } from "../support/changes.ts";
import {
  eventsOf,
  insertMeeting,
  makeDue,
  pendingMeeting,
  type Row,
  rowOf,
  SLOT,
  WEEK,
} from "../support/meetings.ts";
import {
  type Answer,
  callFunction,
  type Organizer,
  promise,
  type Stack,
} from "../support/stack.ts";
import {
  emulatorControl,
  type FaultRule,
} from "../../packages/google-calendar-emulator/control.ts";
import { startGoogleEmulator } from "../../packages/google-calendar-emulator/emulator.ts";
import { GOOGLE_ERROR_FACTS } from "./google_error_facts.ts";
import { type Asked, ERROR_LINES, type ErrorLine } from "./google_error_table.ts";

/** Which requests are which, for the emulator's faults. */
const REQUESTS: Readonly<Record<Asked, { method: string; path_pattern: string }>> = {
  insert: { method: "POST", path_pattern: EVENTS },
  patch: { method: "PATCH", path_pattern: EVENT },
  delete: { method: "DELETE", path_pattern: EVENT },
  get: { method: "GET", path_pattern: EVENT },
  freeBusy: { method: "POST", path_pattern: "^/calendar/v3/freeBusy$" },
  list: { method: "GET", path_pattern: EVENTS },
};

Deno.test("the table has a line for every error of Google's, and none for anything else", () => {
  const held = ERROR_LINES.map(({ status, reason }) => `${status} ${reason}`);
  const known = GOOGLE_ERROR_FACTS.map(({ status, reason }) => `${status} ${reason}`);
  assert.equal(known.length, 28);
  assert.deepEqual([...new Set(held)].toSorted(), known.toSorted());
});

Deno.test("classify() gives every error of Google's its verdict, for reads and for writes", () => {
  for (const { status, reason, domain, verdicts } of GOOGLE_ERROR_FACTS) {
    for (const kind of ["read", "write"] as const) {
      assert.equal(verdictOf(kind, status, { reason, domain }), verdicts[kind], reason);
    }
  }
});

Deno.test("the emulator sends every error of Google's with its domain", async () => {
  await using google = await startGoogleEmulator();
  const control = emulatorControl(google.url);
  for (const { status, reason, domain } of GOOGLE_ERROR_FACTS) {
    await control.fault({ status, reason, times: 1 });
    const response = await fetch(`${google.url}/calendar/v3/freeBusy`, { method: "POST" });
    const { error } = await response.json();
    assert.deepEqual([response.status, error.code], [status, status]);
    const [{ message: _message, location: _name, locationType: _type, ...item }] = error.errors;
    assert.deepEqual(item, { domain, reason });
  }
});

promise("Google's errors", {
  ...Object.fromEntries(
    ERROR_LINES.map((line) => [line.name, (stack: Stack) => keep(stack, line)]),
  ),

  "Retry-After decides where Google sends one": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({
      ...REQUESTS.insert,
      status: 429,
      reason: "rateLimitExceeded",
      retry_after_seconds: 600,
      times: 1,
    });
    const answer = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(answer.headers.get("retry-after"), "600");
    await keepNextAttempt(stack, meeting_id, "600 s");
  },

  "after an invitation limit nothing is written for hours, while searching goes on": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    const second = await insertMeeting(organizer, { participants: [organizer.email], ...SLOT });
    await stack.google.fault({
      ...REQUESTS.insert,
      status: 403,
      reason: "quotaExceeded",
      times: 1,
    });
    const limited = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(callerOf(limited), "429 rate_limited");
    await makeDue(stack, meeting_id);
    await batch(stack);
    const by_name = await organizer.call("write-back", { body: { meeting_id: second } });
    assert.equal(callerOf(by_name), "429 rate_limited");
    assert.ok(Number(by_name.headers.get("retry-after")) > 5 * 3600);
    assert.deepEqual(await requestsOf(stack, organizer), ["POST"], "only the first insert is sent");
    for (const id of [meeting_id, second]) {
      const { writeback_retry_count, attempts } = await rowOf(stack, id);
      assert.deepEqual([writeback_retry_count, attempts], [0, 0]);
    }

    const searched = await organizer.call("schedule", {
      body: { participants: [organizer.email], constraints: WEEK },
    });
    assert.equal(searched.status, 200, JSON.stringify(searched.body));
    assert.deepEqual(await requestsOf(stack, organizer, "freeBusy"), ["POST"]);

    await stack.platform.sql("update private.google_connections set writes_paused_until = now()");
    await batch(stack);
    for (const id of [meeting_id, second]) {
      assert.equal((await rowOf(stack, id)).writeback_status, "created");
    }
  },

  "a limit with an unknown reason waits too, and spends nothing": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({
      ...REQUESTS.insert,
      status: 429,
      reason: "limitOfTomorrow",
      times: 1,
    });
    const limited = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(callerOf(limited), "429 rate_limited");
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual([row.writeback_status, row.writeback_retry_count], ["retrying", 0]);
    await keepNextAttempt(stack, meeting_id, "30 s");
  },

  "a daily limit is the whole project's: no request is sent before Google's next day": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    const other = await stack.organizer();
    const waiting = await insertMeeting(other, { participants: [other.email], ...SLOT });
    await stack.google.fault({
      ...REQUESTS.insert,
      status: 403,
      reason: "dailyLimitExceeded",
      times: 1,
    });
    await organizer.call("write-back", { body: { meeting_id } });
    await makeDue(stack, meeting_id);
    const asked = (await stack.google.requests()).length;
    await batch(stack);
    const by_name = await other.call("write-back", { body: { meeting_id: waiting } });
    assert.equal(callerOf(by_name), "429 rate_limited");
    assert.equal((await stack.google.requests()).length, asked, "nothing is asked of Google");
    const row = await rowOf(stack, waiting);
    assert.deepEqual([row.writeback_status, row.attempts], ["pending", 0]);
    const [paused] = await stack.platform.sql<{ seconds: number; connections: number }>(
      `select extract(epoch from min(paused_until) - now())::float8 as seconds,
              count(distinct paused_until)::integer as connections
         from private.google_connections where user_id = any ($1::uuid[])`,
      [`{${organizer.user_id},${other.user_id}}`],
    );
    assert.equal(paused?.connections, 1);
    isWithin(paused?.seconds ?? NaN, paused?.seconds ?? NaN, "next day");

    await stack.platform.sql("update private.google_connections set paused_until = now()");
    await batch(stack);
    for (const id of [meeting_id, waiting]) {
      assert.equal((await rowOf(stack, id)).writeback_status, "created");
    }
  },
});

async function keep(stack: Stack, line: ErrorLine): Promise<void> {
  const { asked, status, reason, times } = line;
  const kind = ["get", "freeBusy", "list"].includes(asked) ? "read" : "write";
  assert.equal(verdictOf(kind, status, { reason }), line.verdict);
  // A deletion that answers 404 or 410 has come to its end all the same.
  const takes_effect = asked === "delete" && line.row === "done";
  const fault = { ...REQUESTS[asked], status, reason, times, takes_effect };
  if (asked === "freeBusy") return await keepSearch(stack, line, fault);
  const { organizer, meeting_id } = await meetingFor(stack, asked);
  const before = (await requestsOf(stack, organizer)).length;
  await stack.google.fault(fault);
  if (asked === "list") await keepAudit(stack, line, meeting_id);
  else await keepWrite(stack, line, organizer, meeting_id);
  assert.deepEqual((await requestsOf(stack, organizer)).slice(before), line.requests);
}

async function keepWrite(
  stack: Stack,
  line: ErrorLine,
  organizer: Organizer,
  meeting_id: string,
): Promise<void> {
  const answer = await organizer.call("write-back", { body: { meeting_id } });
  assert.equal(callerOf(answer), line.caller, JSON.stringify(answer.body));
  const row = await rowOf(stack, meeting_id);
  assert.equal(stateOf(row, line.asked), line.row);
  assert.equal(row.writeback_retry_count, line.spent);
  assert.equal(row.lease_token, null);
  assert.equal((row.writeback_error ?? "").split(": ")[0], line.code);
  if (line.code !== "") assert.equal(answer.body.results[0].error, line.code);
  if (row.write_due_at !== null) {
    assert.equal(row.attempts, line.spent, "what spends nothing is not counted");
  }
  await keepNextAttempt(stack, meeting_id, line.next_attempt);
  const lives = line.asked === "insert"
    ? line.row === "created"
    : !(line.asked === "delete" && line.row === "done");
  assert.equal((await eventsOf(stack, organizer)).length, lives ? 1 : 0);
}

async function keepSearch(stack: Stack, line: ErrorLine, fault: FaultRule): Promise<void> {
  const organizer = await stack.organizer();
  await stack.google.fault(fault);
  const answer = await organizer.call("schedule", {
    body: { participants: [organizer.email], constraints: WEEK },
  });
  assert.equal(callerOf(answer), line.caller, JSON.stringify(answer.body));
  assert.deepEqual(await requestsOf(stack, organizer, "freeBusy"), line.requests);
}

async function keepAudit(stack: Stack, line: ErrorLine, meeting_id: string): Promise<void> {
  const before = await rowOf(stack, meeting_id);
  const answer = await callFunction(stack.platform, "write-back", {
    apikey: stack.platform.automations_key,
    body: { audit: true, meeting_ids: [meeting_id], repair: true },
  });
  const [finding, ...more] = answer.body.findings;
  assert.equal(finding.finding, line.caller);
  assert.deepEqual(more, []);
  assert.deepEqual(await rowOf(stack, meeting_id), before);
}

/** A meeting whose next write asks Google for this. */
async function meetingFor(stack: Stack, asked: Asked) {
  if (asked === "insert") return await pendingMeeting(stack);
  const made = await createdMeeting(stack);
  if (asked === "delete") await cancel(made.organizer, made.meeting_id);
  else if (asked !== "list") await change(made.organizer, made.meeting_id, { title: "Changed" });
  return made;
}

function verdictOf(
  kind: RequestKind,
  status: number,
  item: { reason: string; domain?: string },
): string {
  const body = { error: { code: status, message: "", errors: [{ message: "", ...item }] } };
  const failure = classify(kind, status, body, new Headers());
  return failure.verdict === "defer" ? `defer ${failure.pause}` : failure.verdict;
}

function callerOf({ status, body }: Answer): string {
  return [status, body.error].filter((part) => part !== undefined).join(" ");
}

function stateOf(row: Row, asked: Asked): string {
  if (row.outcome_unknown) return "unknown";
  if (asked === "insert") return row.writeback_status;
  assert.equal(row.writeback_status, "created");
  if (row.write_due_at !== null) return "due";
  return row.written_version === row.desired_version ? "done" : "given up";
}

async function keepNextAttempt(stack: Stack, meeting_id: string, wanted: string): Promise<void> {
  const [row] = await stack.platform.sql<{ since_claim: number | null; from_now: number | null }>(
    `select extract(epoch from w.due_at - m.writeback_attempted_at)::float8 as since_claim,
            extract(epoch from w.due_at - now())::float8 as from_now
       from public.meetings as m
       left join private.work as w on w.kind = 'write' and w.subject_id = m.meeting_id
      where m.meeting_id = $1`,
    [meeting_id],
  );
  if (wanted === "none") assert.equal(row?.from_now, null);
  else isWithin(row?.since_claim ?? NaN, row?.from_now ?? NaN, wanted);
}

/**
 * "30 s", "6 h", "0-60 s" or "next day", counted from the answer, which came between the claim and
 * now. Google tells the time in whole seconds.
 */
function isWithin(since_claim: number, from_now: number, wanted: string): void {
  const [least, most] = rangeOf(wanted);
  assert.ok(
    since_claim >= least - 1 && from_now <= most + 1,
    `${since_claim} s after the claim, in ${from_now} s, instead of ${wanted}`,
  );
}

function rangeOf(wanted: string): [least: number, most: number] {
  if (wanted === "next day") {
    // Should Google's day have ended a moment ago, the wait for that end is over by now.
    const next = secondsToNextGoogleDay(new Date());
    return next > 86_000 ? [-1, next] : [next, next];
  }
  const [, least = "", most = least, unit] = /^(\d+)(?:-(\d+))? (s|h)$/.exec(wanted) ?? [];
  const factor = unit === "h" ? 3600 : 1;
  return [Number(least) * factor, Number(most) * factor];
}

/** What Google was asked for with this user's token. */
async function requestsOf(stack: Stack, { email }: Organizer, below = "calendars/") {
  const requests = await stack.google.requests({ path: `/calendar/v3/${below}`, user: email });
  return requests.map(({ method }) => method);
}
