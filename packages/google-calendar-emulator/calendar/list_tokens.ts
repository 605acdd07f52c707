import { GoogleError } from "../contract/google_error.ts";

/** The state behind nextPageToken: how far the list went, and how far back the next sync must
 * look. */
export interface PageState {
  offset: number;
  /** The store's version when the first page was made; changes after it belong to the next sync. */
  version: number;
  /** The list as it was then (ListSnapshots); absent where lists are made again for each page. */
  snapshot?: string;
}

/** The state behind nextSyncToken. */
export interface SyncState {
  version: number;
  epoch: number;
  calendar_id: string;
  time_min: string | null;
  time_max: string | null;
}

export function writeToken(state: PageState | SyncState): string {
  return btoa(JSON.stringify(state)).replaceAll("=", "");
}

/** 400 for a page token that was never issued. */
export function readPageToken(token: string): PageState {
  const state = decode(token);
  if (typeof state?.["offset"] !== "number" || typeof state["version"] !== "number") {
    throw new GoogleError("invalid", {
      message: "Invalid page token value.",
      location: "pageToken",
    });
  }
  const snapshot = text(state["snapshot"]);
  return {
    offset: state["offset"],
    version: state["version"],
    ...(snapshot === null ? {} : { snapshot }),
  };
}

/** 410 fullSyncRequired for a token that was never issued, belongs elsewhere or has been
 * invalidated. */
export function readSyncToken(token: string, calendar_id: string, epoch: number): SyncState {
  const state = decode(token);
  if (
    typeof state?.["version"] !== "number" || state["calendar_id"] !== calendar_id ||
    state["epoch"] !== epoch
  ) throw new GoogleError("fullSyncRequired");
  return {
    version: state["version"],
    epoch,
    calendar_id,
    time_min: text(state["time_min"]),
    time_max: text(state["time_max"]),
  };
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function decode(token: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(atob(token));
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
