import assert from "node:assert/strict";
import { batch, cancel, change, createdMeeting, EVENT, onlyEvent } from "../support/changes.ts";
import {
  deleteOnGoogle,
  eventsOf,
  mailsBy,
  pendingMeeting,
  rowOf,
  WEEK,
} from "../support/meetings.ts";
import { runProgram } from "../support/run_program.ts";
import { syncNow } from "../support/sync.ts";
import { eventRow, googleOf, scheduledTask } from "../support/tasks.ts";
import { callFunction, type Organizer, promise, type Stack } from "../support/stack.ts";

promise("doctor", {
  "a meeting as write-back left it has no finding, and the audit writes nothing to Google": async (
    stack,
  ) => {
    const { meeting_id } = await createdMeeting(stack);
    const asked = (await stack.google.requests()).length;
    const before = await rowOf(stack, meeting_id);
    const answer = await audit(stack, { meeting_ids: [meeting_id], repair: true });
    assert.deepEqual(answer.findings, []);
    assert.equal(answer.meetings_checked, 1);
    const requests = (await stack.google.requests()).slice(asked);
    assert.deepEqual(requests.map(({ method }) => method), ["GET"]);
    assert.deepEqual(await rowOf(stack, meeting_id), before);
  },

  "missing: Google does not know the event": async (stack) => {
    const { meeting_id } = await createdMeeting(stack);
    await forgetEvent(stack, meeting_id);
    const { google_event_id } = await rowOf(stack, meeting_id);
    const [finding] = await findingsOf(stack, meeting_id, ["missing"]);
    assert.deepEqual(finding.event_ids, [google_event_id]);
    assert.equal(finding.repair, null);
    assert.match(finding.what_to_do, /Cancel the meeting/);
  },

  "moved: the event was moved on Google, and the finding has both times": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    await changeOnGoogle(stack, organizer, meeting_id, {
      start: { dateTime: "2035-01-08T12:00:00Z" },
      end: { dateTime: "2035-01-08T12:45:00Z" },
    });
    const [finding] = await findingsOf(stack, meeting_id, ["moved"]);
    assert.match(finding.message, /from 2035-01-08T12:00:00Z to 2035-01-08T12:45:00Z/);
    assert.match(finding.message, /from 2035-01-08T10:00:00Z to 2035-01-08T10:30:00Z/);
    const requests = (await stack.google.requests()).length;
    const { findings } = await audit(stack, { meeting_ids: [meeting_id], repair: true });
    assert.deepEqual(findings.map((one: Finding) => [one.finding, one.repaired]), [[
      "moved",
      true,
    ]]);
    const row = await rowOf(stack, meeting_id);
    assert.deepEqual(
      [row.starts_at, row.ends_at].map((at) => new Date(at).toISOString()),
      ["2035-01-08T12:00:00.000Z", "2035-01-08T12:45:00.000Z"],
    );
    assert.equal(row.write_due_at, null);
    const sent = (await stack.google.requests()).slice(requests);
    assert.ok(sent.every(({ method }) => method === "GET"), "nothing is written to Google");
    await findingsOf(stack, meeting_id, []);
  },

  "an event that people made a whole-day one is where the row has it once it was read": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    const none = { dateTime: null, timeZone: null };
    const whole_day = {
      start: { date: "2035-01-08", ...none },
      end: { date: "2035-01-09", ...none },
    };
    await changeOnGoogle(stack, organizer, meeting_id, whole_day);
    await findingsOf(stack, meeting_id, ["moved"]);
    await syncNow(stack, organizer);
    await findingsOf(stack, meeting_id, []);

    const task = await scheduledTask(stack);
    const google = await googleOf(stack, task.organizer.email);
    await google.events.patch({
      calendarId: "primary",
      eventId: task.event_id,
      requestBody: whole_day as never,
    });
    await syncNow(stack, task.organizer);
    const { id, is_all_day, event_start, timezone } = await eventRow(
      stack,
      task.organizer,
      task.event_id,
    );
    assert.deepEqual(
      [is_all_day, new Date(event_start).toISOString(), timezone],
      [true, "2035-01-08T00:00:00.000Z", null],
    );
    const { findings } = await audit(stack, { subject: "task_events", task_event_ids: [id] });
    assert.deepEqual(findings, []);
  },

  "cancelled: the event was deleted on Google": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    const { google_event_id } = await rowOf(stack, meeting_id);
    await deleteOnGoogle(stack, organizer.email, google_event_id);
    const [finding] = await findingsOf(stack, meeting_id, ["cancelled"]);
    assert.deepEqual(finding.event_ids, [google_event_id]);
    const { findings } = await audit(stack, { meeting_ids: [meeting_id], repair: true });
    assert.deepEqual(findings.map((one: Finding) => one.repaired), [true]);
    const row = await rowOf(stack, meeting_id);
    assert.notEqual(row.cancelled_in_google_at, null);
    assert.deepEqual([row.cancelled_at, row.write_due_at], [null, null]);
    await findingsOf(stack, meeting_id, []);
  },

  "duplicated: another event carries the meeting's key": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    const { event_ids } = await addOurs(
      stack,
      organizer,
      (await rowOf(stack, meeting_id)).event_key,
    );
    const [finding] = await findingsOf(stack, meeting_id, ["duplicated"]);
    assert.deepEqual(finding.event_ids, event_ids);
    assert.match(finding.message, /1 more event of this meeting/);
  },

  "orphaned: the meeting was cancelled or failed and its event is still there": async (stack) => {
    for (
      const [state, message] of [
        ["cancelled_at = now()", /was cancelled/],
        ["writeback_status = 'failed', google_event_id = null", /is failed/],
      ] as const
    ) {
      const { organizer, meeting_id } = await createdMeeting(stack);
      await stack.platform.sql(`update public.meetings set ${state} where meeting_id = $1`, [
        meeting_id,
      ]);
      const [finding] = await findingsOf(stack, meeting_id, ["orphaned"]);
      assert.deepEqual(finding.event_ids, (await eventsOf(stack, organizer)).map(({ id }) => id));
      assert.match(finding.message, message);
    }
  },

  "orphaned: no meeting knows the event": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    const { event_ids } = await addOurs(stack, organizer, crypto.randomUUID());
    await addOurs(stack, organizer, "another installation's key");
    const answer = await audit(stack, { limit: 100 });
    const strays = answer.findings.filter((one: Finding) =>
      one.meeting_id === null && one.message.includes(organizer.email)
    );
    assert.deepEqual(strays.map(({ finding, event_ids }: Finding) => [finding, event_ids]), [
      ["orphaned", event_ids],
    ]);
    assert.match(strays[0]?.what_to_do, /another installation of Convene/);
    assert.equal(answer.calendars.checked, answer.calendars.of);
    assert.equal((await eventsOf(stack, organizer)).length, 3, "nothing is deleted");
    await findingsOf(stack, meeting_id, []);
  },

  "orphaned: named events are deleted on request, unless a row of Convene has them or another calendar organizes them":
    async (stack) => {
      const { organizer, meeting_id, event } = await createdMeeting(stack);
      const task = await scheduledTask(stack);
      const stray = await addOurs(stack, organizer, crypto.randomUUID(), await stack.guest());
      const other = await addOurs(stack, organizer, crypto.randomUUID());
      const [stray_id = ""] = stray.event_ids;
      const named = [stray_id, event.id, task.event_id];
      const { findings } = await audit(stack, { limit: 100, delete_orphaned: named });
      const mine = findings.filter(({ message }: Finding) => message.includes(organizer.email));
      assert.deepEqual(
        mine.map(({ event_ids, repaired }: Finding) => [event_ids[0], repaired]).toSorted(),
        [[stray_id, true], [other.event_ids[0], undefined]].toSorted(),
      );
      assert.deepEqual(
        (await eventsOf(stack, organizer)).map(({ id }) => id).toSorted(),
        [event.id, other.event_ids[0]].toSorted(),
      );
      assert.equal((await eventsOf(stack, task.organizer)).length, 1);
      const [mail, ...more] = await stack.google.mails({ event_id: stray_id });
      assert.deepEqual([mail?.kind, more], ["cancellation", []], "the guest is told once");
      await findingsOf(stack, meeting_id, []);
      const again = await audit(stack, { limit: 100, delete_orphaned: named });
      assert.ok(!again.findings.some(({ event_ids }: Finding) => event_ids.includes(stray_id)));
    },

  "a live event of a task is never called orphaned, and its own differences are found": async (
    stack,
  ) => {
    const known = await scheduledTask(stack, { guests: 1 });
    const calendars = await audit(stack, { limit: 100 });
    assert.deepEqual(
      calendars.findings.filter(({ event_ids }: Finding) => event_ids.includes(known.event_id)),
      [],
    );
    const findings = async (event_id: string) => {
      const page = await audit(stack, { subject: "task_events", limit: 100 });
      return page.findings.filter(({ event_ids }: Finding) => event_ids.includes(event_id));
    };
    assert.deepEqual(await findings(known.event_id), []);
    const google = await googleOf(stack, known.organizer.email);
    const on_primary = { calendarId: "primary", eventId: known.event_id };

    await google.events.patch({
      ...on_primary,
      requestBody: {
        start: { dateTime: "2035-01-08T12:00:00Z" },
        end: { dateTime: "2035-01-08T13:00:00Z" },
      },
    });
    const [moved] = await findings(known.event_id);
    assert.equal(moved.finding, "moved");
    assert.match(moved.message, /from 2035-01-08T12:00:00Z/);
    const { id } = await eventRow(stack, known.organizer, known.event_id);
    const repair = { subject: "task_events", task_event_ids: [id], repair: true };
    const adopted = await audit(stack, repair);
    assert.deepEqual(adopted.findings.map((one: Finding) => one.repaired), [true]);
    const { event_start } = await eventRow(stack, known.organizer, known.event_id);
    assert.equal(new Date(event_start).toISOString(), "2035-01-08T12:00:00.000Z");
    assert.deepEqual(await findings(known.event_id), []);

    const { data: second } = await google.calendars.insert({ requestBody: { summary: "Second" } });
    await google.events.move({ ...on_primary, destination: second.id ?? "" });
    const [away] = await findings(known.event_id);
    assert.equal(away.finding, "moved");
    assert.ok(away.message.includes(second.id), away.message);
    assert.match(away.what_to_do, /DELETE task-events.*follows it/);

    await google.events.delete({ calendarId: second.id ?? "", eventId: known.event_id });
    const [gone] = await findings(known.event_id);
    assert.equal(gone.finding, "cancelled");
    await google.events.patch({
      calendarId: second.id ?? "",
      eventId: known.event_id,
      requestBody: { status: "confirmed" },
    });
    const deleted = await known.organizer.call("task-events", {
      method: "DELETE",
      query: { event_id: known.event_id },
    });
    assert.equal(deleted.status, 200, JSON.stringify(deleted.body));
    assert.deepEqual(await findings(known.event_id), [], "deleted where it was");
  },

  "moved: a meeting's event that was moved or handed over, with where it is now": async (stack) => {
    for (const is_shared of [true, false]) {
      const { organizer, meeting_id, event } = await createdMeeting(stack);
      const home = await stack.guest();
      const share = { calendar_id: home, email: organizer.email };
      await stack.google.shareCalendar({ ...share, access_role: "writer" });
      const google = await googleOf(stack, organizer.email);
      await google.events.move({ calendarId: "primary", eventId: event.id, destination: home });
      if (!is_shared) await stack.google.shareCalendar({ ...share, access_role: "none" });
      const [finding] = await findingsOf(stack, meeting_id, ["moved"]);
      assert.ok(finding.message.includes(home), finding.message);
      assert.match(finding.what_to_do, is_shared ? /follows it there/ : /ask its owner/);
    }
  },

  "search_failed: a meeting for which no time was found": async (stack) => {
    const { meeting_id } = await pendingMeeting(stack, {
      starts_at: null,
      ends_at: null,
      timezone: null,
      constraints: WEEK,
    });
    await stack.platform.sql(
      `update public.meetings set scheduling_status = 'failed', scheduling_error = 'no_common_slot',
         scheduling_reason = 'Everybody is busy.' where meeting_id = $1`,
      [meeting_id],
    );
    const { findings, counts } = await audit(stack, { limit: 100 });
    const finding = findings.find((one: Finding) => one.meeting_id === meeting_id);
    assert.equal(finding?.finding, "search_failed");
    assert.match(finding.message, /no_common_slot.*Everybody is busy/);
    assert.ok(counts.search_failed >= 1);
    await stack.platform.sql("delete from public.meetings where meeting_id = $1", [meeting_id]);
  },

  "given_up: a change, requeued and reported once after a repair": async (stack) => {
    const { organizer, guests, meeting_id } = await createdMeeting(stack);
    await change(organizer, meeting_id, { title: "Budget" });
    await giveUp(stack, organizer, meeting_id, "PATCH");
    const given_up = await rowOf(stack, meeting_id);
    const [finding] = await findingsOf(stack, meeting_id, ["given_up"]);
    assert.match(finding.message, /^A change of the meeting was given up\. Last error: google_rej/);
    assert.deepEqual(await rowOf(stack, meeting_id), given_up, "a read changes nothing");

    const repaired = await audit(stack, { meeting_ids: [meeting_id], repair: true });
    assert.deepEqual(
      repaired.findings.map(({ finding, repaired }: Finding) => [finding, repaired]),
      [["given_up", true]],
    );
    await batch(stack);
    assert.equal((await onlyEvent(stack, organizer)).summary, "Budget");
    assert.deepEqual(await mailsBy(stack, guests), [
      ["invitation", "update"],
      ["invitation", "update"],
    ]);
    await findingsOf(stack, meeting_id, []);
  },

  "given_up: a cancellation, carried out after a repair, whether its event is there or not": async (
    stack,
  ) => {
    for (const is_there of [true, false]) {
      const { organizer, meeting_id, event } = await createdMeeting(stack);
      await cancel(organizer, meeting_id);
      await giveUp(stack, organizer, meeting_id, "DELETE");
      if (!is_there) await deleteOnGoogle(stack, organizer.email, event.id);
      const [finding] = await findingsOf(stack, meeting_id, ["given_up"]);
      assert.deepEqual(finding.event_ids, is_there ? [event.id] : []);
      await audit(stack, { meeting_ids: [meeting_id], repair: true });
      await batch(stack);
      assert.deepEqual(await eventsOf(stack, organizer), []);
      const row = await rowOf(stack, meeting_id);
      assert.equal(row.written_version, row.desired_version);
      await findingsOf(stack, meeting_id, []);
    }
  },

  "outdated: a reply, repaired in the row and nowhere else": async (stack) => {
    const { organizer, guests, meeting_id } = await createdMeeting(stack);
    const { google_event_id } = await rowOf(stack, meeting_id);
    const [guest = ""] = guests;
    await stack.google.reply({
      email: guest,
      event_id: google_event_id,
      responseStatus: "declined",
    });
    await stack.platform.sql(
      "update public.meetings set meet_link = null, google_event_link = 'https://old.example' where meeting_id = $1",
      [meeting_id],
    );
    const mails = await mailsBy(stack, guests);
    const [found] = await findingsOf(stack, meeting_id, ["outdated"]);
    assert.match(found.repair, /links, organizer and guests/);
    const repaired = await audit(stack, { meeting_ids: [meeting_id], repair: true });
    assert.deepEqual(
      repaired.findings.map(({ finding, repaired }: Finding) => [finding, repaired]),
      [["outdated", true]],
    );
    await findingsOf(stack, meeting_id, []);
    const row = await rowOf(stack, meeting_id);
    const [event] = await eventsOf(stack, organizer);
    assert.equal(row.google_event_link, event?.htmlLink);
    assert.equal(row.meet_link, event?.hangoutLink);
    const replied = row.attendees.find(({ email }: { email: string }) => email === guest);
    assert.equal(replied.responseStatus, "declined");
    assert.deepEqual(await mailsBy(stack, guests), mails);
  },

  "unreadable: a connection that is dead or gone is said once a meeting": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    await stack.google.revokeGrant(organizer.email);
    await stack.google.expireAccessTokens(organizer.email);
    for (let look = 1; look <= 2; look++) {
      const [finding] = await findingsOf(stack, meeting_id, ["unreadable"]);
      assert.match(finding.message, /Connect Google again/);
    }
    await organizer.call("google-auth", { method: "DELETE" });
    const [finding] = await findingsOf(stack, meeting_id, ["unreadable"]);
    assert.match(finding.message, /has not connected/);
  },

  "an event whose key was removed is still the meeting's event": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    await changeOnGoogle(stack, organizer, meeting_id, {
      extendedProperties: { private: { convene_event_key: null } },
    });
    await findingsOf(stack, meeting_id, []);
  },

  "a meeting that is being written is left to its worker, and so is its repair": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack);
    const { google_event_id } = await rowOf(stack, meeting_id);
    await deleteOnGoogle(stack, organizer.email, google_event_id);
    await stack.platform.sql(
      `insert into private.work (kind, subject_id, owner_id, due_at)
       values ('write', $1, $2, now() + interval '1 hour')`,
      [meeting_id, organizer.user_id],
    );
    const answer = await audit(stack, { meeting_ids: [meeting_id] });
    assert.deepEqual([answer.meetings_checked, answer.findings], [0, []]);
    const [late] = await stack.platform.sql<{ refreshed: boolean }>(
      "select public.refresh_written_event($1, $2, 'https://x.example', '{}') as refreshed",
      [meeting_id, google_event_id],
    );
    assert.equal(late?.refreshed, false);
  },

  "pages go through all meetings once": async (stack) => {
    const ids = [
      (await createdMeeting(stack)).meeting_id,
      (await createdMeeting(stack)).meeting_id,
    ];
    const total = (await audit(stack, { limit: 100 })).meetings_checked;
    let [pages, checked, after] = [0, 0, null as string | null];
    do {
      const page = await audit(stack, { limit: 3, ...(after === null ? {} : { after }) });
      assert.equal(page.calendars === null, after !== null, "calendars with the first page");
      checked += page.meetings_checked;
      after = page.next_after;
      pages++;
    } while (after !== null && pages < 100);
    assert.equal(checked, total);
    assert.ok(ids.length <= total && pages >= Math.ceil(total / 3));
  },

  "only a key may ask, and only for what there is": async (stack) => {
    const { organizer } = await createdMeeting(stack);
    const asUser = await organizer.call("write-back", { body: { audit: true } });
    assert.equal(asUser.status, 403);
    for (const body of [{ limit: 0 }, { limit: 101 }, { repair: "yes" }, { fix: true }]) {
      const answer = await callFunction(stack.platform, "write-back", {
        apikey: stack.platform.automations_key,
        body: { audit: true, ...body },
      });
      assert.equal(answer.status, 422, JSON.stringify(body));
    }
  },

  "deno task doctor prints a table, says what it will repair, repairs it and ends with 0": async (
    stack,
  ) => {
    await stack.platform.sql(
      `update public.meetings
        set starts_at = least(starts_at, '2019-01-01'), ends_at = '2020-01-01', recurrence = null
        where starts_at is not null`,
    );
    await stack.platform.sql("delete from public.task_calendar_events");
    const { organizer, guests, meeting_id } = await createdMeeting(stack, {
      title: "Budget\u001b[31m",
    });
    const { google_event_id } = await rowOf(stack, meeting_id);
    await stack.platform.sql("delete from private.google_connections where user_id <> $1", [
      organizer.user_id,
    ]);
    await stack.google.reply({
      email: guests[0] ?? "",
      event_id: google_event_id,
      responseStatus: "accepted",
    });
    const sick = await runDoctor(stack);
    assert.equal(sick.code, 1, sick.stderr);
    assert.match(sick.stdout, /^Compared 1 meeting, \d+ task events? and 1 calendar\./);
    assert.match(sick.stdout, /FINDING +MEETING +TITLE +CALENDAR +EVENTS/);
    assert.match(sick.stdout, new RegExp(`outdated +${meeting_id} +Budget \\[31m`));
    assert.match(sick.stdout, /Repair \(--repair\): Store the event's current links/);
    assert.ok(!sick.stdout.includes("\u001b"));

    await repairsAfterSaying(stack, "Store the event's current links");

    await change(organizer, meeting_id, { title: "Plan" });
    await giveUp(stack, organizer, meeting_id, "PATCH");
    assert.match((await runDoctor(stack)).stdout, /Repair \(--repair\): Requeue the change/);
    await repairsAfterSaying(
      stack,
      "Requeue the change: the event is updated, and Google notifies",
    );
    await batch(stack);
    assert.equal((await onlyEvent(stack, organizer)).summary, "Plan");

    await addOurs(stack, organizer, crypto.randomUUID());
    const told = await runDoctor(stack);
    assert.equal(told.code, 1);
    assert.match(told.stdout, /To do: Delete the event .*--delete-orphaned/);
    const deleted = await runDoctor(stack, "--delete-orphaned");
    assert.equal(deleted.code, 0, deleted.stderr);
    assert.match(
      deleted.stdout,
      /Will delete 1 event on Google Calendar:\n {2}primary: .* Ours\nDeleted 1 event\./,
    );
    assert.equal((await onlyEvent(stack, organizer)).summary, "Plan");

    const healthy = await runDoctor(stack, "--json");
    assert.equal(healthy.code, 0);
    assert.deepEqual(JSON.parse(healthy.stdout), {
      findings: [],
      meetings_checked: 1,
      task_events_checked: 0,
      calendars: { checked: 1, of: 1 },
    });
  },

  "deno task doctor says what is wrong with its own question, and ends with 2": async (stack) => {
    const wrong = await runDoctor(stack, "--key", "sb_secret_of_another_project");
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /answered 401/);
    const unclear = await runDoctor(stack, "--limit", "many");
    assert.equal(unclear.code, 2);
    assert.match(unclear.stderr, /--limit is not a number/);
    const help = await runDoctor(stack, "--help");
    assert.equal(help.code, 0);
    assert.match(help.stdout, /Usage: deno task doctor/);
  },
}, { databases: "both" });

// deno-lint-ignore no-explicit-any -- a finding is whatever the test asserts it to be
type Finding = any;

/** The next write is refused for good. */
async function giveUp(
  stack: Stack,
  organizer: Organizer,
  meeting_id: string,
  method: "PATCH" | "DELETE",
): Promise<void> {
  await stack.google.fault({ method, path_pattern: EVENT, status: 403, times: 1 });
  const answer = await organizer.call("write-back", { body: { meeting_id } });
  assert.equal(answer.status, 422, JSON.stringify(answer.body));
}

async function audit(stack: Stack, body: Record<string, unknown>) {
  const answer = await callFunction(stack.platform, "write-back", {
    apikey: stack.platform.automations_key,
    body: { audit: true, ...body },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

/** What an audit of this meeting finds, asserted to be of these kinds. */
async function findingsOf(stack: Stack, meeting_id: string, kinds: string[]): Promise<Finding[]> {
  const { findings, counts } = await audit(stack, { meeting_ids: [meeting_id] });
  assert.deepEqual(findings.map(({ finding }: Finding) => finding), kinds);
  for (const kind of kinds) assert.equal(counts[kind], kinds.filter((one) => one === kind).length);
  for (const finding of findings) assert.equal(finding.meeting_id, meeting_id);
  return findings;
}

/** As if the row had come from a backup: the event that it names was never made. */
async function forgetEvent(stack: Stack, meeting_id: string): Promise<void> {
  const key = crypto.randomUUID();
  await stack.platform.sql(
    "update public.meetings set event_key = $2, google_event_id = $3 where meeting_id = $1",
    [meeting_id, key, `convene${key.replaceAll("-", "")}g1`],
  );
}

function addOurs(stack: Stack, organizer: Organizer, event_key: string, guest?: string) {
  const soon = new Date(Date.now() + 86_400_000).toISOString();
  return stack.google.addEvents(organizer.email, [{
    summary: "Ours",
    start: { dateTime: soon },
    end: { dateTime: soon.replace(/\.\d+Z$/, ".999Z") },
    ...(guest === undefined ? {} : { attendees: [{ email: guest }] }),
    extendedProperties: { private: { convene_event_key: event_key } },
  }]);
}

async function changeOnGoogle(
  stack: Stack,
  organizer: Organizer,
  meeting_id: string,
  patch: Record<string, unknown>,
): Promise<void> {
  const { google_event_id } = await rowOf(stack, meeting_id);
  const { access_token } = await stack.google.signIn({ email: organizer.email });
  const response = await fetch(
    `${stack.platform.google_url}/calendar/v3/calendars/primary/events/${google_event_id}`,
    {
      method: "PATCH",
      headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
      body: JSON.stringify(patch),
    },
  );
  assert.equal(response.status, 200, await response.text());
}

async function repairsAfterSaying(stack: Stack, repair: string): Promise<void> {
  const cured = await runDoctor(stack, "--repair");
  assert.equal(cured.code, 0, cured.stderr);
  const places = ["Will repair 1 row:", `: ${repair}`, "Repaired 1 row."].map((text) =>
    cured.stdout.indexOf(text, cured.stdout.indexOf("Will repair"))
  );
  assert.ok(places.every((place) => place > 0), cured.stdout);
  assert.deepEqual(places, places.toSorted((a, b) => a - b), cured.stdout);
}

function runDoctor(stack: Stack, ...args: string[]) {
  return runProgram(stack, "doctor/doctor.ts", ...args);
}
