import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import type { Mail } from "../../../packages/google-calendar-emulator/control.ts";
import { rowOf } from "../meetings.ts";
import { inOneWord, shownTime } from "./expected_event.ts";
import { eventOf, type MeetingWorld, nameOf, versionOf } from "./meeting_world.ts";

/** Does `work`, and checks the event and the mails that Convene's guests got for it. */
export async function witnessed(
  world: MeetingWorld,
  is_ours: boolean,
  work: () => Promise<void>,
): Promise<void> {
  const mails = await mailsOf(world);
  world.found = await eventOf(world);
  await work();
  const after = await eventOf(world);
  world.model.written(versionOf(after));
  await noteCancellation(world, after);
  checkEvent(world, after);
  const sent = (await mailsOf(world)).slice(mails.length);
  const expected = is_ours ? expectedMails(world, world.found, after) : [];
  const texts = sent.map(({ to, kind }) => `${kind} to ${nameOf(world, to)}`);
  assert.deepEqual(texts.sort(), expected.sort(), "the mails of this step");
}

/** Whether Convene has deleted the event of a cancelled meeting, and knows it. */
async function noteCancellation(
  world: MeetingWorld,
  { status }: calendar_v3.Schema$Event,
): Promise<void> {
  if (world.cancellation !== "asked") return;
  if (status === "cancelled") world.is_deleted = true;
  const row = await rowOf(world.stack, world.meeting_id);
  if (row.write_due_at === null && row.written_version === row.desired_version) {
    assert.ok(world.is_deleted, "the meeting is cancelled, and its event lives");
    world.cancellation = "done";
  }
}

async function mailsOf({ stack, eventId, guests }: MeetingWorld): Promise<Mail[]> {
  const mails = await stack.google.mails({ event_id: eventId });
  return mails.filter(({ to }) => guests.includes(to));
}

/** One mail for each guest who joined or left, and one for the others if anything changed that they see. */
function expectedMails(
  world: MeetingWorld,
  before: calendar_v3.Schema$Event,
  after: calendar_v3.Schema$Event,
): string[] {
  const [former, present] = [guestsOn(before), guestsOn(after)];
  const is_changed = visible(before) !== visible(after);
  return world.guests.flatMap((email) => {
    const name = nameOf(world, email);
    if (former.has(email) && present.has(email)) return is_changed ? [`update to ${name}`] : [];
    if (present.has(email)) return [`invitation to ${name}`];
    return former.has(email) ? [`cancellation to ${name}`] : [];
  });
}

function guestsOn({ attendees, status }: calendar_v3.Schema$Event): Set<string> {
  return new Set(status === "cancelled" ? [] : (attendees ?? []).map(({ email }) => email ?? ""));
}

/** What a guest is told of, apart from replies: the composed part of the text follows the other fields without a mail. */
function visible(event: calendar_v3.Schema$Event): string {
  const { summary, description, location, start, end, recurrence, hangoutLink } = event;
  const guests = (event.attendees ?? []).map(({ email, optional }) =>
    `${email} ${optional === true}`
  ).sort();
  const [text, ...composed] = (description ?? "").split("\n");
  const is_composed = composed.length > 0;
  return JSON.stringify([
    summary,
    text,
    is_composed,
    location,
    start,
    end,
    recurrence,
    hangoutLink,
    guests,
  ]);
}

/** The event shows what people set, and what newer changes named. */
function checkEvent(world: MeetingWorld, shown: calendar_v3.Schema$Event): void {
  assert.equal(shown.status === "cancelled", world.is_deleted, "whether it is deleted");
  if (world.is_deleted) return;
  const { event } = world.model;
  const replies = (list: readonly (readonly [string, string])[]) =>
    Object.fromEntries(list.map(([email, reply]) => [nameOf(world, email), reply] as const).sort());
  assert.deepEqual({
    title: shown.summary,
    place: shown.location ?? "",
    time: shownTime(shown),
    recurrence: shown.recurrence ?? [],
    replies: replies(
      (shown.attendees ?? []).filter(({ email }) => world.guests.includes(email ?? "")).map((
        { email, responseStatus, comment },
      ) => [email!, inOneWord({ status: responseStatus ?? "", comment: comment ?? null })]),
    ),
  }, {
    title: event.title,
    place: event.place,
    time: event.time,
    recurrence: event.recurrence,
    replies: replies([...event.replies].map(([email, reply]) => [email, inOneWord(reply)])),
  }, "the event");
  if (event.text.of === "people") {
    assert.equal(shown.description, event.text.whole, "the text");
  } else {
    const { wanted } = event.text;
    assert.ok(shown.description?.startsWith(`${wanted}\n`), `the text is ${shown.description}`);
  }
}
