import { jsonPost } from "./outgoing.ts";
import type { OutgoingPost } from "./outgoing.ts";
import type { Wording } from "./wording.ts";

/**
 * A message for a Microsoft Teams Workflows webhook: an Adaptive Card as its attachment. What people
 * typed stands in text runs, which unlike text blocks know no Markdown, so a title cannot become a link.
 */
export function teamsMessage({ headline, facts, links }: Wording, url: string): OutgoingPost {
  return jsonPost(url, {
    type: "message",
    attachments: [{
      contentType: "application/vnd.microsoft.card.adaptive",
      contentUrl: null,
      content: {
        $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
        type: "AdaptiveCard",
        version: "1.4",
        fallbackText: headline,
        body: [
          textLine([{ text: headline, weight: "Bolder", size: "Medium" }]),
          ...facts.map(([label, text]) =>
            textLine([{ text: `${label}: `, weight: "Bolder" }, { text }])
          ),
        ],
        actions: links.map(([title, address]) => ({
          type: "Action.OpenUrl",
          title,
          url: address,
        })),
      },
    }],
  });
}

interface Run {
  text: string;
  weight?: "Bolder";
  size?: "Medium";
}

function textLine(runs: Run[]) {
  return { type: "RichTextBlock", inlines: runs.map((run) => ({ type: "TextRun", ...run })) };
}
