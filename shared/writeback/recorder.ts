import type { Step } from "@shared/database/writebacks.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";

/** Notes what was asked of Google under one lease and what came back, for the ledger. */
export interface Recorder {
  readonly steps: readonly Step[];
  /** Whether anything was sent that changes a calendar. */
  readonly has_written: boolean;
  record<T>(
    request: { method: string; event_id: string; calendar_id: string },
    send: () => Promise<GoogleOutcome<T>>,
  ): Promise<GoogleOutcome<T>>;
}

export function recorder(now: () => Date): Recorder {
  const steps: Step[] = [];
  return {
    steps,
    get has_written() {
      return steps.some(({ request }) => request !== undefined && request.method !== "get");
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
