import assert from "node:assert/strict";
import type { FunctionsWorker } from "../../local/platform.ts";
import { pendingMeeting } from "../support/meetings.ts";
import { callFunction } from "../support/stack.ts";
import { allLanded } from "./requests_finished.ts";
import type { ChaosStack } from "./chaos_stack.ts";
import { gatherEvidence } from "./snapshot.ts";
import type { Gates } from "./breakpoints.ts";
import { violations } from "./invariants.ts";
import type { WorkerPlan } from "./worker_plan.ts";

const INSERTS = { method: "POST", path_pattern: "^/calendar/v3/calendars/[^/]+/events$" };
const MOST_SWEEPS = 5;

/** A worker holds its insert back; meanwhile somebody else is asked to write the same meeting. */
export async function secondCallerMeanwhile(stack: ChaosStack, gates: Gates): Promise<string[]> {
  await stack.google.undetectedDuplicates({ seconds: 3600 });
  const { meeting_id } = await pendingMeeting(stack, { title: "Review" });
  const slow = await startWorker(stack, { stop_at: ["before insert"] });
  const held = write(stack, meeting_id, slow);
  await gates.reached(slow.pid, "before insert");
  await write(stack, meeting_id);
  gates.open(slow.pid, "before insert");
  await held;
  return await outcome(stack, slow);
}

/** The answer to an insert that happened is lost, and the same worker is asked again. */
export async function lostAnswer(
  stack: ChaosStack,
  options: { duplicates_detected: boolean; handicap: WorkerPlan["handicap"] },
): Promise<string[]> {
  if (!options.duplicates_detected) await stack.google.undetectedDuplicates({ seconds: 3600 });
  const { meeting_id } = await pendingMeeting(stack, { title: "Review" });
  const worker = await startWorker(stack, { handicap: options.handicap });
  await stack.google.fault({ ...INSERTS, drop: "after", times: 1 });
  await write(stack, meeting_id, worker);
  await write(stack, meeting_id, worker);
  return await outcome(stack, worker);
}

/**
 * A worker stands still until its lease has ended; another one takes over, writes the event and dies
 * before it can say so; then the first wakes up and is refused by Google for good.
 */
export async function lateRefusal(stack: ChaosStack, gates: Gates): Promise<string[]> {
  const { meeting_id } = await pendingMeeting(stack, { title: "Review" });
  const sleeper = await startWorker(stack, { stop_at: ["before insert"] });
  const held = write(stack, meeting_id, sleeper);
  await gates.reached(sleeper.pid, "before insert");
  await stack.platform.sql("update public.meetings set writeback_leased_until = now()");

  const doomed = await startWorker(stack, { stop_at: ["after insert"] });
  const cut_off = write(stack, meeting_id, doomed);
  await gates.reached(doomed.pid, "after insert");
  doomed.kill();
  await cut_off;

  await stack.google.fault({ ...INSERTS, status: 403, reason: "forbidden", times: 1 });
  gates.open(sleeper.pid, "before insert");
  await held;
  return await outcome(stack, sleeper);
}

/** An insert takes effect after its worker has given up; meanwhile the meeting is cancelled. */
export async function cancelledMeanwhile(stack: ChaosStack): Promise<string[]> {
  const { meeting_id, worker } = await lateInsert(stack);
  const cancelled = await callFunction(stack.platform, "meetings", {
    apikey: stack.platform.automations_key,
    method: "DELETE",
    query: { meeting_id },
  });
  assert.equal(cancelled.status, 200, JSON.stringify(cancelled.body));
  await write(stack, meeting_id, worker);
  await writeDue(stack);
  await allLanded(stack);
  return await outcome(stack, worker);
}

/** An insert takes effect after its worker has given up; meanwhile Google refuses the next one. */
export async function refusedMeanwhile(stack: ChaosStack): Promise<string[]> {
  const { meeting_id, worker } = await lateInsert(stack);
  await stack.google.fault({ ...INSERTS, status: 403, reason: "forbidden", times: 1 });
  await write(stack, meeting_id, worker);
  await writeDue(stack);
  await allLanded(stack);
  return await outcome(stack, worker);
}

async function lateInsert(stack: ChaosStack) {
  const { meeting_id } = await pendingMeeting(stack, { title: "Review" });
  const worker = await startWorker(stack, { timeout_ms: 300 });
  await stack.google.fault({ ...INSERTS, delay_ms: 3_000, times: 1 });
  await write(stack, meeting_id, worker);
  return { meeting_id, worker };
}

async function startWorker(
  stack: ChaosStack,
  plan: Partial<WorkerPlan>,
): Promise<FunctionsWorker> {
  const worker = await stack.platform.startWorker();
  stack.plans.set(worker.pid, plan);
  return worker;
}

/** Asks for one meeting's event; a worker that dies meanwhile answers nothing. */
async function write(
  { platform }: ChaosStack,
  meeting_id: string,
  { functions_url } = { functions_url: platform.functions_url },
): Promise<void> {
  await callFunction(platform, "write-back", {
    apikey: platform.automations_key,
    body: { meeting_id },
    functions_url,
  });
}

async function writeDue({ platform }: ChaosStack): Promise<void> {
  await callFunction(platform, "write-back", {
    apikey: platform.automations_key,
    body: { batch: true },
  });
}

/** What is broken when leases have ended and sweeps have done what was due. Forgets it all again. */
async function outcome(stack: ChaosStack, worker: FunctionsWorker): Promise<string[]> {
  worker.kill();
  for (let sweeps = 0; sweeps < MOST_SWEEPS; sweeps++) {
    await stack.platform.sql(
      `update public.meetings
          set writeback_leased_until = case when writeback_lease_token is not null then now() end,
              writeback_next_attempt_at = case when writeback_next_attempt_at is not null then now() end`,
    );
    await writeDue(stack);
  }
  const broken = violations(await gatherEvidence(stack));
  await stack.platform.sql("truncate public.meetings, public.writeback_ledger cascade");
  await stack.google.reset();
  return broken;
}
