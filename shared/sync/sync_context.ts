import type { ChannelTokens } from "@shared/connections/channel_token.ts";
import type { Connections } from "@shared/connections/connections.ts";
import type { Database } from "@shared/database/call.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import type { GoogleChanges } from "@shared/google/calendar_changes.ts";

export interface SyncContext {
  database: Database;
  calendar: GoogleCalendar;
  changes: GoogleChanges;
  connections: Connections;
  tokens: ChannelTokens;
  /** Where Google sends messages, https; null: no channels are opened, and calendars are polled only. */
  webhook_url: string | null;
}
