import assert from "node:assert/strict";
import { MONDAY, WEEK } from "../support/meetings.ts";
import { promise, type Stack } from "../support/stack.ts";

const MORNING: [string, string] = [`${MONDAY}T09:00:00Z`, `${MONDAY}T12:00:00Z`];

promise("own connections", {
  "a participant who shares with the organizer is read with their own connection": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const colleague = await stack.organizer({
      freebusy: "private",
      busy: [MORNING],
      shares: "busy",
    });
    const answer = await organizer.call("schedule", {
      body: { participants: [colleague.email], constraints: WEEK },
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(answer.body.unknown, []);
    assert.equal(answer.body.candidates.some(isBeforeNoon), false);
  },

  "one query a connection, side by side": async (stack) => {
    const organizer = await stack.organizer();
    const [colleague, guest] = [await stack.organizer({ shares: "busy" }), await stack.guest()];
    const before = await queries(stack);
    await organizer.call("schedule", {
      body: { participants: [organizer.email, colleague.email, guest], constraints: WEEK },
    });
    assert.equal(await queries(stack) - before, 2);
  },

  "a participant whose own connection fails is asked for with the organizer's": async (stack) => {
    const organizer = await stack.organizer();
    const seen = await stack.organizer({ busy: [MORNING], shares: "busy" });
    const unseen = await stack.organizer({ freebusy: "private", shares: "busy" });
    for (const { email } of [seen, unseen]) {
      await stack.google.expireAccessTokens(email);
      await stack.google.revokeGrant(email);
    }
    const shown = await organizer.call("schedule", {
      body: { participants: [seen.email], constraints: WEEK },
    });
    assert.equal(shown.status, 200, JSON.stringify(shown.body));
    assert.equal(shown.body.candidates.some(isBeforeNoon), false);
    const hidden = await organizer.call("schedule", {
      body: { participants: [unseen.email], constraints: WEEK },
    });
    assert.equal(hidden.body.error, "calendar_unreadable");
    assert.deepEqual(hidden.body.unknown, [unseen.email]);
  },

  "a participant's connection reads no calendar that the organizer names": async (stack) => {
    const organizer = await stack.organizer();
    const colleague = await stack.organizer({ shares: "busy" });
    const secret = await stack.guest({ freebusy: "private" });
    await stack.google.shareCalendar({
      calendar_id: secret,
      email: colleague.email,
      access_role: "reader",
    });
    const answer = await organizer.call("schedule", {
      body: {
        participants: [{ email: colleague.email, calendar_ids: [secret] }],
        constraints: WEEK,
      },
    });
    assert.equal(answer.status, 422);
    assert.deepEqual(answer.body.unknown, [colleague.email]);
  },
});

function isBeforeNoon({ start_time }: { start_time: string }): boolean {
  return start_time < `${MONDAY}T12:00`;
}

async function queries(stack: Stack): Promise<number> {
  return (await stack.google.requests({ path: "/calendar/v3/freeBusy" })).length;
}
