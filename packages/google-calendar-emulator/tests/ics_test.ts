import assert from "node:assert/strict";
import ical from "node-ical";
import rrule from "rrule";
import { ana, type Lab, openLab } from "./lab.ts";

const invented = `BEGIN:VCALENDAR
VERSION:2.0
X-WR-CALNAME:Night shift\\, west
BEGIN:VEVENT
UID:legacy@ics.example
DTSTART;TZID=US/Pacific:20261102T090000
DTEND;TZID=US/Pacific:20261102T100000
RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261112T000000Z
EXDATE;TZID=US/Pacific:20261104T090000
SUMMARY:A long title that
  is folded\\, with a comma\\nand a line break
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:not the event's
TRIGGER:-PT15M
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:legacy@ics.example
RECURRENCE-ID;TZID=US/Pacific:20261109T090000
DTSTART;TZID=US/Pacific:20261110T130000
DURATION:PT90M
SUMMARY:Moved once
END:VEVENT
BEGIN:VEVENT
UID:days@ics.example
DTSTART;VALUE=DATE:20261116
RRULE:FREQ=DAILY;COUNT=2
SUMMARY:Two days
TRANSP:TRANSPARENT
END:VEVENT
BEGIN:VEVENT
UID:utc@ics.example
DTSTART:20261120T200000Z
DTEND:20261120T210000Z
SUMMARY:In UTC
STATUS:TENTATIVE
ORGANIZER;CN="Boss, the":mailto:boss@ics.example
ATTENDEE;CN=Night;PARTSTAT=DECLINED:mailto:night@ics.example
END:VEVENT
END:VCALENDAR
`;

async function expanded(lab: Lab, email: string, timeMin: string, timeMax: string) {
  const google = await lab.as(email);
  const { data } = await google.events.list({
    calendarId: "primary",
    singleEvents: true,
    orderBy: "startTime",
    maxResults: 2500,
    timeMin,
    timeMax,
  });
  return data.items ?? [];
}

Deno.test("an ICS text becomes an account's calendar: zones, EXDATE, exceptions, whole days", async () => {
  await using lab = await openLab();
  const email = "night@ics.example";
  const state = await lab.control.importCalendar({ email, ics: invented.replaceAll("\n", "\r\n") });
  assert.equal(state.timezone, "US/Pacific", "the zone that most events use");
  assert.equal(state.calendars[0]?.summary, "Night shift, west");
  assert.equal(state.events, 4);
  const events = await expanded(lab, email, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
  assert.deepEqual(
    events.map(({ summary, start, end }) => [
      summary,
      start?.dateTime ?? start?.date,
      end?.dateTime ?? end?.date,
    ]),
    [
      [
        "A long title that is folded, with a comma\nand a line break",
        "2026-11-02T09:00:00-08:00",
        "2026-11-02T10:00:00-08:00",
      ],
      ["Moved once", "2026-11-10T13:00:00-08:00", "2026-11-10T14:30:00-08:00"],
      [
        "A long title that is folded, with a comma\nand a line break",
        "2026-11-11T09:00:00-08:00",
        "2026-11-11T10:00:00-08:00",
      ],
      ["Two days", "2026-11-16", "2026-11-17"],
      ["Two days", "2026-11-17", "2026-11-18"],
      ["In UTC", "2026-11-20T12:00:00-08:00", "2026-11-20T13:00:00-08:00"],
    ],
  );
  const in_utc = events.at(-1);
  assert.equal(in_utc?.status, "tentative");
  assert.deepEqual(in_utc?.organizer, { email: "boss@ics.example", displayName: "Boss, the" });
  const google = await lab.as(email);
  const { data } = await google.freebusy.query({
    requestBody: {
      timeMin: "2026-11-10T00:00:00Z",
      timeMax: "2026-11-30T00:00:00Z",
      items: [{ id: "primary" }],
    },
  });
  assert.deepEqual(data.calendars?.["primary"]?.busy?.map(({ start }) => start), [
    "2026-11-10T21:00:00Z",
    "2026-11-11T17:00:00Z",
  ], "transparent and declined ones are free");
});

Deno.test("what is not an iCalendar text is refused; what one event has wrong is named", async () => {
  await using lab = await openLab();
  await assert.rejects(
    lab.control.importCalendar({ email: ana, ics: "hello" }),
    /not iCalendar: it lacks BEGIN:VCALENDAR/,
  );
  assert.deepEqual(await lab.control.accounts(), [], "a refused text leaves no account");
  const state = await lab.control.importCalendar({
    email: ana,
    ics: `BEGIN:VCALENDAR
BEGIN:VEVENT
UID:a@ics.example
SUMMARY:Without a start
END:VEVENT
BEGIN:VEVENT
UID:b@ics.example
DTSTART;TZID=Mars/Base:20261120T200000
END:VEVENT
END:VCALENDAR
`,
  });
  assert.equal(state.events, 0);
  assert.deepEqual(state.skipped, [
    { uid: "a@ics.example", summary: "Without a start", line: 2, reason: "DTSTART is missing" },
    {
      uid: "b@ics.example",
      summary: null,
      line: 6,
      reason: "Unknown time zone Mars/Base: no known name, and the file does not define it",
    },
  ]);
});

const teams = new URL("calendars/", import.meta.url);

/** An instant's wall time in a zone, as if that were UTC. */
function wallOfInstant(instant: Date, zone: string): number {
  const at = Temporal.Instant.fromEpochMilliseconds(+instant).toZonedDateTimeISO(zone);
  return Date.parse(`${at.toPlainDateTime()}Z`);
}

/** A date or time as node-ical gives it. */
type Moment = Date & { tz?: string; dateOnly?: true };

/** What is used of node-ical's events; its own type loses the members of changed occurrences. */
interface OtherEvent {
  start: Moment;
  rrule?: { toString(): string };
  exdate?: Record<string, Moment>;
  recurrenceid?: Moment;
  recurrences?: Record<string, OtherEvent>;
}

/** The time by the clock in its zone, as if that were UTC; node-ical puts dates on midnight of the
 * machine's zone. */
function wallOf(moment: Moment, zone: string): number {
  return moment.dateOnly
    ? Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate())
    : wallOfInstant(moment, zone);
}

/** Starts of all occurrences by another iCalendar reader and another RRULE library: rules run on
 * wall time as if it were UTC, and every result is put back into its zone. */
function startsByOtherLibraries(text: string, from: Date, to: Date): string[] {
  const starts: string[] = [];
  for (const component of Object.values(ical.sync.parseICS(text))) {
    if (component?.type !== "VEVENT") continue;
    const event = component as unknown as OtherEvent;
    const changes = new Set(Object.values(event.recurrences ?? {}));
    const replaced = [...changes].flatMap(({ recurrenceid }) => recurrenceid ?? []);
    starts.push(
      ...startsOf(event, [...replaced, ...Object.values(event.exdate ?? {})], from, to),
      ...[...changes].flatMap((change) => startsOf(change, [], from, to)),
    );
  }
  return starts.sort();
}

function startsOf(
  { start: time, rrule: rule }: OtherEvent,
  excluded: readonly Moment[],
  from: Date,
  to: Date,
): string[] {
  const zone = time.dateOnly ? "UTC" : time.tz === "Etc/UTC" ? "UTC" : time.tz ?? "UTC";
  const set = new rrule.RRuleSet();
  const [, line] = /^RRULE:(.*)$/m.exec(rule?.toString() ?? "") ?? [];
  if (line !== undefined) {
    const options = rrule.RRule.parseString(line);
    const until = options.until ? new Date(wallOfInstant(options.until, zone)) : null;
    set.rrule(new rrule.RRule({ ...options, until, dtstart: new Date(wallOf(time, zone)) }));
  }
  set.rdate(new Date(wallOf(time, zone)));
  for (const moment of excluded) set.exdate(new Date(wallOf(moment, zone)));
  const day_ms = 86_400_000;
  return set.between(new Date(+from - 2 * day_ms), new Date(+to + 2 * day_ms), true)
    .flatMap((at) => {
      const local = at.toISOString().slice(0, 19);
      if (time.dateOnly) return at >= from && at < to ? [local.slice(0, 10)] : [];
      const instant = Temporal.PlainDateTime.from(local).toZonedDateTime(zone).toInstant();
      const { epochMilliseconds: ms } = instant;
      return ms >= +from && ms < +to ? [instant.toString()] : [];
    });
}

Deno.test("calendars have the occurrences that other libraries find, over four years", async () => {
  await using lab = await openLab();
  let compared = 0;
  const files = [...Deno.readDirSync(teams)].map(({ name }) => name).sort();
  assert.equal(files.length, 16);
  for (const file of files) {
    const ics = Deno.readTextFileSync(new URL(file, teams));
    const email = `${file.replace(".ics", "")}@teams.example`;
    await lab.control.importCalendar({ email, ics, timezone: "UTC" });
    for (const year of [2024, 2025, 2026, 2027]) {
      const from = new Date(Date.UTC(year, 0, 1));
      const to = new Date(Date.UTC(year + 1, 0, 1));
      const events = await expanded(lab, email, from.toISOString(), to.toISOString());
      const starts = events
        .map(({ start }) => start?.date ?? Temporal.Instant.from(start?.dateTime ?? "").toString())
        .filter((start) => start.startsWith(String(year)))
        .sort();
      assert.deepEqual(starts, startsByOtherLibraries(ics, from, to), `${file} in ${year}`);
      compared += starts.length;
    }
  }
  assert.ok(compared > 5000, `${compared} occurrences compared`);
});
