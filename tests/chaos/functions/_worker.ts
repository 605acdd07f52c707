import { createAdminClient } from "@supabase/server/core";
import { googleConnections } from "@shared/connections/connections.ts";
import { channelTokens } from "@shared/connections/channel_token.ts";
import { tokenCipher } from "@shared/connections/token_cipher.ts";
import { googleCalendar } from "@shared/google/calendar.ts";
import { refused } from "@shared/failures/google_reply.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import { googleChanges } from "@shared/google/calendar_changes.ts";
import { googleConfiguration } from "@shared/google/configuration.ts";
import { googleOAuth } from "@shared/google/oauth.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { log } from "@shared/http/log.ts";
import { serve } from "@shared/http/serve.ts";
import type { Handler } from "@shared/http/serve.ts";
import { learnProfile } from "@shared/scheduling/learn_profile.ts";
import { encodeProfile } from "@shared/scheduling/input/profile_text.ts";
import type { ScheduleDependencies } from "@shared/finding_time/schedule_meeting.ts";
import type { HandlerDependencies as MeetingsDependencies } from "../../../supabase/functions/meetings/handler.ts";
import type { HandlerDependencies as SyncDependencies } from "../../../supabase/functions/google-webhook/handler.ts";
import type { HandlerDependencies as WriteBackDependencies } from "../../../supabase/functions/write-back/handler.ts";
import type { Pause, Safeguard, WorkerPlan } from "../worker_plan.ts";

type Dependencies =
  & ScheduleDependencies
  & MeetingsDependencies
  & WriteBackDependencies
  & SyncDependencies;

/**
 * A function of the product as it is deployed, but for its dependencies: before and after each
 * request to Google or to the database is a point where the supervisor may pause or kill the process.
 */
export function chaosFunction(
  build: (dependencies: Dependencies) => Handler,
  callers: Parameters<typeof serve>[0] = ["user", "secret:*"],
) {
  let built: Promise<Handler> | undefined;
  const handler: Handler = async (request, caller) =>
    await (await (built ??= dependencies().then(build)))(request, caller);
  return { fetch: serve(callers, handler) };
}

/** Resolves when no background work is in progress. */
export async function idle(): Promise<void> {
  while (background.size > 0) await Promise.all(background);
}

const background = new Set<Promise<unknown>>();

function inBackground(work: Promise<unknown>): void {
  const ended = work.catch((thrown: unknown) => {
    if (thrown instanceof HttpFault) return;
    Deno.stderr.writeSync(new TextEncoder().encode(`Background work failed: ${thrown}\n`));
  }).finally(() => background.delete(ended));
  background.add(ended);
}

async function dependencies(): Promise<Dependencies> {
  const { timeout_ms: real_timeout_ms, wait_speedup, disabled_safeguard } = await ownPlan();
  const timeout_ms = real_timeout_ms * wait_speedup;
  const env = Deno.env.toObject();
  const now = () => new Date();
  const google = googleConfiguration(env);
  const database = createAdminClient({ supabaseOptions: { global: { fetch: fetchWithPoints } } });
  const calendar = googleCalendar({ ...google.calendar, fetch: fetchWithPoints, timeout_ms });
  const oauth = googleOAuth({ ...google.oauth, fetch: fetchWithPoints, timeout_ms });
  const cipher = tokenCipher(env.CONVENE_TOKEN_KEYS);
  return {
    database,
    calendar: withoutSafeguard(calendar, disabled_safeguard),
    changes: googleChanges({ ...google.calendar, fetch: fetchWithPoints, timeout_ms }),
    tokens: channelTokens(env.CONVENE_TOKEN_KEYS),
    webhook_url: env.GOOGLE_WEBHOOK_URL || null,
    connections: googleConnections({ database, oauth, cipher, now }),
    now,
    inBackground,
    log,
    learnProfile: (events, at) => encodeProfile(learnProfile(events, at)),
  };
}

/** Shortens the delays of all timers in this process; the duration of requests does not change. */
function speedUpWaits(wait_speedup: number): void {
  const { setTimeout } = globalThis;
  const now = performance.now.bind(performance);
  globalThis.setTimeout = Object.assign(
    (callback: (...args: unknown[]) => void, delay_ms = 0, ...args: unknown[]) =>
      setTimeout(() => callback(...args), delay_ms / wait_speedup),
    setTimeout,
  );
  performance.now = () => now() * wait_speedup;
}

function withoutSafeguard(
  calendar: GoogleCalendar,
  disabled_safeguard: Safeguard | null,
): GoogleCalendar {
  switch (disabled_safeguard) {
    case null:
      return calendar;
    case "own_id":
      return {
        ...calendar,
        insertEvent: (access_token, calendar_id, { id: _, ...event }, options) =>
          calendar.insertEvent(access_token, calendar_id, event, options),
      };
    case "verification": {
      const absent = {
        status: 404,
        reason: "notFound",
        message: "Verification is disabled",
        body: "",
      };
      return { ...calendar, getEvent: () => Promise.resolve(refused(absent)) };
    }
  }
}

const fetchWithPoints: typeof globalThis.fetch = async (input, init) => {
  const name = requestName(input, init);
  const { pathname } = new URL(input instanceof Request ? input.url : input);
  await reachPoint(`before ${name}`, pathname);
  const response = await fetch(input, init);
  await reachPoint(`after ${name}`, pathname);
  return response;
};

/** "insert", "get", "patch", "delete", "freeBusy", "token", or the name of a database helper. */
function requestName(input: string | URL | Request, init?: RequestInit): string {
  const { pathname } = new URL(input instanceof Request ? input.url : input);
  const method = init?.method ?? (input instanceof Request ? input.method : "GET");
  if (/\/events$/.test(pathname) && method === "POST") return "insert";
  if (/\/events\/[^/]+$/.test(pathname)) return method.toLowerCase();
  return pathname.slice(pathname.lastIndexOf("/") + 1);
}

let plan: Promise<WorkerPlan> | undefined;
let points = 0;

async function reachPoint(point: string, path: string): Promise<void> {
  const { pause_at_nth_point, pause_at } = await ownPlan();
  const nth = ++points;
  if (nth !== pause_at_nth_point && !pause_at.includes(point)) return;
  const pause: Pause = { pid: Deno.pid, point, nth, path };
  const response = await fetch(supervisorUrl(), { method: "POST", body: JSON.stringify(pause) });
  await response.body?.cancel();
}

function ownPlan(): Promise<WorkerPlan> {
  return plan ??= fetchPlan();
}

async function fetchPlan(): Promise<WorkerPlan> {
  const response = await fetch(`${supervisorUrl()}?pid=${Deno.pid}`);
  const plan: WorkerPlan = await response.json();
  speedUpWaits(plan.wait_speedup);
  return plan;
}

function supervisorUrl(): string {
  const url = Deno.env.get("CHAOS_SUPERVISOR_URL");
  if (url === undefined) {
    throw new Error("CHAOS_SUPERVISOR_URL, the address of the process supervisor, is not set");
  }
  return url;
}
