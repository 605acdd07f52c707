import { decodeBase64, encodeBase64 } from "@shared/std/encoding.ts";
import type { Notice } from "./notice.ts";
import { jsonPost } from "./outgoing.ts";
import type { OutgoingPost } from "./outgoing.ts";

const PREFIX = "whsec_";

/**
 * A generic webhook as Standard Webhooks describes it: `{type, timestamp, data}`, the row's id as
 * `webhook-id` (the same for every attempt, so receivers can drop repetitions), and the HMAC-SHA256 of
 * "id.timestamp.body" in base64. `secret` is "whsec_" and base64. `now` dates the attempt.
 */
export async function standardWebhook(
  notice: Notice,
  url: string,
  secret: string,
  now: Date,
): Promise<OutgoingPost> {
  const post = jsonPost(url, {
    type: notice.event === "needs_reauth" ? "connection.needs_reauth" : `meeting.${notice.event}`,
    timestamp: notice.occurred_at,
    data: notice.event === "needs_reauth" ? notice.connection : notice.meeting,
  });
  const seconds = Math.floor(now.getTime() / 1000);
  const signed = `${notice.notification_id}.${seconds}.${post.body}`;
  return {
    ...post,
    headers: {
      ...post.headers,
      "webhook-id": notice.notification_id,
      "webhook-timestamp": String(seconds),
      "webhook-signature": `v1,${await hmac(secret, signed)}`,
    },
  };
}

async function hmac(secret: string, text: string): Promise<string> {
  if (!secret.startsWith(PREFIX)) throw new TypeError("A signing secret begins with whsec_");
  const bytes = decodeBase64(secret.slice(PREFIX.length));
  const key = await crypto.subtle.importKey(
    "raw",
    bytes,
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text));
  return encodeBase64(signature);
}
