import { escapeHtml } from "@shared/std/html.ts";
import type { MailConfiguration } from "./configuration.ts";
import { jsonPost } from "./outgoing.ts";
import type { OutgoingPost } from "./outgoing.ts";
import type { Wording } from "./wording.ts";

/**
 * A mail for an HTTP mail API in Resend's shape (POST /emails). The row's id as idempotency key makes
 * a repeated attempt harmless: such an API sends a key once.
 */
export function mailMessage(
  { headline, facts, links }: Wording,
  to: string,
  notification_id: string,
  { base_url, api_key, from }: MailConfiguration,
): OutgoingPost {
  const lines = [...facts, ...links];
  const html = [
    `<p><strong>${escapeHtml(headline)}</strong></p>`,
    `<ul>${
      facts.map(([label, text]) => `<li>${escapeHtml(`${label}: ${text}`)}</li>`).join("")
    }</ul>`,
    ...links.map(([label, url]) => `<p><a href="${escapeHtml(url)}">${escapeHtml(label)}</a></p>`),
  ].join("\n");
  return jsonPost(`${base_url}/emails`, {
    from,
    to: [to],
    subject: headline,
    html,
    text: [headline, "", ...lines.map(([label, text]) => `${label}: ${text}`)].join("\n"),
  }, { authorization: `Bearer ${api_key}`, "idempotency-key": notification_id });
}
