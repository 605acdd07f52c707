import assert from "node:assert/strict";
import type { calendar_v3 } from "@googleapis/calendar";
import fc from "fast-check";
import rrule from "rrule";
import { ana, bo, type Lab, openTeam } from "./lab.ts";

/** One seed, so that every run tries the same cases; change it to look for new ones. */
const seed = 20261120;
const hour_ms = 3_600_000;
const first_ms = Date.UTC(2026, 10, 24);

interface Block {
  start_hour: number;
  hours: number;
  transparent: boolean;
  count: number;
}

const block = fc.record({
  start_hour: fc.integer({ min: 0, max: 24 * 14 }),
  hours: fc.integer({ min: 1, max: 40 }),
  transparent: fc.boolean(),
  count: fc.integer({ min: 1, max: 5 }),
});

function toEvent({ start_hour, hours, transparent, count }: Block): calendar_v3.Schema$Event {
  const start_ms = first_ms + start_hour * hour_ms;
  const at = (ms: number) => ({ dateTime: new Date(ms).toISOString(), timeZone: "UTC" });
  return {
    start: at(start_ms),
    end: at(start_ms + hours * hour_ms),
    ...(transparent ? { transparency: "transparent" } : {}),
    ...(count > 1 ? { recurrence: [`RRULE:FREQ=DAILY;COUNT=${count}`] } : {}),
  };
}

Deno.test("invariant: whatever the page size, the pages together are the whole list", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const list = async (maxResults: number, singleEvents: boolean) => {
    const ids: unknown[] = [];
    let pageToken: string | undefined;
    do {
      const { data } = await google.events.list({
        calendarId: "primary",
        singleEvents,
        maxResults,
        ...(pageToken === undefined ? {} : { pageToken }),
      });
      ids.push(...(data.items ?? []).map(({ id }) => id));
      pageToken = data.nextPageToken ?? undefined;
    } while (pageToken !== undefined);
    return ids;
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(block, { maxLength: 6 }),
      fc.integer({ min: 1, max: 7 }),
      fc.boolean(),
      async (blocks, size, expanded) => {
        await google.calendars.clear({ calendarId: "primary" });
        for (const requestBody of blocks.map(toEvent)) {
          await google.events.insert({ calendarId: "primary", requestBody });
        }
        assert.deepEqual(await list(size, expanded), await list(2500, expanded));
      },
    ),
    { numRuns: 40, seed },
  );
});

Deno.test("invariant: busy time is the union of opaque occurrences, however it is shaped", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  const from_hour = 48;
  const to_hour = 240;
  const busyHours = async () => {
    const { data } = await google.freebusy.query({
      requestBody: {
        timeMin: new Date(first_ms + from_hour * hour_ms).toISOString(),
        timeMax: new Date(first_ms + to_hour * hour_ms).toISOString(),
        items: [{ id: "primary" }],
      },
    });
    const hours = new Set<number>();
    for (const { start, end } of data.calendars?.["primary"]?.busy ?? []) {
      const end_ms = Date.parse(end ?? "");
      for (let ms = Date.parse(start ?? ""); ms < end_ms; ms += hour_ms) {
        hours.add((ms - first_ms) / hour_ms);
      }
    }
    return [...hours].filter((hour) => hour >= from_hour && hour < to_hour).sort((a, b) => a - b);
  };
  await fc.assert(
    fc.asyncProperty(fc.array(block, { maxLength: 6 }), async (blocks) => {
      await google.calendars.clear({ calendarId: "primary" });
      const expected = new Set<number>();
      for (const one of blocks) {
        await google.events.insert({ calendarId: "primary", requestBody: toEvent(one) });
        if (one.transparent) continue;
        for (let day = 0; day < one.count; day++) {
          for (let hour = 0; hour < one.hours; hour++) {
            expected.add(one.start_hour + day * 24 + hour);
          }
        }
      }
      const inside = [...expected].filter((hour) => hour >= from_hour && hour < to_hour)
        .sort((a, b) => a - b);
      for (const shape of [{ merge: true, clip: true }, { merge: false, clip: false }]) {
        await lab.control.freeBusyShape(shape);
        assert.deepEqual(await busyHours(), inside);
      }
    }),
    { numRuns: 40, seed },
  );
});

type Step =
  | { kind: "insert"; block: Block }
  | { kind: "rename" | "delete" | "answer" | "exception" | "drop" | "cancel"; at: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), block }),
  fc.record({
    kind: fc.constantFrom("rename", "delete", "answer", "exception", "drop", "cancel"),
    at: fc.nat(20),
  }),
);

/** Does one step to Ana's calendar; steps that do not apply are left out. */
async function perform(lab: Lab, google: calendar_v3.Calendar, step: Step, name: string) {
  const calendarId = "primary";
  if (step.kind === "insert") {
    const requestBody = { ...toEvent(step.block), attendees: [{ email: bo }] };
    await google.events.insert({ calendarId, requestBody });
    return;
  }
  const live = (await lab.control.events({ calendar_id: ana, status: "live" }))
    .filter(({ recurringEventId }) => !recurringEventId);
  const target = live[step.at % Math.max(live.length, 1)];
  if (target === undefined) return;
  const eventId = target.id;
  switch (step.kind) {
    case "rename":
      await google.events.patch({ calendarId, eventId, requestBody: { summary: name } });
      return;
    case "delete":
      await google.events.delete({ calendarId, eventId });
      return;
    case "answer":
      if (!target.attendees?.length) return;
      await lab.control.reply({ email: bo, event_id: eventId, responseStatus: "accepted" });
      return;
    case "drop":
      await google.events.patch({ calendarId, eventId, requestBody: { attendees: [] } });
      return;
    case "exception":
    case "cancel": {
      if (!target.recurrence) return;
      const { data } = await google.events.instances({ calendarId, eventId });
      const instance = data.items?.[step.at % Math.max(data.items.length, 1)]?.id;
      if (!instance) return;
      if (step.kind === "cancel") await google.events.delete({ calendarId, eventId: instance });
      else {
        await google.events.patch({
          calendarId,
          eventId: instance,
          requestBody: { summary: name },
        });
      }
    }
  }
}

Deno.test("invariant: a cache fed with deltas equals a fresh full list, for organizer and guest", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 5 }),
      async (rounds) => {
        await using lab = await openTeam();
        const clients = await Promise.all([lab.as(ana), lab.as(bo)]);
        const [organizer] = clients;
        const caches = clients.map((google) => ({
          google,
          token: "",
          events: new Map<string, string>(),
        }));
        const list = async (google: calendar_v3.Calendar, syncToken: string) =>
          (await google.events.list({
            calendarId: "primary",
            maxResults: 2500,
            ...(syncToken === "" ? {} : { syncToken }),
          })).data;
        let count = 0;
        for (const round of [[], ...rounds]) {
          for (const one of round) await perform(lab, organizer, one, `Name ${count++}`);
          for (const cache of caches) {
            const delta = await list(cache.google, cache.token);
            cache.token = delta.nextSyncToken ?? "";
            for (const event of delta.items ?? []) {
              const id = event.id ?? "";
              const gone = event.status === "cancelled" && !event.recurringEventId;
              if (gone) cache.events.delete(id);
              else cache.events.set(id, JSON.stringify(event));
            }
            const full = new Map(
              (await list(cache.google, "")).items?.map((event) =>
                [event.id ?? "", JSON.stringify(event)] as const
              ),
            );
            // Cancelled occurrences of a series that is gone stay in the cache and mean nothing
            // there.
            for (const [id, text] of cache.events) {
              const { status, recurringEventId } = JSON.parse(text);
              if (status === "cancelled" && !full.has(recurringEventId)) cache.events.delete(id);
            }
            assert.deepEqual(new Map([...cache.events].sort()), new Map([...full].sort()));
          }
        }
      },
    ),
    { numRuns: 40, seed },
  );
});

const rule = fc.record({
  freq: fc.constantFrom("DAILY", "WEEKLY", "MONTHLY", "YEARLY"),
  interval: fc.integer({ min: 1, max: 4 }),
  end: fc.constantFrom("", ";COUNT=9", ";UNTIL=20280115T120000Z"),
  days: fc.constantFrom("", ";BYDAY=MO,TH", ";BYDAY=FR"),
  months: fc.constantFrom("", "", ";BYMONTH=2,11"),
});

Deno.test("invariant: occurrences are those of another RRULE library, at noon in a zone with clock changes", async () => {
  await using lab = await openTeam();
  const google = await lab.as(ana);
  await fc.assert(
    fc.asyncProperty(rule, async ({ freq, interval, end, days, months }) => {
      const text = `FREQ=${freq};INTERVAL=${interval}${days}${months}${end}`;
      const { data } = await google.events.insert({
        calendarId: "primary",
        requestBody: {
          start: { dateTime: "2026-11-26T12:00:00", timeZone: "Europe/Paris" },
          end: { dateTime: "2026-11-26T13:00:00", timeZone: "Europe/Paris" },
          recurrence: [`RRULE:${text}`],
        },
      });
      const listed = await google.events.instances({
        calendarId: "primary",
        eventId: data.id ?? "",
        timeMax: "2028-06-01T00:00:00Z",
        maxResults: 2500,
      });
      const days_found = listed.data.items?.map(({ start }) => start?.dateTime?.slice(0, 16));
      const options = rrule.RRule.parseString(text);
      const set = new rrule.RRuleSet();
      set.rrule(new rrule.RRule({ ...options, dtstart: new Date("2026-11-26T12:00:00Z") }));
      set.rdate(new Date("2026-11-26T12:00:00Z"));
      const expected = set.between(new Date(0), new Date("2028-06-01T00:00:00Z"), true)
        .map((at) => at.toISOString().slice(0, 16));
      assert.deepEqual(days_found, expected, text);
    }),
    { numRuns: 80, seed },
  );
});
