import { checkBody } from "../contract/check_body.ts";
import type { Query } from "../contract/query.ts";
import type { MethodName } from "../contract/methods.ts";
import type { SchemaName, Shape } from "../contract/schemas.ts";
import { GoogleError } from "../contract/google_error.ts";
import type { Account, World } from "../world/world.ts";
import type { AccessRole, Calendar } from "./calendar_store.ts";
import type { EventCopy } from "./event_types.ts";
import { etagOf } from "./event_resource.ts";

/** One authorised API call, its query already checked. */
export interface Call {
  readonly world: World;
  readonly method: MethodName;
  readonly account: Account;
  readonly client_id: string;
  readonly scopes: ReadonlySet<string>;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown;
  readonly if_match: string | null;
  readonly if_none_match: string | null;
}

/** An answer: JSON, or nothing at all when `body` is null. */
export interface Answer {
  status: number;
  body: unknown;
  etag?: string;
}

export type Handler = (call: Call) => Answer;

export function ok(body: unknown, etag?: string): Answer {
  return { status: 200, body, ...(etag === undefined ? {} : { etag }) };
}

export const no_content: Answer = { status: 204, body: null };

/** The call's body as a checked shape; a missing body counts as an empty object. */
export function bodyOf<Name extends SchemaName>(call: Call, name: Name): Shape<Name> {
  return checkBody(name, call.body ?? {}, { strict: call.world.strict });
}

const ranks: Readonly<Record<AccessRole, number>> = {
  none: 0,
  freeBusyReader: 1,
  reader: 2,
  writer: 3,
  owner: 4,
};

/** What an account may do on a calendar. */
export function roleOn(world: World, calendar: Calendar, account: Account): AccessRole {
  if (calendar.owner === account.email) return "owner";
  const given = calendar.shared_with.get(account.email);
  if (given !== undefined) return given;
  const owner = world.accounts.get(calendar.owner);
  return calendar.primary && owner?.freebusy === "public" ? "freeBusyReader" : "none";
}

export function atLeast(role: AccessRole, needed: AccessRole): boolean {
  return ranks[role] >= ranks[needed];
}

/** The calendar that `calendarId` names, `primary` included. Invisible calendars are 404, too
 * little access is 403 requiredAccessLevel. */
export function calendarFor(
  call: Call,
  needed: AccessRole,
  id = call.params["calendarId"],
): Calendar {
  const calendar = call.world.calendars.get(
    id === "primary" ? call.account.email : call.world.directory.home(id ?? ""),
  );
  if (calendar === undefined) throw new GoogleError("notFound");
  const role = roleOn(call.world, calendar, call.account);
  if (role === "none") throw new GoogleError("notFound");
  if (!atLeast(role, needed)) throw new GoogleError("requiredAccessLevel");
  checkNarrowScopes(call, calendar, role);
  return calendar;
}

/** `calendar.events.owned` reaches only owned calendars, `calendar.app.created` only those the
 * app made. */
function checkNarrowScopes(call: Call, calendar: Calendar, role: AccessRole): void {
  const wide = [...call.scopes].some((scope) =>
    !scope.startsWith("calendar.events.owned") && scope !== "calendar.app.created" &&
    scope !== "calendar.events.public.readonly"
  );
  if (wide) return;
  const owned = [...call.scopes].some((scope) => scope.startsWith("calendar.events.owned"));
  if (owned && role === "owner") return;
  if (call.scopes.has("calendar.app.created") && calendar.created_by_app) return;
  throw new GoogleError("forbidden");
}

/** 412 unless the If-Match header, when there is one, names this version. */
export function checkIfMatch(call: Call, copy: Pick<EventCopy, "version">): void {
  if (call.if_match === null || call.if_match.trim() === "*") return;
  const listed = call.if_match.split(",").map((tag) => tag.trim());
  if (!listed.includes(etagOf(copy))) throw new GoogleError("conditionNotMet");
}

/** True when If-None-Match names this version, which a read answers with 304. */
export function isUnmodified(call: Call, etag: string): boolean {
  return call.if_none_match?.split(",").some((tag) => tag.trim() === etag || tag.trim() === "*") ??
    false;
}

/** The free/busy scope alone shows when there is something, not what. */
export function seesBusyOnly({ scopes }: Call): boolean {
  return [...scopes].every((scope) => scope === "calendar.events.freebusy");
}
