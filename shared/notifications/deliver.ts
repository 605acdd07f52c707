import type { ClaimedNotification } from "@shared/database/notifications.ts";
import type { NotificationsConfiguration } from "./configuration.ts";
import { deliveryOf, rejected, SENT, unreachable } from "./delivery.ts";
import type { Delivery } from "./delivery.ts";
import { mailMessage } from "./mail_message.ts";
import { noticeOf } from "./notice.ts";
import type { ConnectionNotice, Notice } from "./notice.ts";
import type { OutgoingPost } from "./outgoing.ts";
import { pinnedPost } from "./pinned_post.ts";
import { slackMessage } from "./slack_message.ts";
import { standardWebhook } from "./standard_webhook.ts";
import { targetAddress } from "./target_address.ts";
import type { Resolve } from "./target_address.ts";
import { teamsMessage } from "./teams_message.ts";
import { wordingOf } from "./wording.ts";

/** Receivers should respond immediately; a lease must last longer than this. */
export const DELIVERY_TIMEOUT_MS = 10_000;

export interface DeliveryDependencies {
  configuration: NotificationsConfiguration;
  /** For the mail API only, which the operator has configured. Targets are reached by `pinnedPost`. */
  fetch: typeof globalThis.fetch;
  resolve: Resolve;
  /** Where alerts go that have no other target: one line in the functions' log. */
  alert: (connection: ConnectionNotice) => void;
  now: () => Date;
}

/** Composes and sends one notification. Never throws for anything that a target does. */
export async function deliver(
  dependencies: DeliveryDependencies,
  row: ClaimedNotification,
): Promise<Delivery> {
  if (!row.target_wanted) {
    return rejected("target_gone");
  }
  const notice = noticeOf(row);
  if (row.kind === "log") {
    if (notice.event === "needs_reauth") dependencies.alert(notice.connection);
    return SENT;
  }
  if (row.kind === "email") return await mail(dependencies, notice, row.address);
  if (row.address === null) return rejected("target_refused", "The target has no address.");
  const post = await compose(row.kind, notice, row.address, row.signing_secret, dependencies.now());
  return "outcome" in post ? post : await sendToTarget(dependencies, post);
}

async function compose(
  kind: "webhook" | "slack" | "teams",
  notice: Notice,
  url: string,
  signing_secret: string | null,
  now: Date,
): Promise<OutgoingPost | Delivery> {
  switch (kind) {
    case "slack":
      return slackMessage(wordingOf(notice), url);
    case "teams":
      return teamsMessage(wordingOf(notice), url);
    case "webhook":
      return signing_secret === null
        ? rejected("target_refused", "The webhook has no signing secret. Give it one.")
        : await standardWebhook(notice, url, signing_secret, now);
  }
}

async function sendToTarget(
  { configuration, resolve, now }: DeliveryDependencies,
  post: OutgoingPost,
): Promise<Delivery> {
  try {
    const target = await targetAddress(post.url, resolve, configuration);
    if (!target.allowed) return rejected("target_refused", target.reason);
    return deliveryOf(await pinnedPost(post, target, { timeout_ms: DELIVERY_TIMEOUT_MS }), now());
  } catch (error) {
    return unreachable(error);
  }
}

async function mail(
  { configuration, fetch, now }: DeliveryDependencies,
  notice: Notice,
  address: string | null,
): Promise<Delivery> {
  if (configuration.mail === null) {
    return rejected("mail_not_configured");
  }
  const to = address ??
    (notice.event === "needs_reauth" ? notice.connection.email : notice.meeting.organizer_email);
  if (to === null) return rejected("no_recipient");
  const post = mailMessage(wordingOf(notice), to, notice.notification_id, configuration.mail);
  try {
    const response = await fetch(post.url, {
      method: "POST",
      headers: post.headers,
      body: post.body,
      redirect: "manual",
      signal: AbortSignal.timeout(DELIVERY_TIMEOUT_MS),
    });
    await response.body?.cancel();
    const retry_after = response.headers.get("retry-after");
    // 409: the same idempotency key is being worked on at this moment.
    return deliveryOf({ status: response.status, retry_after }, now(), [409]);
  } catch (error) {
    return unreachable(error);
  }
}
