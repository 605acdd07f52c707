import assert from "node:assert/strict";
import { insertMeeting, MONDAY, rowOf, SLOT } from "../support/meetings.ts";
import { promise, type Stack } from "../support/stack.ts";

/** What keeps a meeting at its time, in the order in which it is reported; each alone is a change of the row. */
const RAILS: [reason: string, columns: Record<string, unknown>][] = [
  ["invalid_settings", { auto_reschedule: { on: "required_declined", max_moves: 0 } }],
  ["cancelled", { cancelled_at: "2034-01-01T00:00:00Z" }],
  ["not_organizer", { organizer_self: null }],
  ["recurring", { recurrence: ["RRULE:FREQ=DAILY;COUNT=2"] }],
  ["time_changing", { written_version: 1, desired_version: 2 }],
  ["freeze", { starts_at: "2034-12-31T19:00:00Z" }],
];

const NOW = "2034-12-31T00:00:00Z";
const MOVED = { moved: 2 };
const UNDER_WAY = { under_way: true };

promise("guard rails of automatic moves", {
  "each guard rail alone and every combination keeps the time, and none of them lets it move":
    async (
      stack,
    ) => {
      const organizer = await stack.organizer({ connected: false });
      const meeting_id = await insertMeeting(organizer, {
        participants: ["guest@north.example"],
        ...SLOT,
      });
      const reasons = [...RAILS.map(([reason]) => reason), "max_moves", "under_way"];
      const facts = [...RAILS.map(([, columns]) => columns), MOVED, UNDER_WAY];
      for (const moves of [[], [6], [7], [6, 7]]) {
        await stack.platform.sql("delete from private.moves where meeting_id = $1", [meeting_id]);
        if (moves.includes(6)) await storeMoves(stack, meeting_id, ["moved", "moved"]);
        if (moves.includes(7)) await storeMoves(stack, meeting_id, ["searching"]);
        for (let subset = 0; subset < 2 ** RAILS.length; subset++) {
          const chosen = RAILS.flatMap(([, columns], i) => subset & (1 << i) ? [columns] : []);
          const expected = reasons.find((_, i) => subset & (1 << i) || moves.includes(i)) ?? null;
          assert.equal(
            await reasonNotToMove(stack, meeting_id, Object.assign({}, ...chosen)),
            expected,
            `${moves.map((i) => JSON.stringify(facts[i]))} ${JSON.stringify(chosen)}`,
          );
        }
      }
    },

  "the freeze ends exactly freeze_hours before the meeting, and max_moves counts moves alone":
    async (
      stack,
    ) => {
      const organizer = await stack.organizer({ connected: false });
      const meeting_id = await insertMeeting(organizer, {
        participants: ["guest@north.example"],
        ...SLOT,
      });
      const reason = (columns: Record<string, unknown>) =>
        reasonNotToMove(stack, meeting_id, columns);
      assert.equal(await reason({ starts_at: "2034-12-31T20:00:00Z" }), "freeze");
      assert.equal(await reason({ starts_at: "2034-12-31T20:00:01Z" }), null);
      const none = { on: "required_declined", freeze_hours: 0 };
      assert.equal(await reason({ starts_at: NOW, auto_reschedule: none }), "freeze");
      assert.equal(
        await reason({ starts_at: "2034-12-31T00:00:01Z", auto_reschedule: none }),
        null,
      );
      await storeMoves(stack, meeting_id, ["moved", "kept", "rejected", "kept"]);
      assert.equal(await reason({}), null);
      assert.equal(
        await reason({ auto_reschedule: { on: "quorum_lost", max_moves: 1 } }),
        "max_moves",
      );
      await storeMoves(stack, meeting_id, ["proposed"]);
      assert.equal(await reason({}), "under_way");
      await stack.platform.sql(
        "update private.moves set expires_at = $2 where meeting_id = $1 and decision = 'proposed'",
        [meeting_id, NOW],
      );
      assert.equal(await reason({}), null, "the proposal has expired");
    },

  "the organizer is none of the people who are asked, also where Google marks no guest as the organizer":
    async (stack) => {
      const organizer = await stack.organizer();
      const guest = "guest@north.example";
      const meeting_id = await insertMeeting(organizer, {
        participants: [organizer.email, guest],
        ...SLOT,
      });
      // As on a secondary calendar, which is its own organizer.
      const attendees = [
        { email: organizer.email, responseStatus: "accepted" },
        { email: guest, responseStatus: "declined" },
      ];
      const seen = { etag: "1", organizer: { email: "team", self: true }, attendees };
      const [row] = await stack.platform.sql<{ stored: string[] }>(
        `with stored as (
           select r.email from public.meetings as m,
             private.record_responses('meeting', m.meeting_id, m.organizer_user_id, $2::jsonb) as r
           where m.meeting_id = $1)
         select array(select s.email from stored as s) as stored`,
        [meeting_id, JSON.stringify(seen)],
      );
      assert.deepEqual(row?.stored, [guest]);
      const [asked] = await stack.platform.sql<{ trigger: string | null }>(
        `select private.move_trigger(
           jsonb_populate_record(m, jsonb_build_object('attendees', $2::jsonb, 'organizer_email', 'team')),
           '{"on": "quorum_lost", "quorum": 50}') as trigger
         from public.meetings as m where m.meeting_id = $1`,
        [meeting_id, JSON.stringify(attendees)],
      );
      assert.equal(asked?.trigger, "quorum_lost");
    },

  "requests and inserted rows accept and refuse the same values, with the same words": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    const on = "required_declined";
    const valid = [
      false,
      { on },
      { on: "quorum_lost", quorum: 100 },
      { on, max_moves: 20, freeze_hours: 0, cooldown_minutes: 0, approve: true, window_days: 60 },
    ];
    const invalid: [value: unknown, path: string][] = [
      [true, "auto_reschedule"],
      [7, "auto_reschedule"],
      [{}, "auto_reschedule.on"],
      [{ on: "declined" }, "auto_reschedule.on"],
      [{ on, quorum: 0 }, "auto_reschedule.quorum"],
      [{ on, quorum: 101 }, "auto_reschedule.quorum"],
      [{ on, quorum: "50" }, "auto_reschedule.quorum"],
      [{ on, max_moves: 0 }, "auto_reschedule.max_moves"],
      [{ on, max_moves: 1.5 }, "auto_reschedule.max_moves"],
      [{ on, freeze_hours: -1 }, "auto_reschedule.freeze_hours"],
      [{ on, cooldown_minutes: 10_081 }, "auto_reschedule.cooldown_minutes"],
      [{ on, approve: "yes" }, "auto_reschedule.approve"],
      [{ on, window_days: 61 }, "auto_reschedule.window_days"],
      [{ on, moves: 3 }, "auto_reschedule.moves"],
    ];
    const requested = async (auto_reschedule: unknown) => {
      const { status, body } = await organizer.call("schedule", {
        body: { participants: [organizer.email], auto_reschedule, dry_run: true },
      });
      return status === 200 ? null : [body.error, body.details?.path, body.message];
    };
    const inserted = async (auto_reschedule: unknown) => {
      const stored = stack.platform.sql(
        `insert into public.meetings (organizer_user_id, participants, starts_at, ends_at, auto_reschedule)
         values ($1, jsonb_build_array($2::text), $3, $4, $5::jsonb)`,
        [
          organizer.user_id,
          organizer.email,
          SLOT.starts_at,
          SLOT.ends_at,
          JSON.stringify(auto_reschedule),
        ],
      );
      return await stored.then(() => null, ({ message }) => {
        const [, code, text, path] = /^([a-z_]+): (([^:]+): .*)$/s.exec(message) ?? [];
        return [code, path, text];
      });
    };
    const preferred = async (auto_reschedule: unknown) => {
      const stored = stack.platform.sql(
        `insert into public.scheduling_preferences (owner_user_id, auto_reschedule) values ($1, $2::jsonb)
         on conflict (owner_user_id) do update set auto_reschedule = excluded.auto_reschedule`,
        [organizer.user_id, JSON.stringify(auto_reschedule)],
      );
      return await stored.then(() => null, (thrown) => String(thrown.message));
    };
    for (const value of valid) {
      const results = [await requested(value), await inserted(value), await preferred(value)];
      assert.deepEqual(results, [null, null, null], JSON.stringify(value));
    }
    for (const [value, path] of invalid) {
      const [code, where, message] = await requested(value) ?? [];
      assert.deepEqual([code, where], ["invalid_request", path], JSON.stringify(value));
      assert.deepEqual(await inserted(value), [code, where, message], JSON.stringify(value));
      assert.match(await preferred(value) ?? "", new RegExp(` in ${path}`));
    }
  },

  "PATCH changes and clears it without touching the event": async (stack) => {
    const organizer = await stack.organizer();
    const meeting_id = await insertMeeting(organizer, { participants: [organizer.email], ...SLOT });
    await organizer.call("write-back", { body: { meeting_id } });
    const patch = (auto_reschedule: unknown) =>
      organizer.call("meetings", { method: "PATCH", body: { meeting_id, auto_reschedule } });
    for (const value of [{ on: "quorum_lost" }, false, null]) {
      const { status, body } = await patch(value);
      assert.deepEqual([status, body.event_is_due], [200, false], JSON.stringify(body));
      const { auto_reschedule, desired_version } = await rowOf(stack, meeting_id);
      assert.deepEqual([auto_reschedule, desired_version], [value, 1]);
    }
    assert.equal((await patch({ on: "always" })).status, 422);
  },
});

/** What the rails say at NOW of the meeting as if it were a written one of its organizer's with these columns. */
async function reasonNotToMove(
  stack: Stack,
  meeting_id: string,
  columns: Record<string, unknown>,
): Promise<string | null> {
  const [row] = await stack.platform.sql<{ reason: string | null }>(
    `select private.reason_not_to_move(m, private.move_rules(m), 'this', $3) as reason
     from (
       select (jsonb_populate_record(r, $2::jsonb)).*
       from public.meetings as r where r.meeting_id = $1
     ) as m`,
    [
      meeting_id,
      JSON.stringify({
        auto_reschedule: { on: "required_declined" },
        organizer_self: true,
        starts_at: `${MONDAY}T10:00:00Z`,
        written_version: 1,
        desired_version: 1,
        ...columns,
      }),
      NOW,
    ],
  );
  assert.ok(row);
  return row.reason;
}

async function storeMoves(stack: Stack, meeting_id: string, decisions: string[]): Promise<void> {
  for (const decision of decisions) {
    await stack.platform.sql(
      `insert into private.moves (
         meeting_id, version, trigger, decision, reason, from_starts_at, from_ends_at, to_starts_at, to_ends_at, expires_at)
       values ($1, $2, 'required_declined', $3, $4, $5, $5, $5, $5, $5)`,
      [
        meeting_id,
        crypto.randomUUID(),
        decision,
        decision === "kept" ? "freeze" : null,
        `${MONDAY}T10:00:00Z`,
      ],
    );
  }
}
