import type {
  EmulatorControl,
  FaultRule,
} from "../../packages/google-calendar-emulator/control.ts";

/**
 * What goes wrong in a round in addition to the faults of single requests. Each profile is as bad as
 * the argument in docs/exactly-once.md allows; no client of Google's interface could survive all of
 * them together.
 * `late_effects`: a request that timed out may take effect afterwards.
 * `undetected_duplicates`: Google does not notice that an event id is taken.
 * `expired_leases`: leases expire during the work, as if the workers' machine had been suspended.
 * `outage`: Google accepts no write, which pauses the writes of all organizers for hours.
 */
export type FaultProfile = "late_effects" | "undetected_duplicates" | "expired_leases" | "outage";

/** Shorter than the delay of a slow response, so that a slow response is a timeout. */
export const WORKER_TIMEOUT_MS = 1_000;
const SLOW_MS = 1_500;

/** Of each of the ten calendar faults, so that together they hit 3 calls in 10: 1 - (1 - p)^10 = 0.3. */
const CALENDAR_PROBABILITY = 0.035;
const TOKEN_PROBABILITY = 0.15;

const CALENDAR_PATH = "/calendar/v3/";

/** In addition: without them hardly a change or cancellation would use up its attempts. */
const CHANGE_FAULTS: readonly FaultRule[] = [
  { method: "PATCH", status: 503, reason: "backendError", probability: 0.2 },
  { method: "PATCH", status: 403, reason: "forbidden", probability: 0.03 },
  { method: "DELETE", status: 403, reason: "forbidden", probability: 0.1 },
];

/** Before the other faults, so that it hits every write. */
const OUTAGE: FaultRule = {
  path_pattern: "^/calendar/v3/calendars/[^/]+/events",
  status: 403,
  reason: "quotaExceeded",
};

/** Makes the emulator fail, delay or drop three calls in ten; reproducible by seed. */
export async function applyFaultProfile(
  google: EmulatorControl,
  profile: FaultProfile,
  seed: number,
): Promise<void> {
  await google.clearFaults();
  await google.undetectedDuplicates({
    seconds: profile === "undetected_duplicates" ? 24 * 3600 : 0,
  });
  const slow: FaultRule = profile === "late_effects"
    ? { delay_ms: SLOW_MS }
    : { answer_delay_ms: SLOW_MS };
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
    ...calendar.map((rule) => ({
      ...rule,
      path: CALENDAR_PATH,
      probability: CALENDAR_PROBABILITY,
    })),
    ...token.map((rule) => ({ ...rule, path: "/token", probability: TOKEN_PROBABILITY })),
    ...CHANGE_FAULTS.map((rule) => ({ ...rule, path: CALENDAR_PATH })),
  ];
  if (profile === "outage") {
    for (const method of ["POST", "PATCH", "DELETE"]) await google.fault({ ...OUTAGE, method });
  }
  for (const [index, rule] of rules.entries()) {
    await google.fault({ ...rule, seed: seed * 100 + index });
  }
}

/** Makes the emulator work without faults again, and reject taken ids. */
export async function removeFaults(google: EmulatorControl): Promise<void> {
  await google.clearFaults();
  await google.undetectedDuplicates({ seconds: 0 });
}
