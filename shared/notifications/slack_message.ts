import { jsonPost } from "./outgoing.ts";
import type { OutgoingPost } from "./outgoing.ts";
import type { Wording } from "./wording.ts";

/** A message for a Slack incoming webhook: blocks, and `text` for notifications and screen readers. */
export function slackMessage({ headline, facts, links }: Wording, url: string): OutgoingPost {
  const lines = [
    ...facts.map(([label, text]) => `*${escape(label)}:* ${escape(text)}`),
    ...links.map(([label, address]) => `<${escape(address).replaceAll("|", "%7C")}|${label}>`),
  ];
  return jsonPost(url, {
    text: escape(headline),
    blocks: [
      { type: "header", text: { type: "plain_text", text: headline, emoji: false } },
      // A section each: escaping makes text longer, and Slack refuses a section above 3000 characters.
      ...lines.map((text) => ({ type: "section", text: { type: "mrkdwn", text, verbatim: true } })),
    ],
  });
}

/** The three characters that make links, mentions and entities in Slack. */
function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
