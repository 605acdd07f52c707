import type { StoredEvent } from "../../packages/google-calendar-emulator/control.ts";
import type { ChaosStack } from "./chaos_stack.ts";
import type { EditedField, ExpectedState } from "./expected_state.ts";
import type { Fixture } from "./fixture.ts";
import type { Random } from "./random.ts";

/** What organizers do in Google Calendar; each act is recorded in the expected state. */
export interface People {
  /** Edits, moves or deletes this event, or does nothing: by chance, or if there is no event. */
  maybeAct(event_id: string): Promise<void>;
  /** The same of `count` random events. */
  act(count: number): Promise<void>;
}

const NO_ACT = 0.7;
/** Shares of deletions, and of moves to the organizer's other calendar; all other acts are edits. */
const DELETIONS = 0.1;
const RELOCATIONS = 0.14;

export function peopleOf(
  { google }: ChaosStack,
  fixture: Fixture,
  random: Random,
  expected: ExpectedState,
): People {
  // One act at a time, so that the last one of a field is known.
  let previous: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => {
    const done = previous.then(work);
    previous = done.catch(() => {});
    return done;
  };
  let edits = 0;
  /** The highest that each event has shown: after a move back the copy that stayed there shows its own. */
  const versions = new Map<string, number>();

  /** The organizer on one of whose calendars the event is organized. */
  function organizerOf({ organizer, calendar_id }: StoredEvent): string | undefined {
    if (organizer?.self !== true) return undefined;
    return fixture.organizers.find(({ email }) =>
      email === calendar_id || fixture.second_calendars.get(email) === calendar_id
    )?.email;
  }

  async function act(event: StoredEvent): Promise<void> {
    const email = organizerOf(event);
    if (email === undefined) return;
    noteVersion(event);
    try {
      if (random.chance(DELETIONS)) await remove(event, email);
      else if (random.chance(RELOCATIONS)) await relocate(event, email);
      else await edit(event, email);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async function remove({ id: event_id, calendar_id }: StoredEvent, email: string): Promise<void> {
    await google.delete({ email, event_id, calendar_id, sendUpdates: "all" });
    expected.deletions.push(event_id);
  }

  async function relocate(
    { id: event_id, calendar_id }: StoredEvent,
    email: string,
  ): Promise<void> {
    const second = fixture.second_calendars.get(email) ?? "";
    const destination = calendar_id === email ? second : email;
    await google.move({ email, event_id, calendar_id, destination, sendUpdates: "none" });
    expected.relocations.push({ event_id, calendar_id: destination });
  }

  async function edit(event: StoredEvent, email: string): Promise<void> {
    const number = ++edits;
    const { id: event_id, calendar_id } = event;
    const guests = (event.attendees ?? []).flatMap((guest) =>
      fixture.guests.filter((known) => known === guest.email)
    );
    const guest = random.pick(fixture.guests);
    const removed = guests.length === 0 ? null : random.pick(guests);
    const start = timeOf(random);
    const [changed, change] = random.pick<[EditedField, Change]>([
      [{ field: "title", value: `By hand ${number}` }, {
        changes: { summary: `By hand ${number}` },
      }],
      [{ field: "place", value: `Room ${number}` }, { changes: { location: `Room ${number}` } }],
      [{ field: "time", value: start }, { changes: timesFrom(start) }],
      removed === null
        ? [{ field: guest, value: "added" }, { add_guests: [guest] }]
        : [{ field: removed, value: "removed" }, { remove_guests: [removed] }],
      [{ field: guest, value: "added" }, { add_guests: [guest] }],
    ]);
    const handled = { email, event_id, calendar_id, sendUpdates: "all" } as const;
    const shown = await google.edit({ ...handled, ...change });
    expected.edits.push({ event_id, version: noteVersion(shown), ...changed });
  }

  function noteVersion(event: StoredEvent): number {
    const version = Math.max(versionOf(event), versions.get(event.id) ?? 0);
    versions.set(event.id, version);
    return version;
  }

  async function eventsOf(email: string): Promise<StoredEvent[]> {
    const calendars = [email, fixture.second_calendars.get(email) ?? ""];
    const lists = await Promise.all(
      calendars.map((calendar_id) => google.events({ calendar_id, status: "live" })),
    );
    return lists.flat().filter((event) => organizerOf(event) === email);
  }

  return {
    maybeAct: (event_id) =>
      random.chance(NO_ACT) ? Promise.resolve() : inTurn(async () => {
        const events = await google.events({ event_id, status: "live" });
        const own = events.find((event) => organizerOf(event) !== undefined);
        if (own !== undefined) await act(own);
      }),
    async act(count) {
      for (let times = count; times > 0; times--) {
        await inTurn(async () => {
          const { email } = random.pick(fixture.organizers);
          const own = await eventsOf(email);
          if (own.length > 0) await act(random.pick(own));
        });
      }
    },
  };
}

type Change = Pick<
  Parameters<ChaosStack["google"]["edit"]>[0],
  "changes" | "add_guests" | "remove_guests"
>;

/** At five past, so that no search and no change chooses the same time. */
function timeOf(random: Random): string {
  const day = String(15 + random.below(5));
  const hour = String(8 + random.below(10)).padStart(2, "0");
  return `2035-01-${day}T${hour}:05:00.000Z`;
}

function timesFrom(start: string) {
  const end = new Date(Date.parse(start) + 20 * 60_000).toISOString();
  const timeZone = "Europe/Rome";
  return { start: { dateTime: start, timeZone }, end: { dateTime: end, timeZone } };
}

function versionOf({ extendedProperties }: StoredEvent): number {
  return Number(extendedProperties?.private?.["convene_version"] ?? 0);
}

/** The event was deleted since. */
function isGone(error: unknown): boolean {
  return error instanceof Error &&
    /refused POST \/emulator\/(edit|move|delete)/.test(error.message);
}
