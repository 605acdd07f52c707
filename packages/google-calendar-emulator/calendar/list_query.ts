import type { Query } from "../contract/query.ts";
import { GoogleError } from "../contract/google_error.ts";
import type { Calendar } from "./calendar_store.ts";
import { parseInstant } from "./event_time.ts";
import { readSyncToken, type SyncState } from "./list_tokens.ts";

/** The parameters of events.list, checked against each other. */
export interface ListQuery {
  single_events: boolean;
  show_deleted: boolean;
  order_by: "startTime" | "updated" | null;
  time_min_ms: number | null;
  time_max_ms: number | null;
  updated_min_ms: number | null;
  sync: SyncState | null;
  ical_uid: string | null;
  text: string | null;
  event_types: string[];
  private_properties: string[];
  shared_properties: string[];
  /** A list with these restrictions never ends in a sync token. */
  can_sync: boolean;
}

const not_with_sync_token = [
  "iCalUID",
  "orderBy",
  "privateExtendedProperty",
  "q",
  "sharedExtendedProperty",
  "timeMin",
  "timeMax",
  "updatedMin",
];

/** Reports speak of about 30 days. */
const oldest_updated_min_ms = 30 * 86_400_000;

/** Reads and checks a list query; 400 or 410 with the parameter as location. */
export function readListQuery(query: Query, calendar: Calendar, now_ms: number): ListQuery {
  const sync_token = query.text("syncToken");
  let sync: SyncState | null = null;
  if (sync_token !== undefined) {
    const refused = not_with_sync_token.find((name) => query.has(name)) ??
      (query.flag("showDeleted") === false ? "showDeleted" : undefined);
    if (refused !== undefined) {
      throw new GoogleError("badRequest", {
        message: "Sync token cannot be used with other request restrictions.",
        location: refused,
      });
    }
    sync = readSyncToken(sync_token, calendar.id, calendar.sync_epoch);
  }
  const single_events = query.flag("singleEvents") ?? false;
  const order_by = query.text("orderBy");
  if (order_by === "startTime" && !single_events) {
    throw new GoogleError("badRequest", {
      message: "The requested ordering is not available for the particular query.",
      location: "orderBy",
    });
  }
  const time_min_ms = instantParameter(
    query.text("timeMin") ?? sync?.time_min ?? undefined,
    "timeMin",
  );
  const time_max_ms = instantParameter(
    query.text("timeMax") ?? sync?.time_max ?? undefined,
    "timeMax",
  );
  if (time_min_ms !== null && time_max_ms !== null && time_min_ms >= time_max_ms) {
    throw new GoogleError("timeRangeEmpty");
  }
  const updated_min_ms = instantParameter(query.text("updatedMin"), "updatedMin");
  if (updated_min_ms !== null && updated_min_ms < now_ms - oldest_updated_min_ms) {
    throw new GoogleError("updatedMinTooLongAgo");
  }
  return {
    single_events,
    show_deleted: query.flag("showDeleted") ?? false,
    order_by: order_by === "startTime" || order_by === "updated" ? order_by : null,
    time_min_ms,
    time_max_ms,
    updated_min_ms,
    sync,
    ical_uid: query.text("iCalUID") ?? null,
    text: query.text("q")?.toLowerCase() ?? null,
    event_types: query.all("eventTypes"),
    private_properties: query.all("privateExtendedProperty").map(checkedProperty),
    shared_properties: query.all("sharedExtendedProperty").map(checkedProperty),
    can_sync: !not_with_sync_token.some((name) =>
      name !== "timeMin" && name !== "timeMax" && query.has(name)
    ),
  };
}

/** An instant with mandatory offset; its milliseconds are ignored. */
export function instantParameter(text: string | undefined, name: string): number | null {
  if (text === undefined) return null;
  const ms = parseInstant(text);
  if (ms === null) throw new GoogleError("badRequest", { location: name });
  return Math.floor(ms / 1000) * 1000;
}

function checkedProperty(text: string): string {
  if (text.indexOf("=") < 1) {
    throw new GoogleError("invalid", {
      message: "Invalid extended property constraint: use name=value.",
      location: "privateExtendedProperty",
    });
  }
  return text;
}
