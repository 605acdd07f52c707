import rrule from "rrule";

const { RRuleSet, rrulestr } = rrule;

/**
 * The wall times of a series between two wall times, by a library that neither Convene nor the
 * emulator uses. Everything is moved onto the wall's clock first, by Intl alone.
 */
export function expand(
  lines: readonly string[],
  start: { wall: number; zone: string | null },
  from: number,
  to: number,
): number[] {
  const set = new RRuleSet();
  for (const line of lines) {
    const [head = "", value = ""] = line.split(/:(.*)/s);
    if (head.startsWith("RRULE")) {
      const local = value.replace(
        /UNTIL=(\d{8})(?:T(\d{6})Z)?/,
        (_, day: string, time?: string) =>
          `UNTIL=${
            stamp(time === undefined ? readStamp(day) : onWall(readStamp(day, time), start.zone))
          }Z`,
      );
      set.rrule(
        rrulestr(`DTSTART:${stamp(start.wall)}Z\nRRULE:${local}`) as never,
      );
    } else {
      for (const text of value.split(",")) {
        const [, day = "", time, utc] = /^(\d{8})(?:T(\d{6})(Z?))?$/.exec(text) ?? [];
        const wall = readStamp(day, time);
        const date = new Date(utc === "Z" ? onWall(wall, start.zone) : wall);
        if (head.startsWith("RDATE")) set.rdate(date);
        else set.exdate(date);
      }
    }
  }
  return set.between(new Date(from), new Date(to), true).map((date) => date.valueOf());
}

function stamp(wall: number): string {
  return new Date(wall).toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
}

function readStamp(day: string, time = "000000"): number {
  const number = (text: string) => Number(text);
  return Date.UTC(
    number(day.slice(0, 4)),
    number(day.slice(4, 6)) - 1,
    number(day.slice(6, 8)),
    number(time.slice(0, 2)),
    number(time.slice(2, 4)),
    number(time.slice(4, 6)),
  );
}

function onWall(instant: number, zone: string | null): number {
  if (zone === null) return instant;
  const parts = new Intl.DateTimeFormat("sv", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "medium",
  }).format(instant);
  return Date.parse(`${parts.replace(" ", "T")}Z`);
}
