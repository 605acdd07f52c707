import type { EventBody } from "../calendar/event_types.ts";
import type { SendUpdates } from "../calendar/guest_mail.ts";
import type { IcsReport } from "../ics/import_ics.ts";
import type { ZoneSource } from "../ics/parse_ics.ts";

/** A calendar beside the primary one. */
export interface CalendarSeed {
  id?: string;
  summary: string;
  timezone?: string;
  /** Below `owner` the calendar belongs to another account, like a holiday calendar. */
  access_role?: "owner" | "writer" | "reader" | "freeBusyReader";
  /** Whether its events may have a Google Meet conference; default true. */
  meet?: boolean;
  events?: EventBody[];
}

export interface AccountSeed {
  email: string;
  name?: string;
  /** IANA zone of the primary calendar. */
  timezone: string;
  /** Who else may read this account's free/busy: every account here (default), or no account. */
  freebusy?: "public" | "private";
  service_account?: boolean;
  /** Domain of the account's Google Workspace organization, Google's claim `hd`; default: none. */
  hosted_domain?: string;
  /** Default true. */
  email_verified?: boolean;
  /** Other addresses of the account: a guest under one of them is this account. */
  aliases?: string[];
  /** A room: it answers invitations automatically, and is a `resource` among the guests. */
  room?: boolean;
  /** Whether events of the primary calendar may have a Google Meet conference; default true. */
  meet?: boolean;
  calendars?: CalendarSeed[];
  /** Google Event bodies for the primary calendar; no mail is sent about them. */
  events?: EventBody[];
}

export interface AccountState {
  email: string;
  name: string;
  timezone: string;
  freebusy: "public" | "private";
  service_account: boolean;
  hosted_domain: string | null;
  email_verified: boolean;
  sub: string;
  calendars: { id: string; summary: string; timezone: string; primary: boolean }[];
}

/** The account after an import, and what of the file is on its calendar. */
export interface ImportedCalendar extends AccountState, IcsReport {
  /** Where the calendar's zone comes from: the request, `X-WR-TIMEZONE` of the file, the zone that
   * most of its events name, the one that it defines, UTC by default, or the calendar as it was. */
  timezone_source: ZoneSource | "request" | "calendar";
}

/** A stored event with the calendar it is on. */
export type StoredEvent = EventBody & { id: string; calendar_id: string };

/** One event that a person handles in Google's own interface. */
export interface HandledEvent {
  email: string;
  event_id: string;
  /** Default: the person's own calendar. */
  calendar_id?: string | undefined;
  sendUpdates: SendUpdates;
}

export interface EventFilter {
  calendar_id?: string | undefined;
  event_id?: string | undefined;
  /** `live` leaves cancelled events out. */
  status?: "live" | "cancelled" | undefined;
}

export interface SignInTokens {
  access_token: string;
  refresh_token: string;
  expires_in: number;
  scope: string;
}
