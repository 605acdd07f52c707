import { addCalendar } from "../calendar/calendars.ts";
import { addToList } from "../calendar/calendar_list.ts";
import type { Calendar } from "../calendar/calendar_store.ts";
import type { EventBody } from "../calendar/event_types.ts";
import { storeEvent } from "../calendar/insert_event.ts";
import { importIcs } from "../ics/import_ics.ts";
import { type IcsFile, parseIcs } from "../ics/parse_ics.ts";
import type { Account, World } from "../world/world.ts";
import { ControlError } from "./control_error.ts";
import type { AccountSeed, AccountState, ImportedCalendar } from "./control_types.ts";

/** Creates an account with its primary calendar, further calendars and events. 409 when the email
 * is taken. */
export function createAccount(world: World, seed: AccountSeed): AccountState {
  const email = seed.email.toLowerCase();
  for (const address of [email, ...seed.aliases ?? []]) checkFree(world, address);
  const account: Account = {
    email,
    name: seed.name ?? nameFromEmail(email),
    sub: subjectOf(email),
    timezone: seed.timezone,
    freebusy: seed.freebusy ?? "public",
    service_account: seed.service_account ?? false,
    hosted_domain: seed.hosted_domain?.toLowerCase() ?? null,
    email_verified: seed.email_verified ?? true,
  };
  world.accounts.set(email, account);
  for (const alias of seed.aliases ?? []) world.directory.addAlias(alias, email);
  if (seed.room) world.directory.addRoom(email);
  const primary = addCalendar(world, {
    id: email,
    owner: email,
    primary: true,
    summary: email,
    timezone: seed.timezone,
    allows_meet: seed.meet ?? true,
  });
  addEvents(world, primary, seed.events ?? []);
  for (const extra of seed.calendars ?? []) {
    const owned = (extra.access_role ?? "owner") === "owner";
    const calendar = addCalendar(world, {
      ...(extra.id === undefined ? {} : { id: extra.id }),
      // A calendar that is only shared with the account belongs to no account that can sign in here.
      owner: owned ? email : "unknownorganizer@calendar.google.com",
      primary: false,
      summary: extra.summary,
      timezone: extra.timezone ?? seed.timezone,
      allows_meet: extra.meet ?? true,
    });
    if (!owned) {
      calendar.shared_with.set(email, extra.access_role ?? "reader");
      addToList(world, email, calendar);
    }
    addEvents(world, calendar, extra.events ?? []);
  }
  return accountState(world, account);
}

/** A group: an invitation of it invites its members. */
export function createGroup(world: World, group: { email: string; members: string[] }): void {
  checkFree(world, group.email);
  world.directory.addGroup(group.email, group.members);
}

function checkFree(world: World, address: string): void {
  if (world.accounts.has(address) || world.directory.has(address)) {
    throw new ControlError(409, "account_exists", `There is already an account ${address}`);
  }
}

/** Stores events without mail, past ones included. */
export function addEvents(
  world: World,
  calendar: Calendar,
  bodies: readonly EventBody[],
): string[] {
  return bodies.map((body) =>
    storeEvent(world, calendar, body, {
      conference_version: 1,
      supports_attachments: true,
      creator: { email: calendar.owner },
      telling: { send_updates: "none", actor: calendar.owner },
    }).shared.id
  );
}

export interface IcsImport {
  email: string;
  name?: string | undefined;
  timezone?: string | undefined;
  ics: string;
}

/** An iCalendar text becomes the primary calendar of an account, which is created unless it
 * exists. */
export function importCalendar(
  world: World,
  { email, name, timezone, ics }: IcsImport,
): ImportedCalendar {
  const address = email.toLowerCase();
  const known = world.accounts.get(address);
  const file = readIcs(ics);
  const { title } = file;
  if (known === undefined) {
    createAccount(world, {
      email: address,
      timezone: timezone ?? file.zone,
      ...(name === undefined && title === undefined ? {} : { name: name ?? title ?? address }),
    });
  }
  const calendar = calendarOf(world, address);
  if (title !== undefined) calendar.summary = title;
  const report = importIcs(world, calendar, file);
  return {
    ...accountState(world, accountOf(world, address)),
    timezone_source: known !== undefined
      ? "calendar"
      : timezone !== undefined
      ? "request"
      : file.zone_source,
    ...report,
  };
}

function readIcs(text: string): IcsFile {
  try {
    return parseIcs(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ControlError(400, "invalid_ics", reason);
  }
}

export function accountState(world: World, account: Account): AccountState {
  const calendars = [...world.calendars.listOf(account.email).keys()]
    .map((id) => world.calendars.get(id))
    .filter((calendar) => calendar !== undefined)
    .map(({ id, summary, timezone, primary }) => ({ id, summary, timezone, primary }));
  const { email, name, timezone, freebusy, service_account, hosted_domain, email_verified, sub } =
    account;
  return {
    email,
    name,
    timezone,
    freebusy,
    service_account,
    hosted_domain,
    email_verified,
    sub,
    calendars,
  };
}

export function accountOf(world: World, email: string): Account {
  const account = world.accounts.get(email.toLowerCase());
  if (account === undefined) {
    throw new ControlError(404, "unknown_account", `There is no account ${email}: create it first`);
  }
  return account;
}

export function calendarOf(world: World, id: string): Calendar {
  const calendar = world.calendars.get(id);
  if (calendar === undefined) {
    throw new ControlError(404, "unknown_calendar", `There is no calendar ${id}`);
  }
  return calendar;
}

function nameFromEmail(email: string): string {
  const words = (email.split("@")[0] ?? email).split(/[._-]+/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
}

/** A stable number for an email, as Google's `sub` is one. */
function subjectOf(email: string): string {
  let hash = 0n;
  for (const character of email) {
    hash = (hash * 131n + BigInt(character.codePointAt(0) ?? 0)) % 10n ** 20n;
  }
  return `1${hash.toString().padStart(20, "0")}`;
}
