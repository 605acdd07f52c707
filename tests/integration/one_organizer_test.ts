import assert from "node:assert/strict";
import { cancel, change, requeue, write } from "../support/changes.ts";
import { checksDue } from "../support/conflicts.ts";
import { insertMeeting, rowOf, WEEK } from "../support/meetings.ts";
import { answerInGoogle, syncNow } from "../support/sync.ts";
import { insertTask, START } from "../support/tasks.ts";
import {
  SHARED_TABLES,
  tablesWithoutUser,
  type Touched,
  watchingRows,
} from "../support/touched_rows.ts";
import { callFunction, type Organizer, promise, type Stack } from "../support/stack.ts";

const PAGE = new URL("../../docs/scale.md", import.meta.url);

promise("one organizer a transaction", {
  "every table belongs to users or is shared by all of an installation": async (stack) => {
    assert.deepEqual(await tablesWithoutUser(stack), SHARED_TABLES);
  },

  "a search, a write, a change, replies, a sync page and a cancellation touch rows of one organizer, also where the guest is a user":
    async (stack) => {
      const [organizer, guest] = [await stack.organizer(), await stack.organizer()];
      await ownMeeting(guest, organizer);
      await watchingRows(stack, async (touchedBy) => {
        let meeting_id = "";
        const only = async (user: Organizer, what: string, step: () => Promise<unknown>) => {
          const touched = await touchedBy(step);
          isOnlyOf(user, touched, what);
          return touched;
        };
        await only(organizer, "insert", async () => {
          meeting_id = await insertMeeting(organizer, {
            title: "Both",
            participants: [organizer.email, guest.email],
            constraints: WEEK,
          });
        });
        const searched = await only(organizer, "search", async () => {
          const { status, body } = await organizer.call("schedule", { body: { meeting_id } });
          assert.equal(status, 200, JSON.stringify(body));
        });
        assert.ok(searched.written.length > 0);
        const written = await only(organizer, "write", () => write(organizer, meeting_id));
        assert.ok(written.written.length > 0);
        await only(
          organizer,
          "status",
          () => organizer.call("status", { query: { meeting_id, attempts: "true" } }),
        );
        await only(organizer, "change", async () => {
          await change(organizer, meeting_id, { title: "Both of us" });
          await write(organizer, meeting_id);
        });
        await only(guest, "sync of the guest", () => syncNow(stack, guest));
        // A batch claims what is due of all owners; each step below is due for one.
        await checksDue(stack);
        const { google_event_id: id } = await rowOf(stack, meeting_id);
        await answerInGoogle(stack, guest.email, id, { responseStatus: "accepted" });
        const replied = await only(
          organizer,
          "sync of the organizer",
          () => syncNow(stack, organizer),
        );
        assert.ok(replied.written.length > 0);
        await only(organizer, "notifications", () => notify(stack));
        await only(organizer, "conflict check", () => checksDue(stack));
        await only(organizer, "cancellation", async () => {
          await cancel(organizer, meeting_id);
          await write(organizer, meeting_id);
        });
      });
    },

  "a failure, its requeue and a task with an assignee touch rows of one organizer": async (
    stack,
  ) => {
    const [organizer, guest] = [await stack.organizer(), await stack.organizer()];
    await ownMeeting(guest, organizer);
    await watchingRows(stack, async (touchedBy) => {
      const meeting_id = await insertMeeting(organizer, {
        participants: [organizer.email, guest.email],
        starts_at: START,
        ends_at: "2035-01-08T09:30:00Z",
        timezone: "UTC",
      });
      await stack.google.fault({
        method: "POST",
        path_pattern: "^/calendar/v3/calendars/[^/]+/events$",
        status: 400,
        times: 1,
      });
      isOnlyOf(
        organizer,
        await touchedBy(() => organizer.call("write-back", { body: { meeting_id } })),
        "failure",
      );
      isOnlyOf(organizer, await touchedBy(() => requeue(organizer, meeting_id)), "requeue");
      const task_id = await insertTask(organizer, { assignees: [guest.email] });
      isOnlyOf(
        organizer,
        await touchedBy(async () => {
          const { status, body } = await organizer.call("task-events/schedule", {
            body: { task_id, timeZone: "UTC" },
          });
          assert.equal(status, 200, JSON.stringify(body));
        }),
        "task",
      );
    });
  },

  "only what one user allowed another, and the time of a person whom both invite, join two users, in the tables that docs/scale.md names":
    async (stack) => {
      const organizer = await stack.organizer();
      const sharing = await stack.organizer({ shares: "habits" });
      // Its calendar is then read for changes.
      await ownMeeting(sharing, organizer);
      const found = new Set<string>();
      await watchingRows(stack, async (touchedBy) => {
        const meeting_id = await insertMeeting(organizer, {
          title: "Both",
          participants: [organizer.email, sharing.email],
          on_conflict: "warn",
          constraints: WEEK,
        });
        const searched = await touchedBy(() =>
          organizer.call("schedule", { body: { meeting_id } })
        );
        assert.deepEqual(searched.users, [organizer.user_id, sharing.user_id].sort());
        for (const table of searched.tablesOfOthers(organizer.user_id)) found.add(table);
        isOnlyOf(organizer, await touchedBy(() => write(organizer, meeting_id)), "write");
        const { starts_at, ends_at } = await rowOf(stack, meeting_id);
        await checksDue(stack);
        await syncNow(stack, sharing);
        await stack.google.addEvents(sharing.email, [{
          summary: "Dentist",
          start: { dateTime: new Date(starts_at).toISOString(), timeZone: "UTC" },
          end: { dateTime: new Date(ends_at).toISOString(), timeZone: "UTC" },
        }]);
        const synced = await touchedBy(() => syncNow(stack, sharing));
        for (const table of synced.tablesOfOthers(sharing.user_id)) found.add(table);

        // A time of one person is reserved once, by one organizer or another: a search ends what has expired.
        const person = await stack.guest();
        const former = await stack.organizer();
        await searchedWith(former, person);
        await stack.platform.sql(
          "update private.slot_holds set expires_at = clock_timestamp() where participant_email = $1",
          [person],
        );
        const held = await touchedBy(() => searchedWith(organizer, person));
        assert.deepEqual(held.users, [organizer.user_id, former.user_id].sort());
        for (const table of held.tablesOfOthers(organizer.user_id)) found.add(table);
      });
      assert.deepEqual([...found].sort(), await namedTables());
    },
});

/** A meeting of another user, at a time of its own, so that there are rows to be touched by mistake. */
async function ownMeeting(user: Organizer, guest: Organizer): Promise<void> {
  const meeting_id = await insertMeeting(user, {
    title: "Own",
    participants: [user.email, guest.email],
    starts_at: "2035-01-09T15:00:00Z",
    ends_at: "2035-01-09T15:30:00Z",
    timezone: "UTC",
  });
  await write(user, meeting_id);
}

/** A meeting with this person whose time is found and not written yet. */
async function searchedWith(organizer: Organizer, person: string): Promise<void> {
  const meeting_id = await insertMeeting(organizer, {
    title: "One person",
    participants: [organizer.email, person],
    constraints: WEEK,
  });
  const { status, body } = await organizer.call("schedule", { body: { meeting_id } });
  assert.equal(status, 200, JSON.stringify(body));
}

function isOnlyOf({ user_id }: Organizer, touched: Touched, what: string): void {
  assert.deepEqual(
    touched.users.filter((user) => user !== user_id),
    [],
    `${what}: ${touched.tablesOfOthers(user_id)}`,
  );
  for (const users of touched.written) assert.deepEqual(users, [user_id], what);
}

function notify({ platform }: Stack) {
  return callFunction(platform, "notify", {
    apikey: platform.automations_key,
    body: { batch: true },
  });
}

/** The tables that the page lists as joining two users. */
async function namedTables(): Promise<string[]> {
  const page = await Deno.readTextFile(PAGE);
  const [, section = ""] = page.split("### What joins two users\n");
  const [rows = ""] = section.split(/^#/m);
  return [...rows.matchAll(/^\| `((?:auth|public|private)\.[a-z_]+)`/gm)].map(([, name]) => name!)
    .sort();
}
