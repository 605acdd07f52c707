import assert from "node:assert/strict";
import type { FunctionsWorker } from "../../local/platform.ts";
import { pendingMeeting, WEEK } from "../support/meetings.ts";
import { callFunction, type Organizer } from "../support/stack.ts";
import { requestsFinished } from "./requests_finished.ts";
import type { ChaosStack } from "./chaos_stack.ts";
import { takeSnapshot } from "./snapshot.ts";
import type { Breakpoints } from "./breakpoints.ts";
import { violations } from "./invariants.ts";
import type { WorkerPlan } from "./worker_plan.ts";

const INSERTS = { method: "POST", path_pattern: "^/calendar/v3/calendars/[^/]+/events$" };
const SWEEPS = 5;

/** A worker is paused before its insert; meanwhile another one is called for the same meeting. */
export async function concurrentCaller(
  stack: ChaosStack,
  breakpoints: Breakpoints,
): Promise<string[]> {
  await stack.google.undetectedDuplicates({ seconds: 3600 });
  const { meeting_id } = await pendingMeeting(stack, { title: "Review" });
  const slow = await startWorker(stack, { pause_at: ["before insert"] });
  const paused_call = write(stack, meeting_id, slow);
  await breakpoints.reached(slow.pid, "before insert");
  await write(stack, meeting_id);
  breakpoints.resume(slow.pid, "before insert");
  await paused_call;
  return await outcome(stack, slow);
}

/** The response to a successful insert is lost, and the same worker is called again. */
export async function lostResponse(
  stack: ChaosStack,
  options: { duplicates_detected: boolean; disabled_safeguard: WorkerPlan["disabled_safeguard"] },
): Promise<string[]> {
  if (!options.duplicates_detected) await stack.google.undetectedDuplicates({ seconds: 3600 });
  const { meeting_id } = await pendingMeeting(stack, { title: "Review" });
  const worker = await startWorker(stack, { disabled_safeguard: options.disabled_safeguard });
  await stack.google.fault({ ...INSERTS, drop: "after", times: 1 });
  await write(stack, meeting_id, worker);
  await write(stack, meeting_id, worker);
  return await outcome(stack, worker);
}

/**
 * A worker is paused until its lease has expired; another one reclaims the row, inserts the event
 * and dies before it settles; then the first continues and Google rejects its insert permanently.
 */
export async function lateRejection(
  stack: ChaosStack,
  breakpoints: Breakpoints,
): Promise<string[]> {
  const { meeting_id } = await pendingMeeting(stack, { title: "Review" });
  const paused_worker = await startWorker(stack, { pause_at: ["before insert"] });
  const paused_call = write(stack, meeting_id, paused_worker);
  await breakpoints.reached(paused_worker.pid, "before insert");
  await stack.platform.sql("update private.work set leased_until = clock_timestamp()");

  const killed_worker = await startWorker(stack, { pause_at: ["after insert"] });
  const interrupted_call = write(stack, meeting_id, killed_worker);
  await breakpoints.reached(killed_worker.pid, "after insert");
  killed_worker.kill();
  await interrupted_call;

  await stack.google.fault({ ...INSERTS, status: 403, reason: "forbidden", times: 1 });
  breakpoints.resume(paused_worker.pid, "before insert");
  await paused_call;
  return await outcome(stack, paused_worker);
}

/** An insert takes effect after its worker timed out; meanwhile the meeting is cancelled. */
export async function cancelledDuringLateInsert(stack: ChaosStack): Promise<string[]> {
  const { meeting_id, worker } = await lateInsert(stack);
  const cancelled = await callFunction(stack.platform, "meetings", {
    apikey: stack.platform.automations_key,
    method: "DELETE",
    query: { meeting_id },
  });
  assert.equal(cancelled.status, 200, JSON.stringify(cancelled.body));
  await write(stack, meeting_id, worker);
  await writeDue(stack);
  await requestsFinished(stack);
  return await outcome(stack, worker);
}

/** An insert takes effect after its worker timed out; meanwhile Google rejects the next one. */
export async function rejectedDuringLateInsert(stack: ChaosStack): Promise<string[]> {
  const { meeting_id, worker } = await lateInsert(stack);
  await stack.google.fault({ ...INSERTS, status: 403, reason: "forbidden", times: 1 });
  await write(stack, meeting_id, worker);
  await writeDue(stack);
  await requestsFinished(stack);
  return await outcome(stack, worker);
}

/**
 * Two meetings of one guest, for each of which a search finds a time: the second while the first waits for its event,
 * longer than holds last. The second is written before the first.
 */
export async function outlastedHold(stack: ChaosStack): Promise<string[]> {
  const [ana, ben] = [await stack.organizer(), await stack.organizer()];
  const guest = await stack.guest();
  const first = await search(ana, guest);
  await stack.platform.sql("update private.slot_holds set expires_at = clock_timestamp()");
  const second = await search(ben, guest);
  assert.equal(first.selected_slot.start_time, second.selected_slot.start_time);
  await write(stack, second.meeting_id);
  await write(stack, first.meeting_id);
  await callFunction(stack.platform, "schedule", {
    apikey: stack.platform.automations_key,
    body: { batch: true },
  });
  return await outcome(stack);
}

async function search(organizer: Organizer, guest: string) {
  const { status, body } = await organizer.call("schedule", {
    body: { title: "Review", participants: [guest], constraints: WEEK },
  });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
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

/** Calls write-back for one meeting; a worker that dies meanwhile returns no response. */
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

/** The violations after all leases have expired and sweeps have done what was due; then deletes all. */
async function outcome(stack: ChaosStack, worker?: FunctionsWorker): Promise<string[]> {
  worker?.kill();
  for (let sweeps = 0; sweeps < SWEEPS; sweeps++) {
    await stack.platform.sql(
      `update private.work
          set leased_until = least(leased_until, clock_timestamp()),
              due_at = least(due_at, clock_timestamp())
        where kind = 'write'`,
    );
    await writeDue(stack);
  }
  const found = violations(await takeSnapshot(stack));
  await stack.platform.sql("truncate public.meetings, public.writeback_ledger cascade");
  await stack.google.reset();
  return found;
}
