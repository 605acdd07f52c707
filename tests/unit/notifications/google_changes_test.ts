import assert from "node:assert/strict";
import { noticeOf } from "@shared/notifications/notice.ts";
import { wordingOf } from "@shared/notifications/wording.ts";
import { createdNotice } from "./notices.ts";

/** What people did in Google Calendar, as the outbox stores it. */
function wordingFor(
  event: "replied" | "moved" | "cancelled_in_google" | "conflict" | "proposed",
  details: object,
) {
  const { meeting } = createdNotice({ title: "Budget" });
  const notice = noticeOf({
    notification_id: "0f5c1a3e-7b34-4c0e-9a3c-2f1f5d1c9a77",
    event,
    kind: "slack",
    payload: { ...meeting, ...details },
    created_at: "2035-01-01T08:00:00+00:00",
    lease_token: "t",
    target_wanted: true,
    address: null,
    signing_secret: null,
  });
  const { headline, facts } = wordingOf(notice);
  return [headline, ...facts.map(([label, text]) => `${label}: ${text}`)];
}

Deno.test("a reply is announced with its guest, comment and further guests", () => {
  const reply = {
    email: "ben@north.example",
    response_status: "declined",
    comment: "On leave",
    additional_guests: 2,
  };
  const words = wordingFor("replied", { reply });
  assert.equal(words[0], "Declined by ben@north.example: Budget");
  assert.ok(words.includes("Comment: On leave") && words.includes("Brings: 2"), words.join("\n"));
  const short = wordingFor("replied", {
    reply: { ...reply, response_status: "accepted", comment: null, additional_guests: 0 },
  });
  assert.ok(!short.some((line) => /^(Comment|Brings)/.test(line)), short.join("\n"));
});

Deno.test("a moved event is announced with both times, a deleted one with what becomes of the guests", () => {
  const moved = wordingFor("moved", {
    moved_from: {
      start_time: "2035-01-08T08:00:00+00:00",
      end_time: "2035-01-08T08:30:00+00:00",
      timezone: "UTC",
    },
  });
  assert.equal(moved[0], "Meeting moved in Google Calendar: Budget");
  assert.ok(moved.includes("Now: Monday, 8 January 2035, 11:00 to 11:30 (Europe/Paris)"));
  assert.ok(moved.includes("Before: Monday, 8 January 2035, 08:00 to 08:30 (UTC)"));
  const deleted = wordingFor("cancelled_in_google", {});
  assert.equal(deleted[0], "Meeting deleted in Google Calendar: Budget");
  assert.ok(deleted.some((line) => line.startsWith("Guests: ")), deleted.join("\n"));
});

const OTHER = { start_time: "2035-01-08T13:00:00+00:00", end_time: "2035-01-08T13:30:00+00:00" };
const LATER = { start_time: "2035-01-09T09:00:00+00:00", end_time: "2035-01-09T09:30:00+00:00" };

Deno.test("a conflict is announced with who is busy and other times, without any where there are none", () => {
  const conflicts = [{ email: "ben@north.example", busy: [OTHER] }];
  const words = wordingFor("conflict", { conflict: { conflicts, alternatives: [OTHER, LATER] } });
  assert.equal(words[0], "Conflict with the time of a meeting: Budget");
  assert.ok(words.includes("Busy then: ben@north.example"), words.join("\n"));
  assert.ok(
    words.includes(
      "Free for everybody: Monday, 8 January 2035, 14:00 (Europe/Paris); Tuesday, 9 January 2035, 10:00 (Europe/Paris)",
    ),
    words.join("\n"),
  );
  const alone = wordingFor("conflict", { conflict: { conflicts, alternatives: [] } });
  assert.ok(!alone.some((line) => line.startsWith("Free")), alone.join("\n"));
});

Deno.test("a proposed time is announced with both times, its reason, until when and how to answer", () => {
  const words = wordingFor("proposed", {
    proposal: {
      trigger: "required_declined",
      ...OTHER,
      alternatives: [OTHER, LATER],
      expires_at: "2035-01-02T08:00:00+00:00",
    },
  });
  assert.equal(words[0], "Another time is proposed for a meeting: Budget");
  for (
    const line of [
      "Now: Monday, 8 January 2035, 11:00 to 11:30 (Europe/Paris)",
      "Proposed: Monday, 8 January 2035, 14:00 to 14:30 (Europe/Paris)",
      "Or: Tuesday, 9 January 2035, 10:00 (Europe/Paris)",
      "Why: A required person or a room declined.",
      "Answer until: Tuesday, 2 January 2035, 09:00 (Europe/Paris)",
      "What to do: Accept or reject it with POST meetings/moves.",
    ]
  ) assert.ok(words.includes(line), `${line}\n${words.join("\n")}`);
});
