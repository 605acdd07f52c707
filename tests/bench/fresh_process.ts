/**
 * Measures the first search of a process, and prints one line of JSON for scheduling.ts, which starts it:
 * deno run -A tests/bench/fresh_process.ts PARTICIPANTS BUSY DAYS
 */
import { findSlots } from "@shared/scheduling/find_slots.ts";
import { schedulingInput } from "../unit/scheduling/baseline_inputs.ts";
import { freeBusyReplies, parseReplies, withReplies } from "./free_busy_reply.ts";
import { processorTime, processorTimes } from "./processor_time.ts";

/** Milliseconds of processor time: of the first search, of a warm one, and of the first with parsing its replies. */
export interface FreshProcess {
  first: number;
  warm: number;
  with_parsing: number;
}

if (import.meta.main) {
  const [participants = 5, busy = 20, days = 5] = Deno.args.map(Number);
  const { request } = schedulingInput({ participants, busy, days });
  const bodies = freeBusyReplies(request);

  const before = processorTime();
  const read = withReplies(request, parseReplies(bodies));
  const parsed = processorTime();
  findSlots(read);
  const found = processorTime();

  const measured: FreshProcess = {
    first: found - parsed,
    ...processorTimes({ warm: () => findSlots(read) }, 300),
    with_parsing: found - before,
  };
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(measured)}\n`));
}
