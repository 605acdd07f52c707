import assert from "node:assert/strict";
import { LIMITS } from "@shared/schemas/limits.ts";
import {
  insertInvalid,
  insertMeeting,
  makeInvalid,
  type Row,
  rowOf,
  SLOT,
  WEEK,
} from "../support/meetings.ts";
import { type Answer, callFunction, type Organizer, promise } from "../support/stack.ts";
import { insertTask } from "../support/tasks.ts";

/** Bodies as they are sent, and the status and path of the answer; `$` stands for the organizer's address. */
const BODIES: [name: string, text: string, status: number, path: string | undefined][] = [
  ["schedule", '{"title":"\\\\ud83d\\udc00","participants":["$"]}', 422, "title"],
  ["schedule", '{"title":"\\ud83d","participants":["$"]}', 422, "title"],
  [
    "schedule",
    '{"participants":["$",{"email":"a@b.example","name":"\\u0000"}]}',
    422,
    "participants[1].name",
  ],
  ["schedule", '{"constraints":{"\\udc00":1},"participants":["$"]}', 422, "constraints"],
  ["schedule", `{"participants":["${"a.".repeat(4.5e6)}a@b.example"]}`, 413, undefined],
  ["schedule", `{"participants":["${"a.".repeat(3e6)}a@b.example"]}`, 413, "participants[0]"],
  [
    "schedule",
    `{"constraints":{"timezone":"${"A/".repeat(3e6)}"},"participants":["$"]}`,
    413,
    "constraints.timezone",
  ],
  [
    "schedule",
    `{"constraints":{"timezone":"${"A/".repeat(9e3)}"},"participants":["$"]}`,
    422,
    "constraints.timezone",
  ],
  [
    "schedule",
    '{"constraints":{"earliest_date":"0001-01-01"},"participants":["$"]}',
    422,
    "constraints.earliest_date",
  ],
  [
    "schedule",
    '{"constraints":{"latest_date":"9999-12-31T23:59:59Z"},"participants":["$"]}',
    422,
    "constraints.latest_date",
  ],
  [
    "schedule",
    '{"constraints":{"holiday_dates":["9999-12-31"]},"participants":["$"]}',
    422,
    "constraints.holiday_dates[0]",
  ],
  [
    "schedule",
    '{"participants":[{"email":"$","busy":[{"start":"0001-01-01T00:00:00Z","end":"2035-01-08T00:00:00Z"}]}]}',
    422,
    "participants[0].busy[0].start",
  ],
  [
    "schedule",
    '{"recurrence":["RRULE:FREQ=DAILY;UNTIL=99991231"],"participants":["$"]}',
    422,
    "recurrence[0]",
  ],
  [
    "schedule",
    `{"constraints":${"[".repeat(1e6)}`,
    413,
    `constraints${"[0]".repeat(LIMITS.nesting_depth - 1)}`,
  ],
  [
    "meetings",
    '{"meeting_id":"x","starts_at":"0001-01-01T00:00:00Z","ends_at":"0001-01-01T01:00:00Z"}',
    422,
    "starts_at",
  ],
  ["task-events/schedule", '{"task_id":"x","start_time":"9999-12-31"}', 422, "start_time"],
  [
    "task-events/update",
    '{"event_id":"x","recurrence":"RRULE:FREQ=DAILY;UNTIL=00010101"}',
    422,
    "recurrence",
  ],
  [
    "google-auth/sharing",
    '{"grantee_kind":"everybody","expires_at":"9999-12-31T00:00:00Z"}',
    422,
    "expires_at",
  ],
  ["write-back", `{"meeting_id":"${"x".repeat(LIMITS.body_bytes)}"}`, 413, undefined],
];

promise("intake", {
  "what cannot be stored, read or searched is refused with its path": async (stack) => {
    const organizer = await stack.organizer();
    for (const [name, text, status, path] of BODIES) {
      const answer = await callFunction(stack.platform, name, {
        access_token: organizer.access_token,
        method: name === "meetings" || name === "task-events/update" ? "PATCH" : "POST",
        text: text.replaceAll("$", organizer.email),
      });
      const label = `${name} ${text.slice(0, 80)}: ${JSON.stringify(answer.body).slice(0, 300)}`;
      assert.equal(answer.status, status, label);
      assert.equal(answer.body.error, status === 413 ? "too_large" : "invalid_request", label);
      assert.equal(answer.body.details.path, path, label);
    }
    const query = await organizer.call("task-events", {
      method: "DELETE",
      query: { event_id: "a\0b" },
    });
    assert.equal(query.status, 422, JSON.stringify(query.body));
  },

  "a batch answers for the rows beside one that cannot be processed": async (stack) => {
    const organizer = await stack.organizer();
    const insert = (columns: Row) =>
      insertMeeting(organizer, { participants: [organizer.email], ...columns });
    const searched = await insert({ constraints: WEEK });
    const invalid = (columns: Row) =>
      insertInvalid(stack, organizer, { participants: [organizer.email] }, columns);
    const unsearchable = new Map([
      [
        await invalid({ constraints: { earliest_date: "0001-01-01" } }),
        "constraints.earliest_date",
      ],
      [
        await invalid({ constraints: { ...WEEK, latest_date: "9999-12-31" } }),
        "constraints.latest_date",
      ],
      [
        await invalid({
          participants: [{
            email: organizer.email,
            busy: [{ start: "0001-01-01T00:00:00Z", end: "9999-12-31T00:00:00Z" }],
          }],
        }),
        "participants[0].busy[0].start",
      ],
    ]);
    const written = await insert(SLOT);
    const unwritable: string[] = [];
    for (
      const [starts_at, ends_at] of [
        ["0001-01-01T00:00:00Z", SLOT.ends_at],
        [SLOT.starts_at, "9999-12-31T23:59:59Z"],
        ["-infinity", "infinity"],
      ]
    ) {
      const meeting_id = await insert(SLOT);
      await makeInvalid(stack, meeting_id, { starts_at, ends_at });
      unwritable.push(meeting_id);
    }
    for (const name of ["schedule", "write-back"]) {
      const answer = await callFunction(stack.platform, name, {
        apikey: stack.platform.automations_key,
        body: { batch: true, limit: 20 },
      });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
    }
    assert.equal((await rowOf(stack, searched)).scheduling_status, "scheduled");
    for (const [meeting_id, path] of unsearchable) {
      const row = await rowOf(stack, meeting_id);
      assert.equal(row.scheduling_error, "invalid_request");
      assert.equal(row.scheduling_details.path, path);
    }
    assert.equal((await rowOf(stack, written)).writeback_status, "created");
    for (const meeting_id of unwritable) {
      const row = await rowOf(stack, meeting_id);
      assert.equal(row.writeback_status, "failed");
      assert.match(row.writeback_error, /^invalid_request: (starts|ends)_at/);
    }

    const task_id = await insertTask(organizer);
    const impossible = await insertTask(organizer);
    await stack.platform.sql("alter table public.tasks disable trigger tasks_check_limits");
    await stack.platform.sql("update public.tasks set start_date = '9999-12-31' where id = $1", [
      impossible,
    ]);
    await stack.platform.sql("alter table public.tasks enable trigger tasks_check_limits");
    const moved = await organizer.call("task-events/reschedule", {
      body: { task_ids: [impossible, task_id] },
    });
    assert.equal(moved.status, 200, JSON.stringify(moved.body));
    assert.deepEqual(
      moved.body.results.map(({ status, code }: Row) => [status, code]),
      [["failed", "invalid_request"], ["created", "created"]],
    );
    const scheduled = await organizer.call("task-events/schedule", {
      body: { task_id: impossible },
    });
    assert.equal(scheduled.status, 422, JSON.stringify(scheduled.body));
    assert.equal(scheduled.body.details.path, "start_date");
  },

  "the id of another user's meeting is taken where a new meeting is meant, and unknown elsewhere":
    async (
      stack,
    ) => {
      const owner = await stack.organizer();
      const meeting_id = await insertMeeting(owner, {
        participants: [owner.email],
        constraints: WEEK,
      });
      const before = await rowOf(stack, meeting_id);
      const stranger = await stack.organizer();
      const meeting = { meeting_id, participants: [stranger.email], constraints: WEEK };
      const isTaken = ({ status, body }: Pick<Answer, "status" | "body">, label: string) => {
        assert.equal(status, 409, `${label}: ${JSON.stringify(body)}`);
        assert.equal(body.error, "meeting_id_taken", label);
        assert.equal(body.details.meeting_id, meeting_id, label);
      };
      const { participants: _, ...named } = meeting;
      for (const dry_run of [false, true]) {
        isTaken(await stranger.call("schedule", { body: { ...meeting, dry_run } }), "participants");
        isTaken(
          await stranger.call("schedule", {
            body: { ...named, participant_emails: [stranger.email], dry_run, reschedule: true },
          }),
          "participant_emails",
        );
        const unknown = await stranger.call("schedule", { body: { ...named, dry_run } });
        assert.equal(unknown.status, 404, JSON.stringify(unknown.body));
      }
      for (const answer of await askForOthers(stranger, meeting_id)) {
        assert.equal(answer.status, 404, JSON.stringify(answer.body));
      }
      const inserted = await stranger.client.from("meetings").insert(meeting as never);
      assert.equal(inserted.status, 409);
      assert.match(inserted.error?.message ?? "", /^meeting_id_taken: /);
      // An own id is a unique violation, which an upsert may ignore.
      const own = { meeting_id, participants: [owner.email] };
      const repeated = await owner.client.from("meetings").insert(own as never);
      assert.equal(repeated.status, 409);
      assert.equal(repeated.error?.code, "23505");
      assert.doesNotMatch(repeated.error?.message ?? "", /taken/);
      const ignored = await owner.client.from("meetings").upsert(own as never, {
        ignoreDuplicates: true,
      });
      assert.equal(ignored.error, null);
      assert.deepEqual(await rowOf(stack, meeting_id), before);
    },

  "the id of another user's task is taken": async (stack) => {
    const owner = await stack.organizer({ connected: false });
    const id = await insertTask(owner);
    const stranger = await stack.organizer({ connected: false });
    const inserted = await stranger.client.from("tasks").insert({ id, title: "Mine" } as never);
    assert.equal(inserted.status, 409);
    assert.match(inserted.error?.message ?? "", /^task_id_taken: /);
    const repeated = await owner.client.from("tasks").insert({ id, title: "Mine" } as never);
    assert.equal(repeated.status, 409);
    assert.doesNotMatch(repeated.error?.message ?? "", /taken/);
    const unknown = await stranger.call("task-events/schedule", { body: { task_id: id } });
    assert.equal(unknown.status, 404);
  },
});

function askForOthers(stranger: Organizer, meeting_id: string): Promise<Answer[]> {
  const body = { meeting_id };
  return Promise.all([
    stranger.call("schedule/alternatives", { body }),
    stranger.call("write-back", { body }),
    stranger.call("status", { query: body }),
    stranger.call("meetings", { method: "PATCH", body: { ...body, title: "Mine" } }),
    stranger.call("meetings", { method: "DELETE", query: body }),
    stranger.call("meetings/requeue", { body }),
    stranger.call("sync-organizer", { body }),
  ]);
}
