import assert from "node:assert/strict";
import type { FaultRule } from "../../packages/google-calendar-emulator/control.ts";
import { mailsBy } from "../support/meetings.ts";
import { mondays, SUMMER, WINTER } from "../support/mondays.ts";
import { withSetting } from "../support/queue.ts";
import { promise, type Stack } from "../support/stack.ts";
import {
  change,
  eventRow,
  eventRows,
  makeEventsDue,
  occurrencesOn,
  startOf,
  startsOn,
  sweep,
} from "../support/tasks.ts";
import { until } from "../support/until.ts";

const MOVED = "2035-04-04T12:00:00Z";

/** The calls by which a series is divided, in their order, and what shows that each took effect. */
const CALLS: Record<
  string,
  { rule(event_id: string): FaultRule; took_effect(starts: string[], summaries: string[]): boolean }
> = {
  "the old series is shortened": {
    rule: (event_id) => ({ method: "PATCH", path_pattern: `/events/${event_id}$` }),
    took_effect: (starts) => starts.length === WINTER.length,
  },
  "the following series is inserted": {
    rule: () => ({ method: "POST", path_pattern: "/events$" }),
    took_effect: (_, summaries) => summaries.includes("Second part"),
  },
  "a later change is carried along": {
    rule: () => ({ method: "PATCH", path_pattern: "/events/[^/]+_2035[^/]+$" }),
    took_effect: (starts) => starts.length > WINTER.length && starts.includes(MOVED),
  },
};

async function isDivided(stack: Stack, email: string, note: string): Promise<void> {
  const shown = await occurrencesOn(stack, email);
  assert.deepEqual(
    shown.map((event) => [startOf(event), event.summary]),
    [
      ...WINTER.map((start) => [start, "Write the report"]),
      ...[SUMMER[0], MOVED, SUMMER[2]].map((start) => [start, "Second part"]),
    ],
    note,
  );
}

promise("a process killed while it divides a series", {
  ...Object.fromEntries(
    Object.entries(CALLS).flatMap(([name, { rule, took_effect }]) =>
      ["before", "after"].map((moment) => [
        `just ${moment} ${name}: no hole, nothing twice, also when the request lands late`,
        async (stack: Stack) => {
          const { organizer, guests, event_id } = await mondays(stack, 1);
          await change(organizer, {
            event_id,
            update_scope: "single",
            instance_date: "2035-04-02",
            start_time: MOVED,
          });
          const worker = await stack.platform.startWorker();
          const fault = await stack.google.fault({
            ...rule(event_id),
            // What the process sent before it died still arrives, two seconds later.
            ...(moment === "before" ? { delay_ms: 2000 } : { answer_delay_ms: 600_000 }),
            times: 1,
          });
          const request = {
            event_id,
            update_scope: "future",
            instance_date: "2035-03-26",
            summary: "Second part",
            confirm: true,
          };
          const doomed = organizer.call("task-events", {
            method: "PATCH",
            body: request,
            functions_url: worker.functions_url,
          }).catch(() => null);
          const sent = async () => {
            const requests = await stack.google.requests({ user: organizer.email });
            return requests.find(({ fault_id }) => fault_id === fault.fault_id);
          };
          await until(`the call by which ${name}`, async () => {
            if (await sent() === undefined) return false;
            if (moment === "before") return true;
            const shown = await occurrencesOn(stack, organizer.email);
            return took_effect(
              shown.map((event) => startOf(event)),
              shown.map(({ summary }) => summary ?? ""),
            );
          });
          worker.kill();
          await doomed;

          await withSetting(stack, "lease_wait_seconds", 0.01, async () => {
            const early = await change(organizer, { event_id, summary: "Another change" });
            assert.deepEqual([early.status, early.body.status], [202, "pending"]);
          });
          await makeEventsDue(stack, organizer);
          const swept = await sweep(stack);
          assert.equal(swept.failed, 0, JSON.stringify(swept));
          await isDivided(stack, organizer.email, "after the sweep");
          if (moment === "before") {
            await until("the late request", async () => (await sent())?.status !== null);
            await isDivided(stack, organizer.email, "after the late request");
          }
          const [kinds] = await mailsBy(stack, guests);
          assert.equal(kinds?.filter((kind) => kind === "invitation").length, 2);
          const rows = (await eventRows(stack, organizer)).filter((row) => !row.deleted_at);
          assert.equal(rows.length, 3);
          for (const row of rows) {
            const [google] = await stack.google.events({
              event_id: row.calendar_event_id,
              calendar_id: organizer.email,
            });
            assert.deepEqual(
              [row.etag, row.pending_change, row.due_at],
              [google?.etag, null, null],
            );
          }
          const again = await change(organizer, { event_id, location: "Room 4" });
          assert.equal(again.status, 200, JSON.stringify(again.body));
          assert.equal((await eventRow(stack, organizer, event_id)).pending_change, null);
          assert.equal((await startsOn(stack, organizer.email)).length, 6);
        },
      ])
    ),
  ),
}, { databases: "only postgres" });
