import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mailMessage } from "../../../shared/notifications/mail_message.ts";
import { slackMessage } from "../../../shared/notifications/slack_message.ts";
import { standardWebhook } from "../../../shared/notifications/standard_webhook.ts";
import { teamsMessage } from "../../../shared/notifications/teams_message.ts";
import { wordingOf } from "../../../shared/notifications/wording.ts";
import { createdNotice, givenUpNotice, NEEDS_REAUTH } from "./notices.ts";

const URL_OF_TARGET = "https://target.example/hook";
const KEY = new Uint8Array(32).map((_, index) => index * 7);
const SECRET = `whsec_${btoa(String.fromCharCode(...KEY))}`;
const NOW = new Date("2035-01-01T09:00:00.900Z");

Deno.test("wordingOf() says what, when in the meeting's zone, with whom and where to click", () => {
  assert.deepEqual(wordingOf(createdNotice()), {
    headline: "Meeting scheduled: Budget <b>&</b> [plan](https://elsewhere.example)",
    facts: [
      ["When", "Monday, 8 January 2035, 11:00 to 11:30 (Europe/Paris)"],
      ["With", "Ana, ben@north.example"],
      ["Meeting", "m-1"],
    ],
    links: [
      ["Open in Google Calendar", "https://calendar.example/event?eid=1&x=2"],
      ["Join with Google Meet", "https://meet.example/abc"],
    ],
  });
});

Deno.test("wordingOf() gives a failure its reason, and a dead connection what to do", () => {
  const failed = wordingOf({
    ...createdNotice({ error: "slot_expired: The slot has passed.", title: null }),
    event: "failed",
  });
  assert.equal(failed.headline, "Meeting could not be scheduled: Ana, ben@north.example");
  assert.deepEqual(failed.facts[2], ["Why", "slot_expired: The slot has passed."]);
  assert.deepEqual(failed.links, []);
  const dead = wordingOf(NEEDS_REAUTH);
  assert.deepEqual(dead.facts[0], ["Account", "ana@north.example"]);
  assert.match(dead.facts[2]?.[1] ?? "", /Connect Google again/);
});

Deno.test("wordingOf() says what a change or cancellation that was given up leaves on the calendar", () => {
  const change = wordingOf(givenUpNotice("update"));
  assert.deepEqual(change, {
    headline: "Meeting could not be changed: Budget <b>&</b> [plan](https://elsewhere.example)",
    facts: [
      ["Wanted", "Monday, 8 January 2035, 11:00 to 11:30 (Europe/Paris)"],
      ["With", "Ana, ben@north.example"],
      [
        "Calendar",
        "The event on Google Calendar was not changed, and no guest was notified.",
      ],
      ["Why", "google_rejected: No."],
      ["Meeting", "m-1"],
    ],
    links: [["Open in Google Calendar", "https://calendar.example/event?eid=1&x=2"]],
  });
  const cancellation = wordingOf(givenUpNotice("cancel"));
  assert.match(cancellation.headline, /^Meeting could not be cancelled: Budget/);
  assert.deepEqual(cancellation.facts[0], change.facts[0]?.with(0, "When"));
  assert.match(cancellation.facts[2]?.[1] ?? "", /was not deleted, and no guest was notified/);
});

Deno.test("every channel names what was given up", async () => {
  const notice = givenUpNotice("cancel");
  const wording = wordingOf(notice);
  const webhook = JSON.parse((await standardWebhook(notice, URL_OF_TARGET, SECRET, NOW)).body);
  assert.equal(webhook.type, "meeting.given_up");
  assert.deepEqual(webhook.data, notice.meeting);
  assert.equal(webhook.data.operation, "cancel");
  const mail = { base_url: "https://mail.example", api_key: "key", from: "c@north.example" };
  for (
    const { body } of [
      slackMessage(wording, URL_OF_TARGET),
      teamsMessage(wording, URL_OF_TARGET),
      mailMessage(wording, "ana@north.example", "id-1", mail),
    ]
  ) {
    assert.match(body, /Meeting could not be cancelled/);
    assert.match(body, /was not deleted, and no guest was notified/);
    assert.match(body, /google_rejected: No\./);
  }
});

Deno.test("wordingOf() keeps within what channels show, however much people type", () => {
  const many = Array.from(
    { length: 200 },
    (_, index) => ({ email: `guest-${index}@north.example`, name: null }),
  );
  const { headline, facts } = wordingOf(
    createdNotice({ title: "x\n".repeat(5000), participants: many }),
  );
  assert.equal(headline.length, 150);
  assert.ok(!headline.includes("\n"));
  assert.match(facts[1]?.[1] ?? "", /and 195 more$/);
});

Deno.test("wordingOf() makes a button of https links only", () => {
  const { links } = wordingOf(
    createdNotice({ google_event_link: "javascript:alert(1)", meet_link: null }),
  );
  assert.deepEqual(links, []);
});

Deno.test("standardWebhook() is signed as Standard Webhooks asks", async () => {
  const notice = createdNotice();
  const post = await standardWebhook(notice, URL_OF_TARGET, SECRET, NOW);
  const seconds = "2051254800";
  assert.equal(post.headers["webhook-id"], notice.notification_id);
  assert.equal(post.headers["webhook-timestamp"], seconds);
  const expected = createHmac("sha256", KEY)
    .update(`${notice.notification_id}.${seconds}.${post.body}`).digest("base64");
  assert.equal(post.headers["webhook-signature"], `v1,${expected}`);
  assert.deepEqual(JSON.parse(post.body), {
    type: "meeting.created",
    timestamp: "2035-01-01T08:00:00Z",
    data: notice.meeting,
  });
  const dead = await standardWebhook(NEEDS_REAUTH, URL_OF_TARGET, SECRET, NOW);
  assert.equal(JSON.parse(dead.body).type, "connection.needs_reauth");
});

Deno.test("slackMessage() has blocks and a text, and nothing typed becomes a link or a mention", () => {
  const body = JSON.parse(slackMessage(wordingOf(createdNotice()), URL_OF_TARGET).body);
  assert.equal(
    body.text,
    "Meeting scheduled: Budget &lt;b&gt;&amp;&lt;/b&gt; [plan](https://elsewhere.example)",
  );
  const [head, ...sections] = body.blocks;
  assert.deepEqual([head.type, head.text.type], ["header", "plain_text"]);
  assert.deepEqual(sections.map(({ text }: { text: { text: string } }) => text.text), [
    "*When:* Monday, 8 January 2035, 11:00 to 11:30 (Europe/Paris)",
    "*With:* Ana, ben@north.example",
    "*Meeting:* m-1",
    "<https://calendar.example/event?eid=1&amp;x=2|Open in Google Calendar>",
    "<https://meet.example/abc|Join with Google Meet>",
  ]);
  const mention = JSON.parse(
    slackMessage(wordingOf(createdNotice({ title: "<!channel>" })), URL_OF_TARGET).body,
  );
  assert.ok(!JSON.stringify(mention.blocks.slice(1)).includes("<!"));
  assert.ok(!mention.text.includes("<!"));
});

Deno.test("slackMessage() stays within Slack's limits, whatever has to be escaped", () => {
  const failed = wordingOf({ ...createdNotice({ error: "&".repeat(5000) }), event: "failed" });
  const body = JSON.parse(slackMessage(failed, URL_OF_TARGET).body);
  for (const { type, text } of body.blocks) {
    assert.ok(text.text.length <= (type === "header" ? 150 : 3000), type);
  }
});

Deno.test("teamsMessage() is an Adaptive Card in an attachment, with typed text in plain runs only", () => {
  const body = JSON.parse(teamsMessage(wordingOf(createdNotice()), URL_OF_TARGET).body);
  assert.equal(body.type, "message");
  const [{ contentType, content }] = body.attachments;
  assert.equal(contentType, "application/vnd.microsoft.card.adaptive");
  assert.equal(content.type, "AdaptiveCard");
  const types = new Set(content.body.map(({ type }: { type: string }) => type));
  assert.deepEqual([...types], ["RichTextBlock"]);
  assert.ok(JSON.stringify(content.body).includes("[plan](https://elsewhere.example)"));
  assert.deepEqual(content.actions.map(({ type, url }: Record<string, string>) => [type, url]), [
    ["Action.OpenUrl", "https://calendar.example/event?eid=1&x=2"],
    ["Action.OpenUrl", "https://meet.example/abc"],
  ]);
});

Deno.test("mailMessage() has the mail API's shape, escapes HTML and carries the idempotency key", () => {
  const post = mailMessage(wordingOf(createdNotice()), "ana@north.example", "id-1", {
    base_url: "https://mail.example",
    api_key: "key",
    from: "Convene <convene@north.example>",
  });
  assert.equal(post.url, "https://mail.example/emails");
  assert.equal(post.headers.authorization, "Bearer key");
  assert.equal(post.headers["idempotency-key"], "id-1");
  const body = JSON.parse(post.body);
  assert.deepEqual(Object.keys(body).toSorted(), ["from", "html", "subject", "text", "to"]);
  assert.deepEqual(body.to, ["ana@north.example"]);
  assert.ok(body.html.includes("Budget &lt;b&gt;&amp;&lt;/b&gt;"));
  assert.ok(body.html.includes('href="https://calendar.example/event?eid=1&amp;x=2"'));
  assert.ok(body.text.includes("When: Monday, 8 January 2035, 11:00 to 11:30 (Europe/Paris)"));
});
