import assert from "node:assert/strict";
import { callFunction } from "../stack.ts";
import { answerInGoogle, syncNow } from "../sync.ts";
import { makeEventsDue } from "../tasks.ts";
import type { SeriesStep } from "./series_steps.ts";
import { type Part, partOf, PRIMARY, type SeriesWorld, shown } from "./series_world.ts";

const WEEK_MS = 7 * 86_400_000;

/** Does one step; steps that are impossible now do nothing. */
export async function take(world: SeriesWorld, step: SeriesStep): Promise<void> {
  const { stack, lines, organizer, guests } = world;
  if (step.do === "finish") return await finish(world);
  if (step.do === "restore") {
    const eventId = world.deleted.pop();
    if (eventId === undefined) return;
    await world.google.events.patch({
      ...PRIMARY,
      eventId,
      requestBody: { status: "confirmed" },
    });
    world.restored.push(eventId);
    return;
  }
  if (step.do === "hand back") return await handBack(world);
  if (step.do === "sync") {
    await endSyncLeases(world);
    if (step.is_expired) await stack.google.expireSyncTokens();
    const sync = () => syncNow(stack, organizer);
    if (step.cut === null) await sync();
    else await lines.dyingAfter(step.cut, () => sync().catch(() => {}));
    return;
  }
  const part = await partOf(world, step.part);
  if (part === null) return;
  const { eventId, event, google } = part;
  if (step.do === "change" || step.do === "remove") return await ask(world, part, step);
  const is_handed_over = world.handed_over.includes(eventId);
  const asked = { ...PRIMARY, eventId };
  switch (step.do) {
    case "edit":
      await google.events.patch({
        ...asked,
        requestBody: step.field === "title" ? { summary: step.text } : { location: step.text },
      });
      if (step.field === "title") edited(world, eventId, step.text);
      return;
    case "edit one":
      await onInstance(part, step.week, (instance) =>
        google.events.patch({
          ...PRIMARY,
          eventId: instance,
          requestBody: { summary: "By hand" },
        }));
      return;
    case "delete one":
      await onInstance(
        part,
        step.week,
        (instance) => google.events.delete({ ...PRIMARY, eventId: instance }),
      );
      return;
    case "divide": {
      const at = Date.parse(event.start?.dateTime ?? "") + step.week * WEEK_MS;
      const until = new Date(at - 1000).toISOString().replaceAll(/[-:]|\.\d+/g, "");
      await google.events.patch({
        ...asked,
        requestBody: { recurrence: [`RRULE:FREQ=WEEKLY;UNTIL=${until}`] },
      });
      const { summary, start, end, extendedProperties } = event;
      await google.events.insert({
        ...PRIMARY,
        requestBody: {
          summary: summary ?? null,
          start: start!,
          end: end!,
          ...(extendedProperties ? { extendedProperties } : {}),
        },
      });
      return;
    }
    case "hand over":
      if (!is_handed_over) await handOver(world, eventId);
      return;
    case "delete":
      // What becomes of it there, its former organizer cannot read.
      if (is_handed_over) return;
      await google.events.delete(asked);
      world.deleted.push(eventId);
      return;
    case "reply": {
      const email = guests[step.guest]!;
      if (event.attendees?.some((guest) => guest.email === email) !== true) return;
      await answerInGoogle(stack, email, eventId, { responseStatus: step.answer });
    }
  }
}

/** Google Calendar lets the former organizer read nothing on the colleague's calendar. */
async function handOver(
  { stack, organizer, google, colleague, handed_over }: SeriesWorld,
  eventId: string,
) {
  const share = { calendar_id: colleague.email, email: organizer.email };
  await stack.google.shareCalendar({ ...share, access_role: "writer" });
  await google.events.move({ ...PRIMARY, eventId, destination: colleague.email });
  await stack.google.shareCalendar({ ...share, access_role: "none" });
  handed_over.push(eventId);
}

async function handBack({ stack, organizer, colleague, handed_over }: SeriesWorld): Promise<void> {
  const eventId = handed_over.pop();
  if (eventId === undefined) return;
  const share = { calendar_id: organizer.email, email: colleague.email };
  await stack.google.shareCalendar({ ...share, access_role: "writer" });
  await colleague.google.events.move({ ...PRIMARY, eventId, destination: organizer.email });
  await stack.google.shareCalendar({ ...share, access_role: "none" });
}

async function onInstance(
  { eventId, event, google }: Part,
  week: number,
  act: (instance: string) => Promise<unknown>,
): Promise<void> {
  if (event.recurrence === undefined) return;
  const { data } = await google.events.instances({ calendarId: "primary", eventId });
  const id = data.items?.[week]?.id;
  if (id) await act(id);
}

async function ask(
  { lines, organizer, titles, handed_over, colleague, removed, deleted }: SeriesWorld,
  { eventId: event_id, event, google }: Part,
  step: Extract<SeriesStep, { do: "change" | "remove" }>,
): Promise<void> {
  const at = new Date(Date.parse(event.start?.dateTime ?? "") + step.week * WEEK_MS).toISOString();
  const body = {
    event_id,
    update_scope: step.scope,
    ...(step.scope === "all" ? {} : { instance_date: at.slice(0, 10), confirm: true }),
    ...(step.do === "change" ? { summary: step.title } : {}),
  };
  let status = 0;
  const call = async () => {
    const method = step.do === "change" ? "PATCH" : "DELETE";
    const answer = await organizer.call("task-events", { method, body });
    status = answer.status;
    if (!handed_over.includes(event_id) || step.cut !== null || status === 410) return;
    const { error, details } = answer.body;
    // The lease of a process that died before.
    if (error === "in_progress") return;
    assert.deepEqual([status, error], [409, "not_organizer"], JSON.stringify(answer.body));
    assert.equal(details.organizer_email, colleague.email);
  };
  if (step.cut === null) await call();
  else await lines.dyingAfter(step.cut, call);
  if (step.do === "remove") {
    if (step.scope !== "all" || step.cut === null && status !== 200) return;
    removed.add(event_id);
    if (await shown(google, event_id) === null) deleted.push(event_id);
    return;
  }
  if (step.scope === "single") return;
  const known = titles.get(event_id);
  if (step.cut === null && status === 200 && step.scope === "all") known?.clear();
  if (step.cut !== null || status === 200) known?.add(step.title);
}

/** What people set stays, unless a change that is pending names it. */
function edited({ titles }: SeriesWorld, event_id: string, text: string): void {
  const known = titles.get(event_id);
  const pending = [...known ?? []].slice(1);
  titles.set(event_id, new Set([text, ...pending]));
}

export async function finish({ stack, organizer }: SeriesWorld): Promise<void> {
  await makeEventsDue(stack, organizer);
  await callFunction(stack.platform, "task-events", {
    body: { batch: true, limit: 50 },
    apikey: stack.platform.automations_key,
  });
}

export async function endSyncLeases({ stack, organizer }: SeriesWorld): Promise<void> {
  await stack.platform.sql(
    `update private.work set due_at = clock_timestamp(), leased_until = least(leased_until, clock_timestamp())
     where kind = 'sync' and owner_id = $1`,
    [organizer.user_id],
  );
}
