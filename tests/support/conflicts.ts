import assert from "node:assert/strict";
import type { Row } from "./meetings.ts";
import { callFunction, type Organizer, type Stack } from "./stack.ts";
import { lastRequest } from "./sync.ts";
import { addTargetAt } from "./notifications.ts";

/** Makes the checks of times that are due, wherever their clocks are. */
export async function checksDue(stack: Stack): Promise<Row[]> {
  await stack.platform.sql(
    "update private.work set due_at = clock_timestamp() where kind = 'conflict_check' and lease_token is null",
  );
  const answer = await callFunction(stack.platform, "schedule/conflicts", {
    apikey: stack.platform.automations_key,
    body: { batch: true, limit: 100 },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.results;
}

/** What is due of a meeting's checks: its cause, or null. */
export async function checkOf(stack: Stack, meeting_id: string): Promise<string | null> {
  const [row] = await stack.platform.sql<{ cause: string }>(
    "select cause from private.work where kind = 'conflict_check' and subject_id = $1",
    [meeting_id],
  );
  return row?.cause ?? null;
}

/** The last decision about a meeting's time, as its organizer sees it. */
export async function moveOf(organizer: Organizer, meeting_id: string): Promise<Row> {
  const { body } = await organizer.call("status", { query: { meeting_id } });
  return body.move;
}

/** A target of the organizer's, so that transitions are announced. Nothing is sent. */
export async function listen(organizer: Organizer): Promise<void> {
  await addTargetAt(organizer, "https://hooks.north.example/convene", "slack");
}

/** The payloads of a meeting's announcements of one event type. */
export async function announced(stack: Stack, meeting_id: string, event: string): Promise<Row[]> {
  const rows = await stack.platform.sql<{ payload: Row }>(
    "select payload from private.announcements where meeting_id = $1 and event = $2 order by created_at",
    [meeting_id, event],
  );
  return rows.map(({ payload }) => payload);
}

/** Runs `act`, and returns the requests to Google that it led to: "user: METHOD path". */
export async function googleCalls(stack: Stack, act: () => Promise<unknown>): Promise<string[]> {
  const since_id = await lastRequest(stack);
  await act();
  const requests = await stack.google.requests({ since_id });
  return requests.map(({ method, path }) =>
    `${method} ${path.replace(/^\/calendar\/v3\//, "").replace(/calendars\/[^/]+/, "calendar")}`
      .replace(/events\/[^/]+$/, "event")
  );
}
