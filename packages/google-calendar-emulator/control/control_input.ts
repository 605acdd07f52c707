import * as z from "zod/mini";
import { checkBody } from "../contract/check_body.ts";
import type { EventBody } from "../calendar/event_types.ts";
import { isZone } from "../calendar/zones.ts";

const email = z.string().check(z.regex(/^\S+@\S+$/), z.toLowerCase());
const zone = z.string().check(z.refine(isZone, "not an IANA time zone"));
const access_role = z.enum(["owner", "writer", "reader", "freeBusyReader"]);

// Events are Google's own bodies: checked against its contract when they are read.
const event_bodies = z.array(z.pipe(
  z.unknown(),
  z.transform((value): EventBody => checkBody("Event", value, { strict: true })),
));

const calendar_seed = z.strictObject({
  id: z.optional(z.string()),
  summary: z.string(),
  timezone: z.optional(zone),
  access_role: z.optional(access_role),
  meet: z.optional(z.boolean()),
  events: z.optional(event_bodies),
});

/** One event that a person handles in Google's own interface. */
const handled_event = {
  email,
  event_id: z.string(),
  calendar_id: z.optional(z.string()),
  sendUpdates: z.enum(["all", "externalOnly", "none"]),
};

export const inputs = {
  account: z.strictObject({
    email,
    name: z.optional(z.string()),
    timezone: zone,
    freebusy: z.optional(z.enum(["public", "private"])),
    service_account: z.optional(z.boolean()),
    meet: z.optional(z.boolean()),
    hosted_domain: z.optional(z.string()),
    email_verified: z.optional(z.boolean()),
    aliases: z.optional(z.array(email)),
    room: z.optional(z.boolean()),
    calendars: z.optional(z.array(calendar_seed)),
    events: z.optional(event_bodies),
  }),
  account_change: z.strictObject({
    email,
    freebusy: z.optional(z.enum(["public", "private"])),
    timezone: z.optional(zone),
    service_account: z.optional(z.boolean()),
  }),
  group: z.strictObject({ email, members: z.array(email) }),
  events: z.strictObject({ calendar_id: z.string(), events: event_bodies }),
  share: z.strictObject({
    calendar_id: z.string(),
    email,
    access_role: z.enum(["none", ...access_role.options]),
  }),
  import: z.strictObject({
    email,
    name: z.optional(z.string()),
    timezone: z.optional(zone),
    ics: z.string(),
  }),
  handled_event: z.strictObject(handled_event),
  moved_event: z.strictObject({ ...handled_event, destination: z.string() }),
  edit: z.strictObject({
    ...handled_event,
    changes: z.optional(z.record(z.string(), z.unknown())),
    add_guests: z.optional(z.array(email)),
    remove_guests: z.optional(z.array(email)),
  }),
  reply: z.strictObject({
    email,
    event_id: z.string(),
    responseStatus: z.enum(["needsAction", "declined", "tentative", "accepted"]),
    comment: z.optional(z.string()),
  }),
  fault: z.strictObject({
    method: z.optional(z.string()),
    path: z.optional(z.string()),
    path_pattern: z.optional(z.string()),
    status: z.optional(z.int().check(z.minimum(200), z.maximum(599))),
    reason: z.optional(z.string()),
    message: z.optional(z.string()),
    retry_after_seconds: z.optional(z.number()),
    takes_effect: z.optional(z.boolean()),
    delay_ms: z.optional(z.number().check(z.minimum(0))),
    answer_delay_ms: z.optional(z.number().check(z.minimum(0))),
    answer_after_ms: z.optional(z.number().check(z.minimum(0))),
    hold: z.optional(z.boolean()),
    drop: z.optional(z.enum(["before", "after"])),
    times: z.optional(z.int().check(z.minimum(1))),
    skip: z.optional(z.int().check(z.minimum(0))),
    probability: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
    seed: z.optional(z.int()),
  }),
  duplicates: z.strictObject({ seconds: z.number().check(z.minimum(0)) }),
  conference: z.strictObject({ mode: z.enum(["success", "pending", "failure"]) }),
  resolve: z.strictObject({
    mode: z.optional(z.enum(["success", "failure"])),
    event_id: z.optional(z.string()),
  }),
  clock: z.strictObject({
    instant: z.nullable(z.string()),
    ticking: z.optional(z.boolean()),
  }),
  advance: z.strictObject({ seconds: z.number() }),
  email: z.strictObject({ email: z.optional(email) }),
  grant: z.strictObject({ email }),
  refuse: z.strictObject({
    email,
    error: z.optional(z.string()),
    error_description: z.optional(z.string()),
    error_subtype: z.optional(z.string()),
  }),
  sign_in: z.strictObject({
    email,
    scopes: z.optional(z.array(z.string())),
    client_id: z.optional(z.string()),
  }),
  quotas: z.strictObject({
    enabled: z.boolean(),
    per_user: z.optional(z.int()),
    per_project: z.optional(z.int()),
    writes_per_calendar: z.optional(z.int()),
    status: z.optional(z.union([z.literal(403), z.literal(429)])),
  }),
  api: z.strictObject({ enabled: z.boolean() }),
  free_busy: z.strictObject({ merge: z.boolean(), clip: z.boolean() }),
  undocumented: z.strictObject({
    exceptions_after_cut: z.optional(z.enum(["cancelled", "alive"])),
    default_send_updates: z.optional(z.enum(["none", "externalOnly"])),
    freebusy_scope: z.optional(z.enum(["own", "accessible"])),
    list_pages: z.optional(z.enum(["full", "short"])),
  }),
  calendar: z.strictObject({ calendar_id: z.optional(z.string()) }),
  client: z.strictObject({
    client_id: z.string(),
    client_secret: z.string(),
    redirect_uris: z.array(z.string()),
    refused_as: z.optional(
      z.enum(["deleted_client", "org_internal", "admin_policy_enforced", "disallowed_useragent"]),
    ),
  }),
  push: z.strictObject({
    mode: z.optional(z.enum(["once", "lost", "twice", "held"])),
    lose_messages: z.optional(z.boolean()),
  }),
  release: z.strictObject({ order: z.optional(z.enum(["sent", "reversed"])) }),
  nothing: z.strictObject({}),
};

/** What zod calls optional may be present and undefined; with exactOptionalPropertyTypes an
 * absent member may not. */
export type Defined<T> = T extends readonly (infer Item)[] ? Defined<Item>[]
  : T extends object ? { [K in keyof T]: Defined<Exclude<T[K], undefined>> }
  : T;

/** The same value without undefined members, at any depth. */
export function defined<T>(value: T): Defined<T> {
  return JSON.parse(JSON.stringify(value)) as Defined<T>;
}
