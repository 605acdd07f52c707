import type { ImportedCalendar } from "../../packages/google-calendar-emulator/control.ts";
import type { DemoOptions } from "./demo_options.ts";
import { decodeIcs } from "./read_ics.ts";

/** A participant of the demo and the calendar file. */
export interface CalendarFile {
  /** The calendar's file name without .ics. */
  key: string;
  name: string;
  email: string;
  /** The IANA zone that the command line names; undefined leaves it to the file. */
  asked_timezone: string | undefined;
  ics: string;
}

/** A participant whose calendar has become that of a Google account. */
export interface Person {
  key: string;
  name: string;
  email: string;
  /** IANA zone. */
  timezone: string;
  imported: ImportedCalendar;
}

const OWN_CALENDARS = new URL("calendars/", import.meta.url);

/** The first of the demo's own people asks for the meeting. */
const OWN_CAST = ["maya", "tomas", "aisha"];

/** The people who take part, the organizer first. Throws a sentence if one of them has no calendar. */
export async function cast(options: DemoOptions): Promise<CalendarFile[]> {
  const own = options.calendars === null;
  const folder = own ? OWN_CALENDARS : folderUrl(options.calendars ?? "");
  const keys = options.participants ?? (own ? OWN_CAST : await calendarsIn(folder));
  if (keys.length === 0) throw new Error(`There is no .ics file in ${options.calendars}`);
  const people = await Promise.all(keys.map((key) => person(folder, key, own, options)));
  const twice = people.find(({ email }, index) =>
    people.findIndex((one) => one.email === email) < index
  );
  if (twice !== undefined) throw new Error(`Two calendars would share one address: ${twice.email}`);
  const strangers = [...options.zones.keys()].filter((name) => !keys.includes(name));
  if (strangers.length > 0) {
    throw new Error(`--zone has a person who does not take part: ${strangers[0]}`);
  }
  return people;
}

async function person(
  folder: URL,
  key: string,
  own: boolean,
  { zones, timezone }: DemoOptions,
): Promise<CalendarFile> {
  const ics = await read(new URL(`${encodeURIComponent(key)}.ics`, folder), key);
  if (!/BEGIN:V[A-Z]+/i.test(ics)) throw new Error(`"${key}" is no iCalendar file`);
  return {
    key,
    name: own ? property(ics, "X-WR-CALNAME") ?? key : key,
    email: `${key.toLowerCase().replaceAll(/[^a-z0-9.-]/g, "-")}@demo.example`,
    asked_timezone: zones.get(key) ?? timezone ?? undefined,
    ics,
  };
}

async function read(path: URL, key: string): Promise<string> {
  try {
    return decodeIcs(await Deno.readFile(path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`There is no calendar for "${key}": ${decodeURIComponent(path.pathname)}`);
  }
}

async function calendarsIn(folder: URL): Promise<string[]> {
  const keys: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isFile && entry.name.endsWith(".ics")) keys.push(entry.name.slice(0, -4));
  }
  return keys.sort();
}

function folderUrl(path: string): URL {
  const absolute = path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
  const escaped = absolute.split("/").map(encodeURIComponent).join("/");
  return new URL(`file://${escaped.replace(/\/*$/, "/")}`);
}

function property(ics: string, name: string): string | undefined {
  return new RegExp(`^${name}(?:;[^:\\r\\n]*)?:(.+?)\\r?$`, "m").exec(ics)?.[1];
}
