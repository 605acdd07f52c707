import assert from "node:assert/strict";
import { insertMeeting, MONDAY, WEEK } from "../support/meetings.ts";
import {
  type Answer,
  callFunction,
  type Organizer,
  promise,
  type Stack,
} from "../support/stack.ts";
import { insertTask } from "../support/tasks.ts";

const DAY = { earliest_date: MONDAY, latest_date: MONDAY };
const WITHOUT_UNKNOWN = { ...WEEK, on_unknown: "ignore" };

promise("routes of a stranger", {
  "no route tells a user who shares nothing from an address that is no user's": async (stack) => {
    const of_user = await everyRoute(stack, await victim(stack));
    const unknown = newAddress();
    await stack.google.createAccount({ email: unknown, timezone: "UTC", freebusy: "private" });
    const of_unknown = await everyRoute(stack, unknown);
    assert.deepEqual(of_user, of_unknown);
  },
});

/** Such that all sort in the same place among the people of a meeting. */
const newAddress = () => `someone-${crypto.randomUUID().slice(0, 8)}@north.example`;

/** The address of a user of whom a stranger could learn: busy, away, with preferences and reserved times. */
async function victim(stack: Stack): Promise<string> {
  const user = await stack.organizer({
    email: newAddress(),
    freebusy: "private",
    busy: [[`${MONDAY}T09:00:00Z`, `${MONDAY}T12:00:00Z`]],
  });
  const own = {
    participants: [await stack.guest()],
    constraints: { ...WEEK, ...DAY, duration_minutes: 300 },
  };
  const held = await user.call("schedule", { body: own });
  assert.equal(held.body.selected_slot?.start_time, `${MONDAY}T12:00:00Z`);
  // deno-lint-ignore no-explicit-any -- the client knows no table's type
  const { error } = await (user.client.from("scheduling_preferences") as any).insert({
    owner_user_id: user.user_id,
    timezone: "Asia/Tokyo",
    out_of_office_days: ["2035-01-10"],
    preferred_days: ["friday"],
    minimum_notice_minutes: 5000,
  });
  assert.equal(error, null);
  return user.email;
}

/** What a stranger is told on every route that names the address, with the number of requests to Google. */
async function everyRoute(stack: Stack, target: string) {
  const stranger = await stack.organizer();
  const friend = await stack.guest();
  const told: [route: string, google_requests: number, told: unknown][] = [];
  const names = [target, friend, stranger.email];
  const requests = async () => (await stack.google.requests({})).length;
  async function ask(route: string, asked: () => Promise<Answer>): Promise<Answer["body"]> {
    const before = await requests();
    const { status, body } = await asked();
    told.push([route, await requests() - before, [status, withoutIds(body, names)]]);
    return body;
  }
  const call = (name: string, body: object, method: "POST" | "PATCH" = "POST") =>
    ask(`${method} ${name} ${Object.keys(body)}`, () => stranger.call(name, { method, body }));
  const dry = (participants: unknown[], constraints: object = WEEK) =>
    call("schedule", { participants, constraints, dry_run: true });

  const { meeting_id } = await call("schedule", {
    participants: [friend, target],
    constraints: WITHOUT_UNKNOWN,
  });
  await call("write-back", { meeting_id });
  const at = (hour: number) => ({
    start_time: `${MONDAY}T${hour}:00:00Z`,
    end_time: `${MONDAY}T${hour + 1}:00:00Z`,
  });
  await call("meetings", { meeting_id, ...at(10) }, "PATCH");
  await call("write-back", { meeting_id });
  await call("schedule/alternatives", { meeting_id });
  await dry([target]);
  await dry([{ any_of: [friend, target], count: 1 }]);
  await dry([{ any_of: [target, friend], count: 2 }], WITHOUT_UNKNOWN);
  await dry([{ email: target, calendar_ids: [stranger.email] }]);
  await dry([{ email: target, calendar_ids: [stranger.email, target] }]);
  await dry([{ email: target, busy: [] }]);

  const task_id = await insertTask(stranger, { assignees: [target] });
  const { event_id } = await call("task-events/schedule", {
    task_id,
    start_time: at(11).start_time,
  });
  await call("task-events/update", { event_id, ...at(10) }, "PATCH");
  await call("task-events/reschedule", {
    tasks: [{ task_id, start_time: at(12).start_time }],
    on_conflict: "warn",
  });
  const searched = await insertTask(stranger, { assignees: [target] });
  await call("task-events/schedule", { task_id: searched, timeZone: "UTC" });

  const row = await insertMeeting(stranger, {
    participants: [target, friend],
    constraints: WITHOUT_UNKNOWN,
  });
  for (const name of ["schedule", "schedule/conflicts", "write-back"]) {
    await callFunction(stack.platform, name, {
      apikey: stack.platform.automations_key,
      body: { batch: true },
    });
  }
  for (const id of [meeting_id, row]) {
    await ask(
      "GET status",
      () =>
        stranger.call("status", {
          query: { meeting_id: id, candidates: "true", attempts: "true" },
        }),
    );
  }
  return { told, holds: await heldFor(stack, stranger, names) };
}

async function heldFor(stack: Stack, { user_id }: Organizer, names: string[]) {
  const holds = await stack.platform.sql(
    `select participant_email, state, by_consent, is_own from private.slot_holds where organizer_user_id = $1
     order by meeting_id, participant_email, held`,
    [user_id],
  );
  return withoutIds(holds, names).toSorted();
}

/** With the people by their places, and without what is drawn or measured again for each. */
// deno-lint-ignore no-explicit-any -- an answer is whatever a route returns
function withoutIds(body: unknown, names: string[]): any {
  const drawn =
    /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(convene|meet)[0-9a-f]{32}\w*|eid=[\w-]+|meet\.google\.com\/[\w-]+|2026-1[12]-[^"]+|tel:[^"]+/g;
  const measured = new Set([
    "processing_time_ms",
    "duration_ms",
    "ledger_id",
    "convene_text",
    "etag",
    "pin",
  ]);
  const named = names.reduce(
    (text, name, place) => text.replaceAll(name, `person-${place}`),
    JSON.stringify(body),
  );
  return JSON.parse(
    named.replaceAll(drawn, "id"),
    (key, value) => measured.has(key) ? null : value,
  );
}
