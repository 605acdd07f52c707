import { parseInstant } from "../calendar/event_time.ts";
import { readScopes } from "../oauth/scopes.ts";
import type { World } from "../world/world.ts";
import {
  accountOf,
  accountState,
  addEvents,
  calendarOf,
  createAccount,
  createGroup,
  importCalendar,
} from "./accounts.ts";
import { addToList } from "../calendar/calendar_list.ts";
import { ControlError } from "./control_error.ts";
import { defined, inputs } from "./control_input.ts";
import type { EventBody } from "../calendar/event_types.ts";
import { deleteByPerson, editEvent, moveByPerson } from "./edit_event.ts";
import { replyToInvitation, resolveConferences, signIn, storedEvents } from "./people.ts";

/** The world that the server serves now; reset puts a fresh one in its place. */
export interface WorldHold {
  world: World;
  fresh(): World;
}

type Route = (hold: WorldHold, input: unknown, query: URLSearchParams) => unknown;

/** Reads an input with its zod schema; 400 names the path of what is wrong. */
function read<T>(
  schema: {
    safeParse(value: unknown):
      | { success: true; data: T }
      | { success: false; error: { issues: { path: PropertyKey[]; message: string }[] } };
  },
  input: unknown,
): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ControlError(
    400,
    "invalid_request",
    `${issue?.path.join(".") || "body"}: ${issue?.message ?? "invalid"}`,
  );
}

const all_calendar_scopes = "openid email profile https://www.googleapis.com/auth/calendar";

export const control_routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  [
    "POST accounts",
    ({ world }, input) => createAccount(world, defined(read(inputs.account, input))),
  ],
  [
    "GET accounts",
    ({ world }) => [...world.accounts.values()].map((account) => accountState(world, account)),
  ],
  ["PATCH accounts", ({ world }, input) => {
    const { email, ...changes } = read(inputs.account_change, input);
    const account = Object.assign(accountOf(world, email), defined(changes));
    calendarOf(world, account.email).timezone = account.timezone;
    return accountState(world, account);
  }],
  ["POST calendars/share", ({ world }, input) => {
    const { calendar_id, email, access_role } = read(inputs.share, input);
    const calendar = calendarOf(world, calendar_id);
    const account = accountOf(world, email);
    calendar.shared_with.set(account.email, access_role);
    // A change of access ends the sync tokens of the calendar.
    calendar.sync_epoch++;
    if (access_role === "none") {
      world.calendars.takeOffList(account.email, calendar.id, world.nextVersion());
    } else addToList(world, account.email, calendar);
  }],
  ["POST groups", ({ world }, input) => createGroup(world, read(inputs.group, input))],
  ["POST import", ({ world }, input) => importCalendar(world, read(inputs.import, input))],
  ["GET events", ({ world }, _input, query) => {
    const status = query.get("status");
    return storedEvents(world, {
      calendar_id: query.get("calendar_id") ?? undefined,
      event_id: query.get("event_id") ?? undefined,
      status: status === "live" || status === "cancelled" ? status : undefined,
    });
  }],
  ["POST events", ({ world }, input) => {
    const { calendar_id, events } = read(inputs.events, input);
    return { event_ids: addEvents(world, calendarOf(world, calendar_id), events) };
  }],
  ["POST edit", ({ world }, input) => {
    const { changes, ...edit } = read(inputs.edit, input);
    return editEvent(world, { ...edit, changes: changes as EventBody | undefined });
  }],
  [
    "POST delete",
    ({ world }, input) => deleteByPerson(world, read(inputs.handled_event, input)),
  ],
  ["POST move", ({ world }, input) => moveByPerson(world, read(inputs.moved_event, input))],
  ["POST reply", ({ world }, input) => replyToInvitation(world, read(inputs.reply, input))],
  ["GET mails", ({ world }, _input, query) =>
    world.mailbox.list({
      to: query.get("to") ?? undefined,
      event_id: query.get("event_id") ?? undefined,
      calendar_id: query.get("calendar_id") ?? undefined,
      kind: query.get("kind") ?? undefined,
    })],
  ["GET requests", ({ world }, _input, query) =>
    world.requests.list({
      method: query.get("method") ?? undefined,
      path: query.get("path") ?? undefined,
      user: query.get("user") ?? undefined,
      status: query.has("status") ? Number(query.get("status")) : undefined,
      since_id: query.has("since_id") ? Number(query.get("since_id")) : undefined,
    })],
  ["POST faults", ({ world }, input) => addFault(world, input)],
  ["GET faults", ({ world }) => world.faults.list()],
  [
    "DELETE faults",
    ({ world }, _input, query) =>
      world.faults.clear(query.has("fault_id") ? Number(query.get("fault_id")) : undefined),
  ],
  ["POST undetected-duplicates", ({ world }, input) => {
    const { seconds } = read(inputs.duplicates, input);
    world.switches.duplicates_undetected_until_ms = world.clock.now() + seconds * 1000;
  }],
  ["POST conference", ({ world }, input) => {
    world.switches.conference = read(inputs.conference, input).mode;
  }],
  ["POST conference/resolve", ({ world }, input) => {
    const { mode, event_id } = read(inputs.resolve, input);
    return { resolved: resolveConferences(world, mode ?? "success", event_id) };
  }],
  ["GET clock", ({ world }) => clockState(world)],
  ["POST clock", ({ world }, input) => {
    const { instant, ticking } = read(inputs.clock, input);
    const ms = instant === null ? null : parseInstant(instant);
    if (instant !== null && ms === null) {
      throw new ControlError(400, "invalid_request", "instant: not RFC 3339 with an offset");
    }
    world.clock.set(ms, ticking ?? false);
    return clockState(world);
  }],
  ["POST clock/advance", ({ world }, input) => {
    world.clock.advance(read(inputs.advance, input).seconds);
    return clockState(world);
  }],
  ["POST sign-in", ({ world }, input) => {
    const { email, scopes, client_id } = read(inputs.sign_in, input);
    const [first] = world.oauth.clients.keys();
    const asked = readScopes(scopes?.join(" ") ?? all_calendar_scopes);
    return signIn(world, email, asked, client_id ?? first ?? "");
  }],
  ["POST access-tokens/expire", ({ world }, input) => {
    const { email } = read(inputs.email, input);
    for (const token of world.oauth.access_tokens.values()) {
      if (email === undefined || token.email === email) token.expires_ms = 0;
    }
  }],
  ["POST grants/revoke", ({ world }, input) => {
    world.oauth.revokeAccount(accountOf(world, read(inputs.grant, input).email).email);
  }],
  ["POST grants/refuse", ({ world }, input) => {
    const { email, ...refusal } = read(inputs.refuse, input);
    for (const token of world.oauth.refresh_tokens.values()) {
      if (token.email !== email) continue;
      token.refusal = {
        error: refusal.error ?? "invalid_grant",
        error_description: refusal.error_description ?? "Bad Request",
        ...(refusal.error_subtype === undefined ? {} : { error_subtype: refusal.error_subtype }),
      };
    }
  }],
  ["POST quotas", ({ world }, input) => {
    world.quotas.configure(defined(read(inputs.quotas, input)));
  }],
  ["POST api", ({ world }, input) => {
    world.switches.api_enabled = read(inputs.api, input).enabled;
  }],
  ["POST free-busy", ({ world }, input) => {
    world.switches.free_busy = read(inputs.free_busy, input);
  }],
  ["POST undocumented", ({ world }, input) => {
    Object.assign(world.switches.undocumented, defined(read(inputs.undocumented, input)));
  }],
  ["POST sync-tokens/expire", ({ world }, input) => {
    const { calendar_id } = read(inputs.calendar, input);
    for (const calendar of world.calendars.all()) {
      if (calendar_id === undefined || calendar.id === calendar_id) calendar.sync_epoch++;
    }
  }],
  ["POST client", ({ world }, input) => {
    const client = defined(read(inputs.client, input));
    world.oauth.clients.set(client.client_id, client);
  }],
  ["GET channels", ({ world }) => world.channels.list()],
  ["GET notifications", ({ world }) => world.channels.notifications()],
  ["POST push", ({ world }, input) => {
    const { mode, lose_messages } = read(inputs.push, input);
    world.channels.mode = mode ?? (lose_messages === true ? "lost" : "once");
  }],
  ["POST push/release", ({ world }, input) => {
    const { order } = read(inputs.release, input);
    return { released: world.channels.release(order ?? "sent") };
  }],
  ["POST reset", (hold) => {
    const { channels, faults } = hold.world;
    hold.world = hold.fresh();
    faults.clear();
    void channels.close();
  }],
]);

function addFault(world: World, input: unknown) {
  const rule = defined(read(inputs.fault, input));
  if (
    rule.status === undefined && rule.drop === undefined && !rule.delay_ms &&
    !rule.answer_delay_ms && !rule.answer_after_ms && !rule.hold
  ) {
    throw new ControlError(
      400,
      "invalid_request",
      "A fault needs a status, a drop, a delay_ms, an answer_delay_ms, an answer_after_ms or a hold",
    );
  }
  try {
    return world.faults.add(rule);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ControlError(400, "invalid_request", `path_pattern: ${error.message}`);
  }
}

function clockState(world: World) {
  return { instant: new Date(world.clock.now()).toISOString(), frozen: world.clock.isFrozen() };
}
