import assert from "node:assert/strict";
import { insertMeeting, pendingMeeting, WEEK } from "../support/meetings.ts";
import { type Answer, callFunction, promise, type Stack } from "../support/stack.ts";

const FUNCTIONS = ["schedule", "write-back", "status", "google-auth", "meetings"];

promise("refusals", {
  "without credentials every function answers 401 in our own words": async (stack) => {
    for (const name of FUNCTIONS) {
      for (const headers of [{}, { access_token: "nonsense" }, { apikey: "sb_secret_nonsense" }]) {
        const answer = await callFunction(stack.platform, name, { ...headers, body: {} });
        refusedWith(answer, 401, "unauthenticated");
        assert.ok(!JSON.stringify(answer.body).includes("@supabase/server"));
      }
    }
  },

  "another user's meeting is as unknown as one that does not exist": async (stack) => {
    const { meeting_id } = await pendingMeeting(stack);
    const stranger = await stack.organizer();
    for (const id of [meeting_id, "no-such-meeting"]) {
      for (
        const answer of [
          await stranger.call("write-back", { body: { meeting_id: id } }),
          await stranger.call("write-back", { query: { meeting_id: id } }),
          await stranger.call("status", { query: { meeting_id: id } }),
          await stranger.call("schedule", { body: { meeting_id: id } }),
        ]
      ) {
        refusedWith(answer, 404, "meeting_not_found");
      }
    }
  },

  "a meeting without a slot cannot be written": async (stack) => {
    const organizer = await stack.organizer();
    const meeting_id = await insertMeeting(organizer, {
      participants: [organizer.email],
      constraints: { ...WEEK, earliest_date: "2020-01-06", latest_date: "2020-01-10" },
    });
    await organizer.call("schedule", { body: { meeting_id } });
    const answer = await organizer.call("write-back", { body: { meeting_id } });
    refusedWith(answer, 409, "no_slot");
  },

  "a malformed request is refused with the path of the field and nothing is written": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const count = async () =>
      (await stack.platform.sql<{ count: string }>("select count(*) from public.meetings"))[0]
        ?.count;
    const before = await count();
    const good = { participants: [organizer.email], constraints: WEEK };
    const many = Array.from({ length: 300 }, (_, index) => `guest-${index}@north.example`);
    const wrong: [Record<string, unknown>, string][] = [
      [{ ...good, colour: "red" }, "colour"],
      [{ ...good, constraints: { ...WEEK, durations: 1 } }, "constraints.durations"],
      [{ ...good, participants: many }, "participants"],
      [{ ...good, participant_emails: many }, "participant_emails"],
      [{ ...good, participants: [{ email: organizer.email, role: 1 }] }, "participants[0].role"],
      [{ ...good, constraints: { ...WEEK, timezone: "Mars/Base" } }, "constraints.timezone"],
      [
        { ...good, constraints: { ...WEEK, latest_date: "2035-01-01" } },
        "constraints.latest_date",
      ],
      [
        { ...good, constraints: { working_hours_start: 17, working_hours_end: 9 } },
        "constraints.working_hours_end",
      ],
      [{ ...good, meeting_id: "" }, "meeting_id"],
      [{ participants: undefined, constraints: WEEK }, "participants"],
    ];
    for (const [body, path] of wrong) {
      const answer = await organizer.call("schedule", { body });
      refusedWith(answer, 422, "invalid_request");
      assert.equal(answer.body.details.path, path);
    }
    for (const name of ["schedule", "write-back"]) {
      const answer = await callFunction(stack.platform, name, {
        access_token: organizer.access_token,
        text: "{ not json",
      });
      refusedWith(answer, 422, "invalid_request");
      const unknown = await organizer.call(name, { body: { meeting_id: "x", extra: true } });
      refusedWith(unknown, 422, "invalid_request");
      assert.equal(unknown.body.details.path, "extra");
    }
    assert.equal(await count(), before);
  },

  "a body that is too large is refused before it is read": async (stack) => {
    const organizer = await stack.organizer();
    // schedule takes the busy time of 200 people.
    for (const [name, megabytes] of [["write-back", 0.3], ["schedule", 9]] as const) {
      const answer = await organizer.call(name, {
        body: { meeting_id: "x".repeat(megabytes * 1_000_000) },
      });
      refusedWith(answer, 413, "too_large");
    }
  },

  "what only a key may do is forbidden to a user": async (stack) => {
    const organizer = await stack.organizer();
    for (const name of ["schedule", "write-back"]) {
      refusedWith(await organizer.call(name, { body: { batch: true } }), 403, "forbidden");
      const webhook = {
        type: "INSERT",
        table: "meetings",
        schema: "public",
        record: { meeting_id: "x" },
        old_record: null,
      };
      refusedWith(await organizer.call(name, { body: webhook }), 403, "forbidden");
    }
    const other = await stack.organizer();
    const answer = await organizer.call("schedule", {
      body: { participants: [organizer.email], organizer_user_id: other.user_id },
    });
    refusedWith(answer, 403, "forbidden");
  },

  "an unexpected method is refused": async (stack) => {
    const organizer = await stack.organizer();
    for (const name of ["schedule", "write-back", "status"]) {
      const answer = await organizer.call(name, { method: "DELETE" });
      refusedWith(answer, 405, "method_not_allowed");
    }
  },

  "a browser on another origin may call": async (stack) => {
    const answer = await fetch(`${stack.platform.functions_url}/status`, { method: "OPTIONS" });
    await answer.body?.cancel();
    assert.ok(answer.ok);
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  },

  "when the database fails nothing of it is told": async (stack: Stack) => {
    const organizer = await stack.organizer();
    await stack.platform.sql("alter function public.read_meeting rename to gone");
    try {
      const answer = await organizer.call("status", { query: { meeting_id: "x" } });
      refusedWith(answer, 500, "internal");
      assert.ok(!/read_meeting|PGRST|schema|select/i.test(JSON.stringify(answer.body)));
    } finally {
      await stack.platform.sql("alter function public.gone rename to read_meeting");
    }
  },
});

function refusedWith(answer: Answer, status: number, code: string): void {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  assert.equal(answer.body.error, code);
  assert.equal(answer.body.status, status);
  assert.equal(typeof answer.body.message, "string");
}
