import { withOwnAnswer } from "../calendar/attendees.ts";
import { isCancelled } from "../calendar/event_types.ts";
import { answerRequest } from "../calendar/conference.ts";
import { eventResource } from "../calendar/event_resource.ts";
import { findEvent, makeException } from "../calendar/occurrences.ts";
import { touchShared } from "../calendar/shared_events.ts";
import type { ResponseStatus } from "../calendar/event_types.ts";
import { access_token_seconds } from "../oauth/token.ts";
import type { World } from "../world/world.ts";
import { accountOf, calendarOf } from "./accounts.ts";
import { ControlError } from "./control_error.ts";
import type { EventFilter, SignInTokens, StoredEvent } from "./control_types.ts";

/** A guest answers an invitation on their own calendar; the organizer and all other guests see
 * it. */
export function replyToInvitation(
  world: World,
  answer: {
    email: string;
    event_id: string;
    responseStatus: ResponseStatus;
    comment?: string | undefined;
  },
): StoredEvent {
  const calendar = calendarOf(world, world.directory.home(answer.email));
  const view = findEvent(calendar, answer.event_id);
  const copy = makeException(world, calendar, view);
  const { content } = copy.shared;
  const { responseStatus, comment } = answer;
  const before = content.attendees.find(({ home }) => home === calendar.id);
  const attendees = withOwnAnswer(
    content.attendees,
    calendar.id,
    [{
      ...before,
      email: calendar.id,
      responseStatus,
      ...(comment === undefined ? {} : { comment }),
    }],
    world.directory,
  );
  if (!attendees.some(({ home }) => home === calendar.id)) {
    throw new ControlError(409, "not_invited", `${answer.email} is no guest of ${answer.event_id}`);
  }
  copy.shared.content = { ...content, attendees };
  touchShared(world, copy.shared);
  const resource = eventResource({ copy, occurrence: null }, { zone: calendar.timezone });
  return { ...resource, id: copy.shared.id, calendar_id: calendar.id };
}

/** Everything stored, cancelled events included, series unexpanded. */
export function storedEvents(world: World, filter: EventFilter): StoredEvent[] {
  const events: StoredEvent[] = [];
  for (const calendar of world.calendars.all()) {
    if (filter.calendar_id !== undefined && calendar.id !== filter.calendar_id.toLowerCase()) {
      continue;
    }
    for (const copy of calendar.copies.all()) {
      if (filter.event_id !== undefined && copy.shared.id !== filter.event_id) continue;
      if (filter.status !== undefined && isCancelled(copy) !== (filter.status === "cancelled")) {
        continue;
      }
      const resource = eventResource({ copy, occurrence: null }, { zone: calendar.timezone });
      events.push({ ...resource, id: copy.shared.id, calendar_id: calendar.id });
    }
  }
  return events;
}

/** Ends pending conference requests: with a Meet link, or without. How many. */
export function resolveConferences(
  world: World,
  mode: "success" | "failure",
  event_id: string | undefined,
): number {
  const resolved = new Set<string>();
  for (const calendar of world.calendars.all()) {
    for (const { shared } of calendar.copies.all()) {
      const request = shared.content.conference?.createRequest;
      if (request?.status?.statusCode !== "pending" || !request.requestId) continue;
      if (event_id !== undefined && shared.id !== event_id) continue;
      shared.content = { ...shared.content, conference: answerRequest(request.requestId, mode) };
      touchShared(world, shared);
      resolved.add(shared.id);
    }
  }
  return resolved.size;
}

/** Tokens as after a consent with these scopes, without the pages. */
export function signIn(
  world: World,
  email: string,
  scopes: readonly string[],
  client_id: string,
): SignInTokens {
  const account = accountOf(world, email);
  if (!world.oauth.clients.has(client_id)) {
    throw new ControlError(404, "unknown_client", `There is no OAuth client ${client_id}`);
  }
  world.oauth.addGrant(account.email, client_id, scopes);
  const refresh = world.oauth.issueRefreshToken(account.email, client_id, [...scopes]);
  const access = world.oauth.issueAccessToken({
    email: account.email,
    client_id,
    scopes: [...scopes],
    refresh_token: refresh.token,
  }, world.clock.now() + access_token_seconds * 1000);
  return {
    access_token: access.token,
    refresh_token: refresh.token,
    expires_in: access_token_seconds,
    scope: scopes.join(" "),
  };
}
