/**
 * What keeping up with Google costs: a full read of a calendar with 10,000 events, and one changed event afterwards, in
 * Google calls and statements; how soon a reply is in its row, by a push message and by a sweep; and the memory and the
 * size of a page, as Convene asks for it and whole. Run: deno task bench:sync
 * Ends with code 1 if a goal is missed.
 */
import { get } from "node:http";
import { printLine } from "../../local/output.ts";
import { startPlatform } from "../../local/platform.ts";
import { connectedOrganizer, TOKEN_KEYS } from "../support/connected_organizer.ts";
import { startCountingProxy } from "../support/counting_proxy.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { stackOf } from "../support/stack.ts";
import { declined, measuredCalendar, PAGE, secondsByPush } from "../support/sync_cost.ts";
import type { PageForm, PageMemory } from "./sync_page.ts";
import { verdict } from "./verdict.ts";
import { taskOptions } from "../../local/command_line.ts";

taskOptions(
  `Measures sync with Google: a full read of 10,000 events and one change afterwards, in calls and statements; how soon
a reply is in its row; and the memory and size of a page.

Usage: deno task bench:sync

  --help  this text

Takes about a quarter of a minute. Exit code: 1 a goal is not met, 2 an option is wrong.`,
  {},
);

const EVENTS = 10_000;
const REPLIES = 9;

await using server = await startPostgresServer();
const { url } = await server.createDatabase();
await using api = startCountingProxy();
await using platform = await startPlatform({
  database: { kind: "url", url },
  background: { net: false, cron: false },
  environment: { SUPABASE_URL: api.url, CONVENE_TOKEN_KEYS: TOKEN_KEYS },
});
api.passTo(platform.api_url);
const stack = stackOf(platform, true);
const organizer = await connectedOrganizer(stack);
const cost = await measuredCalendar(stack, api, organizer, EVENTS);
const { full, one_change, guest, event_ids } = cost;
const replies_by_sweep = await declined(stack);
const latencies: number[] = [];
for (const event_id of event_ids.slice(1, 1 + REPLIES)) {
  latencies.push(await secondsByPush(stack, guest, event_id));
}
latencies.sort((a, b) => a - b);

const access_token = await calendarOfLongEvents();
const lean = await pageMemory("lean");
const whole = await pageMemory("whole");
const [lean_bytes, whole_bytes] = [await bytesOf("lean"), await bytesOf("whole")];

const line = (goal: string, measured: number, allowed: number) => {
  const shown = [measured, allowed].map((one) => Number.isInteger(one) ? one : one.toFixed(2));
  printLine(`| ${goal} | ${shown.join(" | ")} | ${verdict(measured <= allowed)} |`);
};
const stores = full.statements.filter((name) => name === "store_sync_page").length;
const pages = full.calls.filter((call) => call === "list").length;
printLine(
  `Postgres ${server.version}, ${navigator.hardwareConcurrency} cores; ${EVENTS} events, full read in ${
    full.seconds.toFixed(1)
  } s\n`,
);
printLine("| goal | measured | allowed | |");
printLine("| --- | ---: | ---: | --- |");
line("events that the full read left unknown", cost.unknown, 0);
line("Google calls of the full read, with its channel", full.calls.length, 6);
line("Google calls of the full read, for its pages", pages, 5);
line("statements that store its pages", stores, pages);
line("its other statements: the claim, and two of the channel", full.statements.length - stores, 3);
line("Google calls for one changed event", one_change.calls.length, 1);
line("statements for one changed event", one_change.statements.length, 3);
line("changed events that one sweep left out", 1 - replies_by_sweep, 0);
line("seconds from a reply to its row by push, median", latencies[REPLIES >> 1] ?? Infinity, 1);
line("seconds of the sweep that found one changed event", one_change.seconds, 1);
line(`MB of memory for a page of ${lean.events} events, as asked for`, lean.megabytes, 64);
line("MB sent of it", lean_bytes / 1e6, whole_bytes / 1e6 / 5);
printLine(`| MB of memory for the same page, whole | ${whole.megabytes.toFixed(2)} | | |`);
printLine(`| MB sent of it, whole | ${(whole_bytes / 1e6).toFixed(2)} | | |`);

/** A page of events as people have them, with a text and six guests; the access token of their calendar's owner. */
async function calendarOfLongEvents(): Promise<string> {
  const email = await stack.guest();
  const guests = Array.from({ length: 6 }, (_, number) => ({
    email: `colleague-${number}@south.example`,
    displayName: `Colleague ${number}`,
  }));
  const first = Date.parse("2035-01-08T09:00:00Z");
  const events = Array.from({ length: PAGE }, (_, number) => ({
    summary: `Weekly review of team ${number}`,
    description: `Agenda of ${number}: `.padEnd(1200, "open points, decisions, next steps; "),
    location: `Building ${number % 7}, room ${number % 90}`,
    start: { dateTime: new Date(first + number * 3_600_000).toISOString() },
    end: { dateTime: new Date(first + number * 3_600_000 + 1_800_000).toISOString() },
    attendees: guests,
  }));
  await stack.google.addEvents(email, events);
  return (await stack.google.signIn({ email })).access_token;
}

async function pageMemory(form: PageForm): Promise<PageMemory> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      new URL("sync_page.ts", import.meta.url).pathname,
      platform.google_url,
      access_token,
      form,
    ],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** The bytes on the line, which `fetch` does not tell: the request that Convene has sent last, or without its savings. */
async function bytesOf(form: PageForm): Promise<number> {
  const { query } = (await stack.google.requests({ path: "/calendar/v3/calendars/primary/events" }))
    .findLast((request) => request.query["fields"] !== undefined)!;
  const asked = new URL(`${platform.google_url}/calendar/v3/calendars/primary/events`);
  asked.searchParams.set("maxResults", String(PAGE));
  if (form === "lean") asked.searchParams.set("fields", query["fields"]?.[0] ?? "");
  const headers = {
    authorization: `Bearer ${access_token}`,
    ...(form === "lean" ? { "accept-encoding": "gzip", "user-agent": "Convene (gzip)" } : {}),
  };
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  get(asked, { headers }, (response) => {
    let bytes = 0;
    response.on("data", (chunk: Uint8Array) => bytes += chunk.byteLength);
    response.on("end", () => resolve(bytes));
  }).on("error", reject);
  return await promise;
}
