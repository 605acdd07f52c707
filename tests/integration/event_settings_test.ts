import assert from "node:assert/strict";
import { eventsOf, mailsBy, rowOf, WEEK } from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";

const TEN_MINUTES = [{ method: "popup", minutes: 10 }];

promise("what a reschedule changes of an event that exists", {
  "reminders and guest permissions come with the patch, and no mail is sent for them": async (
    stack,
  ) => {
    const { organizer, guest, meeting_id } = await written(stack);
    const before = await onlyEvent(stack, organizer);
    await reschedule(organizer, meeting_id, {
      reminders: TEN_MINUTES,
      guests_can_modify: true,
      guests_can_invite_others: false,
      guests_can_see_other_guests: false,
    });
    const event = await onlyEvent(stack, organizer);
    assert.equal(event.id, before.id);
    assert.deepEqual(event.reminders, { useDefault: false, overrides: TEN_MINUTES });
    assert.deepEqual(
      [event.guestsCanModify, event.guestsCanInviteOthers, event.guestsCanSeeOtherGuests],
      [true, false, false],
    );
    assert.equal(event.hangoutLink, before.hangoutLink);
    assert.deepEqual(await mailsBy(stack, [guest]), [["invitation"]]);
  },

  "the conference goes and comes back, with its link on the row": async (stack) => {
    const { organizer, meeting_id } = await written(stack);
    const link = (await rowOf(stack, meeting_id)).meet_link;
    assert.ok(link);
    await reschedule(organizer, meeting_id, { conference: "none" });
    assert.equal((await onlyEvent(stack, organizer)).hangoutLink ?? null, null);
    assert.equal((await rowOf(stack, meeting_id)).meet_link, null);

    await reschedule(organizer, meeting_id, { conference: "meet" });
    const { hangoutLink } = await onlyEvent(stack, organizer);
    assert.ok(hangoutLink && hangoutLink !== link, String(hangoutLink));
    assert.equal((await rowOf(stack, meeting_id)).meet_link, hangoutLink);
  },

  "a Meet link that a change asks for and that is late is fetched": async (stack) => {
    const { organizer, meeting_id } = await written(stack, { conference: "none" });
    await stack.google.conference({ mode: "pending" });
    try {
      await reschedule(organizer, meeting_id, { conference: "meet" });
    } finally {
      await stack.google.conference({ mode: "success" });
    }
    const row = await rowOf(stack, meeting_id);
    assert.equal(row.meet_link, null);
    assert.notEqual(row.meet_link_due_at, null);
  },

  "what people have set on Google stays when something else changes": async (stack) => {
    const { organizer, meeting_id } = await written(stack);
    const { id } = await onlyEvent(stack, organizer);
    const { access_token } = await stack.google.signIn({ email: organizer.email });
    const response = await fetch(
      `${stack.platform.google_url}/calendar/v3/calendars/primary/events/${id}`,
      {
        method: "PATCH",
        headers: {
          authorization: `Bearer ${access_token}`,
          "content-type": "application/json",
        },
        body: JSON.stringify({ reminders: { useDefault: false, overrides: TEN_MINUTES } }),
      },
    );
    await response.body?.cancel();
    assert.equal(response.status, 200);
    await reschedule(organizer, meeting_id, { title: "Another title" });
    const event = await onlyEvent(stack, organizer);
    assert.equal(event.summary, "Another title");
    assert.deepEqual(event.reminders?.overrides, TEN_MINUTES);
  },

  "another calendar is refused with the path, also in a dry run; the same one is not": async (
    stack,
  ) => {
    const { organizer, meeting_id } = await written(stack);
    const before = await rowOf(stack, meeting_id);
    for (const more of [{}, { dry_run: true }]) {
      const refused = await organizer.call("schedule", {
        body: { meeting_id, reschedule: true, google_calendar_id: "other@north.example", ...more },
      });
      assert.equal(refused.status, 422);
      assert.equal(refused.body.details.path, "google_calendar_id");
    }
    assert.deepEqual(await rowOf(stack, meeting_id), before);
    await reschedule(organizer, meeting_id, { google_calendar_id: "primary" });
  },

  "the dry run shows the settings it would change": async (stack) => {
    const { organizer, meeting_id } = await written(stack);
    const preview = async (more: Record<string, unknown>) => {
      const answer = await organizer.call("schedule", {
        body: { meeting_id, reschedule: true, dry_run: true, ...more },
      });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      return answer.body.google_request.body;
    };
    const changed = await preview({ reminders: TEN_MINUTES, conference: "none" });
    assert.deepEqual(changed.reminders.overrides, TEN_MINUTES);
    assert.equal(changed.conferenceData, null);
    const same = await preview({ title: "Another title" });
    assert.equal("reminders" in same || "conferenceData" in same, false);
  },

  "a meeting that failed may go to another calendar": async (stack) => {
    const organizer = await stack.organizer();
    const { body: { meeting_id } } = await organizer.call("schedule", {
      body: {
        participants: [organizer.email],
        constraints: WEEK,
        google_calendar_id: "nowhere@north.example",
      },
    });
    await organizer.call("write-back", { body: { meeting_id } });
    assert.equal((await rowOf(stack, meeting_id)).writeback_status, "failed");
    await reschedule(organizer, meeting_id, { google_calendar_id: "primary" });
    await onlyEvent(stack, organizer);
  },
});

async function written(stack: Stack, more: Record<string, unknown> = {}) {
  // A guest whose own calendar can be listed: the meeting is not in its own way there.
  const organizer = await stack.organizer();
  const { email: guest } = await stack.organizer({ shares: "busy" });
  const { body: { meeting_id } } = await organizer.call("schedule", {
    body: { title: "Review", participants: [organizer.email, guest], constraints: WEEK, ...more },
  });
  await organizer.call("write-back", { body: { meeting_id } });
  assert.equal((await rowOf(stack, meeting_id)).writeback_status, "created");
  return { organizer, guest, meeting_id };
}

async function reschedule(
  organizer: Organizer,
  meeting_id: string,
  more: Record<string, unknown>,
): Promise<void> {
  const answer = await organizer.call("schedule", {
    body: { meeting_id, reschedule: true, ...more },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const write = await organizer.call("write-back", { body: { meeting_id } });
  assert.equal(write.status, 200, JSON.stringify(write.body));
}

async function onlyEvent(stack: Stack, organizer: Organizer) {
  const [event, ...more] = await eventsOf(stack, organizer);
  assert.ok(event);
  assert.equal(more.length, 0);
  return event;
}
