import type { Person } from "./cast.ts";
import type { Stage } from "./stage.ts";

/** What came of a group and of a lunch hour, asked with `dry_run`. */
export interface RoomAndLunch {
  /** Of two rooms the free one was chosen. */
  room_chosen: boolean;
  /** A lunch hour at the time that was best makes another time best, or is named as its price. */
  lunch_kept: boolean;
}

interface Asked {
  participants: readonly Record<string, unknown>[];
  constraints: Record<string, unknown>;
}

interface Slot {
  start_time: string;
  reasoning: string;
  reasons: { code: string }[];
  groups: { chosen: string[]; why: string }[];
  participant_availability: { email: string; local_start: string }[];
}

const TAKEN = { email: "oak@rooms.example", name: "Oak" };
const FREE = { email: "elm@rooms.example", name: "Elm" };
const NAME = "a room for six";
const MINUTES_PER_HOUR = 60;

/** Asks for one of two rooms, of which one is always taken, and then for lunch when the meeting would be. */
export async function askForRoomAndLunch(
  stage: Stage,
  [organizer]: readonly Person[],
  { participants, constraints }: Asked,
  tell: (heading: string, lines?: readonly string[]) => void,
): Promise<RoomAndLunch> {
  const always = { start: "1970-01-01T00:00:00Z", end: "2199-12-31T00:00:00Z" };
  const rooms = {
    any_of: [{ ...TAKEN, type: "resource", busy: [always] }, {
      ...FREE,
      type: "resource",
      busy: [],
    }],
    name: NAME,
  };
  const ask = async (lunch: unknown): Promise<Slot | null> => {
    const { body } = await stage.call("schedule", {
      body: {
        dry_run: true,
        participants: [...participants, rooms],
        constraints: { ...constraints, lunch },
      },
    });
    return (body.selected_slot ?? null) as Slot | null;
  };
  const without = await ask(null);
  if (without === null) return { room_chosen: false, lunch_kept: false };
  tell(`One of two rooms (any_of) for ${NAME}: the free one is chosen`, [without.reasoning]);
  const local = without.participant_availability
    .find(({ email }) => email === organizer?.email)?.local_start ?? without.start_time;
  const lunch = hourAt(local.slice(11, 16));
  const with_lunch = await ask(lunch);
  if (with_lunch === null) return { room_chosen: false, lunch_kept: false };
  tell(`The same with lunch from ${lunch.start} to ${lunch.end}`, [with_lunch.reasoning]);
  return {
    room_chosen: without.groups[0]?.chosen.join() === FREE.email,
    lunch_kept: with_lunch.start_time !== without.start_time ||
      with_lunch.reasons.some(({ code }) => code === "lunch"),
  };
}

/** An hour from a time of the day on, within the day. */
function hourAt(start: string): { start: string; end: string } {
  const [hours = 0, minutes = 0] = start.split(":").map(Number);
  const end = Math.min(24 * MINUTES_PER_HOUR, (hours + 1) * MINUTES_PER_HOUR + minutes);
  const text = (minute: number) =>
    `${String(Math.floor(minute / MINUTES_PER_HOUR)).padStart(2, "0")}:${
      String(minute % MINUTES_PER_HOUR).padStart(2, "0")
    }`;
  return { start, end: text(end) };
}
