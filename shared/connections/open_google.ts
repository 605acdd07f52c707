import type { Database } from "@shared/database/call.ts";
import { googleCalendar } from "@shared/google/calendar.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import { googleChanges } from "@shared/google/calendar_changes.ts";
import type { GoogleChanges } from "@shared/google/calendar_changes.ts";
import { googleConfiguration } from "@shared/google/configuration.ts";
import type { Environment } from "@shared/google/configuration.ts";
import { googleOAuth } from "@shared/google/oauth.ts";
import { googleConnections } from "./connections.ts";
import type { Connections } from "./connections.ts";
import { tokenCipher } from "./token_cipher.ts";

/** Google Calendar and the users' connections to it, as the environment describes them. */
export function openGoogle(
  env: Environment,
  database: Database,
  now: () => Date,
): { calendar: GoogleCalendar; changes: GoogleChanges; connections: Connections } {
  const { oauth, calendar } = googleConfiguration(env);
  return {
    calendar: googleCalendar(calendar),
    changes: googleChanges(calendar),
    connections: googleConnections({
      database,
      oauth: googleOAuth(oauth),
      cipher: tokenCipher(env.CONVENE_TOKEN_KEYS),
      now,
    }),
  };
}
