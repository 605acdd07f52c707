import type { Credentials } from "./credentials.ts";
import type { Connections } from "@shared/connections/connections.ts";
import type { GoogleFailure } from "@shared/failures/google_reply.ts";

/**
 * Why the organizer's own grant is not alive, or null. What other users have shared is used only for an organizer of whom
 * Google says today who that is: a former member of an organization would otherwise count as one for as long as that
 * connection is not used. With an access token that still holds, no request is sent.
 */
export async function deadGrant(
  { connections }: { connections: Connections },
  organizer: NonNullable<Credentials["organizer"]>,
): Promise<GoogleFailure | null> {
  const proof = await connections.call(
    organizer,
    "read",
    () => Promise.resolve({ verdict: "done", status: 200, value: null }),
  );
  return proof.verdict === "done" ? null : proof;
}
