import assert from "node:assert/strict";
import { createConvene, type Result } from "../../client/mod.ts";
import { createClient } from "@supabase/supabase-js";
import { fetchFunction } from "../support/contract/fetch_function.ts";
import { decline, movableMeeting, searchDue } from "../support/moves.ts";
import { eventsOf, mailsBy, rowOf, SLOT, WEEK } from "../support/meetings.ts";
import { promise, type Stack } from "../support/stack.ts";

promise("the client with meetings", {
  "a meeting is scheduled, written, read, changed and cancelled": async (stack) => {
    const { organizer, convene } = await connected(stack);
    const guest = await stack.guest();
    const found = ok(
      await convene.schedule({ title: "Review", participant_emails: [guest], constraints: WEEK }),
    );
    const { meeting_id, selected_slot } = found;
    assert.equal(selected_slot.start_time, found.candidates[0]?.start_time);
    assert.equal(selected_slot.timezone, "UTC");

    const { results: [written] } = ok(await convene.writeBack(meeting_id));
    assert.equal(written.already_exists, false);
    const again = ok(await convene.writeBack(meeting_id));
    assert.equal(again.results[0].already_exists, true);
    const state = ok(await convene.status(meeting_id, { attempts: true, candidates: true }));
    assert.equal(state.status, "created");
    assert.equal(state.google_event_id, written.google_event_id);
    assert.equal(state.candidates?.length, found.candidates.length);
    assert.deepEqual(state.attempts?.map(({ step }) => step), [
      "claimed",
      "requested",
      "answered",
      "settled",
    ]);
    assert.equal(ok(await convene.status(meeting_id)).attempts, undefined);

    const changed = ok(
      await convene.change({
        meeting_id,
        title: "Second review",
        location: null,
        expected_version: state.version,
      }),
    );
    assert.deepEqual([changed.status, changed.event_is_due], ["changing", true]);
    ok(await convene.writeBack(meeting_id));
    const [event] = await eventsOf(stack, organizer);
    assert.equal(event?.summary, "Second review");

    const cancelled = ok(await convene.cancel(meeting_id, { expected_version: changed.version }));
    assert.equal(cancelled.already_cancelled, false);
    const deleted = ok(await convene.writeBack(meeting_id));
    assert.equal(deleted.results[0].cancelled, true);
    assert.deepEqual(await eventsOf(stack, organizer), []);
    assert.equal((await rowOf(stack, meeting_id)).writeback_error, null);
    assert.deepEqual((await mailsBy(stack, [guest])).flat().at(0), "invitation");
  },

  "a change and a cancellation are previewed, with who would get mail, and store nothing": async (
    stack,
  ) => {
    const { organizer, convene } = await connected(stack);
    const guest = await stack.guest();
    const { meeting_id } = ok(
      await convene.schedule({ title: "Review", participants: [guest], constraints: WEEK }),
    );
    ok(await convene.writeBack(meeting_id));
    const before = await rowOf(stack, meeting_id);
    const change = {
      meeting_id,
      title: "Budget",
      start_time: SLOT.starts_at,
      end_time: SLOT.ends_at,
    };
    const preview = ok(await convene.previewChange(change));
    assert.deepEqual(
      [preview.title, preview.before.title, preview.mail_recipients, preview.dry_run],
      ["Budget", "Review", [guest], true],
    );
    assert.deepEqual(preview.conflicts, []);
    const cancellation = ok(await convene.previewCancel(meeting_id));
    assert.deepEqual(
      [cancellation.status, cancellation.before.version, cancellation.mail_recipients],
      ["cancelling", before.desired_version, [guest]],
    );
    const stale = await convene.previewCancel(meeting_id, { expected_version: 9 });
    assert.ok(!stale.ok && stale.error.code === "version_conflict", JSON.stringify(stale));
    assert.deepEqual(await rowOf(stack, meeting_id), before);
    assert.equal((await eventsOf(stack, organizer)).length, 1);
    assert.equal(ok(await convene.writeStatus(meeting_id)).status, "created");
  },

  "an operator sees, pauses and requeues work with a secret key, and a user does not": async (
    stack,
  ) => {
    const { organizer, convene } = await connected(stack);
    const { platform } = stack;
    const { operator, contract } = createConvene(
      withoutSession(platform.api_url, platform.secret_key),
    );
    const { status, checks } = ok(await operator.health());
    assert.ok(["ok", "degraded", "failing"].includes(status));
    assert.ok(Object.hasOwn(checks, "queue"));
    assert.match(ok(await operator.metrics()), /^# HELP convene_/m);
    assert.equal(ok(await contract()).openapi, "3.1.1");
    const pause = { kind: "write", user_id: organizer.user_id } as const;
    const { pauses } = ok(await operator.pause({ ...pause, reason: "A test" }));
    assert.ok(pauses.some(({ user_id }) => user_id === organizer.user_id));
    assert.equal(ok(await operator.resume(pause)).resumed, 1);
    const filter = { user_id: organizer.user_id };
    assert.deepEqual(ok(await operator.listFailed(filter)).failed, []);
    assert.equal(ok(await operator.requeue(filter)).requeued, 0);
    assert.equal(ok(await operator.requeueMeetings(filter)).next_after, null);
    assert.equal(ok(await operator.audit({ meeting_ids: ["none"] })).meetings_checked, 0);
    assert.equal(ok(await operator.runBatch("notify", { limit: 1 })).success, true);
    const refused = await convene.operator.health();
    assert.ok(!refused.ok && refused.error.code === "forbidden", JSON.stringify(refused));
  },

  "a call that another worker holds up for longer than it waits is pending, and says when to repeat it":
    async (stack) => {
      const { convene } = await connected(stack);
      const { meeting_id } = ok(
        await convene.schedule({ participants: [await stack.guest()], constraints: WEEK }),
      );
      await stack.platform.sql("select public.begin_writeback($1)", [meeting_id]);
      await stack.platform.sql(
        "update private.settings set value = 0.1 where name = 'lease_wait_seconds'",
      );
      try {
        const held = await convene.writeBack(meeting_id);
        assert.ok(!held.ok && held.error.code === "pending", JSON.stringify(held));
        assert.deepEqual([held.error.status, held.error.details], [202, { meeting_id }]);
        assert.ok(held.error.retry_after_seconds! >= 1);
      } finally {
        await stack.platform.sql(
          "update private.settings set value = 5 where name = 'lease_wait_seconds'",
        );
      }
    },

  "a dry run and alternatives store nothing": async (stack) => {
    const { convene } = await connected(stack);
    const guest = await stack.guest();
    const request = { participants: [guest], constraints: WEEK };
    const { google_request, mail_recipients, dry_run } = ok(await convene.dryRun(request));
    assert.equal(dry_run, true);
    assert.equal(google_request.method, "POST");
    assert.deepEqual(mail_recipients, [guest]);
    assert.deepEqual(ok(await convene.list()).meetings, []);

    const { meeting_id, selected_slot } = ok(await convene.schedule(request));
    const others = ok(await convene.alternatives(meeting_id, { max_candidates: 3 }));
    assert.equal(others.candidates.length, 3);
    assert.equal(
      Date.parse(others.current_slot?.start_time ?? ""),
      Date.parse(selected_slot.start_time),
    );
  },

  "an inserted row becomes a meeting, and lists are read in pages": async (stack) => {
    const { convene, organizer } = await connected(stack);
    const ids: string[] = [];
    for (const title of ["One", "Two", "Three"]) {
      const row = { title, participants: [organizer.email], ...SLOT };
      ids.push(ok(await convene.insert(row)).meeting_id);
    }
    const first = ok(await convene.list({ limit: 2, status: "pending" }));
    assert.deepEqual(first.meetings.map(({ title }) => title), ["Three", "Two"]);
    assert.equal(first.counts.pending, 3);
    assert.ok(first.next_cursor);
    const last = ok(
      await convene.list({ limit: 2, status: "pending", cursor: first.next_cursor }),
    );
    assert.deepEqual(last.meetings.map(({ meeting_id }) => meeting_id), [ids[0]]);
    assert.equal(last.next_cursor, null);
  },

  "a failed meeting is requeued": async (stack) => {
    const { convene, organizer } = await connected(stack);
    const { meeting_id } = ok(await convene.insert({ participants: [organizer.email], ...SLOT }));
    const standing = ok(await convene.requeue(meeting_id));
    assert.equal(standing.requeued, false);
    await stack.platform.sql(
      "select public.mark_writeback_failure($1, 'google_rejected: Google rejected it.', false)",
      [meeting_id],
    );
    const failed = await convene.writeBack(meeting_id);
    assert.ok(!failed.ok && failed.error.code === "google_rejected", JSON.stringify(failed));
    assert.equal(ok(await convene.requeue(meeting_id)).requeued, true);
    assert.equal(ok(await convene.writeBack(meeting_id)).results[0].success, true);
  },

  "a proposed time is accepted, once": async (stack) => {
    const made = await movableMeeting(stack, {
      auto_reschedule: { on: "required_declined", approve: true },
    });
    const convene = createConvene(made.organizer.client);
    await decline(stack, made, made.guests[0]);
    await searchDue(stack, made.meeting_id);
    const { meeting_id } = made;
    const { move } = ok(await convene.status(meeting_id));
    assert.equal(move?.decision, "proposed");
    const foreign = await convene.decideMove({
      meeting_id,
      decision: "accept",
      start_time: "2036-01-07T09:00:00Z",
    });
    assert.ok(!foreign.ok && foreign.error.code === "invalid_request");
    assert.deepEqual(
      [foreign.error.details.path, foreign.error.details.alternatives],
      ["start_time", move.alternatives],
    );
    const accepted = ok(await convene.decideMove({ meeting_id, decision: "accept" }));
    assert.equal(accepted.move.decision, "searching");
    const late = await convene.decideMove({ meeting_id, decision: "reject" });
    assert.ok(!late.ok && late.error.code === "no_proposal");
  },
}, { databases: "both" });

promise("errors of the client", {
  "a refusal is read by its code, with the field that is wrong": async (stack) => {
    const { convene } = await connected(stack);
    const refused = await convene.schedule({
      participants: [{ email: "ann@north.example" }, { email: "no address" }],
    });
    assert.ok(!refused.ok);
    const { code, status, details, retry_after_seconds } = refused.error;
    assert.deepEqual([code, status, retry_after_seconds], ["invalid_request", 422, null]);
    assert.equal(details.path, "participants[1].email");

    const unknown = await convene.status("no-such-meeting");
    assert.ok(!unknown.ok && unknown.error.code === "meeting_not_found");
    assert.equal(unknown.error.details.meeting_id, "no-such-meeting");
  },

  "a search without a slot says who rules it out and what would help": async (stack) => {
    const { convene, organizer } = await connected(stack);
    const refused = await convene.schedule({
      participants: [organizer.email, {
        email: "ben@south.example",
        busy: [{ start: "2035-01-08T00:00:00Z", end: "2035-01-13T00:00:00Z" }],
      }],
      constraints: WEEK,
    });
    assert.ok(!refused.ok && refused.error.code === "no_common_slot", JSON.stringify(refused));
    const { details } = refused.error;
    assert.equal(details.blocking?.[0]?.email, "ben@south.example");
    assert.equal(details.blocking?.[0]?.reason, "busy");
    assert.equal(details.empty_reason, "attendeesUnavailable");
  },

  "an old version and a missing connection are named": async (stack) => {
    const { convene, organizer } = await connected(stack);
    const { meeting_id } = ok(await convene.insert({ participants: [organizer.email], ...SLOT }));
    ok(await convene.change({ meeting_id, title: "Newer" }));
    const old = await convene.change({ meeting_id, title: "Older", expected_version: 1 });
    assert.ok(!old.ok && old.error.code === "version_conflict");
    assert.equal(old.error.details.version, ok(await convene.status(meeting_id)).version);

    const stranger = await stack.organizer({ connected: false });
    const refused = await createConvene(stranger.client).schedule({
      participants: ["ann@north.example"],
      constraints: WEEK,
    });
    assert.ok(!refused.ok && refused.error.code === "needs_reauth");
    assert.equal(refused.error.details.reason, "not_connected");
  },

  "Retry-After is in the error": async (stack) => {
    const { convene } = await connected(stack);
    const { meeting_id } = ok(
      await convene.schedule({ participants: [await stack.guest()], constraints: WEEK }),
    );
    await stack.google.fault({
      method: "POST",
      path_pattern: "/events$",
      status: 403,
      reason: "rateLimitExceeded",
    });
    const refused = await convene.writeBack(meeting_id);
    assert.ok(!refused.ok && refused.error.code === "rate_limited", JSON.stringify(refused));
    assert.ok((refused.error.retry_after_seconds ?? 0) >= 1);
  },

  "what never reached a function is unreachable, and a row that the database refuses is named":
    async (
      stack,
    ) => {
      const { convene } = await connected(stack);
      const nowhere = createConvene(withoutSession("http://127.0.0.1:9", "sb_publishable_none"));
      const lost = await nowhere.status("m-1");
      assert.ok(!lost.ok && lost.error.code === "unreachable");
      assert.equal(lost.error.status, null);
      const not_stored = await nowhere.insert({ participants: ["ann@north.example"] });
      assert.ok(!not_stored.ok && not_stored.error.code === "unreachable");

      const aborted = await convene.status("m-1", { signal: AbortSignal.abort() });
      assert.ok(!aborted.ok && aborted.error.code === "unreachable");

      const foreign = await convene.insert(
        { participants: ["ann@north.example"], writeback_status: "created" } as never,
      );
      assert.ok(!foreign.ok && foreign.error.code === "database_refused", JSON.stringify(foreign));
      assert.equal(foreign.error.details.sqlstate, "42501");
      assert.equal(foreign.error.status, 403);
    },

  "a client without a session is unauthenticated": async ({ platform }) => {
    const anonymous = createConvene(withoutSession(platform.api_url, platform.publishable_key));
    const refused = await anonymous.list();
    assert.ok(!refused.ok && refused.error.code === "unauthenticated", JSON.stringify(refused));
  },
}, { databases: "both" });

function withoutSession(url: string, key: string) {
  return createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: { fetch: fetchFunction },
  });
}

async function connected(stack: Stack) {
  const organizer = await stack.organizer();
  return { organizer, convene: createConvene(organizer.client) };
}

function ok<Data>(result: Result<Data>): Data {
  assert.ok(result.ok, JSON.stringify(result));
  return result.data;
}
