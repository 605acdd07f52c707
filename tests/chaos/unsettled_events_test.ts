import assert from "node:assert/strict";
import { insertMeeting, pendingMeeting, rowOf, SLOT } from "../support/meetings.ts";
import { promisesOf } from "../support/promises.ts";
import { callFunction, type Organizer } from "../support/stack.ts";
import { responsesOf, syncNow } from "../support/sync.ts";
import { type Breakpoints, pauseAtBreakpoints } from "./breakpoints.ts";
import { type ChaosStack, startChaosStack } from "./chaos_stack.ts";

interface Subject {
  stack: ChaosStack;
  breakpoints: Breakpoints;
}

/** What people do to an event that its worker has inserted and not settled. */
interface InsertedEvent {
  organizer: Organizer;
  guest: string;
  event_id: string;
}

promisesOf(
  "what people do to an event before its insert is settled",
  async (resources) => {
    // Only the test decides when a calendar is read.
    const stack = await startChaosStack(resources, { push: false });
    return { stack, breakpoints: pauseAtBreakpoints(stack) };
  },
  {
    async "a reply and an edit that a sync reads are in the row and in the history"(subject) {
      const { stack } = subject;
      const { organizer, guest, meeting_id } = await whileUnsettled(
        subject,
        async ({ organizer, guest, event_id }) => {
          await stack.google.reply({ email: guest, event_id, responseStatus: "declined" });
          await stack.google.edit({
            email: organizer.email,
            event_id,
            calendar_id: organizer.email,
            changes: { location: "Garden" },
            sendUpdates: "none",
          });
        },
      );
      const row = await rowOf(stack, meeting_id);
      assert.equal(row.writeback_status, "created");
      assert.equal(row.location, "Garden");
      assert.equal(replyIn(row, guest), "declined");
      assert.deepEqual(await responsesOf(organizer, meeting_id), [`${guest} declined`]);
      assert.match(row.meet_link, /^https:/);
      assert.match(row.google_event_link, /^https:/);
    },

    async "a deletion that a sync reads is in the row once the event is settled"(subject) {
      const { stack } = subject;
      const { organizer, meeting_id } = await whileUnsettled(
        subject,
        ({ organizer, event_id }) =>
          stack.google.delete({
            email: organizer.email,
            event_id,
            calendar_id: organizer.email,
            sendUpdates: "none",
          }),
      );
      await stack.platform.sql(
        "update private.work set due_at = clock_timestamp() where kind = 'sync'",
      );
      await syncNow(stack, organizer);
      const row = await rowOf(stack, meeting_id);
      assert.equal(row.writeback_status, "created");
      assert.notEqual(row.cancelled_in_google_at, null);
    },
  },
);

/** A meeting of an organizer whose calendar was read before; its event is read once more while its worker is paused. */
async function whileUnsettled(
  { stack, breakpoints }: Subject,
  act: (event: InsertedEvent) => Promise<unknown>,
) {
  const { organizer, guests: [guest = ""], meeting_id: first } = await pendingMeeting(stack);
  await write(stack, first);
  await syncNow(stack, organizer);
  const meeting_id = await insertMeeting(organizer, {
    participants: [organizer.email, guest],
    ...SLOT,
  });
  const worker = await stack.platform.startWorker();
  stack.plans.set(worker.pid, { pause_at: ["after insert"] });
  const written = write(stack, meeting_id, worker.functions_url);
  await breakpoints.reached(worker.pid, "after insert");
  const { event_key } = await rowOf(stack, meeting_id);
  const event_id = `convene${event_key.replaceAll("-", "")}g1`;
  await act({ organizer, guest, event_id });
  await syncNow(stack, organizer);
  assert.equal((await rowOf(stack, meeting_id)).google_event_id, null);
  breakpoints.resume(worker.pid, "after insert");
  await written;
  worker.kill();
  return { organizer, guest, meeting_id };
}

async function write(
  { platform }: ChaosStack,
  meeting_id: string,
  functions_url = platform.functions_url,
): Promise<void> {
  const { status, body } = await callFunction(platform, "write-back", {
    apikey: platform.automations_key,
    body: { meeting_id },
    functions_url,
  });
  assert.equal(status, 200, JSON.stringify(body));
}

function replyIn(
  { attendees }: Awaited<ReturnType<typeof rowOf>>,
  guest: string,
): string | undefined {
  return (attendees as { email: string; responseStatus: string }[])
    .find(({ email }) => email === guest)?.responseStatus;
}
