import { isRead } from "@shared/calendar_events/event_calendar.ts";
import type { RequestRecorder } from "@shared/calendar_events/event_calendar.ts";
import type { Step } from "@shared/database/writebacks.ts";

/** Notes what was asked of Google under one lease and what came back, for the ledger. */
export interface Recorder extends RequestRecorder {
  readonly steps: readonly Step[];
  /** Whether anything was sent that changes a calendar. */
  readonly has_written: boolean;
}

export function recorder(now: () => Date): Recorder {
  const steps: Step[] = [];
  return {
    steps,
    get has_written() {
      return steps.some(({ request }) => request !== undefined && !isRead(request.method));
    },
    async record(request, send) {
      const asked = now();
      steps.push({ step: "requested", at: asked.toISOString(), request });
      const outcome = await send();
      const answered = now();
      steps.push({
        step: "answered",
        at: answered.toISOString(),
        duration_ms: answered.valueOf() - asked.valueOf(),
        outcome: outcome.verdict,
        ...(outcome.verdict === "done"
          ? { status: outcome.status }
          : { status: outcome.google.status, reason: outcome.google.reason }),
      });
      return outcome;
    },
  };
}
