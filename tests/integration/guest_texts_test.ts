import assert from "node:assert/strict";
import { isLocale } from "@shared/texts/locale.ts";
import { eventsOf, insertMeeting, MONDAY, rowOf, SLOT } from "../support/meetings.ts";
import { type Organizer, promise, type Stack } from "../support/stack.ts";

/** Where Ben comes straight from another meeting: the organizer may know, the other guests may not. */
const CONSTRAINTS = {
  duration_minutes: 30,
  earliest_date: `${MONDAY}T10:00:00Z`,
  latest_date: `${MONDAY}T10:30:00Z`,
  timezone: "Europe/Berlin",
};
const OWN_TEXT = "Please read the plan.";

promise("what guests read", {
  "the summary names no person's facts; none shows only the organizer's text, and full names them":
    async (
      stack,
    ) => {
      const { organizer, meeting_id } = await written(stack, { title: "Plan" });
      const row = await rowOf(stack, meeting_id);
      const before = await onlyEvent(stack, organizer);
      assert.match(row.reasoning, /It begins when Ben's previous meeting ends\./);
      assert.equal(row.description_details, "summary");
      assert.equal(
        before.description,
        [
          OWN_TEXT,
          "",
          "🤖 AI-Scheduled Meeting",
          "",
          `Score: ${row.score}/100`,
          row.scheduling_details.event_reasoning.summary,
          "",
          "Participants:",
          `- ${organizer.email} (${organizer.email})`,
          `- Ben (${row.participants[1].email})`,
          "",
          "Duration: 30 minutes",
          "Timezone: Europe/Berlin",
        ].join("\n"),
      );
      assert.doesNotMatch(row.scheduling_details.event_reasoning.summary, /Ben/);
      assert.match(row.scheduling_details.event_reasoning.summary, /^Everyone is free\./);

      await change(organizer, { meeting_id, description_details: "none" });
      const bare = await onlyEvent(stack, organizer);
      assert.equal(bare.description, OWN_TEXT);
      await change(organizer, { meeting_id, description_details: "full" });
      const full = await onlyEvent(stack, organizer);
      assert.match(
        full.description ?? "",
        /\nEveryone is free\. It begins when Ben's previous meeting ends\./,
      );
      await change(organizer, { meeting_id, description_details: "summary" });
      const again = await onlyEvent(stack, organizer);
      assert.deepEqual(content(again), content(before));
      assert.deepEqual([bare, full].map(otherContent), [
        otherContent(before),
        otherContent(before),
      ]);
      assert.equal((await rowOf(stack, meeting_id)).desired_version, row.desired_version + 3);
    },

  "the setting decides for meetings that do not choose, however they are made; a choice is kept":
    async (
      stack,
    ) => {
      await setDetails(stack, "none");
      try {
        const { organizer, meeting_id } = await written(stack);
        assert.equal((await onlyEvent(stack, organizer)).description, OWN_TEXT);
        assert.equal((await rowOf(stack, meeting_id)).description_details, "none");
        const { organizer: other } = await written(stack, { description_details: "full" });
        assert.match((await onlyEvent(stack, other)).description ?? "", /Ben's previous meeting/);

        const inserted = await insertMeeting(organizer, {
          participants: [organizer.email],
          ...SLOT,
        });
        assert.equal((await rowOf(stack, inserted)).description_details, "none");
        const { email, ...free } = await stack.organizer();
        const dry = await free.call("schedule", {
          body: { ...meetingOf(email, email), dry_run: true },
        });
        assert.equal(dry.status, 200, JSON.stringify(dry.body));
        assert.equal(dry.body.google_request.body.description, OWN_TEXT);
      } finally {
        await setDetails(stack, "summary");
      }
    },

  "the texts of a meeting are in the language of its locale, for guests and organizer": async (
    stack,
  ) => {
    const { organizer, meeting_id, answer } = await written(stack, { locale: "de-AT" });
    const row = await rowOf(stack, meeting_id);
    const event = await onlyEvent(stack, organizer);
    assert.equal(event.summary, `KI-geplanter Termin: ${organizer.email}, Ben`);
    const score = new Intl.NumberFormat("de-AT").format(row.score);
    assert.ok(event.description?.includes(`\nBewertung: ${score}/100\nAlle haben Zeit. `));
    assert.ok(event.description?.endsWith("\nDauer: 30 Minuten\nZeitzone: Europe/Berlin"));
    assert.match(row.reasoning, /^Alle haben Zeit\. Direkt davor ist ein Termin von Ben\./);
    assert.equal(
      answer.message,
      "Eine Zeit ist möglich: Montag, 8. Jänner 2035 um 11:00 Uhr (Europe/Berlin).",
    );
    const none = await organizer.call("schedule/alternatives", { body: { meeting_id } });
    assert.match(none.body.message, /^Zwischen Montag, 8\. Jänner 2035 um 11:00 Uhr .* haben nie /);

    const given = await insertMeeting(organizer, {
      participants: [organizer.email],
      ...SLOT,
      locale: "de",
    });
    await organizer.call("write-back", { body: { meeting_id: given } });
    const events = await eventsOf(stack, organizer);
    assert.ok(events.some(({ summary }) => summary === `KI-geplanter Termin: ${organizer.email}`));
  },

  "an unknown locale or detail is refused by its path, sent or stored, and both sides know the same":
    async (
      stack,
    ) => {
      const organizer = await stack.organizer();
      for (const [path, value] of [["locale", "fr"], ["description_details", "some"]] as const) {
        const body = { ...meetingOf(organizer.email, organizer.email), [path]: value };
        const sent = await organizer.call("schedule", { body });
        assert.deepEqual([sent.status, sent.body.details?.path], [422, path]);
        const { error } = await organizer.client.from("meetings").insert(
          { participants: [organizer.email], ...SLOT, [path]: value } as never,
        );
        assert.ok(error?.message.startsWith(`invalid_request: ${path}: `), error?.message);
      }
      const meeting_id = await insertMeeting(organizer, {
        participants: [organizer.email],
        ...SLOT,
      });
      for (const description_details of [null, "some"]) {
        const refused = await organizer.call("meetings", {
          method: "PATCH",
          body: { meeting_id, description_details },
        });
        assert.deepEqual(
          [refused.status, refused.body.details?.path],
          [422, "description_details"],
        );
      }
      const locales = [
        "en",
        "EN-gb",
        "en-001",
        "de",
        "de-Latn-CH",
        "de-AT",
        "fr",
        "",
        "de_AT",
        "den",
      ];
      const rows = await stack.platform.sql<{ name: string; known: boolean }>(
        "select name, private.is_locale(name) as known from unnest($1::text[]) as name",
        [locales],
      );
      assert.deepEqual(rows.map(({ known }) => known), locales.map(isLocale));
    },
});

function meetingOf(organizer: string, guest: string) {
  const participants = [organizer, ...(guest === organizer ? [] : [{ email: guest, name: "Ben" }])];
  return { description: OWN_TEXT, participants, constraints: CONSTRAINTS };
}

async function written(stack: Stack, more: Record<string, unknown> = {}) {
  const organizer = await stack.organizer();
  const guest = await stack.guest({ busy: [[`${MONDAY}T09:00:00Z`, `${MONDAY}T10:00:00Z`]] });
  const { status, body } = await organizer.call("schedule", {
    body: { ...meetingOf(organizer.email, guest), ...more },
  });
  assert.equal(status, 200, JSON.stringify(body));
  const { meeting_id } = body;
  await organizer.call("write-back", { body: { meeting_id } });
  assert.equal((await rowOf(stack, meeting_id)).writeback_status, "created");
  return { organizer, meeting_id, answer: body };
}

async function change(organizer: Organizer, body: Record<string, unknown>): Promise<void> {
  const changed = await organizer.call("meetings", { method: "PATCH", body });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  assert.equal(changed.body.description_details, body.description_details);
  const write = await organizer.call("write-back", { body: { meeting_id: body.meeting_id } });
  assert.equal(write.status, 200, JSON.stringify(write.body));
}

async function setDetails(stack: Stack, value: string): Promise<void> {
  await stack.platform.sql(
    "update private.settings set text_value = $1 where name = 'description_details'",
    [value],
  );
}

type Event = Awaited<ReturnType<typeof eventsOf>>[number];

function content(event: Event) {
  return { ...otherContent(event), description: event.description };
}

/** Everything of an event that a person sees but its description. */
function otherContent({ id, summary, location, start, end, attendees, hangoutLink }: Event) {
  return { id, summary, location, start, end, attendees, hangoutLink };
}

async function onlyEvent(stack: Stack, organizer: Organizer): Promise<Event> {
  const [event, ...more] = await eventsOf(stack, organizer);
  assert.ok(event);
  assert.equal(more.length, 0);
  return event;
}
