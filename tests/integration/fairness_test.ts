import assert from "node:assert/strict";
import { pendingMeeting } from "../support/meetings.ts";
import { promise, type Stack } from "../support/stack.ts";

promise("fairness", {
  "what an event has cost each is kept, once, when it is created": async (stack) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack);
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

  "burdens of the same people add up, fade, and count on average over the others": async (
    stack,
  ) => {
    const [a, b, c] = ["a", "b", "c"].map((name) =>
      `${name}-${crypto.randomUUID().slice(0, 8)}@north.example`
    );
    await stack.platform.sql(
      `insert into private.fairness_ledger (participant_email, with_email, burden, meetings, updated_at)
       values ($1, $2, 10, 1, now()), ($1, $3, 40, 2, now() - interval '90 days'), ($2, $1, 4, 1, now())`,
      [a, b, c],
    );
    assert.deepEqual(await burdens(stack, [a, b, c]), { [a!]: 15, [b!]: 2 });
    assert.deepEqual(await burdens(stack, [a, b]), { [a!]: 10, [b!]: 4 });
    assert.deepEqual(await burdens(stack, [a, c]), { [a!]: 20 });
    assert.deepEqual(await burdens(stack, [b, c]), {});
  },
});

async function chosen(stack: Stack, meeting_id: string, people: object[]): Promise<void> {
  await stack.platform.sql("update public.meetings set candidates = $2 where meeting_id = $1", [
    meeting_id,
    JSON.stringify([{ participant_availability: people }]),
  ]);
}

function ledger(stack: Stack, emails: string[]) {
  return stack.platform.sql(
    `select participant_email as who, with_email as beside, burden::float8 as burden, meetings
       from private.fairness_ledger where participant_email = any ($1)`,
    [emails],
  );
}

async function burdens(stack: Stack, emails: (string | undefined)[]) {
  const [row] = await stack.platform.sql<{ burdens: unknown }>(
    "select private.burdens_of($1) as burdens",
    [emails],
  );
  const value = row?.burdens;
  return typeof value === "string" ? JSON.parse(value) : value;
}
