import assert from "node:assert/strict";
import * as fc from "../unit/fast_check.ts";
import type { StoredEvent } from "../../packages/google-calendar-emulator/control.ts";
import { answersOf, change, createdMeeting, EVENT, onlyEvent } from "../support/changes.ts";
import { type GooglePerson, inGoogle } from "../support/google_people.ts";
import { mailsBy, MONDAY, rowOf } from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";

/** Guests by number: 0 is never taken off the list, 1 to 3 come and go. */
type Step =
  | { do: "move"; hour: number }
  | { do: "rename"; title: string }
  | { do: "invite"; guests: number[] }
  | { do: "reply"; guest: number; answer: "accepted" | "declined" | "tentative" }
  /** People change the event on Google Calendar. */
  | { do: "edit"; field: "start"; hour: number }
  | { do: "edit"; field: "title" | "place"; text: string }
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
    do: fc.constant("edit" as const),
    field: fc.constant("start" as const),
    hour: fc.integer({ min: 8, max: 20 }),
  }),
  fc.record({
    do: fc.constant("edit" as const),
    field: fc.constantFrom("title" as const, "place" as const),
    text: fc.constantFrom("By hand", "Garden"),
  }),
  fc.record({
    do: fc.constant("write" as const),
    lost: fc.constantFrom("before" as const, "after" as const, null, null),
  }),
);

promise("the invariants of changes", {
  "whatever is changed, edited, answered and lost: one event, every answer, every edit that no newer change named, one mail a change":
    async (
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
  const wanted = {
    title: "Weekly",
    start: Date.parse("2035-01-08T10:00:00Z"),
    place: "",
    guests: [0, 1],
  };
  /** Fields that a change has named and the event does not show yet, with the change's version. */
  const named = new Map<"title" | "start", number>();
  const person = await inGoogle(stack, organizer.email);
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
        const { body } = await change(organizer, meeting_id, { start_time, end_time });
        named.set("start", body.version);
        break;
      }
      case "rename": {
        wanted.title = step.title;
        const { body } = await change(organizer, meeting_id, { title: step.title });
        named.set("title", body.version);
        break;
      }
      case "edit":
        await edit(person, event.id, step);
        if (step.field === "place") wanted.place = step.text;
        else if (step.field === "title" && !named.has("title")) wanted.title = step.text;
        else if (step.field === "start" && !named.has("start")) wanted.start = instantAt(step.hour);
        shown = visible(await onlyEvent(stack, organizer));
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
    const version = Number(
      (await onlyEvent(stack, organizer)).extendedProperties?.private?.["convene_version"],
    );
    for (const [field, asked] of named) if (asked <= version) named.delete(field);
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
  assert.equal(now.location ?? "", wanted.place);
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

function instantAt(hour: number): number {
  return Date.parse(`${MONDAY}T${String(hour).padStart(2, "0")}:00:00Z`);
}

function edit(
  person: GooglePerson,
  event_id: string,
  step: Extract<Step, { do: "edit" }>,
): Promise<void> {
  if (step.field !== "start") {
    const name = step.field === "title" ? "summary" : "location";
    return person.edit(event_id, { [name]: step.text });
  }
  const at = (minutes: number) => ({
    dateTime: new Date(instantAt(step.hour) + minutes * 60_000).toISOString(),
    timeZone: "Europe/Paris",
  });
  return person.edit(event_id, { start: at(0), end: at(30) });
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
