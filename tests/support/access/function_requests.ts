import assert from "node:assert/strict";
import { fetchFunction } from "../contract/fetch_function.ts";
import { insertMeeting, SLOT, WEEK } from "../meetings.ts";
import type { Organizer, Stack } from "../stack.ts";
import { toolCall } from "../mcp.ts";
import { insertTask } from "../tasks.ts";

/** The people of the table, and what their requests are about. */
export interface Scene {
  stack: Stack;
  owner: Organizer;
  participant: Organizer;
  stranger: Organizer;
  /** The field that a secret key needs where users are known by their token. */
  user: { user_id?: string };
}

export interface Sent {
  headers?: Record<string, string>;
  body?: unknown;
  query?: Record<string, string>;
}

/** One request about something of the owner, or about something of the caller's own. */
export interface AccessRequest {
  function: string;
  path: string;
  method: "GET" | "POST" | "PATCH" | "DELETE";
  about: string;
  /** The request names nothing: every user who is let in reaches what is theirs. */
  is_own?: true;
  /** Makes what the request is about, for one caller. */
  send(scene: Scene): Promise<Sent> | Sent;
  /** Whether a 2xx concerned the owner's row. Default: it did. */
  // deno-lint-ignore no-explicit-any -- bodies differ
  reached?(body: any): boolean;
}

const BATCH = { batch: true, limit: 1 };

/** Every path and method of every function, with a request for each thing that it does. */
export const ACCESS_REQUESTS: readonly AccessRequest[] = [
  ...of("google-auth", [
    ["GET", "/callback", "Google's redirect", () => ({ query: { state: "x", code: "y" } })],
    ["POST", "/initiate", "the caller's connection", () => ({ body: {} }), OWN()],
    ["POST", "/complete", "the owner's one-time code", async (scene) => ({
      body: { code: await oneTimeCode(scene) },
    })],
    ["GET", "/", "the caller's connection", () => ({}), OWN()],
    ["GET", "/sharing", "the caller's permissions", () => ({}), OWN()],
    ["POST", "/sharing", "a permission of the caller", () => ({
      body: { grantee_kind: "person", grantee: "friend@north.example" },
    }), OWN()],
    ["DELETE", "/sharing", "a permission of the owner", async (scene) => ({
      query: { id: await permissionOf(scene) },
    })],
  ]),
  ...of("schedule", [
    ["POST", "/", "the owner's meeting", async (scene) => ({
      body: { meeting_id: await unscheduled(scene) },
    })],
    ["POST", "/", "a new meeting in the owner's name", ({ owner }) => ({
      body: { participants: [owner.email], constraints: WEEK, organizer_user_id: owner.user_id },
    })],
    ["POST", "/", "what is due", () => ({ body: BATCH })],
    ["POST", "/", "a database webhook", async (scene) => ({ body: await webhook(scene) })],
    ["POST", "/conflicts", "what is due", () => ({ body: BATCH })],
    ["POST", "/alternatives", "the owner's meeting", async (scene) => ({
      body: { meeting_id: await scheduled(scene) },
    })],
  ]),
  ...of("write-back", [
    ["GET", "/", "the owner's meeting", async (scene) => ({
      query: { meeting_id: await scheduled(scene) },
    })],
    ["POST", "/", "the owner's meeting", async (scene) => ({
      body: { meeting_id: await scheduled(scene) },
    })],
    ["POST", "/", "what is due", () => ({ body: BATCH })],
    ["POST", "/", "a database webhook", async (scene) => ({ body: await webhook(scene) })],
    ["POST", "/", "an audit", () => ({ body: { audit: true, limit: 1 } })],
  ]),
  ...of("status", [
    ["GET", "/", "the owner's meeting", async (scene) => ({
      query: { meeting_id: await scheduled(scene), attempts: "true" },
    })],
    ["GET", "/", "the caller's meetings", () => ({}), OWN()],
    ["GET", "/health", "the state of Convene", () => ({})],
    ["GET", "/metrics", "the state of Convene", () => ({})],
    // Public text, which says nothing of any row.
    ["GET", "/openapi.json", "the contract", () => ({}), { reached: () => false }],
  ]),
  ...of("meetings", [
    ["PATCH", "/", "the owner's meeting", async (scene) => ({
      body: { meeting_id: await scheduled(scene), title: "Other" },
    })],
    ["DELETE", "/", "the owner's meeting", async (scene) => ({
      query: { meeting_id: await scheduled(scene) },
    })],
    ["POST", "/requeue", "the owner's meeting", async (scene) => ({
      body: { meeting_id: await failed(scene) },
    })],
    ["POST", "/requeue", "the owner's failed meetings", async (scene) => {
      await failed(scene);
      return { body: { filter: { user_id: scene.owner.user_id } } };
    }, { reached: ({ requeued }) => requeued > 0 }],
    ["POST", "/moves", "the owner's meeting", async (scene) => ({
      body: { meeting_id: await proposed(scene), decision: "reject" },
    })],
    ["POST", "/meet-links", "what is due", () => ({ body: BATCH })],
  ]),
  ...of("mcp", [
    [
      "POST",
      "/",
      "the owner's meeting",
      async (scene) => toolCall("meeting_status", { meeting_id: await scheduled(scene) }),
      {
        reached: ({ result }) => result.isError !== true,
      },
    ],
  ]),
  ...of("google-webhook", [
    // Google's messages have no key: what they name is known by a secret of the channel.
    ["POST", "/", "a message about a calendar", () => ({}), { reached: () => false }],
    ["POST", "/sync", "what is due", () => ({ body: BATCH })],
  ]),
  ...of("holidays", [["POST", "/", "what is due", () => ({ body: BATCH })]]),
  ...of("notify", [["POST", "/", "what is due", () => ({ body: BATCH })]]),
  ...of("operations", [
    ["POST", "/requeue", "the owner's failed meetings", async (scene) => {
      await failed(scene);
      return { body: { filter: { user_id: scene.owner.user_id } } };
    }, { reached: ({ requeued }) => requeued > 0 }],
    ["POST", "/pause", "the work of the owner", ({ owner }) => ({
      body: { user_id: owner.user_id, reason: "a test", kind: "holidays" },
    })],
    ["POST", "/resume", "the work of the owner", ({ owner }) => ({
      body: { user_id: owner.user_id },
    })],
  ]),
  ...of("sync-organizer", [
    ["POST", "/", "the owner's task", async (scene) => ({
      body: { task_ids: [(await onCalendar(scene)).task_id] },
    }), { reached: ({ updated, unchanged }) => updated + unchanged > 0 }],
  ]),
  ...of("task-events", [
    ...(["/", "/schedule"] as const).map((path): Line => [
      "POST",
      path,
      "the owner's task",
      async ({ owner }) => ({ body: { task_id: await insertTask(owner), timeZone: "UTC" } }),
    ]),
    ["POST", "/", "what is due", () => ({ body: BATCH })],
    ...([["PATCH", "/"], ["PATCH", "/update"], ["POST", "/update"]] as const).map((
      [method, path],
    ): Line => [method, path, "the owner's event", async (scene) => ({
      body: { event_id: (await onCalendar(scene)).event_id, summary: "Other", ...scene.user },
    })]),
    ...([["DELETE", "/"], ["DELETE", "/delete"], ["POST", "/delete"]] as const).map((
      [method, path],
    ): Line => [method, path, "the owner's event", async (scene) => ({
      body: { event_id: (await onCalendar(scene)).event_id, ...scene.user },
    })]),
    ["POST", "/requeue", "the owner's event", async (scene) => ({
      body: { id: await failedEvent(scene) },
    })],
    ["POST", "/reschedule", "the owner's task", async (scene) => ({
      body: { task_ids: [(await onCalendar(scene)).task_id] },
    }), { reached: ({ failed }) => failed === 0 }],
    ["POST", "/sync-organizer", "the owner's task", async (scene) => ({
      body: { task_ids: [(await onCalendar(scene)).task_id] },
    }), { reached: ({ updated, unchanged }) => updated + unchanged > 0 }],
    ...(["/", "/events"] as const).flatMap((path): Line[] => [
      ["GET", path, "the owner's calendar", ({ owner }) => ({ query: { user_id: owner.user_id } })],
    ]),
  ]),
  // The last of all, because the others need the owner's connection.
  ...of("google-auth", [["DELETE", "/", "the caller's connection", () => ({}), OWN()]]),
];

type Line = [
  method: AccessRequest["method"],
  path: string,
  about: string,
  send: AccessRequest["send"],
  more?: Pick<AccessRequest, "is_own" | "reached">,
];

function of(name: string, lines: Line[]): AccessRequest[] {
  return lines.map(([method, path, about, send, more]) => ({
    function: name,
    method,
    path,
    about,
    send,
    ...more,
  }));
}

function OWN(): { is_own: true } {
  return { is_own: true };
}

function unscheduled({ owner, participant }: Scene): Promise<string> {
  return insertMeeting(owner, {
    participants: [owner.email, participant.email],
    constraints: WEEK,
  });
}

function scheduled({ owner, participant }: Scene): Promise<string> {
  return insertMeeting(owner, { participants: [owner.email, participant.email], ...SLOT });
}

async function failed(scene: Scene): Promise<string> {
  const meeting_id = await scheduled(scene);
  await scene.stack.platform.sql(
    "update public.meetings set writeback_status = 'failed' where meeting_id = $1",
    [meeting_id],
  );
  return meeting_id;
}

async function proposed(scene: Scene): Promise<string> {
  const meeting_id = await scheduled(scene);
  await scene.stack.platform.sql(
    `insert into private.moves (
       meeting_id, version, trigger, decision, from_starts_at, from_ends_at, to_starts_at, to_ends_at, expires_at)
     select m.meeting_id, 'reply', 'required_declined', 'proposed', m.starts_at, m.ends_at, m.starts_at, m.ends_at,
       now() + interval '1 hour'
     from public.meetings as m where m.meeting_id = $1`,
    [meeting_id],
  );
  return meeting_id;
}

async function webhook(scene: Scene) {
  return {
    type: "INSERT",
    table: "meetings",
    schema: "public",
    record: { meeting_id: await scheduled(scene) },
  };
}

async function onCalendar({ owner }: Scene): Promise<{ task_id: string; event_id: string }> {
  const task_id = await insertTask(owner);
  const { status, body } = await owner.call("task-events/schedule", {
    body: { task_id, timeZone: "UTC" },
  });
  assert.equal(status, 200, JSON.stringify(body));
  return { task_id, event_id: body.event_id };
}

async function permissionOf({ owner }: Scene): Promise<string> {
  const { body } = await owner.call("google-auth/sharing", { body: { grantee_kind: "everybody" } });
  return body.id;
}

/** What the app receives when the owner has agreed on Google's page. */
async function oneTimeCode({ owner, stack }: Scene): Promise<string> {
  const { body } = await owner.call("google-auth/initiate", { body: {} });
  const { redirect_url } = await stack.google.approve({
    authorization_url: body.authorization_url,
    email: owner.email,
    scopes: "all",
  });
  const redirected = await fetchFunction(redirect_url, { redirect: "manual" });
  await redirected.body?.cancel();
  return new URL(redirected.headers.get("location") ?? "").searchParams.get("convene_code") ?? "";
}

/** The row of an event whose creation failed. */
async function failedEvent(scene: Scene): Promise<string> {
  const { event_id } = await onCalendar(scene);
  const [row] = await scene.stack.platform.sql<{ id: string }>(
    "update public.task_calendar_events set sync_status = 'failed' where calendar_event_id = $1 returning id",
    [event_id],
  );
  assert.ok(row);
  return row.id;
}
