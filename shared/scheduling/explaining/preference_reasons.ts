import { MINUTES_PER_DAY } from "@shared/time/instants.ts";
import { weekdayIndex, WEEKDAYS } from "@shared/time/weekday.ts";
import { offsetAt } from "@shared/time/zones.ts";
import { PREFERRED_GAP_MINUTES } from "../input/personal_costs.ts";
import { NO_PREFERENCES } from "../input/preferences.ts";
import { answersAt } from "../input/profile.ts";
import { clockConvenience, minutesOutsideHours } from "../scoring/convenience.ts";
import { MOST_CONVENIENT } from "../scoring/scales.ts";
import { type Attendee, labels } from "./attendee.ts";
import type { Reason } from "./reason.ts";

const NOON = 12 * 60;
/** From here on a person clearly prefers mornings, or below minus this afternoons. */
const CLEARLY = 500;
/** Fewer answers at a time of the week show no habit. */
const FEWEST_ANSWERS = 4;
const USUALLY_DECLINES_PERCENT = 50;
const USUALLY_ACCEPTS_PERCENT = 10;

/** Whose preferences for days, hours and pauses are all met, and which are not. */
export function preferences(
  coming: readonly Attendee[],
  start: number,
  duration: number,
): Reason[] {
  const asking = coming.filter(({ person }) => person.preferences !== NO_PREFERENCES);
  if (asking.length === 0) return [];
  const reasons: Reason[] = [];
  const wrong_day = asking.filter((attendee) => onOtherDay(attendee, start));
  for (const group of Map.groupBy(wrong_day, (one) => weekdayOf(one, start)).entries()) {
    const [weekday, attendees] = group;
    reasons.push({ code: "other_day_preferred", args: { weekday, names: labels(attendees) } });
  }
  for (const preferred of ["morning", "afternoon"] as const) {
    const names = labels(asking.filter((one) => missesPartOfDay(one, start, preferred)));
    if (names.length > 0) {
      reasons.push({ code: "other_part_of_day_preferred", args: { preferred, names } });
    }
  }
  const short = asking.filter(hasShortGap).toSorted((a, b) => gapOf(a) - gapOf(b))[0];
  if (short !== undefined) {
    const args = {
      name: short.person.label,
      minutes: gapOf(short),
      preferred: PREFERRED_GAP_MINUTES,
    };
    reasons.push({ code: "longer_gap_preferred", args });
  }
  const met = asking.filter((attendee) => {
    const { days, hours, avoid_back_to_back } = attendee.person.preferences;
    const { early, late, beyond } = minutesOutsideHours(attendee.person, start, duration);
    return (days !== undefined || hours !== undefined || avoid_back_to_back === true) &&
      early + late + beyond === 0 && !onOtherDay(attendee, start) && !hasShortGap(attendee);
  });
  if (met.length > 0) reasons.push({ code: "meets_wishes", args: { names: labels(met) } });
  return reasons;
}

/** Who usually accepts meetings at this time of the week, and who declined the most of them. */
export function habits(coming: readonly Attendee[], start: number, duration: number): Reason[] {
  const remembered = coming.filter(({ person }) => person.history !== undefined);
  if (remembered.length === 0) return [];
  const known = remembered.flatMap((attendee) => {
    const { profile } = attendee.person.participant;
    if (profile === undefined) return [];
    const { accepted, declined } = answersAt(profile, attendeeWall(attendee, start), duration);
    if (accepted + declined < FEWEST_ANSWERS) return [];
    const percentage = Math.round(100 * declined / (accepted + declined));
    return [{ attendee, percentage }];
  });
  const reasons: Reason[] = [];
  const worst = known.toSorted((a, b) => b.percentage - a.percentage)[0];
  if (worst !== undefined && worst.percentage >= USUALLY_DECLINES_PERCENT) {
    const { attendee: { person: { label: name } }, percentage } = worst;
    reasons.push({ code: "usually_declines", args: { name, percentage } });
  }
  const willing = known.filter(({ percentage }) => percentage <= USUALLY_ACCEPTS_PERCENT);
  if (willing.length > 0) {
    const names = labels(willing.map(({ attendee }) => attendee));
    reasons.push({ code: "usually_accepts", args: { names } });
  }
  return reasons;
}

/** Who carried the most before, where the hour is right for them and not for everybody. */
export function fairness(coming: readonly Attendee[], start: number, duration: number): Reason[] {
  if (coming.every(({ person }) => person.fairness_percent === 100)) return [];
  const convenient = ({ person }: Attendee) =>
    clockConvenience(person, start, duration) === MOST_CONVENIENT;
  if (coming.every(convenient)) return [];
  const pastInconvenience = ({ person }: Attendee) => person.participant.past_inconvenience ?? 0;
  const most = coming.toSorted((a, b) => pastInconvenience(b) - pastInconvenience(a))[0]!;
  if (!convenient(most) || most.person.fairness_percent === 100) return [];
  const args = { name: most.person.label, burden: pastInconvenience(most) };
  return [{ code: "spares_burdened", args }];
}

function onOtherDay({ person }: Attendee, start: number): boolean {
  const wall = start + offsetAt(person.offsets, start);
  return person.preferences.days?.[weekdayIndex(Math.floor(wall / MINUTES_PER_DAY))] === false;
}

function weekdayOf(attendee: Attendee, start: number) {
  const day = Math.floor(attendeeWall(attendee, start) / MINUTES_PER_DAY);
  return WEEKDAYS[weekdayIndex(day)]!;
}

function missesPartOfDay(
  attendee: Attendee,
  start: number,
  preferred: "morning" | "afternoon",
): boolean {
  const { mornings } = attendee.person.preferences;
  const before_noon = localTime(attendeeWall(attendee, start)) < NOON;
  return preferred === "morning" ? mornings >= CLEARLY && !before_noon : mornings <= -CLEARLY &&
    before_noon;
}

function hasShortGap(attendee: Attendee): boolean {
  return attendee.person.preferences.avoid_back_to_back === true &&
    gapOf(attendee) < PREFERRED_GAP_MINUTES;
}

function gapOf({ clear_before, clear_after }: Attendee): number {
  return Math.min(clear_before, clear_after);
}

function attendeeWall({ person }: Attendee, start: number): number {
  return start + offsetAt(person.offsets, start);
}

function localTime(wall: number): number {
  return wall - Math.floor(wall / MINUTES_PER_DAY) * MINUTES_PER_DAY;
}
