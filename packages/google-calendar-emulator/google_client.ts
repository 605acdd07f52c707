import { auth, calendar, type calendar_v3 } from "@googleapis/calendar";
import { default_client } from "./emulator.ts";

/** Google's own client with its base address and token endpoint pointed at the emulator, signed in
 * with an access token of it. */
export function googleClient(url: string, access_token: string): calendar_v3.Calendar {
  const oauth = new auth.OAuth2({
    clientId: default_client.client_id,
    clientSecret: default_client.client_secret,
    endpoints: { oauth2TokenUrl: `${url}/token`, oauth2RevokeUrl: `${url}/revoke` },
  });
  oauth.setCredentials({ access_token });
  // Google's client repeats reads without being asked, which would hide the emulator's first answer.
  return calendar({ version: "v3", auth: oauth, rootUrl: `${url}/`, retry: false });
}
