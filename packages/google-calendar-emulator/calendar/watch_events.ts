import { GoogleError } from "../contract/google_error.ts";
import { randomId } from "../world/random_id.ts";
import { type Answer, bodyOf, calendarFor, type Call, no_content, ok } from "./call.ts";
import type { Channel } from "./channels.ts";
import { readListQuery } from "./list_query.ts";

const default_ttl_seconds = 604_800;
/** In one report a longer expiration was cut to 30 days, in others to 7. Clients must use the expiration
 * they get. */
const longest_ttl_seconds = 30 * 86_400;

/** events.watch: opens a push channel on a calendar's events. */
export function watchEvents(call: Call): Answer {
  const { world } = call;
  const calendar = calendarFor(call, "reader");
  readListQuery(call.query, calendar, world.clock.now());
  const body = bodyOf(call, "Channel");
  if (!body.id) throw new GoogleError("required", { location: "id" });
  if (!/^[A-Za-z0-9\-_+/=]{1,64}$/.test(body.id)) {
    throw new GoogleError("invalid", { message: "Invalid channel id.", location: "id" });
  }
  if (body.type !== "web_hook") {
    throw new GoogleError("invalid", { message: "Invalid channel type.", location: "type" });
  }
  if (!body.address) throw new GoogleError("required", { location: "address" });
  checkAddress(body.address);
  if ((body.token ?? "").length > 256) {
    throw new GoogleError("invalid", { message: "Channel token is too long.", location: "token" });
  }
  if (world.channels.get(body.id) !== undefined) {
    throw new GoogleError("channelIdNotUnique", { message: `Channel id ${body.id} not unique` });
  }
  const now = world.clock.now();
  const ttl = Number(body.params?.["ttl"] ?? default_ttl_seconds);
  if (!Number.isFinite(ttl) || ttl <= 0) {
    throw new GoogleError("invalid", { message: "Invalid ttl.", location: "params.ttl" });
  }
  const asked_ms = body.expiration ? Number(body.expiration) : now + ttl * 1000;
  if (asked_ms <= now) {
    throw new GoogleError("invalid", { message: "Invalid expiration.", location: "expiration" });
  }
  const channel: Channel = {
    id: body.id,
    resource_id: randomId(27),
    resource_uri: `https://www.googleapis.com/calendar/v3/calendars/${
      encodeURIComponent(calendar.id)
    }/events?alt=json`,
    address: body.address,
    token: body.token ?? null,
    expires_ms: Math.min(asked_ms, now + longest_ttl_seconds * 1000),
    calendar_id: calendar.id,
    email: call.account.email,
    client_id: call.client_id,
  };
  world.channels.open(channel);
  return ok({
    kind: "api#channel",
    id: channel.id,
    resourceId: channel.resource_id,
    resourceUri: channel.resource_uri,
    ...(channel.token === null ? {} : { token: channel.token }),
    expiration: String(channel.expires_ms),
  });
}

/** channels.stop: only for the user and client that opened the channel. */
export function stopChannel(call: Call): Answer {
  const body = bodyOf(call, "Channel");
  if (!body.id) throw new GoogleError("required", { location: "id" });
  if (!body.resourceId) throw new GoogleError("required", { location: "resourceId" });
  const channel = call.world.channels.get(body.id);
  if (
    channel === undefined || channel.resource_id !== body.resourceId ||
    channel.email !== call.account.email || channel.client_id !== call.client_id
  ) {
    throw new GoogleError("notFound", {
      message: `Channel '${body.id}' not found for project 'emulator'`,
    });
  }
  call.world.channels.stop(body.id);
  return no_content;
}

/** Google asks for HTTPS; only this machine's own addresses are let through without it, which
 * Google could not reach. */
function checkAddress(address: string): void {
  if (!URL.canParse(address)) {
    throw new GoogleError("invalid", { message: "Invalid channel address.", location: "address" });
  }
  const { protocol, hostname } = new URL(address);
  const loopback = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  if (protocol !== "https:" && !loopback) {
    throw new GoogleError("push.webhookUrlNotHttps", {
      message: `WebHook callback must be HTTPS: ${address}`,
    });
  }
}
