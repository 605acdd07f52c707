import assert from "node:assert/strict";
import {
  eventsOf,
  insertMeeting,
  mailsBy,
  makeDue,
  pendingMeeting,
  rowOf,
  SLOT,
  WEEK,
} from "../support/meetings.ts";
import { callFunction, promise } from "../support/stack.ts";

const CALENDAR_SCOPE = "https://www.googleapis.com/auth/calendar";

promise("dead connections", {
  "a dead refresh token makes the meeting failed at once and nothing is retried": async (stack) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack);
    await stack.google.revokeGrant(organizer.email);
    const answer = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(answer.status, 409);
    assert.equal(answer.body.error, "needs_reauth");
    assert.equal(answer.body.details.reason, "invalid_grant");
    assert.equal(answer.body.results[0].error, "invalid_grant");

    const row = await rowOf(stack, meeting_id);
    assert.equal(row.writeback_status, "failed");
    assert.match(row.writeback_error, /^invalid_grant: /);
    assert.equal(row.write_due_at, null);
    assert.deepEqual(await mailsBy(stack, guests), [[], []]);

    const connection = await organizer.call("google-auth");
    assert.equal(connection.body.status, "needs_reauth");
    assert.equal(connection.body.reason, "invalid_grant");

    await makeDue(stack, meeting_id);
    const asked = (await stack.google.requests()).length;
    await callFunction(stack.platform, "write-back", {
      apikey: stack.platform.automations_key,
      body: { batch: true, limit: 100 },
    });
    const later = (await stack.google.requests()).slice(asked);
    assert.deepEqual(later.filter(({ path }) => path.includes("token")), []);
  },

  "an expired access token is refreshed and the caller notices nothing": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.expireAccessTokens(organizer.email);
    const answer = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.results[0].already_exists, false);
    assert.equal((await eventsOf(stack, organizer)).length, 1);
    assert.equal((await rowOf(stack, meeting_id)).writeback_retry_count, 0);
  },

  "a connection without the right to write says which permission is missing": async (stack) => {
    const organizer = await stack.organizer({
      scopes: ["openid", "email", `${CALENDAR_SCOPE}.events.freebusy`],
    });
    const connection = await organizer.call("google-auth");
    assert.equal(connection.body.status, "needs_reauth");
    assert.deepEqual(connection.body.missing_scopes, [`${CALENDAR_SCOPE}.events`]);

    const meeting_id = await insertMeeting(organizer, {
      participants: [await stack.guest()],
      ...SLOT,
    });
    const answer = await organizer.call("write-back", { body: { meeting_id } });
    assert.equal(answer.status, 409);
    assert.equal(answer.body.results[0].error, "insufficient_permissions");
    assert.match(answer.body.message, /[Cc]onnect Google again/);
    assert.match((await rowOf(stack, meeting_id)).writeback_error, /^insufficient_permissions: /);
  },

  "a dead connection is reported by schedule too, before anything is written": async (stack) => {
    const organizer = await stack.organizer();
    await stack.google.revokeGrant(organizer.email);
    await stack.google.expireAccessTokens(organizer.email);
    const answer = await organizer.call("schedule", {
      body: { participants: [organizer.email], constraints: WEEK },
    });
    assert.equal(answer.status, 409);
    assert.equal(answer.body.error, "needs_reauth");
    assert.equal(answer.body.details.reason, "invalid_grant");
  },

  "never connected and revoked are two reasons, with two sentences and two advices": async (
    stack,
  ) => {
    const organizers = {
      not_connected: await stack.organizer({ connected: false }),
      invalid_grant: await stack.organizer(),
    };
    const { email } = organizers.invalid_grant;
    await stack.google.revokeGrant(email);
    await stack.google.expireAccessTokens(email);
    const told = { not_connected: new Set<string>(), invalid_grant: new Set<string>() };
    for (const reason of ["not_connected", "invalid_grant"] as const) {
      const organizer = organizers[reason];
      const participants = [organizer.email];
      const searched = await organizer.call("schedule", {
        body: { participants, constraints: WEEK },
      });
      assert.equal(searched.body.error, "needs_reauth");
      assert.equal(searched.body.details.reason, reason);
      const { body } = await organizer.call("status", {
        query: { meeting_id: searched.body.meeting_id },
      });
      assert.match(body.error, /^needs_reauth: /);
      told[reason].add(searched.body.message).add(body.what_to_do);

      const meeting_id = await insertMeeting(organizer, { participants, ...SLOT });
      const written = await organizer.call("write-back", { body: { meeting_id } });
      assert.equal(written.body.error, "needs_reauth");
      assert.equal(written.body.results[0].error, reason);
      told[reason].add(written.body.message);
    }
    assert.equal(told.not_connected.size, 2, "one sentence and one advice, wherever it is met");
    assert.equal(told.invalid_grant.size, 2);
    assert.deepEqual([...told.not_connected].filter((text) => told.invalid_grant.has(text)), []);
  },

  "a meeting is not written with another Google account than it was begun with": async (stack) => {
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await stack.google.fault({
      method: "POST",
      path_pattern: "/events$",
      drop: "after",
      times: 1,
    });
    await organizer.call("write-back", { body: { meeting_id } });
    await stack.platform.sql(
      "update private.google_connections set google_account_id = 'another-account' where user_id = $1",
      [organizer.user_id],
    );
    await organizer.call("write-back", { body: { meeting_id } });
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.writeback_status, "retrying", "the event exists, so it is not called failed");
    assert.match(row.writeback_error, /^wrong_account: /);
    assert.equal((await eventsOf(stack, organizer)).length, 1);
  },
});
