import assert from "node:assert/strict";
import { pendingMeeting } from "../support/meetings.ts";
import { promise } from "../support/stack.ts";

promise("replies to a meeting", {
  "status shows replies once they are read, and sums them up": async (stack) => {
    const { organizer, guests, meeting_id } = await pendingMeeting(stack);
    const status = async () => (await organizer.call("status", { query: { meeting_id } })).body;
    assert.equal((await status()).rsvp, null);
    await organizer.call("write-back", { body: { meeting_id } });
    const { google_event_id: event_id, rsvp } = await status();
    assert.equal(rsvp.status, "awaiting");
    assert.deepEqual(rsvp.awaiting, guests);

    const answers = async (responseStatus: "accepted" | "declined", email: string) => {
      await stack.google.reply({ email, event_id, responseStatus });
      await organizer.call("task-events/sync-organizer", { body: { meeting_id } });
      return (await status()).rsvp.status;
    };
    assert.equal(await answers("accepted", guests[0]!), "awaiting");
    assert.equal(await answers("accepted", guests[1]!), "confirmed");
    assert.equal(await answers("declined", guests[1]!), "declined_by_required");
    const shown = await status();
    assert.deepEqual(shown.rsvp.declined_by, [guests[1]]);
    assert.equal(
      shown.attendees.find(({ email }: { email: string }) => email === guests[1]).responseStatus,
      "declined",
    );
  },
}, { databases: "both" });
