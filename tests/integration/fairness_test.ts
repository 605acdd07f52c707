import assert from "node:assert/strict";
import { insertMeeting, MONDAY, SLOT, WEEK } from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";

const PREFERENCES = { preferred_hours_start: 9, preferred_hours_end: 12 };

promise("fairness", {
  "what an event has cost each is kept, once, when it is created": async (stack) => {
    const { organizer, guests, meeting_id } = await meetingAmongSharing(stack);
    const [ana = "", ben = ""] = guests;
    await chosen(stack, meeting_id, [
      { email: organizer.email, status: "free" },
      { email: ana.toUpperCase(), status: "free", burden: 12.5 },
      { email: ben, status: "busy", burden: 80 },
    ]);
    assert.deepEqual(await ledger(stack, guests), []);
    await organizer.call("write-back", { body: { meeting_id } });
    await organizer.call("write-back", { body: { meeting_id } });
    // Who did not come has carried nothing, and who was comfortable neither.
    const expected = [{ who: ana, beside: organizer.email, burden: 12.5, meetings: 1 }];
    assert.deepEqual(await ledger(stack, guests), expected);
  },

  "a meeting that is cancelled gives back what it has cost, and what others cost stays": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id } = await meetingAmongSharing(stack);
    const [ana = "", ben = ""] = guests;
    const other = await insertMeeting(organizer, { participants: [ana, ben], ...SLOT });
    for (const [id, burden] of [[meeting_id, 12.5], [other, 30]] as const) {
      await chosen(stack, id, [
        { email: ana, status: "free", burden },
        { email: ben, status: "free" },
      ]);
      await organizer.call("write-back", { body: { meeting_id: id } });
    }
    assert.deepEqual(await ledger(stack, guests), [
      { who: ana, beside: ben, burden: 42.5, meetings: 2 },
    ]);
    await organizer.call("meetings", { method: "DELETE", query: { meeting_id } });
    assert.deepEqual(await ledger(stack, guests), [
      { who: ana, beside: ben, burden: 30, meetings: 1 },
    ]);
    await organizer.call("meetings", { method: "DELETE", query: { meeting_id: other } });
    assert.deepEqual(await ledger(stack, guests), []);
  },

  "what the meetings of one organizer have cost says nothing to another, with whom the same people share":
    async (stack) => {
      const { organizer, guests, meeting_id } = await meetingAmongSharing(stack);
      const [ana = "", ben = ""] = guests;
      await chosen(stack, meeting_id, [
        { email: ana, status: "free", burden: 12.5 },
        { email: ben, status: "free" },
      ]);
      await organizer.call("write-back", { body: { meeting_id } });
      assert.deepEqual(await burdens(stack, organizer, guests), { [ana]: 12.5 });
      assert.deepEqual(await burdens(stack, await stack.organizer(), guests), {});
    },

  "what fades meanwhile is not given back twice": async (stack) => {
    const { organizer, guests, meeting_id } = await meetingAmongSharing(stack);
    const [ana = "", ben = ""] = guests;
    await chosen(stack, meeting_id, [
      { email: ana, status: "free", burden: 40 },
      { email: ben, status: "free" },
    ]);
    await organizer.call("write-back", { body: { meeting_id } });
    await stack.platform.sql(
      `update private.fairness_ledger
          set burden = 60, meetings = 2, updated_at = now() - interval '90 days' where participant_email = $1`,
      [ana],
    );
    await stack.platform.sql(
      "update private.noted_burdens set noted_at = now() - interval '90 days' where meeting_id = $1",
      [meeting_id],
    );
    await organizer.call("meetings", { method: "DELETE", query: { meeting_id } });
    assert.deepEqual(await ledger(stack, guests), [
      { who: ana, beside: ben, burden: 10, meetings: 1 },
    ]);
  },

  "a meeting that is moved costs what its new time costs; a given time has no known cost": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const { email: late } = await stack.organizer({ shares: "habits" });
    const question = {
      participants: [{ email: organizer.email, preferences: PREFERENCES }, {
        email: late,
        preferences: PREFERENCES,
      }],
      constraints: { ...WEEK, working_hours_start: 15, working_hours_end: 16 },
    };
    const { body: { meeting_id, selected_slot } } = await organizer.call("schedule", {
      body: question,
    });
    const burden = selected_slot.participant_availability[0].burden;
    assert.ok(burden > 0, JSON.stringify(selected_slot));
    await organizer.call("write-back", { body: { meeting_id } });
    assert.equal((await ledger(stack, [late]))[0]?.burden, burden);

    await organizer.call("schedule", {
      body: {
        ...question,
        meeting_id,
        reschedule: true,
        constraints: { ...WEEK, working_hours_start: 9, working_hours_end: 10 },
      },
    });
    assert.deepEqual(await ledger(stack, [late]), [], "all participants prefer nine o'clock");
    await organizer.call("schedule", { body: { ...question, meeting_id, reschedule: true } });
    assert.equal((await ledger(stack, [late]))[0]?.burden, burden);
    await organizer.call("meetings", {
      method: "PATCH",
      body: {
        meeting_id,
        start_time: `${MONDAY}T20:00:00Z`,
        end_time: `${MONDAY}T20:30:00Z`,
      },
    });
    assert.deepEqual(await ledger(stack, [late]), []);
  },

  "a meeting that has taken place has cost what it cost, also when it is cancelled": async (
    stack,
  ) => {
    const { organizer, guests, meeting_id } = await meetingAmongSharing(stack);
    const [ana = "", ben = ""] = guests;
    await chosen(stack, meeting_id, [
      { email: ana, status: "free", burden: 12.5 },
      { email: ben, status: "free" },
    ]);
    await organizer.call("write-back", { body: { meeting_id } });
    await stack.platform.sql("alter table public.meetings disable trigger meetings_note_burden");
    await stack.platform.sql(
      "update public.meetings set starts_at = now() - interval '2 h', ends_at = now() - interval '1 h' where meeting_id = $1",
      [meeting_id],
    );
    await stack.platform.sql("alter table public.meetings enable trigger meetings_note_burden");
    await organizer.call("meetings", { method: "DELETE", query: { meeting_id } });
    assert.equal((await ledger(stack, [ana]))[0]?.burden, 12.5);
  },

  "an event that is written again after it was deleted has cost once": async (stack) => {
    const { organizer, guests, meeting_id } = await meetingAmongSharing(stack);
    const [ana = "", ben = ""] = guests;
    await chosen(stack, meeting_id, [
      { email: ana, status: "free", burden: 12.5 },
      { email: ben, status: "free" },
    ]);
    await organizer.call("write-back", { body: { meeting_id } });
    await stack.platform.sql(
      "update public.meetings set writeback_status = 'pending', google_event_id = null where meeting_id = $1",
      [meeting_id],
    );
    assert.deepEqual(await ledger(stack, guests), []);
    await organizer.call("write-back", { body: { meeting_id } });
    assert.deepEqual(await ledger(stack, guests), [
      { who: ana, beside: ben, burden: 12.5, meetings: 1 },
    ]);
  },

  "burdens of the same people add up, fade, and count on average over the others": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const people = [0, 1, 2].map(() => stack.organizer({ shares: "habits" }));
    const [a = "", b = "", c = ""] = (await Promise.all(people)).map(({ email }) => email);
    await stack.platform.sql(
      `insert into private.fairness_ledger (organizer_user_id, participant_email, with_email, burden, meetings, updated_at)
       values ($4, $1, $2, 10, 1, now()), ($4, $1, $3, 40, 2, now() - interval '90 days'), ($4, $2, $1, 4, 1, now())`,
      [a, b, c, organizer.user_id],
    );
    assert.deepEqual(await burdens(stack, organizer, [a, b, c]), { [a]: 15, [b]: 2 });
    assert.deepEqual(await burdens(stack, organizer, [a, b]), { [a]: 10, [b]: 4 });
    assert.deepEqual(await burdens(stack, organizer, [a, c]), { [a]: 20 });
    assert.deepEqual(await burdens(stack, organizer, [b, c]), {});
  },
});

/** A meeting whose guests share with every organizer: fairness concerns no one else. */
async function meetingAmongSharing(stack: Stack) {
  const organizer = await stack.organizer();
  const guests = [
    (await stack.organizer({ shares: "habits" })).email,
    (await stack.organizer({ shares: "habits" })).email,
  ];
  const meeting_id = await insertMeeting(organizer, {
    participants: [organizer.email, ...guests],
    ...SLOT,
  });
  return { organizer, guests, meeting_id };
}

async function chosen(stack: Stack, meeting_id: string, people: object[]): Promise<void> {
  await stack.platform.sql("update public.meetings set candidates = $2 where meeting_id = $1", [
    meeting_id,
    JSON.stringify([{ participant_availability: people }]),
  ]);
}

function ledger(stack: Stack, emails: string[]) {
  return stack.platform.sql<{ burden: number }>(
    `select participant_email as who, with_email as beside, burden::float8 as burden, meetings
       from private.fairness_ledger where participant_email = any ($1) order by 1, 2`,
    [emails],
  );
}

async function burdens(stack: Stack, { user_id }: Organizer, emails: string[]) {
  const [row] = await stack.platform.sql<{ burdens: unknown }>(
    "select private.burdens_of($1, $2) as burdens",
    [user_id, emails],
  );
  const value = row?.burdens;
  return typeof value === "string" ? JSON.parse(value) : value;
}
