import { tokenCipher } from "@shared/connections/token_cipher.ts";
import type { Organizer, OrganizerOptions, Stack } from "./stack.ts";

/** CONVENE_TOKEN_KEYS of a platform on which organizers are connected like this. */
export const TOKEN_KEYS = `k1:${btoa("0123456789abcdef0123456789abcdef")}`;

/**
 * Connected without the consent flow, whose callback would have to come through the proxy: the
 * tokens are stored as google-auth stores them.
 */
export async function connectedOrganizer(
  stack: Stack,
  options: Pick<OrganizerOptions, "freebusy"> = {},
): Promise<Organizer> {
  const organizer = await stack.organizer({ ...options, connected: false });
  const { email, user_id } = organizer;
  const { access_token, refresh_token } = await stack.google.signIn({ email });
  const cipher = tokenCipher(TOKEN_KEYS);
  await stack.platform.sql(
    `insert into private.google_connections
       (user_id, google_account_id, email, status, granted_scopes, refresh_token_encrypted,
        access_token_encrypted, access_token_expires_at)
     values ($1, $2, $2, 'healthy', '{}', $3, $4, now() + interval '50 minutes')`,
    [
      user_id,
      email,
      await cipher.encrypt(refresh_token, user_id, "refresh_token_encrypted"),
      await cipher.encrypt(access_token, user_id, "access_token_encrypted"),
    ],
  );
  return organizer;
}
