import assert from "node:assert/strict";
import { change, createdMeeting, write } from "../support/changes.ts";
import { eventsOf, rowOf, SLOT, WEEK } from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";

/** Escaped, exactly what Google keeps: 1,638 times five characters, and two. */
const LONGEST = "&".repeat(1638) + "ab";
const ESCAPED = LONGEST.replaceAll("&", "&amp;");
const TOO_LONG = `${LONGEST}c`;

promise("one limit of descriptions", {
  "a meeting's own text is on Google as it was typed, to the last character": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack, { description: LONGEST });
    assert.equal(await descriptionOf(stack, organizer), ESCAPED);

    await change(organizer, meeting_id, {
      description: "Short, and then the details",
    });
    await write(organizer, meeting_id);
    assert.match(await descriptionOf(stack, organizer), /^Short, and then the details\n\n.*\n\n/);
    await change(organizer, meeting_id, { description: LONGEST });
    await write(organizer, meeting_id);
    assert.equal(await descriptionOf(stack, organizer), ESCAPED);
  },

  "a longer one is refused with its path, by schedule, a change and an insert": async (stack) => {
    const { organizer, meeting_id } = await createdMeeting(stack, { description: "Before" });
    const scheduled = await organizer.call("schedule", {
      body: {
        participants: [organizer.email],
        constraints: WEEK,
        description: TOO_LONG,
      },
    });
    const changed = await organizer.call("meetings", {
      method: "PATCH",
      body: { meeting_id, description: TOO_LONG },
    });
    for (const { status, body } of [scheduled, changed]) {
      assert.deepEqual([status, body.error], [422, "invalid_request"]);
      assert.equal(body.details.path, "description");
      assert.match(body.message, /8192 characters/);
    }
    assert.equal((await rowOf(stack, meeting_id)).description, "Before");

    const inserted = await organizer.client.from("meetings").insert(
      { participants: [organizer.email], ...SLOT, description: TOO_LONG } as never,
    );
    assert.equal(inserted.status, 400);
    assert.match(
      inserted.error?.message ?? "",
      /^invalid_request: description: .*8192 characters/,
    );
  },
});

async function descriptionOf(stack: Stack, organizer: Organizer): Promise<string> {
  const [event] = await eventsOf(stack, organizer);
  return event?.description ?? "";
}
