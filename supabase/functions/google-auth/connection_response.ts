import type { Completion } from "@shared/connections/authorizations.ts";
import type { Revocation } from "@shared/connections/disconnect.ts";
import { CODES } from "@shared/failures/codes.ts";
import { reasonOf } from "@shared/failures/failure.ts";
import type { GoogleFailure } from "@shared/failures/google_reply.ts";
import { HttpFault } from "@shared/http/fault.ts";

type RefusedCompletion = Exclude<Completion, { kind: "connected" }>;

const PERMISSIONS_PAGE = "https://myaccount.google.com/permissions";

/** The refusal of `POST /complete`. Its one-time code is used up whatever the reason. */
export function refusedCompletion(completion: RefusedCompletion): HttpFault {
  switch (completion.kind) {
    case "unknown_code":
      return new HttpFault(
        "invalid_request",
        "code: Unknown, expired, already used, or started by another user. Start again with " +
          "POST google-auth/initiate.",
        { path: "code" },
      );
    case "no_refresh_token":
      return new HttpFault(
        "google_rejected",
        `${CODES.no_refresh_token.message} ${CODES.no_refresh_token.what_to_do}`,
        { reason: "no_refresh_token" },
      );
    case "no_account":
      return new HttpFault(
        "google_rejected",
        "Google returned no calendar, so nothing was connected. Start again and " +
          "leave every box checked.",
        { reason: "insufficient_permissions", missing_scopes: completion.missing_scopes },
      );
    case "failed":
      return refusedByGoogle(completion.failure);
  }
}

function refusedByGoogle(failure: GoogleFailure): HttpFault {
  const details = { reason: reasonOf(failure) };
  if (failure.verdict === "reconnect") {
    return new HttpFault(
      "needs_reauth",
      "Google no longer accepts this authorization. Start again with POST google-auth/initiate.",
      details,
    );
  }
  if (failure.verdict === "reject") {
    return new HttpFault(
      "google_rejected",
      "Google rejected the connection. The reason is in details; the operator of this service may " +
        "have to correct the OAuth client.",
      details,
    );
  }
  return new HttpFault(
    "google_unavailable",
    "Google could not be reached, and its code can be used only once. Start again with " +
      "POST google-auth/initiate.",
    details,
  );
}

/** The part of the response of `DELETE /` about the grant at Google; `what_to_do` only if something is left to do. */
export function revocationAdvice(
  revocation: Revocation,
): { revoked: boolean; what_to_do?: string } {
  switch (revocation.kind) {
    case "revoked":
    case "none":
      return { revoked: revocation.kind === "revoked" };
    case "kept_for_others":
      return {
        revoked: false,
        what_to_do: "The connection was deleted. The permission at Google stays, because " +
          `another user connected the same Google account. To end it for all: ${PERMISSIONS_PAGE}.`,
      };
    case "failed":
      return {
        revoked: false,
        what_to_do: "The connection was deleted, but Google did not confirm the " +
          `revocation (${revocation.reason}). Remove Convene's access at ${PERMISSIONS_PAGE}.`,
      };
  }
}
