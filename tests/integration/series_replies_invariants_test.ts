import assert from "node:assert/strict";
import fc from "../unit/fast_check.ts";
import { mondays } from "../support/mondays.ts";
import { promise, type Stack } from "../support/stack.ts";
import { change, eventRows, makeEventsDue, occurrencesOn, sweep } from "../support/tasks.ts";

/** The same sequences each time; a failure can be played again. */
const SEED = 11;
const EVENTS = "^/calendar/v3/calendars/[^/]+/events";

const OCCURRENCE = fc.nat({ max: 5 });
const GUEST = fc.nat({ max: 1 });
const STATUS = fc.constantFrom("accepted" as const, "declined" as const, "tentative" as const);

const REPLY = fc.record({
  do: fc.constant("reply" as const),
  guest: GUEST,
  status: STATUS,
  occurrence: OCCURRENCE,
  to_series: fc.boolean(),
});
const CHANGE = fc.record({
  do: fc.constant("change" as const),
  scope: fc.constantFrom("single" as const, "all" as const, "future" as const),
  occurrence: OCCURRENCE,
  hour: fc.option(fc.integer({ min: 8, max: 18 }), { freq: 2 }),
  lost: fc.constantFrom(
    null,
    null,
    ...(["PATCH", "POST"] as const).flatMap((method) =>
      (["before", "after"] as const).map((drop) => ({ method, drop }))
    ),
  ),
});
const STEP = fc.oneof(REPLY, REPLY, CHANGE);

type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never;

/** The occurrence that is named has an answer of its own. */
const EXAMPLES: [Step[]][] = (["all", "future"] as const).map((scope) => [[
  { do: "reply", guest: 0, status: "declined", occurrence: 3, to_series: false },
  { do: "change", scope, occurrence: 3, hour: 14, lost: null },
]]);

/** What each guest answered to each occurrence, in their order. */
async function replies(stack: Stack, email: string): Promise<Record<string, unknown>[]> {
  return (await occurrencesOn(stack, email)).map(({ attendees }) =>
    Object.fromEntries(
      (attendees ?? []).map((guest) => [guest.email, [guest.responseStatus, guest.comment]]),
    )
  );
}

async function play(stack: Stack, steps: readonly Step[], seen: Set<string>): Promise<void> {
  const { organizer, guests } = await mondays(stack, 2);
  for (const [index, step] of steps.entries()) {
    const occurrence = (await occurrencesOn(stack, organizer.email))[step.occurrence]!;
    if (step.do === "reply") {
      await stack.google.reply({
        email: guests[step.guest]!,
        event_id: step.to_series ? occurrence.recurringEventId! : occurrence.id!,
        responseStatus: step.status,
        comment: `step ${index}`,
      });
      continue;
    }
    const before = await replies(stack, organizer.email);
    if (step.lost !== null) {
      await stack.google.fault({ ...step.lost, path_pattern: EVENTS, times: 1 });
    }
    // On the day on which it stands by its rule, so that the order stays.
    const day = (occurrence.originalStartTime?.dateTime ?? "").slice(0, 10);
    const answer = await change(organizer, {
      event_id: occurrence.recurringEventId,
      update_scope: step.scope,
      instance_date: day,
      ...(step.hour === null
        ? { summary: `Report ${index}` }
        : { start_time: `${day}T${String(step.hour).padStart(2, "0")}:00:00Z` }),
      confirm: true,
    });
    if (answer.status === 502) {
      seen.add(`${step.scope} lost`);
      await makeEventsDue(stack, organizer);
      const swept = await sweep(stack);
      assert.equal(swept.failed, 0, JSON.stringify(swept));
    } else assert.equal(answer.status, 200, JSON.stringify(answer.body));
    await stack.google.clearFaults();
    seen.add(`${step.scope} ${step.hour === null ? "renamed" : "moved"}`);
    const after = await replies(stack, organizer.email);
    assert.deepEqual(after, before, `step ${index}: ${JSON.stringify(step)}`);
  }

  const live = (await eventRows(stack, organizer)).filter(({ deleted_at }) => deleted_at === null);
  for (const row of live) assert.equal(row.pending_change, null);
}

promise("replies to the occurrences of a series", {
  "none is lost or changed by anything we do to the series, lost answers included": async (
    stack,
  ) => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(STEP, { minLength: 4, maxLength: 10, size: "max" }),
        (steps) => play(stack, steps, seen),
      ),
      { seed: SEED, numRuns: 20, endOnFailure: true, examples: EXAMPLES },
    );
    assert.equal(seen.size, 9, [...seen].join());
  },
});
