import { readOptions } from "../command_line.ts";

export interface DemoOptions {
  help: boolean;
  json: boolean;
  /** A folder of .ics files, one account each; null is the demo's own cast. */
  calendars: string | null;
  /** File names without .ics; the first one organizes. Null: all, in the order of their names. */
  participants: string[] | null;
  /** Dates, YYYY-MM-DD, both included. Null: next Monday to Friday. */
  from: string | null;
  to: string | null;
  duration_minutes: number;
  timezone: string | null;
  hours: { start: number; end: number };
  /** Zones of single people. */
  zones: ReadonlyMap<string, string>;
}

export const DEMO_HELP =
  `Shows Convene at work: one insert becomes one event on Google Calendar, on an embedded database
and a Google Calendar emulator. Ends when it is done, after about ten seconds; the exit code is 0 only if every check passed.

Usage: deno task demo [options]

  --calendars DIR         import every .ics file of DIR as one account and schedule among them
  --participants a,b,c    who takes part, by file name without .ics (default: all of them);
                          the first one organizes the meeting
  --from DATE --to DATE   the window, both days included (default: next Monday to Friday)
  --duration MIN          length of the meeting in minutes (default 30)
  --timezone ZONE         zone of all people, e.g. America/New_York (default: the zone that each file names)
  --zone NAME=ZONE        where one person is, as often as needed
  --hours 9-17            working hours, in each person's own zone (default 9-17)
  --json                  print one JSON object and nothing else
  --help                  this text

If no time fits everyone on calendars of --calendars or among --participants, the demo prints who
is busy and which change would help; that is an answer too, and the exit code is 0.`;

/** Reads the command line. Throws a sentence naming what is wrong. */
export function parseDemoOptions(args: string[]): DemoOptions {
  const values = readOptions(args, {
    calendars: { type: "string" },
    participants: { type: "string" },
    from: { type: "string" },
    to: { type: "string" },
    duration: { type: "string", default: "30" },
    timezone: { type: "string" },
    zone: { type: "string", multiple: true, default: [] },
    hours: { type: "string", default: "9-17" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  });
  checkWindow(values.from, values.to);
  if (values.timezone !== undefined) requireZone("--timezone", values.timezone);
  return {
    help: values.help,
    json: values.json,
    calendars: values.calendars ?? null,
    participants: values.participants?.split(",").map((name) => name.trim()) ?? null,
    from: values.from ?? null,
    to: values.to ?? null,
    duration_minutes: wholeNumber("--duration", values.duration),
    timezone: values.timezone ?? null,
    hours: hours(values.hours),
    zones: new Map(values.zone.map(zone)),
  };
}

/** Google answers freeBusy over about 90 days, and the picture shows a week. */
const MOST_DAYS = 60;

function checkWindow(from: string | undefined, to: string | undefined): void {
  if (from === undefined && to === undefined) return;
  if (from === undefined || to === undefined) throw new Error("--from and --to go together");
  const days = (day("--to", to) - day("--from", from)) / 86_400_000 + 1;
  if (days < 1) throw new Error(`--to lies before --from: ${to}`);
  if (days > MOST_DAYS) throw new Error(`--from and --to are more than ${MOST_DAYS} days apart`);
}

function day(option: string, text: string): number {
  const instant = new Date(`${text}T00:00:00Z`);
  if (!Number.isNaN(instant.valueOf()) && instant.toISOString().slice(0, 10) === text) {
    return instant.valueOf();
  }
  throw new Error(`${option} is not a date of the form 2030-01-07: ${text}`);
}

function requireZone(option: string, zone: string): string {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    throw new Error(`${option} is not an IANA time zone such as Europe/Paris: ${zone}`);
  }
}

function wholeNumber(option: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`${option} is not a number of minutes: ${text}`);
}

function hours(text: string): { start: number; end: number } {
  const [, start, end] = /^(\d{1,2})-(\d{1,2})$/.exec(text) ?? [];
  if (start === undefined || end === undefined) {
    throw new Error(`--hours is not of the form 9-17: ${text}`);
  }
  if (Number(start) >= Number(end) || Number(end) > 24) {
    throw new Error(`--hours do not end after they start, within a day: ${text}`);
  }
  return { start: Number(start), end: Number(end) };
}

function zone(text: string): [name: string, zone: string] {
  const [name, zone] = text.split("=", 2);
  if (!name || !zone) throw new Error(`--zone is not of the form NAME=ZONE: ${text}`);
  return [name, requireZone("--zone", zone)];
}
