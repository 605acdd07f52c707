import assert from "node:assert/strict";
import { insertMeeting, rowOf, WEEK } from "../support/meetings.ts";
import { callFunction, type Organizer, promise, type Stack } from "../support/stack.ts";

const DAYS = ["2035-01-08", "2035-01-09", "2035-01-10"];
const IN_TWO_DIMENSIONS = [["2035-01-08"], ["2035-01-09"]];

promise("rows that users store to hurt others", {
  "preferences have flat lists and no further fields": async (stack) => {
    const owner = await stack.organizer({ connected: false });
    const refused = async (row: object) => {
      const { error } = await store(owner, row);
      assert.equal(error?.code, "22023", JSON.stringify([row, error]));
    };
    await refused({ holiday_dates: IN_TWO_DIMENSIONS });
    await refused({ out_of_office_days: IN_TWO_DIMENSIONS });
    await refused({ preferred_days: [["monday"], ["friday"]] });
    await refused({ lunch: { start: "12:00", end: "13:00", note: "x".repeat(1000) } });
    const { error } = await store(owner, {
      holiday_dates: DAYS,
      preferred_days: ["monday"],
      lunch: { start: "12:00", end: "13:00" },
    });
    assert.equal(error, null);
  },

  "a row that no search can read ends alone, and the batch answers for the others": async (
    stack,
  ) => {
    const attacker = await stack.organizer();
    const innocent = await stack.organizer();
    await withoutChecks(stack, attacker);
    const hostile = await insertMeeting(attacker, {
      participants: [innocent.email],
      constraints: WEEK,
    });
    const other = await insertMeeting(innocent, {
      participants: [await stack.guest()],
      constraints: WEEK,
    });
    const { status, body } = await callFunction(stack.platform, "schedule", {
      apikey: stack.platform.automations_key,
      body: { batch: true },
    });
    assert.equal(status, 200, JSON.stringify(body));
    const result = (id: string) =>
      body.results.find(({ meeting_id }: { meeting_id: string }) => meeting_id === id);
    assert.equal(result(hostile).error, "in_progress");
    assert.equal(result(other).success, true);
    assert.equal((await rowOf(stack, other)).scheduling_status, "scheduled");

    for (let crashes = 0; crashes < 3; crashes++) {
      await stack.platform.sql(
        "update private.work set leased_until = now() - interval '1 s', due_at = now() where subject_id = $1 and kind = 'search'",
        [hostile],
      );
      await callFunction(stack.platform, "schedule", {
        apikey: stack.platform.automations_key,
        body: { batch: true },
      });
    }
    assert.equal((await rowOf(stack, hostile)).scheduling_error, "search_abandoned");
  },

  "holidays that a user names one after the other keep no other user waiting": async (stack) => {
    const attacker = await stack.organizer({ connected: false });
    const other = await stack.organizer({ connected: false });
    for (let calendar = 0; calendar < 25; calendar++) {
      if (calendar === 10) {
        // deno-lint-ignore no-explicit-any -- the client knows no table's type
        const table = attacker.client.from("scheduling_preferences") as any;
        assert.equal((await table.delete().eq("owner_user_id", attacker.user_id)).error, null);
      }
      const { error } = await store(attacker, { holiday_calendar: `XX-${calendar}` });
      assert.equal(error, null);
    }
    await store(other, { holiday_calendar: "DE-BY" });
    const [work] = await stack.platform.sql(
      "select count(*)::integer as due from private.work where kind = 'holidays' and subject_id like 'XX-%'",
    ) as { due: number }[];
    assert.equal(work?.due, 1);
    await callFunction(stack.platform, "holidays", {
      apikey: stack.platform.automations_key,
      body: { batch: true },
    });
    const { data } = await other.client.from("scheduling_preferences").select(
      "holidays_known_until",
    );
    // deno-lint-ignore no-explicit-any -- the client knows no table's type
    assert.notEqual((data as any)[0].holidays_known_until, null);
  },
});

/** Lists that the checks of the table refuse: nothing else is known that a search cannot read. */
async function withoutChecks(stack: Stack, owner: Organizer): Promise<void> {
  await stack.platform.sql(
    `do $$ begin
       set local session_replication_role = replica;
       insert into public.scheduling_preferences (owner_user_id, holiday_dates, out_of_office_days)
       values ('${owner.user_id}', '{{2035-01-08},{2035-01-09}}', '{2035-01-08,2035-01-09,2035-01-10}');
     end $$`,
  );
}

function store(owner: Organizer, row: object) {
  // deno-lint-ignore no-explicit-any -- the client knows no table's type
  const table = owner.client.from("scheduling_preferences") as any;
  return table.upsert({ owner_user_id: owner.user_id, ...row });
}
