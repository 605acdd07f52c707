import assert from "node:assert/strict";
import { MONDAY, WEEK } from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";

promise("former members", {
  "whose account Google has closed is read no calendar that an organization shares, also if the own busy time is given":
    async (stack) => {
      const { owner, member } = await organization(stack);
      const before = await ask(member, [owner.email]);
      assert.equal(before.status, 200, JSON.stringify(before.body));

      await closeAccount(stack, member);
      const asked = (await stack.google.requests({})).length;
      for (let times = 0; times < 2; times++) {
        const after = await ask(member, [owner.email]);
        assert.equal(after.body.error, "needs_reauth", JSON.stringify(after.body));
      }
      const requests = (await stack.google.requests({})).slice(asked);
      assert.deepEqual(requests.filter(({ user }) => user === owner.email), []);
    },

  "no history of events is read for them either, where habits are shared": async (stack) => {
    const { owner, member } = await organization(stack, "habits");
    await closeAccount(stack, member);
    const asked = (await stack.google.requests({})).length;
    const { body } = await member.call("schedule", {
      body: { participants: [owner.email], constraints: WEEK },
    });
    assert.equal(body.error, "needs_reauth", JSON.stringify(body));
    const requests = (await stack.google.requests({})).slice(asked);
    const listed = requests.filter(({ user, path }) => user === owner.email && /events/.test(path));
    assert.deepEqual(listed, []);
  },

  "preferences are no longer used either, once the account is closed": async (stack) => {
    const { owner, member } = await organization(stack);
    // deno-lint-ignore no-explicit-any -- the client knows no table's type
    const { error } = await (owner.client.from("scheduling_preferences") as any).insert({
      owner_user_id: owner.user_id,
      open_hours: [{ days: ["monday"], start: "15:00", end: "16:00" }],
    });
    assert.equal(error, null);
    const shown = await ask(member, [{ email: owner.email, busy: [] }]);
    assert.equal(shown.body.selected_slot?.start_time, `${MONDAY}T15:00:00Z`);

    await closeAccount(stack, member);
    const hidden = await ask(member, [{ email: owner.email, busy: [] }]);
    assert.equal(hidden.body.error, "needs_reauth", JSON.stringify(hidden.body));
    const stranger = await stack.organizer();
    const to_stranger = await ask(stranger, [{ email: owner.email, busy: [] }]);
    assert.equal(to_stranger.body.selected_slot?.start_time, `${MONDAY}T09:30:00Z`);
  },
});

/** A user who shares with an organization, and one of its members. */
async function organization(
  stack: Stack,
  level = "busy",
): Promise<{ owner: Organizer; member: Organizer }> {
  const domain = `${crypto.randomUUID().slice(0, 8)}.example`;
  const owner = await stack.organizer({ freebusy: "private" });
  const answer = await owner.call("google-auth/sharing", {
    body: { grantee_kind: "domain", grantee: domain, level },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return { owner, member: await stack.organizer({ hosted_domain: domain }) };
}

async function closeAccount(stack: Stack, member: Organizer): Promise<void> {
  await stack.google.revokeGrant(member.email);
  await stack.google.expireAccessTokens(member.email);
  await stack.platform.sql(
    "update private.google_connections set access_token_expires_at = now() where user_id = $1",
    [member.user_id],
  );
}

/** A search in which the organizer's own calendar is not read. */
function ask(by: Organizer, participants: unknown[]) {
  return by.call("schedule", {
    body: {
      dry_run: true,
      participants: [{ email: by.email, busy: [] }, ...participants],
      constraints: WEEK,
    },
  });
}
