import assert from "node:assert/strict";
import { insertFailed } from "../support/meetings.ts";
import { addTarget, SIGNING_SECRET } from "../support/notifications.ts";
import { connectedUser, setting, startingAfresh } from "../support/queue.ts";
import { callFunction, type Organizer, promise, type Stack } from "../support/stack.ts";
import { startReceiver } from "../unit/notifications/receiver.ts";

const KINDS = ["search", "write", "meet_link", "task_event", "announcement", "notification"];
const ROWS = 1500;
const TARGETS = 300;
/** What notify delivers side by side (shared/notifications/notify.ts). */
const SLICE = 20;

promise(
  "owners in turn",
  startingAfresh({
    "old rows of many owners do not delay a new row of another, in any queue": async (stack) => {
      for (const kind of KINDS) {
        const noisy = [];
        for (let owner = 0; owner < 6; owner++) noisy.push(await connectedUser(stack));
        const newcomer = await connectedUser(stack);
        for (const { user_id } of noisy) await enqueue(stack, kind, user_id, 30, 3600);
        for (let turn = 1; turn <= 3; turn++) {
          const served = [await claim(stack, kind), await claim(stack, kind)];
          assert.deepEqual(
            new Set(served.flat()),
            new Set(noisy.map(({ user_id }) => user_id)),
            `${kind}: two claims of ten are turn ${turn} of six owners`,
          );
        }
        await enqueue(stack, kind, newcomer.user_id, 1, 0);
        assert.ok((await claim(stack, kind)).includes(newcomer.user_id), kind);
        await stack.platform.sql("delete from private.work where kind = $1", [kind]);
      }
    },

    "a turn is forgotten after a day": async (stack) => {
      const { user_id } = await connectedUser(stack);
      await enqueue(stack, "search", user_id, 1, 0);
      await claim(stack, "search");
      const turns = async () =>
        (await stack.platform.sql("select from private.work_turns where owner_id = $1", [user_id]))
          .length;
      await stack.platform.runCron();
      assert.equal(await turns(), 1);
      await stack.platform.sql("update private.work_turns set taken_at = now() - interval '25 h'");
      await stack.platform.runCron();
      assert.equal(await turns(), 0);
    },

    "a statement stores its transitions once, and 300 targets of its user delay no other user's notification":
      async (stack) => {
        await using receiver = startReceiver();
        await using operators = startReceiver();
        await setting(stack, "notification_targets", TARGETS);
        const attacker = await stack.organizer({ connected: false });
        const victim = await stack.organizer({ connected: false });
        await addTargets(attacker, receiver.url);
        await addTarget(victim, receiver, "webhook");
        await stack.platform.sql(
          "insert into public.notification_targets (owner_user_id, kind, address) values (null, 'slack', $1)",
          [`${operators.url}/slack`],
        );

        await insertFailed(stack, attacker, ROWS);
        assert.deepEqual(await stored(stack), { announcements: ROWS, notifications: 0 });

        await deliverSlice(stack);
        assert.ok(receiver.received.length + operators.received.length >= SLICE);
        const [meeting_id = ""] = await insertFailed(stack, victim);
        await deliverSlice(stack);
        await deliverSlice(stack);
        const about = ({ text }: { text: string }) => text.includes(meeting_id);
        assert.equal(receiver.received.filter(about).length, 1, "the victim's own target");
        const [sent] = await stack.platform.sql<{ sent: number }>(
          `select count(*)::int as sent from public.notifications
            where meeting_id = $1 and status = 'sent'`,
          [meeting_id],
        );
        assert.equal(sent?.sent, 2, "and the target of all users");
        const { notifications } = await stored(stack);
        assert.ok(notifications <= 5 * SLICE, `${notifications} rows for three slices`);
        await stack.platform.sql("delete from public.notification_targets");
        await stack.platform.sql("delete from private.announcements");
      },
  }),
);

async function addTargets(owner: Organizer, url: string): Promise<void> {
  const targets = Array.from({ length: TARGETS }, (_, index) => ({
    kind: "webhook",
    address: `${url}/attacker/${index}`,
    signing_secret: SIGNING_SECRET,
  }));
  const { error } = await owner.client.from("notification_targets").insert(targets as never);
  assert.equal(error, null, JSON.stringify(error));
}

async function deliverSlice(stack: Stack): Promise<void> {
  const { status, body } = await callFunction(stack.platform, "notify", {
    apikey: stack.platform.automations_key,
    body: { batch: true, limit: SLICE },
  });
  assert.equal(status, 200, JSON.stringify(body));
}

async function stored(stack: Stack) {
  const [counted] = await stack.platform.sql<{ announcements: number; notifications: number }>(
    `select (select count(*)::int from private.announcements) as announcements,
            (select count(*)::int from public.notifications) as notifications`,
  );
  assert.ok(counted);
  return counted;
}

/** Rows of an owner that became due `seconds` ago. */
async function enqueue(stack: Stack, kind: string, owner: string, rows: number, seconds: number) {
  await stack.platform.sql(
    `insert into private.work (kind, subject_id, owner_id, due_at)
     select $1, gen_random_uuid()::text, $2, clock_timestamp() - make_interval(secs => $4)
     from generate_series(1, $3::integer)`,
    [kind, owner, rows, seconds],
  );
}

/** Claims ten rows and settles them; returns the owners. */
async function claim(stack: Stack, kind: string): Promise<string[]> {
  const rows = await stack.platform.sql<{ owner_id: string; subject_id: string }>(
    "select owner_id, subject_id from private.claim_work($1, 10, 120)",
    [kind],
  );
  await stack.platform.sql("delete from private.work where kind = $1 and subject_id = any ($2)", [
    kind,
    `{${rows.map(({ subject_id }) => subject_id).join(",")}}`,
  ]);
  return rows.map(({ owner_id }) => owner_id);
}
