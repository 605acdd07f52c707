import ICAL from "ical.js";

/** The emulator's calendars of teams that do not exist; `beacon.ics` is that of beacon@teams.example. */
export const TEAM_CALENDARS = new URL(
  "../../packages/google-calendar-emulator/tests/calendars/",
  import.meta.url,
);

/** The teams' names in alphabetical order. */
export function teamNames(): string[] {
  return [...Deno.readDirSync(TEAM_CALENDARS)].map(({ name }) => name.replace(/\.ics$/, "")).sort();
}

export function readTeamCalendar(team: string): string {
  return Deno.readTextFileSync(new URL(`${team}.ics`, TEAM_CALENDARS));
}

/** The events of an iCalendar text, each with the starts of its occurrences that have an event of
 * their own (RECURRENCE-ID). */
export function eventsOf(ics: string): { event: ICAL.Component; moved: ICAL.Time[] }[] {
  const events = new ICAL.Component(ICAL.parse(ics)).getAllSubcomponents("vevent");
  return events.map((event) => ({
    event,
    moved: event.hasProperty("recurrence-id") ? [] : events.flatMap((other) => {
      const original = other.getFirstPropertyValue("recurrence-id");
      const same = other.getFirstPropertyValue("uid") === event.getFirstPropertyValue("uid");
      return same && original instanceof ICAL.Time ? [original] : [];
    }),
  }));
}
