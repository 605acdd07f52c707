import { call } from "./call.ts";
import type { Database } from "./call.ts";

export type NotificationEvent =
  | "created"
  | "failed"
  | "cancelled"
  | "given_up"
  | "replied"
  | "moved"
  | "rescheduled"
  | "cancelled_in_google"
  | "conflict"
  | "proposed"
  | "needs_reauth";
export type NotificationKind = "webhook" | "slack" | "teams" | "email" | "log";

/** One leased row of the outbox and where it goes. Instants are RFC 3339. */
export interface ClaimedNotification {
  notification_id: string;
  event: NotificationEvent;
  kind: NotificationKind;
  /** Facts at the time of the transition; the reader validates them. */
  payload: unknown;
  created_at: string;
  lease_token: string;
  /** False once the target was deleted or switched off. */
  target_wanted: boolean;
  /** A URL, or an address; null for mail to the organizer and for the log. */
  address: string | null;
  signing_secret: string | null;
}

export interface DeliverySettlement {
  outcome: "sent" | "retry" | "reject";
  /** Code, colon, sentence; null when it was sent. */
  error: string | null;
  spends_attempt: boolean;
  not_before_seconds: number | null;
}

/** Leases notifications that are due, targets in turns. Settle each before its lease ends. */
export function claimNotifications(
  database: Database,
  limit: number,
): Promise<ClaimedNotification[]> {
  return call(database, "claim_notifications", {
    p_limit: limit,
  });
}

/** Ends a delivery. False when the lease was lost. */
export function settleNotification(
  database: Database,
  notification: ClaimedNotification,
  settlement: DeliverySettlement,
): Promise<boolean> {
  return call(database, "settle_notification", {
    p_notification_id: notification.notification_id,
    p_lease_token: notification.lease_token,
    p_outcome: settlement.outcome,
    p_error: settlement.error,
    p_spends_attempt: settlement.spends_attempt,
    p_not_before_seconds: settlement.not_before_seconds,
  });
}
