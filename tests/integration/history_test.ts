import assert from "node:assert/strict";
import { MONDAY, WEEK } from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";

const DAY_MS = 24 * 3600 * 1000;
const TITLE = "Quarterly secret";

promise("history", {
  "what a participant accepted before makes a time better, what they declined worse": async (
    stack,
  ) => {
    const [organizer, blank, colleague] = [
      await stack.organizer(),
      await sharing(stack),
      await sharing(stack),
    ];
    await answered(stack, organizer, colleague, "accepted", 15);
    await answered(stack, organizer, colleague, "declined", 10);
    const without = preferences(await schedule(organizer, blank));
    const with_history = preferences(await schedule(organizer, colleague));
    const [better, worse] = [`${MONDAY}T15:00:00Z`, `${MONDAY}T10:00:00Z`];
    assert.equal(without.get(better), without.get(worse));
    assert.ok(
      with_history.get(better)! > with_history.get(worse)!,
      JSON.stringify([...with_history]),
    );
  },

  "a profile of a few hundred characters is stored, and no event": async (stack) => {
    const [organizer, colleague] = [await stack.organizer(), await sharing(stack)];
    await answered(stack, organizer, colleague, "accepted", 15);
    await schedule(organizer, colleague);
    const [stored] = await profileOf(stack, colleague);
    assert.ok(stored?.profile !== undefined && stored.profile.length < 1000);
    assert.ok(Number(stored.events_read) >= 8);
    const rows = await stack.platform.sql(
      "select to_jsonb(p)::text as row from private.calendar_profiles as p",
    );
    assert.ok(!JSON.stringify(rows).includes(TITLE));
    const lists = await stack.google.requests({ method: "GET", path: LIST });
    assert.ok(lists.length > 0);
    for (const { query } of lists) assert.ok(!String(query.fields).includes("summary"));
  },

  "a profile is learned again when it is a day old, and not before": async (stack) => {
    const [organizer, colleague] = [await stack.organizer(), await sharing(stack)];
    await schedule(organizer, colleague);
    const once = await listed(stack);
    await schedule(organizer, colleague);
    assert.equal(await listed(stack), once);
    await stack.platform.sql(
      "update private.calendar_profiles set learned_at = now() - interval '25 hours' where user_id = $1",
      [colleague.user_id],
    );
    await schedule(organizer, colleague);
    assert.equal(await listed(stack), once + 1);
  },

  "a history that cannot be read stops nothing and invents nothing": async (stack) => {
    const [organizer, colleague] = [await stack.organizer(), await sharing(stack)];
    await stack.google.fault({ method: "GET", path: LIST, status: 500, times: 10 });
    await schedule(organizer, colleague);
    const [stored] = await profileOf(stack, colleague);
    assert.equal(stored?.profile ?? null, null);
  },

  "a profile is forgotten with the connection": async (stack) => {
    const [organizer, colleague] = [await stack.organizer(), await sharing(stack)];
    await schedule(organizer, colleague);
    assert.equal((await profileOf(stack, colleague)).length, 1);
    await colleague.call("google-auth", { method: "DELETE" });
    assert.deepEqual(await profileOf(stack, colleague), []);
  },

  "a dry run learns nothing": async (stack) => {
    const [organizer, colleague] = [await stack.organizer(), await sharing(stack)];
    await organizer.call("schedule", {
      body: { dry_run: true, participants: [colleague.email], constraints: WEEK },
    });
    assert.deepEqual(await profileOf(stack, colleague), []);
  },
});

const LIST = "/calendar/v3/calendars/primary/events";

/** Two months of weekly invitations that ended a week ago, each answered in the same way. */
async function answered(
  stack: Stack,
  organizer: Organizer,
  guest: Organizer,
  responseStatus: string,
  hour: number,
): Promise<void> {
  const midnight = Date.parse(`${new Date().toISOString().slice(0, 10)}T00:00:00Z`);
  const monday = midnight - ((new Date(midnight).getUTCDay() + 6) % 7) * DAY_MS;
  const at = (week: number, half_hours: number) =>
    new Date(monday - week * 7 * DAY_MS + hour * 3_600_000 + half_hours * 1_800_000).toISOString();
  await stack.google.addEvents(
    guest.email,
    Array.from({ length: 8 }, (_, week) => ({
      summary: TITLE,
      start: { dateTime: at(week + 1, 0) },
      end: { dateTime: at(week + 1, 2) },
      attendees: [{ email: organizer.email }, { email: guest.email, responseStatus }],
    })),
  );
}

async function schedule(organizer: Organizer, colleague: Organizer) {
  const answer = await organizer.call("schedule", {
    body: {
      participants: [organizer.email, colleague.email],
      constraints: { ...WEEK, latest_date: MONDAY, interval_minutes: 30, max_candidates: 20 },
    },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

/** Preference points by start. */
function preferences(
  { candidates }: {
    candidates: { start_time: string; score_breakdown: { preference: number } }[];
  },
): Map<string, number> {
  return new Map(
    candidates.map(({ start_time, score_breakdown }) => [start_time, score_breakdown.preference]),
  );
}

function profileOf(stack: Stack, { user_id }: Organizer) {
  return stack.platform.sql<{ profile: string; events_read: number }>(
    "select profile, events_read from private.calendar_profiles where user_id = $1",
    [user_id],
  );
}

async function listed(stack: Stack): Promise<number> {
  return (await stack.google.requests({ method: "GET", path: LIST })).length;
}

/** A user whose habits every organizer's search may use. */
function sharing(stack: Stack): Promise<Organizer> {
  return stack.organizer({ shares: "habits" });
}
