import * as z from "zod/mini";
import { excerpt } from "./excerpt.ts";
import type { GoogleReply } from "./failure.ts";
import { classify, reconnect, refused, unanswered, withRetryAfter } from "./google_reply.ts";
import type { GoogleFailure, RequestKind } from "./google_reply.ts";

/** The token endpoint's errors are flat (RFC 6749, 5.2), unlike those of the calendar. */
const FLAT_ERROR = z.object({
  error: z.string(),
  error_description: z.optional(z.string()),
  error_subtype: z.optional(z.string()),
});

/** Errors that mean "try later"; all others are final. */
const PASSING = new Set(["temporarily_unavailable", "rate_limit_exceeded", "slow_down"]);

/**
 * Classifies an error response of Google's OAuth endpoints. `invalid_grant` is never retried: the
 * grant is dead. An unknown or wrong client (`invalid_client`, `unauthorized_client`,
 * `redirect_uri_mismatch`) is the operator's to correct, so it is a reject.
 */
export function classifyOAuth(
  kind: RequestKind,
  status: number,
  body: unknown,
  headers: Headers,
): GoogleFailure {
  const parsed = FLAT_ERROR.safeParse(body);
  if (!parsed.success || status >= 500 || status === 408 || status === 429) {
    return classify(kind, status, body, headers);
  }
  const { error, error_description, error_subtype } = parsed.data;
  const subtype = error_subtype === undefined ? "" : ` (${error_subtype})`;
  const reply: GoogleReply = {
    status,
    reason: error,
    message: excerpt(`${error_description ?? `Google returned ${error}.`}${subtype}`),
    body: excerpt(body),
  };
  if (error === "invalid_grant") return reconnect("invalid_grant", reply);
  return PASSING.has(error) ? withRetryAfter(unanswered(reply), headers) : refused(reply);
}
