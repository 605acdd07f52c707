import { createAdminClient } from "@supabase/server/core";
import { googleConnections } from "@shared/connections/connections.ts";
import { tokenCipher } from "@shared/connections/token_cipher.ts";
import { googleCalendar } from "@shared/google/calendar.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import { googleConfiguration } from "@shared/google/configuration.ts";
import { googleOAuth } from "@shared/google/oauth.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { serve } from "@shared/http/serve.ts";
import type { Handler } from "@shared/http/serve.ts";
import { learnProfile } from "@shared/scheduling/learn_profile.ts";
import { encodeProfile } from "@shared/scheduling/profile_text.ts";
import type { ScheduleDependencies } from "../../../supabase/functions/schedule/schedule_meeting.ts";
import type { HandlerDependencies as MeetingsDependencies } from "../../../supabase/functions/meetings/handler.ts";
import type { HandlerDependencies as WriteBackDependencies } from "../../../supabase/functions/write-back/handler.ts";
import type { Handicap, Stop, WorkerPlan } from "../worker_plan.ts";

type Dependencies = ScheduleDependencies & MeetingsDependencies & WriteBackDependencies;

/**
 * A function of the product as it is deployed, but for its dependencies: each request to Google or
 * to the database has a point before and one after it where the warden may kill this process.
 */
export function underFire(build: (dependencies: Dependencies) => Handler) {
  let built: Promise<Handler> | undefined;
  const handler: Handler = async (request, caller) =>
    await (await (built ??= dependencies().then(build)))(request, caller);
  return { fetch: serve(["user", "secret:*"], handler) };
}

/** Resolves when no work that outlives its response is under way. */
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
  const { timeout_ms: real_timeout_ms, haste, handicap } = await ownPlan();
  const timeout_ms = real_timeout_ms * haste;
  const env = Deno.env.toObject();
  const now = () => new Date();
  const google = googleConfiguration(env);
  const database = createAdminClient({ supabaseOptions: { global: { fetch: watchedFetch } } });
  const calendar = googleCalendar({ ...google.calendar, fetch: watchedFetch, timeout_ms });
  const oauth = googleOAuth({ ...google.oauth, fetch: watchedFetch, timeout_ms });
  const cipher = tokenCipher(env.CONVENE_TOKEN_KEYS);
  return {
    database,
    calendar: handicapped(calendar, handicap),
    connections: googleConnections({ database, oauth, cipher, now }),
    now,
    inBackground,
    learnProfile: (events, at) => encodeProfile(learnProfile(events, at)),
  };
}

/** Makes whatever waits in this process wait shorter; requests take the time that they take. */
function hurry(haste: number): void {
  const { setTimeout } = globalThis;
  const now = performance.now.bind(performance);
  globalThis.setTimeout = Object.assign(
    (callback: (...given: unknown[]) => void, delay_ms = 0, ...given: unknown[]) =>
      setTimeout(() => callback(...given), delay_ms / haste),
    setTimeout,
  );
  performance.now = () => now() * haste;
}

function handicapped(calendar: GoogleCalendar, handicap: Handicap | null): GoogleCalendar {
  switch (handicap) {
    case null:
      return calendar;
    case "own_id":
      return {
        ...calendar,
        insertEvent: (access_token, calendar_id, { id: _, ...event }, options) =>
          calendar.insertEvent(access_token, calendar_id, event, options),
      };
    case "look_before_write": {
      const fault = { status: 404, reason: "notFound", message: "Nobody looked", body: "" };
      return { ...calendar, getEvent: () => Promise.resolve({ kind: "reject", fault }) };
    }
  }
}

const watchedFetch: typeof globalThis.fetch = async (input, init) => {
  const name = requestName(input, init);
  const { pathname } = new URL(input instanceof Request ? input.url : input);
  await pass(`before ${name}`, pathname);
  const response = await fetch(input, init);
  await pass(`after ${name}`, pathname);
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

async function pass(point: string, path: string): Promise<void> {
  const { stop_at_point, stop_at } = await ownPlan();
  const nth = ++points;
  if (nth !== stop_at_point && !stop_at.includes(point)) return;
  const stop: Stop = { pid: Deno.pid, point, nth, path };
  const answer = await fetch(warden(), { method: "POST", body: JSON.stringify(stop) });
  await answer.body?.cancel();
}

function ownPlan(): Promise<WorkerPlan> {
  return plan ??= askPlan();
}

async function askPlan(): Promise<WorkerPlan> {
  const answer = await fetch(`${warden()}?pid=${Deno.pid}`);
  const plan: WorkerPlan = await answer.json();
  hurry(plan.haste);
  return plan;
}

function warden(): string {
  const url = Deno.env.get("CHAOS_WARDEN_URL");
  if (url === undefined) throw new Error("A worker under fire needs CHAOS_WARDEN_URL");
  return url;
}
