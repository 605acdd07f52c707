import assert from "node:assert/strict";
import fc from "../unit/fast_check.ts";
import { promise, type Stack } from "../support/stack.ts";
import {
  change,
  eventRow,
  googleOf,
  insertTask,
  makeEventsDue,
  scheduledTask,
  START,
  sweep,
} from "../support/tasks.ts";
import { until } from "../support/until.ts";

/** The same sequences each time; a failure can be played again. */
const SEED = 5;

const EVENT = "^/calendar/v3/calendars/[^/]+/events/[^/]+$";

const HOUR = fc.integer({ min: 8, max: 18 });

/** What may happen to an event; guests by number. */
const STEP = fc.oneof(
  fc.record({
    do: fc.constant("edit" as const),
    text: fc.string({ maxLength: 8 }),
    lost: lossy(),
  }),
  fc.record({ do: fc.constant("move" as const), hour: HOUR, lost: lossy() }),
  fc.record({ do: fc.constant("google moves" as const), hour: HOUR }),
  fc.record({ do: fc.constant("invite" as const), guest: fc.nat(2), lost: lossy() }),
  fc.record({ do: fc.constant("uninvite" as const), guest: fc.nat(2), lost: lossy() }),
  fc.record({
    do: fc.constant("reply" as const),
    guest: fc.nat(2),
    status: fc.constantFrom("accepted" as const, "declined" as const, "tentative" as const),
    during: fc.boolean(),
  }),
  fc.record({ do: fc.constant("google text" as const), text: fc.string({ maxLength: 8 }) }),
  fc.record({ do: fc.constant("google invites" as const), guest: fc.nat(2) }),
  fc.record({ do: fc.constant("google uninvites" as const), guest: fc.nat(2) }),
  fc.record({ do: fc.constant("touch foreign" as const) }),
);

function lossy() {
  return fc.constantFrom(null, null, "before" as const, "after" as const);
}

type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never;

function at(hour: number): string {
  return `2035-01-09T${String(hour).padStart(2, "0")}:00:00Z`;
}

/** Runs one sequence of steps and compares the result with all steps. */
async function play(stack: Stack, steps: readonly Step[]): Promise<void> {
  const { organizer, task_id: _, event_id } = await scheduledTask(stack);
  const guests = [await stack.guest(), await stack.guest(), await stack.guest()];
  const google = await googleOf(stack, organizer.email);
  const foreigner = await stack.organizer();
  const foreign = await foreigner.call("task-events", {
    body: { task_id: await insertTask(foreigner) },
  });
  await change(foreigner, {
    event_id: foreign.body.event_id,
    attendees: [{ email: organizer.email }],
  });
  const foreign_before = await stack.google.events({ event_id: foreign.body.event_id });

  /** Who is invited, with their answers; whom our row knew last; the texts. */
  const invited = new Map<string, string>();
  let known = new Set<string>();
  let summary = "Write the report";
  let location: string | undefined;
  let start = START;

  const seen = () => known = new Set(invited.keys());
  const ask = async (body: Record<string, unknown>, lost: "before" | "after" | null) => {
    if (lost !== null) {
      await stack.google.fault({ method: "PATCH", path_pattern: EVENT, drop: lost, times: 1 });
    }
    const answer = await change(organizer, { event_id, ...body });
    if (answer.status === 502) {
      await makeEventsDue(stack, organizer);
      const swept = await sweep(stack);
      assert.equal(swept.failed, 0, JSON.stringify(swept));
    } else assert.equal(answer.status, 200, JSON.stringify(answer.body));
  };
  const setGuests = async (wanted: Set<string>, lost: "before" | "after" | null) => {
    await ask({ attendees: [...wanted].map((email) => ({ email })) }, lost);
    for (const email of [...invited.keys()]) {
      if (!wanted.has(email) && known.has(email)) invited.delete(email);
    }
    for (const email of wanted) {
      if (!invited.has(email) && !known.has(email)) invited.set(email, "needsAction");
    }
    seen();
  };
  const onGoogle = async (requestBody: Record<string, unknown>) => {
    await google.events.patch({ calendarId: "primary", eventId: event_id, requestBody });
  };
  const answers = () => [...invited].map(([email, responseStatus]) => ({ email, responseStatus }));

  await setGuests(new Set(guests), null);
  for (const step of steps) {
    const email = "guest" in step ? guests[step.guest]! : "";
    switch (step.do) {
      case "edit":
        summary = `Report ${step.text}`;
        await ask({ summary }, step.lost);
        seen();
        break;
      case "move":
        start = at(step.hour);
        await ask({ start_time: start }, step.lost);
        seen();
        break;
      case "google moves":
        start = at(step.hour);
        await onGoogle({ start: { dateTime: start }, end: { dateTime: at(step.hour + 1) } });
        break;
      case "invite":
        await setGuests(new Set([...known, email]), step.lost);
        break;
      case "uninvite":
        await setGuests(new Set([...known].filter((one) => one !== email)), step.lost);
        break;
      case "reply": {
        if (!invited.has(email)) break;
        const reply = () => stack.google.reply({ email, event_id, responseStatus: step.status });
        if (step.during) {
          // The reply arrives while our own patch is on its way.
          await stack.google.fault({
            method: "PATCH",
            path_pattern: EVENT,
            delay_ms: 300,
            times: 1,
          });
          summary = `Report while ${step.status}`;
          const edit = ask({
            summary,
            attendees: [...known].map((one) => ({ email: one })),
          }, null);
          let ended = false;
          const end = edit.finally(() => ended = true);
          await until("the plan, which is recorded before the patch is sent", async () => {
            const { pending_change } = await eventRow(stack, organizer, event_id);
            return pending_change !== null || ended;
          });
          await reply();
          await end;
          invited.set(email, step.status);
          seen();
        } else await reply();
        invited.set(email, step.status);
        break;
      }
      case "google text":
        location = `Room ${step.text}`;
        await onGoogle({ location });
        break;
      case "google invites":
        if (!invited.has(email)) invited.set(email, "needsAction");
        await onGoogle({ attendees: answers() });
        break;
      case "google uninvites":
        invited.delete(email);
        await onGoogle({ attendees: answers() });
        break;
      case "touch foreign": {
        const refused = await change(organizer, {
          event_id: foreign.body.event_id,
          summary: "Taken over",
        });
        assert.equal(refused.body.error, "not_organizer");
      }
    }
  }
  await ask({ description: "Finished" }, null);

  const [event] = await stack.google.events({ event_id, calendar_id: organizer.email });
  const shown = (list: readonly { email?: string | null; responseStatus?: string | null }[]) =>
    Object.fromEntries(list.map((guest) => [guest.email, guest.responseStatus]));
  assert.deepEqual(shown(event?.attendees ?? []), Object.fromEntries(invited));
  assert.equal(event?.summary, summary);
  assert.equal(event?.location, location);
  assert.equal(Date.parse(event?.start?.dateTime ?? ""), Date.parse(start));
  const row = await eventRow(stack, organizer, event_id);
  assert.deepEqual(shown(row.attendees), Object.fromEntries(invited));
  assert.deepEqual(
    [row.event_title, row.etag, row.pending_change, new Date(row.event_start).valueOf()],
    [event?.summary, event?.etag, null, Date.parse(start)],
  );
  assert.deepEqual(await stack.google.events({ event_id: foreign.body.event_id }), foreign_before);
}

promise("whatever happens to an event", {
  "no reply is lost, no newer version overwritten, no foreign event changed, the row is Google's":
    async (stack) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(STEP, { minLength: 3, maxLength: 12, size: "max" }),
          (steps) => play(stack, steps),
        ),
        { seed: SEED, numRuns: 12, endOnFailure: true },
      );
    },
});
