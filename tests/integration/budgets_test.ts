import assert from "node:assert/strict";
import { EVENTS } from "../support/changes.ts";
import {
  eventsOf,
  insertFailed,
  insertMeeting,
  MONDAY,
  rowOf,
  SLOT,
  WEEK,
} from "../support/meetings.ts";
import { addTarget, beginningQuietly, notify } from "../support/notifications.ts";
import { setting } from "../support/queue.ts";
import {
  type Answer,
  callFunction,
  type Organizer,
  promise,
  type Stack,
} from "../support/stack.ts";
import { insertTask, START } from "../support/tasks.ts";
import { startReceiver } from "../unit/notifications/receiver.ts";

promise(
  "budgets",
  beginningQuietly({
    "searches beyond the minute are refused without a call to Google, and other users' are not":
      limited(
        "searches_per_minute",
        3,
        async (stack) => {
          const attacker = await stack.organizer();
          const other = await stack.organizer();
          const victim = await stack.organizer({ shares: "busy" });
          const search = (by: Organizer, more = {}) =>
            by.call("schedule", {
              body: { participants: [victim.email], constraints: WEEK, ...more },
            });
          assert.equal((await search(attacker)).status, 200);
          for (let run = 0; run < 2; run++) {
            assert.equal((await search(attacker, { dry_run: true })).status, 200);
          }
          const before = await freeBusyCalls(stack);
          const meeting_id = `refused-${crypto.randomUUID()}`;
          refused(await search(attacker, { dry_run: true }), "searches_per_minute", 60);
          refused(await search(attacker, { meeting_id }), "searches_per_minute", 60);
          const [stored] = await meetingsOf(attacker);
          refused(
            await attacker.call("schedule/alternatives", { body: { meeting_id: stored } }),
            "searches_per_minute",
            60,
          );
          refused(await byKey(stack, attacker, victim), "searches_per_minute", 60);
          assert.equal(await freeBusyCalls(stack), before);
          assert.deepEqual(await meetingsOf(attacker), [stored], "nothing is stored");

          assert.equal((await search(other, { dry_run: true })).status, 200);
          await periodOver(stack, attacker);
          assert.equal((await search(attacker, { dry_run: true })).status, 200);
        },
      ),

    "inserted rows beyond the searches of a minute wait, and status says until when": limited(
      "searches_per_minute",
      2,
      async (stack) => {
        const organizer = await stack.organizer();
        const row = { participants: [await stack.guest()], constraints: WEEK };
        const ids: string[] = [];
        for (let rows = 0; rows < 4; rows++) ids.push(await insertMeeting(organizer, row));
        const before = await freeBusyCalls(stack);
        await batch(stack, "schedule");
        await batch(stack, "schedule");
        assert.equal(await freeBusyCalls(stack), before + 2);
        const states = await Promise.all(ids.map((id) => rowOf(stack, id)));
        assert.deepEqual(states.map(({ scheduling_status }) => scheduling_status), [
          "scheduled",
          "scheduled",
          "pending",
          "pending",
        ]);
        const waiting = ids[3]!;
        assert.equal(states[3]!.search_attempts, 0);
        await saysWhy(organizer, waiting, "searches_per_minute", 60);
        assert.equal(await due(stack, "search"), 0, "the sweep makes no call for them");
        await periodOver(stack, organizer);
        await batch(stack, "schedule");
        assert.equal((await rowOf(stack, waiting)).scheduling_status, "scheduled");
      },
    ),

    "reads through other users' connections end with the budget, before the first call": limited(
      "google_reads_for_others_per_hour",
      2,
      async (stack) => {
        const attacker = await stack.organizer();
        const victims = await Promise.all(
          [1, 2, 3].map(() => stack.organizer({ shares: "busy" })),
        );
        const named = { participants: victims.map(({ email }) => email), constraints: WEEK };
        const before = await freeBusyCalls(stack);
        refused(
          await attacker.call("schedule", { body: { ...named, dry_run: true } }),
          "google_reads_for_others_per_hour",
          3600,
        );
        const meeting_id = await insertMeeting(attacker, named);
        await batch(stack, "schedule");
        assert.equal(await freeBusyCalls(stack), before);
        const row = await rowOf(stack, meeting_id);
        assert.deepEqual(
          [row.scheduling_status, row.scheduling_error, row.search_attempts, row.starts_at],
          ["retrying", "limit_reached", 0, null],
        );
        const { body } = await attacker.call("status", { query: { meeting_id } });
        assert.match(body.error, /google_reads_for_others_per_hour \(2\) is reached until /);
        assert.ok(Date.parse(body.next_attempt_at) > Date.now() + 3_000_000);
      },
    ),

    "a person whose habits are learned counts as two reads": limited(
      "google_reads_for_others_per_hour",
      3,
      async (stack) => {
        const organizer = await stack.organizer();
        const [ben, eva] = [
          await stack.organizer({ shares: "habits" }),
          await stack.organizer({ shares: "habits" }),
        ];
        const both = { participants: [ben.email, eva.email], constraints: WEEK, dry_run: true };
        refused(
          await organizer.call("schedule", { body: both }),
          "google_reads_for_others_per_hour",
          3600,
        );
        const one = await organizer.call("schedule", {
          body: { ...both, participants: [ben.email] },
        });
        assert.equal(one.status, 200, JSON.stringify(one.body));
      },
    ),

    "a search for a meeting that has an event counts as two reads of each person": limited(
      "google_reads_for_others_per_hour",
      5,
      async (stack) => {
        const organizer = await stack.organizer();
        const people = await Promise.all([1, 2].map(() => stack.organizer({ shares: "busy" })));
        const found = await organizer.call("schedule", {
          body: { participants: people.map(({ email }) => email), constraints: WEEK },
        });
        assert.equal(found.status, 200, JSON.stringify(found.body));
        const { meeting_id } = found.body;
        const written = await organizer.call("write-back", { body: { meeting_id } });
        assert.equal(written.status, 200, JSON.stringify(written.body));
        refused(
          await organizer.call("schedule/alternatives", { body: { meeting_id } }),
          "google_reads_for_others_per_hour",
          3600,
        );
      },
    ),

    "guests beyond the day wait: no mail, no attempt; cancelling continues, and a retry costs nothing":
      limited("guests_invited_per_day", 3, async (stack) => {
        await batch(stack, "write-back");
        const organizer = await stack.organizer();
        const guests = await Promise.all([1, 2].map(() => stack.guest()));
        const rows = [1, 2, 3].map((day) => ({
          participants: [organizer.email, ...guests],
          starts_at: `2035-01-0${day + 7}T10:00:00Z`,
          ends_at: `2035-01-0${day + 7}T10:30:00Z`,
        }));
        const { error } = await organizer.client.from("meetings").insert(rows as never);
        assert.equal(error, null);
        await stack.google.fault({ method: "POST", path_pattern: EVENTS, status: 503, times: 1 });
        await batch(stack, "write-back");
        await stack.google.clearFaults();
        await stack.platform.sql(
          "update private.work set due_at = clock_timestamp() where kind = 'write'",
        );
        await batch(stack, "write-back");
        assert.equal((await eventsOf(stack, organizer)).length, 1);
        for (const to of guests) assert.equal((await stack.google.mails({ to })).length, 1);
        const states = await Promise.all(
          (await meetingsOf(organizer)).map((id) => rowOf(stack, id)),
        );
        const waiting = states.filter(({ writeback_status }) => writeback_status === "pending");
        assert.deepEqual(waiting.map(({ attempts }) => attempts), [0, 0]);
        const { meeting_id } = waiting[0]!;
        await saysWhy(organizer, meeting_id, "guests_invited_per_day", 86_400);
        refused(
          await organizer.call("write-back", { body: { meeting_id } }),
          "guests_invited_per_day",
          86_400,
        );
        assert.equal(await due(stack, "write"), 0);

        const created = states.find(({ writeback_status }) => writeback_status === "created")!;
        await organizer.call("meetings", {
          method: "DELETE",
          query: { meeting_id: created.meeting_id },
        });
        await batch(stack, "write-back");
        assert.deepEqual(await eventsOf(stack, organizer), []);
        await periodOver(stack, organizer);
        await batch(stack, "write-back");
        assert.equal(
          (await eventsOf(stack, organizer)).length,
          1,
          "one more fits into a day of three",
        );
      }),

    "guests whom a change or a repeated request adds to a task's event are guests of the day":
      limited(
        "guests_invited_per_day",
        3,
        async (stack) => {
          const organizer = await stack.organizer();
          const guests = await Promise.all([1, 2, 3, 4].map(() => stack.guest()));
          const invited = async () =>
            (await Promise.all(guests.map((to) => stack.google.mails({ to })))).flat().length;
          const task_id = await insertTask(organizer);
          const schedule = (body: object) =>
            organizer.call("task-events/schedule", { body: { start_time: START, ...body } });
          const { body: { event_id } } = await schedule({ task_id });
          const invite = (emails: string[]) =>
            organizer.call("task-events/update", {
              method: "PATCH",
              body: { event_id, attendees: emails.map((email) => ({ email })) },
            });
          refused(await invite(guests), "guests_invited_per_day", 86_400);
          assert.equal(await invited(), 0);
          assert.equal((await invite(guests.slice(0, 2))).status, 200);
          assert.equal(await invited(), 2);
          refused(await invite(guests), "guests_invited_per_day", 86_400);
          assert.equal(
            (await invite(guests.slice(0, 2))).status,
            200,
            "who is there costs nothing",
          );

          const rejected = await insertTask(organizer);
          const elsewhere = await schedule({
            task_id: rejected,
            calendar_id: "missing@north.example",
          });
          assert.equal(elsewhere.body.error, "google_rejected");
          const again = { task_id: rejected, assignees: guests.slice(2) };
          refused(await schedule(again), "guests_invited_per_day", 86_400);
          await periodOver(stack, organizer);
          assert.equal((await schedule(again)).status, 200);
          assert.equal(await invited(), 4);
        },
      ),

    "a meeting beyond the open ones waits until another is cancelled": limited(
      "open_meetings",
      2,
      async (stack) => {
        const organizer = await stack.organizer();
        const ids: string[] = [];
        for (let rows = 0; rows < 2; rows++) {
          const meeting_id = await insertMeeting(organizer, {
            participants: [organizer.email],
            ...SLOT,
          });
          await batch(stack, "write-back");
          ids.push(meeting_id);
        }
        const third = await insertMeeting(organizer, { participants: [organizer.email], ...SLOT });
        const searched = await insertMeeting(organizer, {
          participants: [organizer.email],
          constraints: WEEK,
        });
        await batch(stack, "write-back");
        await batch(stack, "schedule");
        assert.equal((await eventsOf(stack, organizer)).length, 2);
        assert.equal((await rowOf(stack, third)).attempts, 0);
        await saysWhy(organizer, third, "open_meetings", 60);
        await saysWhy(organizer, searched, "open_meetings", 60);
        refused(
          await organizer.call("schedule", {
            body: { participants: [organizer.email], constraints: WEEK },
          }),
          "open_meetings",
          60,
        );
        await organizer.call("meetings", { method: "DELETE", query: { meeting_id: ids[0]! } });
        await batch(stack, "write-back");
        await periodOver(stack, organizer);
        await batch(stack, "write-back");
        assert.equal((await rowOf(stack, third)).writeback_status, "created");
      },
    ),

    "notifications beyond the hour wait, and those of others do not": limited(
      "notifications_per_hour",
      3,
      async (stack) => {
        await using receiver = startReceiver();
        const attacker = await stack.organizer({ connected: false });
        const other = await stack.organizer({ connected: false });
        for (const path of ["slack", "teams"]) await addTarget(attacker, receiver, path);
        await addTarget(other, receiver, "webhook");
        await insertFailed(stack, attacker, 4);
        await insertFailed(stack, other);
        const received = (path: RegExp) =>
          receiver.received.filter((one) => path.test(one.path)).length;
        await notify(stack);
        await notify(stack);
        assert.deepEqual([received(/webhook/), received(/slack|teams/)], [1, 3]);
        assert.equal(await due(stack, "announcement"), 0);
        for (let hour = 0; hour < 2; hour++) {
          await periodOver(stack, attacker);
          await notify(stack);
        }
        assert.equal(received(/slack|teams/), 8, "nothing is lost");
      },
    ),

    "rows beyond the minute are refused with what to do; a secret key's are not counted": limited(
      "rows_inserted_per_minute",
      5,
      async (stack) => {
        const organizer = await stack.organizer();
        const rows = (count: number) =>
          Array.from({ length: count }, () => ({ participants: ["guest@north.example"] }));
        const insert = (count: number) =>
          organizer.client.from("meetings").insert(rows(count) as never);
        assert.equal((await insert(3)).error, null);
        const { error, status } = await insert(3);
        assert.equal(error?.code, "PT429");
        assert.match(error?.message ?? "", /^limit_reached: A user may insert 5 rows a minute/);
        assert.match(
          error?.hint ?? "",
          /^Try again after \d+ seconds\. .*rows_inserted_per_minute/,
        );
        assert.ok(status >= 400 && status < 500, String(status));
        const task = { title: "Task", start_date: `${MONDAY}T10:00:00Z`, duration_minutes: 30 };
        const tasks = Array.from({ length: 3 }, () => ({ ...task, user_id: organizer.user_id }));
        assert.equal(
          (await organizer.client.from("tasks").insert(tasks as never)).error?.code,
          "PT429",
        );
        assert.equal((await meetingsOf(organizer)).length, 3);
        assert.equal((await insert(2)).error, null, "what was refused has spent nothing");
        await stack.platform.sql(
          `insert into public.meetings (organizer_user_id, participants)
           select $1, '["guest@north.example"]' from generate_series(1, 6)`,
          [organizer.user_id],
        );
        assert.equal((await meetingsOf(organizer)).length, 11);
      },
    ),

    "permissions of a user have a limit, by table and by google-auth": limited(
      "availability_permissions",
      2,
      async (stack) => {
        const owner = await stack.organizer({ connected: false });
        const grant = (grantee: string) => ({ grantee_kind: "person", grantee });
        const allow = (grantee: string) =>
          owner.call("google-auth/sharing", { body: grant(grantee) });
        const insert = (...grantees: string[]) =>
          owner.client.from("availability_sharing").insert(grantees.map(grant) as never);
        const people = ["ana@north.example", "ben@north.example", "eva@north.example"];
        assert.equal((await insert(...people)).error?.code, "PT429");
        for (const one of people.slice(0, 2)) assert.equal((await allow(one)).status, 200);
        const third = await allow(people[2]!);
        assert.equal(third.status, 429, JSON.stringify(third.body));
        assert.deepEqual(third.body.details, { limit: "availability_permissions", allowed: 2 });
        assert.match((await insert(people[2]!)).error?.message ?? "", /may give 2 permissions/);
        assert.equal((await allow(people[1]!)).status, 200, "one that is changed is none more");
      },
    ),

    "a user has ten targets and five open consents": async (stack) => {
      const organizer = await stack.organizer();
      const targets = (count: number) =>
        organizer.client.from("notification_targets").insert(
          Array.from({ length: count }, () => ({
            kind: "slack",
            address: "https://hooks.example/slack",
          })) as never,
        );
      assert.equal((await targets(11)).error?.code, "PT429");
      assert.equal((await targets(10)).error, null);
      const { error } = await targets(1);
      assert.match(error?.message ?? "", /^limit_reached: A user may have 10 notification targets/);
      assert.match(error?.hint ?? "", /notification_targets/);

      const initiate = (body: unknown) => organizer.call("google-auth/initiate", { body });
      for (let open = 0; open < 5; open++) assert.equal((await initiate({})).status, 200);
      refused(await initiate({}), "open_authorizations", 600);
      const other = await stack.organizer({ connected: false });
      const long = { return_url: `https://app.example/${"x".repeat(2048)}` };
      assert.equal((await other.call("google-auth/initiate", { body: long })).status, 422);
    },
  }),
);

const USUAL = {
  searches_per_minute: 60,
  google_reads_for_others_per_hour: 1000,
  open_meetings: 5000,
  guests_invited_per_day: 2000,
  availability_permissions: 500,
  rows_inserted_per_minute: 2000,
  notifications_per_hour: 2000,
};

/** The test with a small limit; afterwards the usual one. */
function limited(
  name: keyof typeof USUAL,
  value: number,
  keep: (stack: Stack) => Promise<void>,
) {
  return async (stack: Stack) => {
    await setting(stack, name, value);
    try {
      await keep(stack);
    } finally {
      await setting(stack, name, USUAL[name]);
    }
  };
}

/** 429 with the limit that was reached and a wait that is no longer than its period. */
function refused(answer: Answer, limit: string, period_seconds: number): void {
  assert.equal(answer.status, 429, JSON.stringify(answer.body));
  assert.equal(answer.body.error, "limit_reached");
  assert.equal(answer.body.details.limit, limit);
  assert.match(answer.body.message, new RegExp(limit));
  const wait = Number(answer.headers.get("retry-after"));
  assert.ok(wait > 0 && wait <= period_seconds, String(wait));
}

/** Status names the limit for which a meeting waits, and an instant within its period. */
async function saysWhy(organizer: Organizer, meeting_id: string, limit: string, seconds: number) {
  const { body } = await organizer.call("status", { query: { meeting_id } });
  assert.equal(body.waits_for?.limit, limit, JSON.stringify(body));
  assert.match(body.error, new RegExp(`^limit_reached: The limit ${limit} `));
  assert.equal(body.next_attempt_at, body.waits_for.until);
  const wait_ms = Date.parse(body.waits_for.until) - Date.now();
  assert.ok(wait_ms > 0 && wait_ms <= seconds * 1000 + 1000, String(wait_ms));
}

/** As if the periods of all budgets of the organizer had ended. */
async function periodOver(stack: Stack, { user_id }: Organizer): Promise<void> {
  await stack.platform.sql(
    "update private.budget_spending set period_start = period_start - interval '2 days' where user_id = $1",
    [user_id],
  );
}

async function batch(stack: Stack, name: string): Promise<void> {
  const apikey = stack.platform.automations_key;
  const { status, body } = await callFunction(stack.platform, name, {
    apikey,
    body: { batch: true },
  });
  assert.equal(status, 200, JSON.stringify(body));
}

/** A dry run for the organizer by a secret key. */
function byKey(stack: Stack, { user_id }: Organizer, victim: Organizer): Promise<Answer> {
  const body = {
    organizer_user_id: user_id,
    participants: [victim.email],
    constraints: WEEK,
    dry_run: true,
  };
  return callFunction(stack.platform, "schedule", { apikey: stack.platform.automations_key, body });
}

async function freeBusyCalls(stack: Stack): Promise<number> {
  return (await stack.google.requests({ path: "/calendar/v3/freeBusy" })).length;
}

async function meetingsOf(organizer: Organizer): Promise<string[]> {
  const { data } = await organizer.client.from("meetings").select("meeting_id").order("created_at");
  return (data as unknown as { meeting_id: string }[]).map(({ meeting_id }) => meeting_id);
}

async function due(stack: Stack, kind: string): Promise<number> {
  const [counted] = await stack.platform.sql<{ rows: number }>(
    "select count(*)::int as rows from private.due_work where kind = $1",
    [kind],
  );
  return counted?.rows ?? 0;
}
