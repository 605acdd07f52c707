import type { Channel, Notification, PushMode } from "./calendar/channels.ts";
import type { EventBody, ResponseStatus } from "./calendar/event_types.ts";
import { approveConsent, type Consent } from "./control/approve_consent.ts";
import type {
  AccountSeed,
  AccountState,
  EventFilter,
  HandledEvent,
  ImportedCalendar,
  SignInTokens,
  StoredEvent,
} from "./control/control_types.ts";
import type { OAuthClient } from "./oauth/oauth_store.ts";
import type { FaultRule, FaultState } from "./world/faults.ts";
import type { Mail, MailFilter } from "./world/mailbox.ts";
import type { QuotaSettings } from "./world/quotas.ts";
import type { RecordedRequest, RequestFilter } from "./world/request_log.ts";
import type { Undocumented } from "./world/world.ts";

export type {
  AccountSeed,
  AccountState,
  FaultRule,
  FaultState,
  ImportedCalendar,
  Mail,
  RecordedRequest,
  ResponseStatus,
  StoredEvent,
};

/** What a test or the demo does to an emulator from outside, over HTTP, from any process. */
export interface EmulatorControl {
  createAccount(seed: AccountSeed): Promise<AccountState>;
  /** An invitation of the group invites its members, and its free/busy is theirs. */
  createGroup(group: { email: string; members: string[] }): Promise<void>;
  accounts(): Promise<AccountState[]>;
  changeAccount(
    change:
      & Pick<AccountSeed, "email">
      & Partial<Pick<AccountSeed, "freebusy" | "timezone" | "service_account">>,
  ): Promise<AccountState>;
  shareCalendar(
    share: {
      calendar_id: string;
      email: string;
      access_role: "none" | "freeBusyReader" | "reader" | "writer" | "owner";
    },
  ): Promise<void>;
  /** The text becomes the primary calendar of the account, which is created unless it exists. */
  importCalendar(
    calendar: { email: string; name?: string; timezone?: string; ics: string },
  ): Promise<ImportedCalendar>;
  /** Does what a person does on the consent page; the callback URL is returned, not called. */
  approve(consent: Consent): Promise<{ redirect_url: string }>;
  /** Tokens as after a consent, without the pages; all calendar and sign-in scopes by default. */
  signIn(
    person: { email: string; scopes?: string[]; client_id?: string },
  ): Promise<SignInTokens>;
  addEvents(calendar_id: string, events: EventBody[]): Promise<{ event_ids: string[] }>;
  events(filter?: EventFilter): Promise<StoredEvent[]>;
  mails(filter?: MailFilter): Promise<Mail[]>;
  requests(filter?: RequestFilter): Promise<RecordedRequest[]>;
  reply(
    answer: { email: string; event_id: string; responseStatus: ResponseStatus; comment?: string },
  ): Promise<StoredEvent>;
  /** A person edits an event, by default of their own calendar, as events.patch does, without faults, quotas and log. */
  edit(
    edit: HandledEvent & {
      changes?: EventBody;
      add_guests?: readonly string[];
      remove_guests?: readonly string[];
    },
  ): Promise<StoredEvent>;
  /** The same of events.delete. */
  delete(event: HandledEvent): Promise<void>;
  /** The same of events.move; the event as its new calendar shows it. */
  move(event: HandledEvent & { destination: string }): Promise<StoredEvent>;
  fault(rule: FaultRule): Promise<FaultState>;
  faults(): Promise<FaultState[]>;
  clearFaults(fault_id?: number): Promise<void>;
  /** For so long (on the emulator's clock) an insert with a taken id succeeds and mails again. */
  undetectedDuplicates(window: { seconds: number }): Promise<void>;
  conference(next: { mode: "success" | "pending" | "failure" }): Promise<void>;
  resolveConferences(
    end?: { mode?: "success" | "failure"; event_id?: string },
  ): Promise<{ resolved: number }>;
  /** Sets the time, standing still unless `ticking`; null returns to real time. */
  setClock(instant: string | Date | null, options?: { ticking?: boolean }): Promise<void>;
  advanceClock(by: { seconds: number }): Promise<void>;
  clock(): Promise<{ instant: string; frozen: boolean }>;
  expireAccessTokens(email?: string): Promise<void>;
  /** The account takes its grant back: tokens are dead, a refresh answers invalid_grant. */
  revokeGrant(email: string): Promise<void>;
  /** Refreshes of the account's present tokens are answered with this error. */
  refuseRefresh(
    refusal: { email: string; error?: string; error_description?: string; error_subtype?: string },
  ): Promise<void>;
  quotas(settings: QuotaSettings): Promise<void>;
  /** Switches the Calendar API of the project on or off (accessNotConfigured). */
  calendarApi(state: { enabled: boolean }): Promise<void>;
  freeBusyShape(shape: { merge: boolean; clip: boolean }): Promise<void>;
  /** Which of two reported behaviours Google shows; what is left out stays. */
  undocumented(behaviour: Partial<Undocumented>): Promise<void>;
  expireSyncTokens(calendar_id?: string): Promise<void>;
  setClient(client: OAuthClient): Promise<void>;
  channels(): Promise<Channel[]>;
  notifications(): Promise<Notification[]>;
  losePushMessages(lose: boolean): Promise<void>;
  /** How the messages of all channels travel from now on. */
  pushMode(mode: PushMode): Promise<void>;
  /** Delivers the messages that mode `held` kept back. */
  releasePushMessages(how?: { order: "sent" | "reversed" }): Promise<{ released: number }>;
  reset(): Promise<void>;
}

/** A typed client of an emulator's control surface. A refusal becomes an Error that says what was
 * refused. */
export function emulatorControl(url: string): EmulatorControl {
  const base = new URL("/emulator/", url);

  // The answers' types are those that the routes return; both ends live in this folder.
  async function call<T>(method: string, path: string, input?: unknown): Promise<T> {
    const response = await fetch(new URL(path, base), {
      method,
      ...(input === undefined
        ? {}
        : { body: JSON.stringify(input), headers: { "content-type": "application/json" } }),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`The Google emulator refused ${method} /emulator/${path}: ${text.trim()}`);
    }
    return JSON.parse(text) as T;
  }
  const get = <T>(path: string, filter: object = {}) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(filter)) {
      if (value !== undefined) query.set(name, String(value));
    }
    return call<T>("GET", `${path}?${query}`);
  };
  const post = <T>(path: string, input: unknown = {}) => call<T>("POST", path, input);
  const tell = async (path: string, input: unknown = {}) => {
    await post(path, input);
  };

  return {
    createAccount: (seed) => post("accounts", seed),
    createGroup: (group) => tell("groups", group),
    accounts: () => get("accounts"),
    changeAccount: (change) => call("PATCH", "accounts", change),
    shareCalendar: (share) => tell("calendars/share", share),
    importCalendar: (calendar) => post("import", calendar),
    approve: approveConsent,
    signIn: (person) => post("sign-in", person),
    addEvents: (calendar_id, events) => post("events", { calendar_id, events }),
    events: (filter) => get("events", filter),
    mails: (filter) => get("mails", filter),
    requests: (filter) => get("requests", filter),
    reply: (answer) => post("reply", answer),
    edit: (edit) => post("edit", edit),
    delete: (event) => tell("delete", event),
    move: (event) => post("move", event),
    fault: (rule) => post("faults", rule),
    faults: () => get("faults"),
    clearFaults: async (fault_id) => {
      await call("DELETE", fault_id === undefined ? "faults" : `faults?fault_id=${fault_id}`);
    },
    undetectedDuplicates: (window) => tell("undetected-duplicates", window),
    conference: (next) => tell("conference", next),
    resolveConferences: (end) => post("conference/resolve", end),
    setClock: (instant, options) =>
      tell("clock", {
        instant: instant instanceof Date ? instant.toISOString() : instant,
        ...options,
      }),
    advanceClock: (by) => tell("clock/advance", by),
    clock: () => get("clock"),
    expireAccessTokens: (email) =>
      tell("access-tokens/expire", email === undefined ? {} : { email }),
    revokeGrant: (email) => tell("grants/revoke", { email }),
    refuseRefresh: (refusal) => tell("grants/refuse", refusal),
    quotas: (settings) => tell("quotas", settings),
    calendarApi: (state) => tell("api", state),
    freeBusyShape: (shape) => tell("free-busy", shape),
    undocumented: (behaviour) => tell("undocumented", behaviour),
    expireSyncTokens: (calendar_id) =>
      tell("sync-tokens/expire", calendar_id === undefined ? {} : { calendar_id }),
    setClient: (client) => tell("client", client),
    channels: () => get("channels"),
    notifications: () => get("notifications"),
    losePushMessages: (lose_messages) => tell("push", { lose_messages }),
    pushMode: (mode) => tell("push", { mode }),
    releasePushMessages: (how) => post("push/release", how),
    reset: () => tell("reset"),
  };
}
