import { Clock } from "./clock.ts";
import { CalendarStore } from "../calendar/calendar_store.ts";
import type { ConferenceEnd } from "../calendar/conference.ts";
import { Channels } from "../calendar/channels.ts";
import { ListSnapshots } from "../calendar/list_snapshots.ts";
import { Directory } from "./directory.ts";
import { Faults } from "./faults.ts";
import { Mailbox } from "./mailbox.ts";
import { SigningKey } from "../oauth/signing_key.ts";
import type { OAuthStore } from "../oauth/oauth_store.ts";
import { Quotas } from "./quotas.ts";
import { RequestLog } from "./request_log.ts";

/** A person (or service account) with a Google account here. The email is also the primary
 * calendar's id. */
export interface Account {
  email: string;
  name: string;
  sub: string;
  timezone: string;
  /** Whether other accounts may read this one's free/busy. */
  freebusy: "public" | "private";
  service_account: boolean;
  /** Google's claim `hd`; null: the account belongs to no Workspace organization. */
  hosted_domain: string | null;
  email_verified: boolean;
}

/** Switches of the control surface that change how the emulator answers. */
export interface Switches {
  conference: ConferenceEnd;
  /** Until this instant an insert with a taken id succeeds; 0 = duplicates are always detected. */
  duplicates_undetected_until_ms: number;
  api_enabled: boolean;
  /** Undocumented at Google, so clients must accept every combination. */
  free_busy: { merge: boolean; clip: boolean };
  undocumented: Undocumented;
}

/** What Google does in a way that is only reported, so that clients must accept both. */
export interface Undocumented {
  /** Changed occurrences after the new end of a series that was cut by UNTIL. */
  exceptions_after_cut: "cancelled" | "alive";
  /** A write without sendUpdates: no guest is mailed, or those without a calendar here are. */
  default_send_updates: "none" | "externalOnly";
  /** What `calendar.freebusy` alone reads: calendars that the account owns ("your calendars"), or all that it may see. */
  freebusy_scope: "own" | "accessible";
  /** How full the pages of events.list are: as asked for, or first an empty one and then of two events at most. */
  list_pages: "full" | "short";
}

/** All state of one emulator. */
export class World {
  readonly strict: boolean;
  readonly clock = new Clock();
  readonly directory = new Directory();
  readonly accounts = new Map<string, Account>();
  readonly calendars = new CalendarStore();
  readonly oauth: OAuthStore;
  readonly mailbox = new Mailbox();
  readonly requests = new RequestLog();
  readonly faults = new Faults();
  readonly quotas = new Quotas();
  readonly channels = new Channels(this.clock);
  readonly snapshots = new ListSnapshots();
  readonly signing_key = new SigningKey();
  readonly switches: Switches = {
    conference: "success",
    duplicates_undetected_until_ms: 0,
    api_enabled: true,
    free_busy: { merge: true, clip: true },
    undocumented: {
      exceptions_after_cut: "cancelled",
      default_send_updates: "none",
      freebusy_scope: "own",
      list_pages: "full",
    },
  };
  #last_version = 0;
  #later: (() => void)[] = [];

  constructor(strict: boolean, oauth: OAuthStore) {
    this.strict = strict;
    this.oauth = oauth;
  }

  /** A number above every earlier one; as an etag it looks like Google's (twice the
   * microseconds). */
  nextVersion(): number {
    this.#last_version = Math.max(this.#last_version + 2, this.clock.now() * 2000);
    return this.#last_version;
  }

  /** Something that Google does after the request that is being answered. */
  later(effect: () => void): void {
    this.#later.push(effect);
  }

  settle(): void {
    for (const effect of this.#later.splice(0)) effect();
  }

  get last_version(): number {
    return this.#last_version;
  }
}
