import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { StoredEvent } from "../../packages/google-calendar-emulator/control.ts";
import { answersOf, change, createdMeeting, EVENT, onlyEvent } from "../support/changes.ts";
import { mailsBy, MONDAY, rowOf } from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";

/** Guests by number: 0 is never taken off the list, 1 to 3 come and go. */
type Step =
  | { do: "move"; hour: number }
  | { do: "rename"; title: string }
  | { do: "invite"; guests: number[] }
  | { do: "reply"; guest: number; answer: "accepted" | "declined" | "tentative" }
  | { do: "write"; lost: "before" | "after" | null };

const STEP: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("move" as const), hour: fc.integer({ min: 8, max: 20 }) }),
  fc.record({ do: fc.constant("rename" as const), title: fc.constantFrom("Budget", "Plan") }),
  fc.record({
    do: fc.constant("invite" as const),
    guests: fc.subarray([1, 2, 3]),
  }),
  fc.record({
    do: fc.constant("reply" as const),
    guest: fc.integer({ min: 0, max: 3 }),
    answer: fc.constantFrom("accepted", "declined", "tentative"),
  }),
  fc.record({
    do: fc.constant("write" as const),
    lost: fc.constantFrom("before" as const, "after" as const, null, null),
  }),
);

promise("the invariants of changes", {
  "whatever is changed, answered and lost: one event, every answer, one mail a change": async (
    stack,
  ) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(STEP, { minLength: 4, maxLength: 14 }),
        (steps) => holds(stack, steps),
      ),
      { numRuns: 8, seed: 20261120, endOnFailure: true },
    );
  },
});

async function holds(stack: Stack, steps: readonly Step[]): Promise<void> {
  const extra = [await stack.guest(), await stack.guest()];
  const made = await createdMeeting(stack, { title: "Weekly" });
  const { organizer, meeting_id, event } = made;
  const guests = [...made.guests, ...extra];
  const wanted = { title: "Weekly", start: Date.parse("2035-01-08T10:00:00Z"), guests: [0, 1] };
  const answers = new Map<string, string>();
  let shown = visible(event);
  let updates = 0;
  const observe = async () => {
    const now = visible(await onlyEvent(stack, organizer));
    if (now !== shown) updates++;
    shown = now;
  };

  for (const step of steps) {
    switch (step.do) {
      case "move": {
        const start_time = `${MONDAY}T${String(step.hour).padStart(2, "0")}:00:00Z`;
        const end_time = start_time.replace(":00:00Z", ":45:00Z");
        wanted.start = Date.parse(start_time);
        await change(organizer, meeting_id, { start_time, end_time });
        break;
      }
      case "rename":
        wanted.title = step.title;
        await change(organizer, meeting_id, { title: step.title });
        break;
      case "invite":
        wanted.guests = [0, ...step.guests];
        await change(organizer, meeting_id, {
          participant_emails: [organizer.email, ...addresses(guests, wanted.guests)],
        });
        break;
      case "reply": {
        const email = guests[step.guest]!;
        if (!(email in answersOf(await onlyEvent(stack, organizer)))) break;
        await stack.google.reply({ email, event_id: event.id, responseStatus: step.answer });
        answers.set(email, step.answer);
        break;
      }
      case "write":
        await attempt(stack, organizer, meeting_id, step.lost);
        await observe();
    }
    // An answer goes with the guest who is taken off the event.
    const present = answersOf(await onlyEvent(stack, organizer));
    for (const email of answers.keys()) if (!(email in present)) answers.delete(email);
  }
  await finish(stack, organizer, meeting_id);
  await observe();

  const now = await onlyEvent(stack, organizer);
  assert.equal(now.id, event.id);
  assert.equal(now.hangoutLink, event.hangoutLink);
  assert.equal(now.summary, wanted.title);
  assert.equal(Date.parse(now.start?.dateTime ?? ""), wanted.start);
  const expected = addresses(guests, wanted.guests);
  assert.deepEqual(
    Object.keys(answersOf(now)).toSorted(),
    [organizer.email, ...expected].toSorted(),
  );
  for (const email of expected) {
    assert.equal(answersOf(now)[email], answers.get(email) ?? "needsAction", email);
  }
  const [mails] = await mailsBy(stack, [guests[0]!]);
  assert.deepEqual(mails, ["invitation", ...Array(updates).fill("update")]);
}

function addresses(guests: readonly string[], numbers: readonly number[]): string[] {
  return numbers.map((number) => guests[number]!);
}

/** What guests see of an event, apart from each other's answers. */
function visible(event: StoredEvent): string {
  const { summary, description, location, start } = event;
  return JSON.stringify([
    summary,
    description,
    location,
    start,
    Object.keys(answersOf(event)).sort(),
  ]);
}

/** One call by name, with a patch that is lost on its way or on its way back. */
async function attempt(
  stack: Stack,
  organizer: Organizer,
  meeting_id: string,
  lost: "before" | "after" | null,
): Promise<void> {
  if (lost !== null) {
    await stack.google.fault({ method: "PATCH", path_pattern: EVENT, drop: lost, times: 1 });
  }
  await organizer.call("write-back", { body: { meeting_id } });
  await stack.google.clearFaults();
}

/** Without faults everything comes to rest; a change that was given up is requeued first. */
async function finish(stack: Stack, organizer: Organizer, meeting_id: string): Promise<void> {
  await organizer.call("meetings/requeue", { body: { meeting_id } });
  await attempt(stack, organizer, meeting_id, null);
  const row = await rowOf(stack, meeting_id);
  assert.equal(row.written_version, row.desired_version);
  assert.equal(row.write_due_at, null);
}
