import { forgetMeetings, manyMeetings } from "../../support/many_meetings.ts";
import { callFunction, type Organizer, type Stack } from "../../support/stack.ts";
import { cpuMilliseconds } from "./measure.ts";

export interface BatchRun {
  seconds: number;
  /** Calls of the function that it took. */
  calls: number;
  /** Requests that Google refused for rate. */
  refused: number;
  /** Processor time of the functions process. */
  cpu_milliseconds_a_row: number;
}

const WARM_UP_MEETINGS = 20;

/** Writes `meetings` of `organizers` with as many batches, one after the other, as it takes. */
export async function batchRun(
  stack: Stack,
  organizers: readonly Organizer[],
  meetings: number,
): Promise<BatchRun> {
  const worker = await stack.platform.startWorker();
  const batch = () =>
    callFunction(stack.platform, "write-back", {
      apikey: stack.platform.automations_key,
      body: { batch: true },
      functions_url: worker.functions_url,
    });
  // The first requests of a process load the function and have it compiled.
  await prepare(stack, organizers, WARM_UP_MEETINGS);
  await batch();
  await prepare(stack, organizers, meetings);
  await stack.google.quotas({ enabled: true });
  const cpu_before = await cpuMilliseconds(worker.pid);
  const began = performance.now();
  let calls = 0;
  let remaining = meetings;
  while (remaining > 0) {
    const { status, body } = await batch();
    if (status !== 200) throw new Error(`A batch answered ${status} ${JSON.stringify(body)}`);
    calls++;
    remaining = await countLeft(stack);
  }
  const seconds = (performance.now() - began) / 1000;
  const cpu_after = await cpuMilliseconds(worker.pid);
  await worker.stop();
  const requests = await stack.google.requests({ path: "/calendar/v3/calendars/" });
  return {
    seconds,
    calls,
    refused: requests.filter(({ status }) => status === 403 || status === 429).length,
    cpu_milliseconds_a_row: (cpu_after - cpu_before) / meetings,
  };
}

/** `meetings` due meetings and nothing else, as after a long time without work. */
async function prepare(
  stack: Stack,
  organizers: readonly Organizer[],
  meetings: number,
): Promise<void> {
  await forgetMeetings(stack);
  await stack.platform.sql("delete from public.writeback_ledger");
  await manyMeetings(stack, organizers, meetings);
  await stack.platform.sql("vacuum (analyze) public.meetings, public.writeback_ledger");
}

async function countLeft(stack: Stack): Promise<number> {
  const [row] = await stack.platform.sql<{ left: number }>(
    "select count(*)::integer as left from public.meetings where writeback_status <> 'created'",
  );
  return row?.left ?? 0;
}
