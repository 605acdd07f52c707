import type { EmulatorControl, FaultRule } from "../../local/google/control.ts";

/**
 * What goes wrong in a round beside the faults. Each mood is as bad as the argument allows
 * (docs/exactly-once.md); all of them at once would be more than Google's interface lets anyone
 * survive.
 * `late`: an answer that is given up may take effect afterwards.
 * `blind`: Google does not notice that an event id is taken.
 * `frozen`: workers are overtaken by the end of their lease, as if their machine had stood still.
 */
export type Mood = "late" | "blind" | "frozen";

/** Workers give up earlier than a slow answer of these storms comes. */
export const WORKER_TIMEOUT_MS = 1_000;
const SLOW_MS = 1_500;

/** The ten faults share three calls in ten: 1 - (1 - p)^10 = 0.3. */
const EACH = 0.035;
const TOKEN_ENDPOINT = 0.15;

const CALENDAR = "/calendar/v3/";

/** Beyond the three in ten: without them hardly a change or cancellation would ever be given up. */
const CHANGES: readonly FaultRule[] = [
  { method: "PATCH", status: 503, reason: "backendError", probability: 0.2 },
  { method: "PATCH", status: 403, reason: "forbidden", probability: 0.03 },
  { method: "DELETE", status: 403, reason: "forbidden", probability: 0.1 },
];

/** Makes the emulator answer three calls in ten wrongly, late or not at all; repeatable by seed. */
export async function raiseStorm(google: EmulatorControl, mood: Mood, seed: number): Promise<void> {
  await google.clearFaults();
  await google.undetectedDuplicates({ seconds: mood === "blind" ? 24 * 3600 : 0 });
  const slow: FaultRule = mood === "late" ? { delay_ms: SLOW_MS } : { answer_delay_ms: SLOW_MS };
  const calendar: FaultRule[] = [
    { status: 500, reason: "backendError" },
    { status: 500, reason: "backendError", takes_effect: true },
    { status: 503, reason: "backendError", takes_effect: true },
    { status: 429, reason: "rateLimitExceeded", retry_after_seconds: 7 },
    { status: 403, reason: "rateLimitExceeded" },
    { status: 403, reason: "userRateLimitExceeded" },
    { status: 401, reason: "authError" },
    { drop: "before" },
    { drop: "after" },
    slow,
  ];
  const token: FaultRule[] = [{ status: 503 }, { drop: "before" }, { drop: "after" }];
  const rules = [
    ...calendar.map((rule) => ({ ...rule, path: CALENDAR, probability: EACH })),
    ...token.map((rule) => ({ ...rule, path: "/token", probability: TOKEN_ENDPOINT })),
    ...CHANGES.map((rule) => ({ ...rule, path: CALENDAR })),
  ];
  for (const [index, rule] of rules.entries()) {
    await google.fault({ ...rule, seed: seed * 100 + index });
  }
}

/** Google works again, and notices taken ids. */
export async function calmDown(google: EmulatorControl): Promise<void> {
  await google.clearFaults();
  await google.undetectedDuplicates({ seconds: 0 });
}
