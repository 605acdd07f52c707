import assert from "node:assert/strict";
import { MONDAY, WEEK } from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";

const MORNING: [string, string] = [`${MONDAY}T09:00:00Z`, `${MONDAY}T12:00:00Z`];

promise("availability sharing", {
  "a stranger learns nothing of a user whose calendar Google hides, not even that it is a user":
    async (stack) => {
      const stranger = await stack.organizer();
      const victim = await stack.organizer({ freebusy: "private", busy: [MORNING] });
      const unknown = `unknown-${crypto.randomUUID().slice(0, 8)}@north.example`;
      const ofVictim = await dryRun(stack, stranger, victim.email);
      const ofUnknown = await dryRun(stack, stranger, unknown);
      assert.equal(ofVictim.answer.status, 422);
      assert.deepEqual(
        withoutTimes(ofVictim.answer.body, victim.email),
        withoutTimes(ofUnknown.answer.body, unknown),
      );
      assert.equal(ofVictim.google_calls, ofUnknown.google_calls);
      assert.equal(ofVictim.by_others, 0, "no request in the victim's name");
    },

  "a stranger has no year of events read, and no habits": async (stack) => {
    const stranger = await stack.organizer();
    const victim = await stack.organizer();
    await stranger.call("schedule", { body: question(victim.email, false) });
    assert.deepEqual(await listsOf(stack, victim), []);
  },

  "one person who is allowed by address is answered by the owner's own connection": async (
    stack,
  ) => {
    const colleague = await stack.organizer();
    const stranger = await stack.organizer();
    const owner = await stack.organizer({ freebusy: "private", busy: [MORNING] });
    await allow(owner, { grantee_kind: "person", grantee: colleague.email.toUpperCase() });
    const shown = await colleague.call("schedule", { body: question(owner.email) });
    assert.equal(shown.status, 200, JSON.stringify(shown.body));
    assert.deepEqual(shown.body.unknown, []);
    assert.ok(shown.body.candidates.every(isAfterNoon));
    assert.deepEqual(await listsOf(stack, owner), [], "busy does not include habits");
    const hidden = await stranger.call("schedule", { body: question(owner.email) });
    assert.equal(hidden.body.error, "calendar_unreadable");
  },

  "an address that Google has not verified matches no person": async (stack) => {
    const email = `claims-${crypto.randomUUID().slice(0, 8)}@north.example`;
    const owner = await stack.organizer({ freebusy: "private" });
    await allow(owner, { grantee_kind: "person", grantee: email });
    const claimant = await stack.organizer({ email, email_verified: false });
    const answer = await claimant.call("schedule", { body: question(owner.email) });
    assert.equal(answer.body.error, "calendar_unreadable");
  },

  "an address that Google has not verified answers for no other person, and holds no time": async (
    stack,
  ) => {
    const person = await stack.organizer();
    const colleague = await stack.organizer();
    const impostor = await stack.organizer({ shares: "habits" });
    // deno-lint-ignore no-explicit-any -- the client knows no table's type
    const preferences = impostor.client.from("scheduling_preferences") as any;
    const { error } = await preferences.insert({
      owner_user_id: impostor.user_id,
      open_hours: [{ days: ["monday"], start: "16:00", end: "17:00" }],
    });
    assert.equal(error, null);
    await stack.platform.sql(
      "update private.google_connections set email = $1, email_verified = false where user_id = $2",
      [person.email, impostor.user_id],
    );
    const found = await colleague.call("schedule", { body: question(person.email) });
    assert.equal(found.status, 200, JSON.stringify(found.body));
    assert.ok(!found.body.selected_slot.start_time.includes("T16:"), "the person has other hours");

    await impostor.call("schedule", { body: question(await stack.guest(), false) });
    assert.deepEqual(
      await stack.platform.sql(
        "select from private.slot_holds where participant_email = $1",
        [person.email],
      ),
      [],
    );
  },

  "a domain is a Workspace organization by Google's claim, never the end of an address": async (
    stack,
  ) => {
    const owner = await stack.organizer({ freebusy: "private", busy: [MORNING] });
    await allow(owner, { grantee_kind: "domain", grantee: "North.Example" });
    const member = await stack.organizer({ hosted_domain: "north.example" });
    const pretender = await stack.organizer();
    assert.ok(pretender.email.endsWith("@north.example"));
    const shown = await member.call("schedule", { body: question(owner.email) });
    assert.equal(shown.status, 200, JSON.stringify(shown.body));
    const hidden = await pretender.call("schedule", { body: question(owner.email) });
    assert.equal(hidden.body.error, "calendar_unreadable");
  },

  "the highest level wins, and habits are learned only with it": async (stack) => {
    const organizer = await stack.organizer();
    const owner = await stack.organizer();
    await allow(owner, { grantee_kind: "everybody" });
    await organizer.call("schedule", { body: question(owner.email, false) });
    assert.equal((await listsOf(stack, owner)).length, 0);
    await allow(owner, { grantee_kind: "person", grantee: organizer.email, level: "habits" });
    await organizer.call("schedule", { body: question(owner.email, false) });
    assert.ok((await listsOf(stack, owner)).length > 0);
  },

  "a permission ends when it expires, and at the next request after it was revoked": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const owner = await stack.organizer({ freebusy: "private" });
    const { id } = await allow(owner, { grantee_kind: "everybody" });
    const body = question(owner.email);
    assert.equal((await organizer.call("schedule", { body })).status, 200);
    await allow(owner, { grantee_kind: "everybody", expires_at: "2020-01-01T00:00:00Z" });
    assert.equal((await organizer.call("schedule", { body })).body.error, "calendar_unreadable");
    await allow(owner, { grantee_kind: "everybody" });
    assert.equal((await organizer.call("schedule", { body })).status, 200);
    const revoked = await owner.call("google-auth/sharing", { method: "DELETE", query: { id } });
    assert.deepEqual(revoked.body, { id, revoked: true });
    assert.equal((await organizer.call("schedule", { body })).body.error, "calendar_unreadable");
    const again = await owner.call("google-auth/sharing", { method: "DELETE", query: { id } });
    assert.equal(again.status, 404);
  },

  "revoking ends the holds that the permission allowed and that are not written": async (stack) => {
    const organizer = await stack.organizer();
    const owner = await stack.organizer({ freebusy: "private" });
    const { id } = await allow(owner, { grantee_kind: "everybody" });
    const { body } = await organizer.call("schedule", { body: question(owner.email, false) });
    assert.deepEqual(await heldBy(stack, body.meeting_id), [organizer.email, owner.email].sort());
    await owner.call("google-auth/sharing", { method: "DELETE", query: { id } });
    assert.deepEqual(await heldBy(stack, body.meeting_id), [organizer.email]);
  },

  "fairness concerns the organizer and those who share their habits with that organizer, an organizer's meetings each":
    async (stack) => {
      const [ana, ben] = [await stack.organizer(), await stack.organizer()];
      const sharing = await stack.organizer();
      const silent = await stack.organizer();
      const busy = await stack.organizer({ shares: "busy" });
      await allow(sharing, { grantee_kind: "person", grantee: ana.email, level: "habits" });
      for (const organizer of [ana, ben]) {
        await stack.platform.sql(
          `insert into private.fairness_ledger (organizer_user_id, participant_email, with_email, burden, meetings)
           select $1::uuid, who, beside, 10, 1
             from unnest($2::text[]) as who, unnest($2::text[]) as beside where who <> beside`,
          [
            organizer.user_id,
            `{${[organizer, sharing, silent, busy].map((one) => one.email).join(",")}}`,
          ],
        );
      }
      const everyone = [ana.email, ben.email, sharing.email, silent.email, busy.email];
      assert.deepEqual(await burdens(stack, ana, everyone), {
        [ana.email]: 10,
        [sharing.email]: 10,
      });
      assert.deepEqual(await burdens(stack, ben, everyone), {});
    },

  "only its owner reads, gives or takes back a permission, by table or by google-auth": async (
    stack,
  ) => {
    const owner = await stack.organizer();
    const stranger = await stack.organizer();
    const { id } = await allow(owner, { grantee_kind: "person", grantee: stranger.email });
    // deno-lint-ignore no-explicit-any -- the client knows no table's type
    const table = (one: Organizer): any => one.client.from("availability_sharing");
    assert.deepEqual((await table(stranger).select()).data, []);
    await table(stranger).update({ level: "habits" }).eq("id", id);
    await table(stranger).delete().eq("id", id);
    const gift = await table(stranger).insert({
      owner_user_id: owner.user_id,
      grantee_kind: "everybody",
    });
    assert.equal(gift.error?.code, "42501");
    const taken = await stranger.call("google-auth/sharing", { method: "DELETE", query: { id } });
    assert.equal(taken.status, 404);

    const shown = await owner.call("google-auth");
    assert.equal(shown.body.availability_sharing.length, 1);
    assert.equal(shown.body.availability_sharing[0].level, "busy");
    const wrong = await table(owner).insert({ grantee_kind: "person", grantee: "no address" });
    assert.match(wrong.error?.message ?? "", /grantee of a person is an e-mail address/);
    const right = await table(owner).insert({ grantee_kind: "domain", grantee: "South.Example" });
    assert.equal(right.error, null);
    const listed = await owner.call("google-auth/sharing");
    assert.deepEqual(
      listed.body.availability_sharing.map(({ grantee }: { grantee: string }) => grantee),
      [stranger.email, "south.example"],
    );
  },

  "users see who has read their availability, when and for which time, and only that": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const owner = await stack.organizer({ freebusy: "private" });
    const silent = await stack.organizer();
    await allow(owner, { grantee_kind: "person", grantee: organizer.email });
    // deno-lint-ignore no-explicit-any -- the client knows no table's type
    const reads = async (one: Organizer): Promise<any[]> =>
      (await one.client.from("availability_reads").select("*")).data ?? [];
    const people = [owner.email, silent.email];
    for (const dry_run of [true, false]) {
      await organizer.call("schedule", {
        body: { ...question(owner.email, dry_run), participants: people },
      });
    }
    const shown = await reads(owner);
    assert.deepEqual(shown.map(({ reader_email }) => reader_email), [
      organizer.email,
      organizer.email,
    ]);
    assert.ok(
      shown.every(({ window_start, window_end }) =>
        window_start <= `${MONDAY}T09:00` && window_end >= "2035-01-12"
      ),
    );
    assert.deepEqual(await reads(silent), [], "read through the organizer's own connection");
    assert.deepEqual(await reads(organizer), [], "seen by the owner of the calendar only");

    const given = { email: owner.email, busy: [] };
    await organizer.call("schedule", {
      body: { ...question(owner.email), participants: [given] },
    });
    assert.equal((await reads(owner)).length, 2, "no calendar was read");
    await stack.platform.sql(
      "update public.availability_reads set read_at = now() - interval '31 days' where owner_user_id = $1",
      [owner.user_id],
    );
    await stack.platform.sql("select private.forget_availability_reads()");
    assert.deepEqual(await reads(owner), []);
  },

  "a wrong permission is refused with the path of the field": async (stack) => {
    const owner = await stack.organizer();
    const cases: [unknown, string][] = [
      [{ grantee_kind: "group", grantee: "x" }, "grantee_kind"],
      [{ grantee_kind: "person", grantee: "no address" }, "grantee"],
      [{ grantee_kind: "person" }, "grantee"],
      [{ grantee_kind: "domain", grantee: "north" }, "grantee"],
      [{ grantee_kind: "everybody", grantee: "x@north.example" }, "grantee"],
      [{ grantee_kind: "everybody", level: "all" }, "level"],
      [{ grantee_kind: "everybody", expires_at: "soon" }, "expires_at"],
    ];
    for (const [body, path] of cases) {
      const answer = await owner.call("google-auth/sharing", { body });
      assert.equal(answer.status, 422, JSON.stringify(body));
      assert.equal(answer.body.details.path, path, JSON.stringify(answer.body));
    }
  },
}, { databases: "both" });

function question(email: string, dry_run = true) {
  return { participants: [email], constraints: WEEK, ...(dry_run ? { dry_run } : {}) };
}

async function dryRun(stack: Stack, caller: Organizer, email: string) {
  const before = (await stack.google.requests({})).length;
  const answer = await caller.call("schedule", { body: question(email) });
  const requests = (await stack.google.requests({})).slice(before);
  return {
    answer,
    google_calls: requests.length,
    by_others: requests.filter(({ user }) => user !== null && user !== caller.email).length,
  };
}

/** What differs between two answers that say the same of two addresses. */
function withoutTimes(body: Record<string, unknown>, email: string) {
  const text = JSON.stringify({ ...body, processing_time_ms: 0 })
    .replaceAll(String(body.meeting_id), "id").replaceAll(email, "someone@north.example");
  return JSON.parse(text);
}

async function allow(owner: Organizer, body: Record<string, unknown>) {
  const answer = await owner.call("google-auth/sharing", { body });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

/** The lists of events that were read with the account's own token. */
async function listsOf(stack: Stack, { email }: Organizer) {
  return (await stack.google.requests({ method: "GET" }))
    .filter(({ user, path }) => user === email && path.endsWith("/events"));
}

async function heldBy(stack: Stack, meeting_id: string): Promise<string[]> {
  const rows = await stack.platform.sql<{ email: string }>(
    "select participant_email as email from private.slot_holds where meeting_id = $1 order by 1",
    [meeting_id],
  );
  return rows.map(({ email }) => email);
}

async function burdens(stack: Stack, { user_id }: Organizer, emails: string[]) {
  const [row] = await stack.platform.sql<{ burdens: unknown }>(
    "select private.burdens_of($1, $2) as burdens",
    [user_id, emails],
  );
  const value = row?.burdens;
  return typeof value === "string" ? JSON.parse(value) : value;
}

function isAfterNoon({ start_time }: { start_time: string }): boolean {
  return start_time >= `${MONDAY}T12:00`;
}
